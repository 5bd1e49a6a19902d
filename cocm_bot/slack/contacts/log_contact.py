"""Logging a contact: the ways into the modal, the modal as it follows what is entered, and its submission."""

import re
from functools import partial
from typing import Any

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.contacts.contact import Contact, at_risk
from cocm_bot.domain.contacts.line import ContactLine
from cocm_bot.domain.contacts.line_contact import expected_type
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.safety.flags import open_types
from cocm_bot.domain.vocabulary import ContactType, Flag, Role
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts import timers
from cocm_bot.operations.contacts.log_contact import Logged, log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients import card
from cocm_bot.slack.caseload.caseload import redrawn
from cocm_bot.slack.contacts.contact_form import (
    NO_SHOW_CHOSEN,
    TYPE_CHOSEN,
    Shape,
    asks_what_was_done,
    line_values,
)
from cocm_bot.slack.contacts.contact_line_view import unread_marks
from cocm_bot.slack.contacts.contact_modal import again, asked, at_the_measure, inputs, shape_of
from cocm_bot.slack.contacts.contact_view import BY_ITEM, contact_view
from cocm_bot.slack.contacts.drafting import keep
from cocm_bot.slack.contacts.measure_inputs import ITEM_CHOSEN
from cocm_bot.slack.contacts.timer_view import filled
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.patients.card_view import saved_banner
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.review import review
from cocm_bot.slack.review.review_view import RECORD
from cocm_bot.slack.runtime.memo import ChangeMemo, ListMemo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts
from cocm_bot.slack.safety.risk_screen_view import offered
from cocm_bot.slack.shared_views.card_actions import LOG_CONTACT, OUTCOME
from cocm_bot.slack.shared_views.crisis import CONTACT_FORM as CALLBACK

TITLE = "Log a contact"


def register(router: Router) -> None:
    """The ways into the modal, what redraws it, and its submission."""
    router.opens(LOG_CONTACT, TITLE, lambda request: form(request, request.value))
    router.opens(OUTCOME, "Outcome check", lambda request: form(request, request.value))
    router.opens(RECORD, TITLE, consultation)
    router.redraws(TYPE_CHOSEN, follow)
    router.redraws(NO_SHOW_CHOSEN, follow)
    router.follows(ITEM_CHOSEN, follow_item)
    router.redraws(re.compile(f"^{BY_ITEM}:"), follow_items)
    router.submission(CALLBACK, save)


def consultation(request: MemberRequest) -> Payload:
    """The modal for a consultation about the patient a caseload review is at."""
    match request.value.split():
        case [handle, session]:
            return form(request, handle, contact_type=ContactType.CONSULTATION, session=session)
    raise InvalidInput(OUT_OF_DATE)


class ContactMemo(ChangeMemo, ListMemo):
    """The memo of the contact modal."""

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
    line: ContactLine | None = None,
) -> Payload:
    """The modal for one patient, filled in with what a typed `line` says.

    `behind` names the list it was opened from, to be redrawn after; `session` is the caseload review's.
    Without a contact type it is the one that comes next.
    """
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    patient = card.open_card(request.ctx, request.actor, handle).patient
    policy, now = request.actor.registry.policy, request.ctx.now()
    timer = timers.running_for(request.ctx, request.actor, patient.handle)
    initial: dict[str, Any] = {
        "contact_type": contact_type or expected_type(patient),
        "day": policy.local_date(now.timestamp()),
        "minutes": timer.minutes(now) if timer else None,
        **(line_values(line, policy) if line else {}),
    }
    clock = filled(timer, policy, now) if timer else ""
    marks = unread_marks(line.unread) if line else ""
    memo = ContactMemo(
        handle=patient.handle,
        request_id=new_id(),
        behind=behind,
        answer_url=request.answer_url if behind else None,
        review=session,
        timer=timer.id if timer else None,
    )
    crisis = request.actor.registry.alerts.crisis_text
    role = request.actor.role
    shape = Shape(
        kind=initial["contact_type"],
        flagged=Flag.REVIEW in open_types(patient) and may(role, Action.RESOLVE_FLAG),
        by_psychiatrist=role is Role.PSYCHIATRIST,
    ).completed(initial, policy)
    blocks = inputs(policy, shape, initial, crisis)
    return contact_view(patient, request.actor.registry, blocks, memo.packed(), clock=clock, marks=marks)


def follow(request: MemberRequest) -> Payload:
    """The modal again, with what belongs to the contact type and the answers chosen now."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    keep(request)
    return again(request, shape_of(request))


def follow_item(request: MemberRequest) -> Payload | None:
    """The modal again once the self-harm item calls for more, or no longer does; None otherwise."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    keep(request)
    shape = shape_of(request)
    return again(request, shape) if shape.risky or asks_what_was_done(request.answers) else None


def follow_items(request: MemberRequest) -> Payload:
    """The modal again, with the items of a measure shown or hidden."""
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    keep(request)
    return again(request, shape_of(request).turned(request.value))


def save(request: MemberRequest) -> Payload:
    """Log the contact and show the card with what changed."""
    # First: who may not log is refused, and on record, and not asked for more.
    authorise(request.ctx, request.actor, Action.LOG_CONTACT)
    contact, memo = asked(request), request.memo(ContactMemo)
    if not isinstance(contact, Contact):
        return contact
    with at_the_measure(request):
        logged = log_contact(request.ctx, request.actor, memo.handle, contact, memo.request_id)
    request.team.extend(logged.team)
    if logged.log:
        request.dropped.add(memo.request_id)
    if memo.timer:
        request.later.append(partial(_stop, request, memo.timer))
    request.redraw_list(memo, lambda behind: redrawn(request, behind))
    return told(request, logged, contact, memo.review)


def told(request: MemberRequest, logged: Logged, contact: Contact, session: str | None = None) -> Payload:
    """Return the card with what was saved; those who must know of it are notified meanwhile.

    `session` is the caseload review's that the modal was opened from, which goes on after.
    """
    parts = [saved_banner(logged.before, logged.card, request.actor.registry.policy)]
    if logged.log:
        parts.append(alerts.tell(request, logged.card.patient, logged.log.recorded_at))
    recommendation.tell(request, logged.log, logged.replaced)
    banner = "\n".join(filter(None, parts))
    if at_risk(request.actor.registry.policy, contact.scores, contact.answers, contact.self_harm):
        # Before the next patient of a caseload review, which is come back to as it was left.
        return saved(request, logged.card, banner, offered(logged.card.patient.handle))
    handle = logged.card.patient.handle
    reviewed = review.after_contact(request, session, handle, contact) if session else None
    return reviewed or saved(request, logged.card, banner)


def _stop(request: MemberRequest, timer_id: str) -> None:
    timers.stop(request.ctx, request.actor, timer_id)
