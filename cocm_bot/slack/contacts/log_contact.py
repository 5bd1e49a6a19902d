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
from cocm_bot.slack.runtime.memo import ChangeMemo, ListMemo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts
from cocm_bot.slack.shared_views.card_actions import LOG_CONTACT

FIND = "find-contact"


def register(router: Router) -> None:
    """The ways into the modal, what redraws it, and its submission."""
    router.redraws(FIND, lambda request: form(request, request.value))
    router.suggestions(FIND, suggest)
    router.opens(LOG_CONTACT, "Log a contact", lambda request: form(request, request.value))
    router.opens(RECORD, "Log a contact", consultation)
    router.redraws(TYPE_CHOSEN, follow)
    router.redraws(ITEM_CHOSEN, follow)
    router.redraws(re.compile(f"^{BY_ITEM}:"), follow_items)
    router.submission(CALLBACK, save)


def find(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The modal for the patient the words mean."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    return found(request, " ".join(words), "Log a contact", FIND, form)


def consultation(request: MemberRequest) -> Payload:
    """The modal for a consultation about the patient a caseload review is at."""
    match request.value.split():
        case [handle, session]:
            return form(request, handle, contact_type=ContactType.CONSULTATION, session=session)
    raise InvalidInput(OUT_OF_DATE)


class ContactMemo(ChangeMemo, ListMemo):
    """What the modal of a contact remembers."""

    review: Opaque | None = None
    """The session of the caseload review it was opened from."""
    timer: Opaque | None = None
    """The timer that filled in the minutes, to be stopped once they are saved."""


def form(
    request: MemberRequest,
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
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    patient = card.open_card(request.ctx, request.actor, handle).patient
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record before logging a contact.")
    policy, now = request.actor.registry.policy, request.ctx.now()
    first = patient.status is Status.ENROLLED and patient.initial_assessment is None
    following = ContactType.INITIAL_ASSESSMENT if first else ContactType.FOLLOW_UP
    timer = timers.running_for(request.ctx, request.actor, patient.handle)
    initial: dict[str, Any] = {
        "contact_type": contact_type or following,
        "day": policy.local_date(now.timestamp()),
        "minutes": timer.minutes(now) if timer else None,
    }
    clock = filled(timer, policy, now) if timer else ""
    memo = ContactMemo(
        handle=patient.handle,
        request_id=new_id(),
        behind=behind,
        answer_url=request.answer_url if behind else None,
        review=session,
        timer=timer.id if timer else None,
    )
    shape = Shape(consultation=initial["contact_type"] is ContactType.CONSULTATION)
    return contact_view(patient, policy, inputs(policy, shape, initial), memo.packed(), clock=clock)


def follow(request: MemberRequest) -> Payload:
    """The modal again, with what belongs to the contact type and the answers chosen now."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    return again(request, Shape.of(request.answers, request.actor.registry.policy))


def follow_items(request: MemberRequest) -> Payload:
    """The modal again, with the items of a measure shown or hidden."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    return again(request, Shape.of(request.answers, request.actor.registry.policy).turned(request.value))


def save(request: MemberRequest) -> Payload:
    """Log the contact and show the card with what changed."""
    contact, memo = asked(request), request.memo(ContactMemo)
    if not isinstance(contact, Contact):
        return contact
    with at_the_measure(request):
        logged = log_contact(request.ctx, request.actor, memo.handle, contact, memo.request_id)
    if memo.timer:
        request.later.append(partial(_stop, request, memo.timer))
    request.redraw_list(memo, lambda behind: redrawn(request, behind))
    banner = tell(request, logged)
    reviewed = review.after_contact(request, memo.review, memo.handle, contact) if memo.review else None
    return reviewed or saved(request, logged.card, banner)


def tell(request: MemberRequest, logged: Logged) -> str:
    """Tell those who must know of what was saved; returns what the card says above."""
    parts = [saved_banner(logged.before, logged.card, request.actor.registry.policy)]
    if logged.log:
        parts.append(alerts.tell(request, logged.card.patient, logged.log.recorded_at))
    recommendation.tell(request, logged.log, logged.replaced)
    return "\n".join(filter(None, parts))


def _stop(request: MemberRequest, timer_id: str) -> None:
    timers.stop(request.ctx, request.actor, timer_id)
