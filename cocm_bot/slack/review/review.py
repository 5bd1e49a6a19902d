"""The caseload review: one patient at a time, in a modal that can be left and come back to."""

from collections.abc import Sequence

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.review.agenda import Decision
from cocm_bot.operations.review import review as operation
from cocm_bot.operations.review.review import Rested, Step
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import card
from cocm_bot.slack.review.review_view import NEXT, OPEN, RESUME, SKIP, START_OVER, rested_view, step_view
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router


def register(router: Router) -> None:
    """The buttons of the review; the one that records a consultation belongs to the contact."""
    router.redraws(NEXT, lambda request: decide(request, Decision.DISCUSSED))
    router.redraws(SKIP, lambda request: decide(request, Decision.SKIPPED))
    router.redraws(RESUME, lambda request: _drawn(request, operation.resume(request.ctx, request.actor)))
    router.redraws(START_OVER, start_over)
    router.opens(OPEN, "Patient", lambda request: card(request, request.value))


def begin(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The patient whose turn it is, or the question what to do with an older session."""
    del words
    found = operation.come_to(request.ctx, request.actor)
    if isinstance(found, Rested):
        return rested_view(found, request.actor.registry.policy, request.ctx.now())
    return _drawn(request, found)


def decide(request: MemberRequest, decision: Decision) -> Payload:
    """Go on to the next patient."""
    match request.value.split():
        case [review_id, position] if position.isdecimal():
            step = operation.decide(request.ctx, request.actor, review_id, int(position), decision)
            return _drawn(request, step)
    raise InvalidInput(OUT_OF_DATE)


def start_over(request: MemberRequest) -> Payload:
    """A new agenda in the place of the session the button belongs to."""
    return _drawn(request, operation.start_over(request.ctx, request.actor, request.value))


def after_contact(request: MemberRequest, session: str, handle: str, contact: Contact) -> Payload | None:
    """The review a contact was logged from, with a consultation marked as recorded; None once it is over."""
    if contact.is_consultation:
        step = operation.consulted(request.ctx, request.actor, session, handle)
    else:
        step = operation.standing(request.ctx, request.actor, session)
    return step_view(request.actor, step, request.ctx.now()) if step else None


def _drawn(request: MemberRequest, step: Step) -> Payload:
    return step_view(request.actor, step, request.ctx.now())
