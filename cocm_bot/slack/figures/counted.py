"""List the patients counted in a figure: a button of the figures, for those who may see patients."""

from cocm_bot.operations.figures.counted import authorise_listing, counted
from cocm_bot.slack.figures.counted_view import COUNTED, CountedMemo, counted_view
from cocm_bot.slack.figures.figures_view import WHO_IS_COUNTED, WHO_TITLE
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router


def register(router: Router) -> None:
    """The button that opens the list, and the menu that chooses the figure."""
    router.opens(WHO_IS_COUNTED, WHO_TITLE, show)
    router.redraws(COUNTED, choose)


def show(request: MemberRequest) -> Payload:
    """The first figure of the period the screen behind shows."""
    words = request.value
    return counted_view(request.actor, counted(request.ctx, request.actor, words.split()), words)


def choose(request: MemberRequest) -> Payload:
    """Another figure of the same period."""
    authorise_listing(request.ctx, request.actor)
    words = request.memo(CountedMemo).words
    found = counted(request.ctx, request.actor, words.split(), request.value)
    return counted_view(request.actor, found, words)
