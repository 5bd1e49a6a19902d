"""A safety alert as its readers see it: as little of the patient as the registry shows, and who has it."""

from collections.abc import Sequence

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.safety.alerts import is_paging
from cocm_bot.domain.safety.self_harm import answer_lines
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.safety.alerts import Case
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    button,
    clip,
    context,
    escape,
    message,
    section,
)
from cocm_bot.slack.shared_views.card_actions import OPEN_CARD
from cocm_bot.slack.shared_views.crisis import NO_EMERGENCY_SERVICE, crisis_lines
from cocm_bot.slack.shared_views.identity import told_apart
from cocm_bot.slack.shared_views.lines.formatting import day_of, listed, moment_of, who

TAKE = "safety-take"
TEXT_SHOWN = 400


def alert_message(
    case: Case, reader: Role, now: float, *, again: bool = False, in_short: bool = False
) -> Payload:
    """Return an alert's message as things are at an instant (seconds UTC), and what the reader
    can do.

    `again` says that nobody took it so far; `in_short` leaves out the words people wrote. Whoever may not
    take an alert gets no more than the handle, and is asked to see to it that somebody does.
    """
    clinical = may(reader, Action.TAKE_ALERT)
    lines = _in_short(case) if in_short or not clinical else _in_full(case)
    buttons = [button("Open the card", OPEN_CARD, case.patient.handle)] if clinical else []
    if not is_paging(case.alert):
        over = "A safety alert was taken" if case.alert.taken_by else "A safety alert is over"
        return message(over, [section("\n".join(lines)), section(_became(case)), *_bar(buttons)])
    if clinical:
        value = f"{case.patient.handle} {case.alert.id}"
        buttons.insert(0, button("I have it", TAKE, value, style="primary"))
    text = "A patient needs your attention now" if clinical else "Your registry needs your attention now"
    return message(
        text,
        [
            section("\n".join(lines)),
            *([section(_untaken(case, clinical, now))] if again else []),
            *_bar(buttons),
            *crisis_lines(case.registry.alerts.crisis_text),
            *([context(NO_EMERGENCY_SERVICE)] if case.registry.alerts.crisis_text else []),
        ],
    )


def unreached_message(case: Case, names: Sequence[str], told: Sequence[str]) -> Payload:
    """Return the message to the person who raised an alert, naming those it did not reach."""
    others = f" {escape(listed(told))} {'has' if len(told) == 1 else 'have'} been notified." if told else ""
    return message(
        "A note from cocm_bot",
        [
            section(
                f"⚠️ *{_subject(case)}*: I could not reach {escape(listed(names))} about the "
                f"safety risk yet.{others} Please call now."
            )
        ],
    )


def taken_message(case: Case) -> Payload:
    """Return the notice to the person who raised an alert once somebody has it."""
    when = moment_of(case.alert.at, case.registry.policy)
    lines = f"🔴 *{_subject(case)}*: the safety alert you raised on {when}."
    card = [button("Open the card", OPEN_CARD, case.patient.handle)]
    return message(
        "The safety alert you raised was taken",
        [section(lines), section(_became(case)), *_bar(card)],
    )


def _in_full(case: Case) -> list[str]:
    patient, alert, log = case.patient, case.alert, case.log
    subject, by = f"🔴 *{_subject(case)}*", _by(case)
    if alert.log_id is None:
        raised = (flag for flag in patient.flags if flag.created_date == alert.at)
        why = next((flag.reason for flag in raised if flag.flag_type is Flag.SAFETY_RISK), "")
        return [f"{subject}: a {Flag.SAFETY_RISK} flag was raised.", f"Raised by {by}.", *_words("Why", why)]
    measures, policy = escape(" and ".join(alert.measures)), case.registry.policy
    return [
        f"{subject}: the self-harm item of {measures} is above 0.",
        *(f"*{escape(each)}*" for each in (answer_lines(log, policy) if log else [])),
        *([f"Contact of {day_of(log.date, policy)}."] if log else []),
        f"Recorded by {by}.",
        *_words("What was done", log.safety_action if log else ""),
    ]


def _subject(case: Case) -> str:
    return escape(told_apart(case.patient, case.registry))


def _in_short(case: Case) -> list[str]:
    name = escape(case.registry.name)
    return [f"🔴 A safety alert in *{name}*, patient {case.patient.handle}.", f"Raised by {_by(case)}."]


def _words(label: str, text: str) -> list[str]:
    return [f"{label}: {escape(clip(' '.join(text.split()), TEXT_SHOWN))}"] if text else []


def _by(case: Case) -> str:
    roles = {member.user_id: member.role for member in case.team}
    name = who(case.alert.raised_by, case.names)
    role = roles.get(case.alert.raised_by)
    when = moment_of(case.alert.at, case.registry.policy)
    return f"{name}, {role}, {when}" if role else f"{name}, {when}"


def _untaken(case: Case, clinical: bool, now: float) -> str:
    told = sorted({case.names.get(each.user_id, "a former member") for each in case.told})
    so_far = f" Notified so far: {escape(listed(told))}." if told else ""
    ask = "" if clinical else " Please make sure a clinician of the team takes it now."
    return f"⏰ *Nobody has taken this for {_elapsed(now - case.alert.at)}.*{so_far}{ask}"


def _became(case: Case) -> str:
    alert, policy = case.alert, case.registry.policy
    if alert.taken_by and alert.taken_at:
        return f"✅ *{who(alert.taken_by, case.names)} has it*, since {moment_of(alert.taken_at, policy)}."
    return "✅ This is over: the risk was resolved, or the entry corrected."


def _bar(buttons: Sequence[Block]) -> list[Block]:
    return [actions(*buttons)] if buttons else []


def _elapsed(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours"
