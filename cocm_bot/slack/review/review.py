"""The caseload review: one patient at a time, in a modal that can be left and come back to."""

from collections.abc import Sequence

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.people import full_name
from cocm_bot.domain.review.agenda import Decision
from cocm_bot.operations.review import review as operation
from cocm_bot.operations.review.review import Rested, Step
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import card
from cocm_bot.slack.patients.course.trend_picture import add_picture
from cocm_bot.slack.registries.channels import check_team_channel
from cocm_bot.slack.review.review_view import (
    BACK,
    NEXT,
    OPEN,
    POST,
    PRINT,
    RESUME,
    SKIP,
    START_OVER,
    posted_message,
    rested_view,
    step_view,
    summary_view,
    text_view,
)
from cocm_bot.slack.runtime.client.failures import Gone, RateLimited, Refused
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.lines.formatting import day_of


def register(router: Router) -> None:
    """The buttons of the review; the one that records a consultation belongs to the contact."""
    router.redraws(NEXT, lambda request: decide(request, Decision.DISCUSSED))
    router.redraws(SKIP, lambda request: decide(request, Decision.SKIPPED))
    router.redraws(RESUME, lambda request: _drawn(request, operation.resume(request.ctx, request.actor)))
    router.redraws(START_OVER, start_over)
    router.redraws(BACK, back)
    router.redraws(POST, post)
    router.opens(PRINT, "Review as text", as_text)
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
    review_id, position = _place(request)
    return _drawn(request, operation.decide(request.ctx, request.actor, review_id, position, decision))


def back(request: MemberRequest) -> Payload:
    """Go back to the patient before."""
    return _drawn(request, operation.back(request.ctx, request.actor, *_place(request)))


def as_text(request: MemberRequest) -> Payload:
    """The summary to print; raises InvalidInput before the end."""
    return text_view(request.actor, _ended(request), _day(request))


def post(request: MemberRequest) -> Payload:
    """Post the counts to the team's channel, once; raises InvalidInput where the channel can't be used."""
    ctx, actor, gateway = request.ctx, request.actor, request.gateway
    step, channel = _ended(request), request.actor.registry.team_channel
    if channel is None:
        raise InvalidInput("This registry has no team channel. An admin sets one in /cocm settings.")
    check_team_channel(gateway, channel)
    if not operation.claim_post(ctx, actor, step.review.id):
        return summary_view(actor, _ended(request), "Already posted to the team channel.")
    try:
        gateway.tell(channel, posted_message(step, full_name(actor), _day(request)), actor.registry.id)
    except (Gone, Refused, RateLimited):
        # Nothing was posted: it may be tried again. Of a lost answer nobody knows, and twice would be worse.
        operation.release_post(ctx, actor, step.review.id)
        raise
    return summary_view(actor, _ended(request), "✅ Posted to the team channel.")


def _place(request: MemberRequest) -> tuple[str, int]:
    """Return the session and position a button was drawn at."""
    match request.value.split():
        case [review_id, position] if position.isdecimal():
            return review_id, int(position)
    raise InvalidInput(OUT_OF_DATE)


def _ended(request: MemberRequest) -> Step:
    step = operation.finished(request.ctx, request.actor, request.value)
    if step.card is not None:
        raise InvalidInput(OUT_OF_DATE)
    return step


def _day(request: MemberRequest) -> str:
    return day_of(request.ctx.now().timestamp(), request.actor.registry.policy)


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
    """Return the step; the picture of the patient's trend follows."""
    actor, now = request.actor, request.ctx.now()
    if step.card:
        add_picture(request, step.card.patient, lambda picture: step_view(actor, step, now, picture))
    return step_view(actor, step, now)
