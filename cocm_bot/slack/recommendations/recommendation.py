"""A psychiatrist's recommendation: sent to those it is addressed to, and answered by them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.recommendations.recommendations import (
    LEFT,
    meanwhile,
    possible,
    recommendation_of,
    state_of,
    still_open,
)
from cocm_bot.domain.records.agreements import Answer, Recommendation
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import Card
from cocm_bot.operations.recommendations import answers as operation
from cocm_bot.operations.recommendations.answers import LONGEST_REASON
from cocm_bot.slack.digests.digest import refresh_rows
from cocm_bot.slack.forms import Form, RadioInput, TextInput
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.recommendations import recommendation_view as screen
from cocm_bot.slack.runtime.memo import ChangeMemo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import ANSWER
from cocm_bot.store.jobs import JobKind


class DeclineForm(Form):
    """The reason a recommendation is declined."""

    reason: Annotated[str, TextInput("Why", multiline=True, max_length=LONGEST_REASON)]


class AnswerForm(Form):
    """The answer to a recommendation."""

    answer: Annotated[Answer, RadioInput("Your answer", options=tuple(Answer))]
    reason: Annotated[
        str, TextInput("Why", multiline=True, max_length=LONGEST_REASON, hint="Needed to decline.")
    ] = ""


class AnswerMemo(ChangeMemo):
    """The state of an answer's modal."""

    recommendation: Opaque
    seen: Opaque
    """The recommendation's state when the modal was opened."""


def register(router: Router) -> None:
    """The buttons of the message, the card's entry, and the modals' submissions."""
    router.redraws(screen.ACCEPT, lambda request: at_once(request, Answer.ACCEPTED), changes=True)
    router.redraws(screen.DONE, lambda request: at_once(request, Answer.DONE), changes=True)
    router.opens(screen.DECLINE, "Decline", declining)
    router.opens(ANSWER, "Answer", lambda request: answering(request, request.value))
    router.submission(screen.DECLINED, decline)
    router.submission(screen.ANSWERED, answer)


def tell(request: MemberRequest, *logs: TreatmentLog | None) -> None:
    """Have the clock send the recommendations of consultations that were saved just now."""
    for given in {log.recommendation.id for log in logs if log and log.recommendation}:
        request.run_soon(JobKind.RECOMMENDATION, given)


def at_once(request: MemberRequest, given: Answer) -> Payload:
    """Answer by a button of the message, and draw it again with what became of the recommendation."""
    handle, recommendation_id, seen = _requested(request)
    actor = request.actor
    # One press is one request: a double click is the same person giving the same answer to the same state.
    request_id = f"{recommendation_id}-{actor.user_id}-{given.lower()}-{seen}"
    try:
        card = operation.answer(
            request.ctx, actor, handle, recommendation_id, given, "", request_id, seen=seen
        )
    except (Conflict, InvalidInput) as refused:
        card = operation.asked(request.ctx, actor, handle)
        return _message(request, card.patient, card.names, recommendation_id, note=str(refused))
    request.run_soon(JobKind.RECOMMENDATION, recommendation_id)
    request.later.append(partial(refresh_rows, request, [handle]))
    return _message(request, card.patient, card.names, recommendation_id)


def declining(request: MemberRequest) -> Payload:
    """The modal that asks why; raises Conflict when it was closed meanwhile."""
    handle, recommendation_id, _ = _requested(request)
    card = operation.asked(request.ctx, request.actor, handle)
    given = recommendation_of(card.patient, recommendation_id)
    if given not in still_open(card.patient):
        raise Conflict(meanwhile(given, card.names) if given.closed else LEFT)
    return _asking(request, card, given, "Decline", screen.DECLINED, DeclineForm.blocks())


def decline(request: MemberRequest) -> Payload:
    """Decline with the reason entered."""
    return _submitted(request, Answer.DECLINED, DeclineForm.read(request.answers).reason)


def answering(request: MemberRequest, handle: str) -> Payload:
    """The modal that takes an answer from elsewhere, for the recommendation that has waited longest."""
    card = operation.asked(request.ctx, request.actor, handle)
    waiting = still_open(card.patient)
    if not waiting:
        raise InvalidInput("No recommendation is open now.")
    given = next((each for each in waiting if each.unanswered), waiting[0])
    inputs = AnswerForm.blocks(options={"answer": possible(given)})
    return _asking(request, card, given, "Answer", screen.ANSWERED, inputs)


def answer(request: MemberRequest) -> Payload:
    """Save the answer given from the card."""
    entered = AnswerForm.read(request.answers)
    return _submitted(request, entered.answer, entered.reason)


def _submitted(request: MemberRequest, given: Answer, reason: str) -> Payload:
    memo = request.memo(AnswerMemo)
    card = operation.answer(
        request.ctx,
        request.actor,
        memo.handle,
        memo.recommendation,
        given,
        reason,
        memo.request_id,
        seen=memo.seen,
    )
    request.run_soon(JobKind.RECOMMENDATION, memo.recommendation)
    return saved(request, card, f"Recommendation: {given.lower()}.")


def _requested(request: MemberRequest) -> tuple[str, str, str]:
    """Handle, recommendation and the state the button was drawn in."""
    match request.value.split():
        case [handle, recommendation_id, seen]:
            return handle, recommendation_id, seen
    raise InvalidInput(OUT_OF_DATE)


def _asking(
    request: MemberRequest,
    card: Card,
    given: Recommendation,
    title: str,
    callback_id: str,
    inputs: Sequence[Block],
) -> Payload:
    memo = AnswerMemo(
        handle=card.patient.handle, request_id=new_id(), recommendation=given.id, seen=state_of(given)
    )
    registry = request.actor.registry
    return screen.answer_view(
        title, callback_id, card.patient, registry, given, card.names, inputs, memo.packed()
    )


def _message(
    request: MemberRequest,
    patient: Patient,
    known: Mapping[str, str],
    recommendation_id: str,
    note: str | None = None,
) -> Payload:
    given = recommendation_of(patient, recommendation_id)
    return screen.recommendation_message(patient, given, known, request.actor.registry, note)
