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
from cocm_bot.slack.runtime.request import OUT_OF_DATE, Visit
from cocm_bot.slack.runtime.router import Entry


def register(entry: Entry) -> None:
    """The buttons of the review; the one that records a consultation belongs to the contact."""
    entry.redraws(NEXT, lambda visit: decide(visit, Decision.DISCUSSED))
    entry.redraws(SKIP, lambda visit: decide(visit, Decision.SKIPPED))
    entry.redraws(RESUME, lambda visit: _drawn(visit, operation.resume(visit.desk, visit.actor)))
    entry.redraws(START_OVER, start_over)
    entry.opens(OPEN, "Patient", lambda visit: card(visit, visit.value))


def begin(visit: Visit, words: Sequence[str]) -> Payload:
    """The patient whose turn it is, or the question what to do with an older session."""
    del words
    found = operation.come_to(visit.desk, visit.actor)
    if isinstance(found, Rested):
        return rested_view(found, visit.actor.registry.policy, visit.desk.now())
    return _drawn(visit, found)


def decide(visit: Visit, decision: Decision) -> Payload:
    """Go on to the next patient."""
    match visit.value.split():
        case [review_id, position] if position.isdecimal():
            step = operation.decide(visit.desk, visit.actor, review_id, int(position), decision)
            return _drawn(visit, step)
    raise InvalidInput(OUT_OF_DATE)


def start_over(visit: Visit) -> Payload:
    """A new agenda in the place of the session the button belongs to."""
    return _drawn(visit, operation.start_over(visit.desk, visit.actor, visit.value))


def after_contact(visit: Visit, contact: Contact) -> Payload | None:
    """The review a contact was logged from, with a consultation marked as recorded.

    None when the contact was logged elsewhere, or that session is over.
    """
    session = visit.memo.review
    if session is None:
        return None
    if contact.is_consultation:
        step = operation.consulted(visit.desk, visit.actor, session, visit.handle)
    else:
        step = operation.standing(visit.desk, visit.actor, session)
    return step_view(visit.actor, step, visit.desk.now()) if step else None


def _drawn(visit: Visit, step: Step) -> Payload:
    return step_view(visit.actor, step, visit.desk.now())
