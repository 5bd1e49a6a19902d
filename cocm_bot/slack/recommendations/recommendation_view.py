"""A psychiatrist's recommendation: as a direct message, on the card, and in the modals that answer it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cocm_bot.domain.members import Registry
from cocm_bot.domain.outcomes.progress import deciding
from cocm_bot.domain.patients.derive import weeks_at
from cocm_bot.domain.recommendations.recommendations import INFORMS, LEFT, possible, state_of, still_open
from cocm_bot.domain.records.agreements import Answer, Recommendation
from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    clip,
    context,
    escape,
    message,
    modal,
    section,
)
from cocm_bot.slack.shared_views.card_actions import OPEN_CARD
from cocm_bot.slack.shared_views.identity import subject, told_apart
from cocm_bot.slack.shared_views.lines.care_lines import medication_lines
from cocm_bot.slack.shared_views.lines.formatting import (
    course_told,
    day_of,
    listed,
    who,
)
from cocm_bot.slack.shared_views.lines.recommendation_lines import answered, recommended
from cocm_bot.slack.shared_views.notices import notice_message

ACCEPT = "recommendation-accept"
DONE = "recommendation-done"
DECLINE = "recommendation-decline"
DECLINED = "recommendation-declined"
ANSWERED = "recommendation-answered"

TEXT_SHOWN = 1500
REASON_SHOWN = 200
_BUTTONS = {
    Answer.ACCEPTED: ("Accept", ACCEPT),
    Answer.DECLINED: ("Decline…", DECLINE),
    Answer.DONE: ("Done", DONE),
}


def recommendation_message(
    patient: Patient,
    given: Recommendation,
    names: Mapping[str, str],
    registry: Registry,
    note: str | None = None,
) -> Payload:
    """Return an addressee's message, as things are now; `note` says what just did not work.

    It shows of the patient what the registry lets messages show. It is drawn again with every answer, whoever
    gives it.
    """
    policy = registry.policy
    left = not given.closed and given not in still_open(patient)
    told = _subject(patient, registry)
    head = f"For your information: {told} continues" if given.informs else f"Recommendation for {told}"
    return message(
        _notification(given),
        [
            section(f"*{head}*\n{recommended(given, TEXT_SHOWN)}"),
            section("\n".join(_background(patient, given, names, registry))),
            context(_given_by(given, names, policy)),
            *_answered(given, names, policy),
            *([context(f"⚠️ {escape(note)}")] if note and not left else []),
            *([context(INFORMS)] if given.informs else []),
            *([context(LEFT)] if left else _bar(patient, given)),
        ],
    )


def answered_message(
    patient: Patient, given: Recommendation, names: Mapping[str, str], registry: Registry
) -> Payload:
    """The message whoever recommended something gets once somebody has answered, and with every answer."""
    whom = _subject(patient, registry)
    return message(
        "A recommendation was answered",
        [
            section(f"*Your recommendation for {whom}*\n{recommended(given, TEXT_SHOWN)}"),
            *_answered(given, names, registry.policy),
            actions(button("Open the card", OPEN_CARD, patient.handle)),
        ],
    )


def withdrawn_message(patient: Patient, registry: Registry) -> Payload:
    """Return the message in the place of a recommendation that was withdrawn."""
    return message(
        "A recommendation was withdrawn",
        [
            section(f"*A recommendation for {_subject(patient, registry)}* is closed."),
            actions(button("Open the card", OPEN_CARD, patient.handle)),
        ],
    )


def unreached_message(patient: Patient, registry: Registry, names: Sequence[str]) -> Payload:
    """Return the notice to the giver or answerer of a recommendation that somebody did not get."""
    shown = told_apart(patient, registry)
    return notice_message(
        f"{shown}: it is saved, but I could not reach {listed(names)}. Please tell them yourself."
    )


def answer_view(
    title: str,
    callback_id: str,
    patient: Patient,
    registry: Registry,
    given: Recommendation,
    names: Mapping[str, str],
    inputs: Sequence[Block],
    memo: str,
) -> Payload:
    """The inputs, under the recommendation and what was answered so far."""
    return modal(
        title,
        [
            context(subject(patient, registry)),
            section(recommended(given, TEXT_SHOWN)),
            context(_given_by(given, names, registry.policy)),
            *_answered(given, names, registry.policy),
            *inputs,
        ],
        callback_id,
        submit=title,
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def _notification(given: Recommendation) -> str:
    if given.unanswered:
        return "A recommendation awaits your answer"
    return "A recommendation was made" if given.informs else "A recommendation was answered"


def _subject(patient: Patient, registry: Registry) -> str:
    return escape(told_apart(patient, registry))


def _background(
    patient: Patient, given: Recommendation, names: Mapping[str, str], registry: Registry
) -> list[str]:
    """Return what an answer rests on: the course of each deciding score, why it was raised, the medication.

    A flag's reason, in which the team's words can name somebody, only where the registry's messages may.
    """
    policy = registry.policy
    scores = patient.course.scores
    lines = [
        f"*{escape(each.name)}* {course_told(scores[each.name], each, policy)}"
        for each in deciding(scores, policy)
        if each.name in scores
    ]
    week = weeks_at(patient, policy, datetime.fromtimestamp(given.at, UTC))
    lines = lines or ["No scores yet."]
    if week is not None:
        lines.append(f"In week {week} of treatment")
    if flag := _raised_by(patient, given):
        named = registry.disclosure.in_messages is Shown.NAME and flag.reason
        why = f": {escape(clip(' '.join(flag.reason.split()), REASON_SHOWN))}" if named else ""
        lines.append(f"Flagged for review by {who(flag.created_by_provider_id, names)}{why}")
    return [*lines, *medication_lines(patient)]


def _raised_by(patient: Patient, given: Recommendation) -> PatientFlag | None:
    """Return the review flag that was open when the recommendation was given."""
    return next(
        (
            flag
            for flag in reversed(patient.flags)
            if flag.flag_type is Flag.REVIEW
            and flag.created_date <= given.at
            and (flag.resolved_date is None or flag.resolved_date >= given.at)
        ),
        None,
    )


def _given_by(given: Recommendation, names: Mapping[str, str], policy: CarePolicy) -> str:
    return f"Recommended by {who(given.by, names)}, {day_of(given.at, policy)}"


def _answered(given: Recommendation, names: Mapping[str, str], policy: CarePolicy) -> list[Block]:
    lines = [answered(each, names, policy) for each in given.answers]
    return [section("\n".join(lines))] if lines else []


def _bar(patient: Patient, given: Recommendation) -> list[Block]:
    offered: list[Element] = []
    for answer in possible(given):
        label, action_id = _BUTTONS[answer]
        value = f"{patient.handle} {given.id} {state_of(given)}"
        offered.append(button(label, action_id, value, accessibility_label=f"{label} for {patient.handle}"))
    return [actions(*offered, button("Open the card", OPEN_CARD, patient.handle))]
