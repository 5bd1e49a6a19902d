"""A psychiatrist's recommendation: as a direct message, on the card, and in the modals that answer it."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.agreements import Answer, Recommendation
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.recommendations.recommendations import LEFT, possible, state_of, still_open
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    context,
    escape,
    message,
    modal,
    section,
)
from cocm_bot.slack.shared_views.card_actions import OPEN_CARD
from cocm_bot.slack.shared_views.formatting import day_of, discreet, listed, subject, who
from cocm_bot.slack.shared_views.notices import notice_message
from cocm_bot.slack.shared_views.recommendation_lines import answered, recommended

ACCEPT = "recommendation-accept"
DONE = "recommendation-done"
DECLINE = "recommendation-decline"
DECLINED = "recommendation-declined"
ANSWERED = "recommendation-answered"

TEXT_SHOWN = 1500
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
    text = "A recommendation awaits your answer" if given.unanswered else "A recommendation was answered"
    return message(
        text,
        [
            section(f"*Recommendation for {_subject(patient, registry)}*\n{recommended(given, TEXT_SHOWN)}"),
            context(_given_by(given, names, policy)),
            *_answered(given, names, policy),
            *([context(f"⚠️ {escape(note)}")] if note and not left else []),
            *([context(LEFT)] if left else _bar(patient, given)),
        ],
    )


def declined_message(
    patient: Patient, given: Recommendation, names: Mapping[str, str], registry: Registry
) -> Payload:
    """The message whoever recommended something gets once it is declined."""
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
    subject = discreet(patient, registry)
    return notice_message(
        f"{subject}: it is saved, but I could not reach {listed(names)}. Please tell them yourself."
    )


def answer_view(
    title: str,
    callback_id: str,
    patient: Patient,
    given: Recommendation,
    names: Mapping[str, str],
    policy: CarePolicy,
    inputs: Sequence[Block],
    memo: str,
) -> Payload:
    """The inputs, under the recommendation and what was answered so far."""
    return modal(
        title,
        [
            context(subject(patient)),
            section(recommended(given, TEXT_SHOWN)),
            context(_given_by(given, names, policy)),
            *_answered(given, names, policy),
            *inputs,
        ],
        callback_id,
        submit=title,
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def _subject(patient: Patient, registry: Registry) -> str:
    return escape(discreet(patient, registry))


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
