"""Logging a contact: the ways into the modal, the modal as it follows what is entered, and its submission."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from cocm_bot.domain.access import Action
from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.vocabulary import ContactType, Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts import timers
from cocm_bot.operations.contacts.log_contact import Logged, log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients import card
from cocm_bot.slack.caseload.caseload import redrawn
from cocm_bot.slack.contacts.contact_form import ITEM_CHOSEN, TYPE_CHOSEN, Shape
from cocm_bot.slack.contacts.contact_modal import again, asked, at_the_measure, inputs
from cocm_bot.slack.contacts.contact_view import BY_ITEM, CALLBACK, contact_view
from cocm_bot.slack.contacts.timer_view import filled
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import found, saved, suggest
from cocm_bot.slack.patients.card_view import saved_banner
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.review import review
from cocm_bot.slack.review.review_view import RECORD
from cocm_bot.slack.runtime.request import OUT_OF_DATE, Memo, Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.safety import alerts
from cocm_bot.slack.shared_views.card_actions import LOG_CONTACT

FIND = "find-contact"


def register(entry: Entry) -> None:
    """The ways into the modal, what redraws it, and its submission."""
    entry.redraws(FIND, lambda visit: form(visit, visit.value))
    entry.suggestions(FIND, suggest)
    entry.opens(LOG_CONTACT, "Log a contact", lambda visit: form(visit, visit.value))
    entry.opens(RECORD, "Log a contact", consultation)
    entry.redraws(TYPE_CHOSEN, follow)
    entry.redraws(ITEM_CHOSEN, follow)
    entry.redraws(re.compile(f"^{BY_ITEM}:"), follow_items)
    entry.submission(CALLBACK, save)


def find(visit: Visit, words: Sequence[str]) -> Payload:
    """The modal for the patient the words mean."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return found(visit, " ".join(words), "Log a contact", FIND, form)


def consultation(visit: Visit) -> Payload:
    """The modal for a consultation about the patient a caseload review is at."""
    match visit.value.split():
        case [handle, session]:
            return form(visit, handle, contact_type=ContactType.CONSULTATION, session=session)
    raise InvalidInput(OUT_OF_DATE)


def form(
    visit: Visit,
    handle: str,
    behind: str | None = None,
    *,
    contact_type: ContactType | None = None,
    session: str | None = None,
) -> Payload:
    """The modal for one patient.

    `behind` names the list it was opened from, to be redrawn after; `session` is the caseload review's.
    Without a contact type it is the one that comes next.
    """
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    patient = card.open_card(visit.desk, visit.actor, handle).patient
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record before logging a contact.")
    policy, now = visit.actor.registry.policy, visit.desk.now()
    first = patient.status is Status.ENROLLED and patient.initial_assessment is None
    following = ContactType.INITIAL_ASSESSMENT if first else ContactType.FOLLOW_UP
    timer = timers.running_for(visit.desk, visit.actor, patient.handle)
    initial: dict[str, Any] = {
        "contact_type": contact_type or following,
        "day": policy.local_date(now.timestamp()),
        "minutes": timer.minutes(now) if timer else None,
    }
    clock = filled(timer, policy, now) if timer else ""
    memo = Memo(
        handle=patient.handle,
        request_id=new_id(),
        behind=behind,
        answer_url=visit.answer_url if behind else None,
        review=session,
        timer=timer.id if timer else None,
    )
    shape = Shape(consultation=initial["contact_type"] is ContactType.CONSULTATION)
    return contact_view(patient, policy, inputs(policy, shape, initial), memo.packed(), clock=clock)


def follow(visit: Visit) -> Payload:
    """The modal again, with what belongs to the contact type and the answers chosen now."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return again(visit, Shape.of(visit.answers, visit.actor.registry.policy))


def follow_items(visit: Visit) -> Payload:
    """The modal again, with the items of a measure shown or hidden."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return again(visit, Shape.of(visit.answers, visit.actor.registry.policy).turned(visit.value))


def save(visit: Visit) -> Payload:
    """Log the contact and show the card with what changed."""
    contact, memo = asked(visit), visit.memo
    if not isinstance(contact, Contact):
        return contact
    with at_the_measure(visit):
        logged = log_contact(visit.desk, visit.actor, visit.handle, contact, visit.request_id)
    if memo.timer:
        visit.later.append(partial(_stop, visit, memo.timer))
    if memo.answer_url and memo.behind:
        visit.redraw_message(memo.answer_url, lambda: redrawn(visit, memo.behind or ""))
    return told(visit, logged, contact)


def told(visit: Visit, logged: Logged, contact: Contact) -> Payload:
    """The card with what was saved; those who must know of it are told meanwhile."""
    parts = [saved_banner(logged.before, logged.card, visit.actor.registry.policy)]
    if logged.log:
        parts.append(alerts.tell(visit, logged.card.patient, logged.log.recorded_at))
    recommendation.tell(visit, logged.log, logged.replaced)
    return review.after_contact(visit, contact) or saved(visit, logged.card, "\n".join(filter(None, parts)))


def _stop(visit: Visit, timer_id: str) -> None:
    timers.stop(visit.desk, visit.actor, timer_id)
