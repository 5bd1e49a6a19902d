"""The answer to the question which registry a command means: it goes on there."""

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access.registry_choice import command_asked, work_here
from cocm_bot.slack import commands, home
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.registry_question import CHOOSE
from cocm_bot.slack.runtime.request import OUT_OF_DATE, ForAnyone, Visit
from cocm_bot.slack.runtime.router import Entry


def register(entry: Entry) -> None:
    """The buttons of the question, each of which is of its registry."""
    entry.redraws(CHOOSE, chosen)


def chosen(visit: Visit) -> Payload:
    """Work in the registry of the button from now on, and show there what was asked for."""
    work_here(visit.desk, visit.actor)
    if visit.body.get("view", {}).get("type") == "home":
        return home.draw(visit)
    draw = commands.choose(command_asked(visit.desk, visit.actor, visit.value)).draw
    if isinstance(draw, ForAnyone):
        raise InvalidInput(OUT_OF_DATE)
    return draw(visit)
