"""A psychiatrist's recommendation: sent to those it is addressed to, and answered by them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from cocm_bot.domain.agreements import Answer, Recommendation
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.patient import Patient, TreatmentLog
from cocm_bot.domain.recommendations.recommendations import (
    LEFT,
    meanwhile,
    possible,
    recommendation_of,
    state_of,
    still_open,
)
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import Card
from cocm_bot.operations.recommendations import answers as operation
from cocm_bot.operations.recommendations.answers import LONGEST_REASON
from cocm_bot.operations.recommendations.sending import KIND
from cocm_bot.slack.digests.digest import refresh_rows
from cocm_bot.slack.forms import Form, RadioInput, TextInput
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.recommendations import recommendation_view as screen
from cocm_bot.slack.runtime.request import OUT_OF_DATE, Memo, Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.shared_views.card_actions import ANSWER


class DeclineForm(Form):
    """Why a recommendation is declined."""

    reason: Annotated[str, TextInput("Why", multiline=True, max_length=LONGEST_REASON)]


class AnswerForm(Form):
    """What becomes of a recommendation."""

    answer: Annotated[Answer, RadioInput("Your answer", options=tuple(Answer))]
    reason: Annotated[
        str, TextInput("Why", multiline=True, max_length=LONGEST_REASON, hint="Needed to decline.")
    ] = ""


def register(entry: Entry) -> None:
    """The buttons of the message, the card's entry, and the modals' submissions."""
    entry.redraws(screen.ACCEPT, lambda visit: at_once(visit, Answer.ACCEPTED), changes=True)
    entry.redraws(screen.DONE, lambda visit: at_once(visit, Answer.DONE), changes=True)
    entry.opens(screen.DECLINE, "Decline", declining)
    entry.opens(ANSWER, "Answer", lambda visit: answering(visit, visit.value))
    entry.submission(screen.DECLINED, decline)
    entry.submission(screen.ANSWERED, answer)


def tell(visit: Visit, *logs: TreatmentLog | None) -> None:
    """Have the clock tell of what consultations that were saved just now recommend."""
    for given in {log.recommendation.id for log in logs if log and log.recommendation}:
        visit.wake(KIND, given)


def at_once(visit: Visit, given: Answer) -> Payload:
    """Answer by a button of the message, and draw it anew with what became of the recommendation."""
    handle, recommendation_id, seen = _meant(visit)
    actor = visit.actor
    # One press is one request: a double click is the same person giving the same answer to the same state.
    request_id = f"{recommendation_id}-{actor.user_id}-{given.lower()}-{seen}"
    try:
        card = operation.answer(
            visit.desk, actor, handle, recommendation_id, given, "", request_id, seen=seen
        )
    except (Conflict, InvalidInput) as refused:
        card = operation.asked(visit.desk, actor, handle)
        return _message(visit, card.patient, card.names, recommendation_id, note=str(refused))
    visit.wake(KIND, recommendation_id)
    visit.later.append(partial(refresh_rows, visit, [handle]))
    return _message(visit, card.patient, card.names, recommendation_id)


def declining(visit: Visit) -> Payload:
    """The modal that asks why; raises Conflict when it was closed meanwhile."""
    handle, recommendation_id, _ = _meant(visit)
    card = operation.asked(visit.desk, visit.actor, handle)
    given = recommendation_of(card.patient, recommendation_id)
    if given not in still_open(card.patient):
        raise Conflict(meanwhile(given, card.names) if given.closed else LEFT)
    return _asking(visit, card, given, "Decline", screen.DECLINED, DeclineForm.blocks())


def decline(visit: Visit) -> Payload:
    """Decline with the reason entered."""
    return _submitted(visit, Answer.DECLINED, DeclineForm.read(visit.answers).reason)


def answering(visit: Visit, handle: str) -> Payload:
    """The modal that takes an answer from elsewhere, for the recommendation that has waited longest."""
    card = operation.asked(visit.desk, visit.actor, handle)
    waiting = still_open(card.patient)
    if not waiting:
        raise InvalidInput("No recommendation is open any more.")
    given = next((each for each in waiting if each.unanswered), waiting[0])
    inputs = AnswerForm.blocks(options={"answer": possible(given)})
    return _asking(visit, card, given, "Answer", screen.ANSWERED, inputs)


def answer(visit: Visit) -> Payload:
    """Save the answer given from the card."""
    entered = AnswerForm.read(visit.answers)
    return _submitted(visit, entered.answer, entered.reason)


def _submitted(visit: Visit, given: Answer, reason: str) -> Payload:
    memo = visit.memo
    if memo.recommendation is None or memo.seen is None:
        raise InvalidInput(OUT_OF_DATE)
    recommendation_id = memo.recommendation
    card = operation.answer(
        visit.desk,
        visit.actor,
        visit.handle,
        recommendation_id,
        given,
        reason,
        visit.request_id,
        seen=memo.seen,
    )
    visit.wake(KIND, recommendation_id)
    return saved(visit, card, f"Recommendation: {given.lower()}.")


def _meant(visit: Visit) -> tuple[str, str, str]:
    """Handle, recommendation and the state the button was drawn in."""
    match visit.value.split():
        case [handle, recommendation_id, seen]:
            return handle, recommendation_id, seen
    raise InvalidInput(OUT_OF_DATE)


def _asking(
    visit: Visit, card: Card, given: Recommendation, title: str, callback_id: str, inputs: Sequence[Block]
) -> Payload:
    memo = Memo(
        handle=card.patient.handle, request_id=new_id(), recommendation=given.id, seen=state_of(given)
    )
    policy = visit.actor.registry.policy
    return screen.answer_view(
        title, callback_id, card.patient, given, card.names, policy, inputs, memo.packed()
    )


def _message(
    visit: Visit, patient: Patient, known: Mapping[str, str], recommendation_id: str, note: str | None = None
) -> Payload:
    given = recommendation_of(patient, recommendation_id)
    return screen.recommendation_message(patient, given, known, visit.actor.registry, note)
