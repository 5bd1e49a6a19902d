"""What a registry's admins are told unasked, as a direct message: no patient, not even a handle."""

from datetime import date

from cocm_bot.operations.registries.admin_notices import Notice
from cocm_bot.slack.kit import Payload, context, escape, message, section
from cocm_bot.slack.shared_views.formatting import day


def admin_notice(notice: Notice, subject: str, registry_name: str) -> Payload:
    """What happened, to what, and what to do."""
    sign = "" if notice is Notice.CHECKPOINT else "⚠️ "
    return message(
        "A note for the admins of a registry",
        [section(f"{sign}{_sentence(notice, subject)}"), context(escape(registry_name))],
    )


def _sentence(notice: Notice, subject: str) -> str:
    match notice:
        case Notice.CHANNEL_SHARED:
            return (
                f"The team channel <#{subject}> is now shared with another company. I post nothing there any "
                "more. Choose another channel in `/cocm registry settings`."
            )
        case Notice.CHANNEL_GONE:
            return (
                f"I can't post to the team channel <#{subject}> any more: it is archived, or I am not in it. "
                "Invite me with `/invite`, or choose another channel in `/cocm registry settings`."
            )
        case Notice.MEMBER_GONE:
            return (
                f"I can't write to {escape(subject)} any more: their Slack account is closed or takes no "
                "messages of mine. They get no digests and no alerts. `/cocm team` shows the members."
            )
        case Notice.CHECKPOINT:
            return (
                f"This week's checkpoint of the access log: `{escape(subject)}`. Keep this message: whoever "
                "runs the bot can check the log against it with `cocm-bot audit verify --checkpoint`."
            )
        case Notice.DAY_SKIPPED:
            days = " to ".join(day(date.fromisoformat(each)) for each in subject.split("/"))
            return (
                f"Digests of {days} could not be sent in time, and by now they would be out of date. "
                "`/cocm status` shows whose, `/cocm today` what is due."
            )
