"""Notices sent unasked to a registry's admins, as a direct message: of patients a handle at most."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from cocm_bot.operations.admin_notices import CLINICAL, Notice
from cocm_bot.slack.kit import Payload, context, escape, message, section
from cocm_bot.slack.shared_views.lines.formatting import day


def admin_notice(notice: Notice, subject: str, registry_name: str) -> Payload:
    """Return what happened, to what, and what to do."""
    clinical = notice in CLINICAL
    sign = "" if notice in {Notice.CHECKPOINT, Notice.RETENTION} else "⚠️ "
    return message(
        f"A note for the {'clinicians' if clinical else 'admins'} of a registry",
        [section(f"{sign}{_sentence(notice, subject)}"), context(escape(registry_name))],
    )


SENTENCES: Mapping[Notice, str] = MappingProxyType(
    {
        Notice.CHANNEL_SHARED: (
            "The team channel <#{subject}> is now shared with another company. I no longer post "
            "there. Choose another channel in `/cocm registry settings`."
        ),
        Notice.CHANNEL_ORG_SHARED: (
            "The team channel <#{subject}> is now shared with other workspaces of your organization. I am "
            "set up not to post in such channels. Choose another channel in `/cocm registry settings`, or "
            "ask whoever runs the bot to allow it."
        ),
        Notice.CHANNEL_GONE: (
            "I can no longer post to the team channel <#{subject}>: it is archived, or I am not in it. "
            "Invite me with `/invite`, or choose another channel in `/cocm registry settings`."
        ),
        Notice.MEMBER_GONE: (
            "I can no longer write to {subject}: their Slack account is closed or takes no messages of "
            "mine. They get no digests and no alerts. `/cocm team` shows the members."
        ),
        Notice.RISK_UNREAD: (
            "*A patient marked Safety Risk has a record I can't read:* {subject}. No list or digest shows"
            " this patient. Find out now who it is, in your medical record or with `/cocm patient`, and "
            "take care of the risk. Ask whoever runs the bot to run `cocm-bot check`: it names the record."
        ),
        Notice.RISK_UNALERTED: (
            "*A patient is at risk, and no alert was sent:* {subject}. The record was changed by something "
            "other than this bot. Open it now with `/cocm patient {subject}` and act on the risk: nobody has "
            "it yet. Ask whoever runs the bot to run `cocm-bot check`."
        ),
        Notice.DUE_UNLISTED: (
            "Patients are due on {subject} whom the lists of today leave out. `/cocm caseload due` shows "
            "everybody who is due. Ask whoever runs the bot to run `cocm-bot check --repair`."
        ),
        Notice.ALERT_UNREADABLE: (
            "*A safety alert can't be read, so nobody is notified of it:* {subject}. Have the care team open "
            "`/cocm today` at once: patients at risk are first there. Ask whoever runs the bot to run "
            "`cocm-bot check`: it names the alert."
        ),
        Notice.UNUSUAL_ACCESS: (
            "{subject} was shown unusually many patients in a short time. `/cocm audit` shows which. If "
            "you know of no reason, ask them, or remove them with `/cocm team`. What counts as unusual is"
            " in `/cocm registry settings`."
        ),
        Notice.CHECKPOINT: (
            "This week's checkpoint of the access log: `{subject}`. Keep this message: whoever runs the bot "
            "can check the log against it with `cocm-bot audit verify --checkpoint`."
        ),
        Notice.RETENTION: (
            "Some records are past this registry's retention period. Whoever runs the bot lists them with "
            "`cocm-bot erase due`; two people decide about each. Nothing is erased unasked."
        ),
        Notice.DAY_SKIPPED: (
            "Digests of {subject} could not be sent in time and are now out of date. `/cocm"
            " status` shows whose, `/cocm today` what is due."
        ),
        Notice.ALERT_UNDELIVERED: (
            "A safety alert does not reach everybody who should know. Ask the care team to open `/cocm "
            "today` at once: patients at risk are first there. `/cocm status` says whether it lasts."
        ),
    }
)


def _sentence(notice: Notice, subject: str) -> str:
    if notice in {Notice.DAY_SKIPPED, Notice.DUE_UNLISTED}:
        subject = " to ".join(day(date.fromisoformat(each)) for each in subject.split("/"))
    return SENTENCES[notice].format(subject=escape(subject))
