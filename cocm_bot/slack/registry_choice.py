"""The answer to the question which registry a command means: it goes on there."""

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access.registry_choice import command_asked, work_here
from cocm_bot.slack import commands, direct_messages, home
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.registry_question import CHOOSE
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest, OpenToGuests
from cocm_bot.slack.runtime.router import Router


def register(router: Router) -> None:
    """The buttons of the question, each of which is of its registry."""
    router.redraws(CHOOSE, chosen)


def chosen(request: MemberRequest) -> Payload:
    """Work in the registry of the button from now on, and show there what was asked for."""
    work_here(request.ctx, request.actor)
    if request.body.get("view", {}).get("type") == "home":
        return home.draw(request)
    asked = command_asked(request.ctx, request.actor, request.value)
    # In a message there is no window to draw into.
    choose = commands.choose if "view" in request.body else direct_messages.choose
    draw = choose(asked).draw
    if isinstance(draw, OpenToGuests):
        raise InvalidInput(OUT_OF_DATE)
    return draw(request)
