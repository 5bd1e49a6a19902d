"""A patient's card, and the ways to find one."""

from collections.abc import Callable, Sequence

from cocm_bot.domain.errors import TooOften, no_such_patient
from cocm_bot.domain.patients.search import closest_only
from cocm_bot.operations.patients import card as operation
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.patients.card_view import card_view
from cocm_bot.slack.patients.course.trend_picture import add_picture
from cocm_bot.slack.patients.find_view import match_options, matches_view, no_options, search_view
from cocm_bot.slack.runtime.memo import PatientMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import MORE

FIND = "find-patient"


def register(router: Router) -> None:
    """The search and the choice among several, and the card's menu."""
    router.menu(MORE)
    router.redraws(FIND, lambda request: card(request, request.value))
    router.suggestions(FIND, suggest)


def find(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The card of the patient the words mean."""
    return found(request, " ".join(words), "Patient", FIND, card)


def found(
    request: MemberRequest,
    words: str,
    title: str,
    action_id: str,
    draw: Callable[[MemberRequest, str], Payload],
) -> Payload:
    """Return what to draw for the one patient the words mean, else a choice or a search under the action
    given.
    """
    if not words:
        return search_view(title, action_id, request.actor.registry)
    matching = operation.find(request.ctx, request.actor, words)
    near = closest_only(matching.shown, words)
    match matching.shown:
        case []:
            return search_view(title, action_id, request.actor.registry, missed=words)
        case [only] if not near:
            return draw(request, only.handle)
    return matches_view(title, action_id, matching, request.actor.registry, inexact=words if near else "")


def card(request: MemberRequest, handle: str) -> Payload:
    """The card; raises NotFound for a handle the registry does not have."""
    if not handle:
        raise no_such_patient()
    return _drawn(request, operation.open_card(request.ctx, request.actor, handle))


def saved(request: MemberRequest, card: Card, banner: str, offer: Sequence[Block] = ()) -> Payload:
    """The card after something was saved, which the banner says; `offer` is what comes next."""
    return _drawn(request, card, banner=banner, offer=offer)


def _drawn(
    request: MemberRequest, card: Card, *, banner: str | None = None, offer: Sequence[Block] = ()
) -> Payload:
    """Return the card; the picture of the trend follows."""
    memo, now = PatientMemo(handle=card.patient.handle).packed(), request.ctx.now()

    def draw(picture: Block | None) -> Payload:
        return card_view(request.actor, card, memo, now, banner=banner, offer=offer, picture=picture)

    add_picture(request, card.patient, draw)
    return draw(None)


def suggest(request: MemberRequest) -> list[Block]:
    """The patients that match what is being typed."""
    typed = str(request.body.get("value", ""))
    try:
        found = operation.find(request.ctx, request.actor, typed)
    except TooOften as limited:
        return no_options(str(limited))
    return match_options(found, request.actor.registry, near=closest_only(found.shown, typed))
