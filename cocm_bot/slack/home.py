"""The App Home of a member."""

from cocm_bot.operations import caseload
from cocm_bot.slack.commands import home_buttons
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.screens.home import home_view
from cocm_bot.slack.visit import Visit


def register(entry: Entry) -> None:
    """Drawn anew whenever it is opened."""
    entry.home(draw)


def draw(visit: Visit) -> Payload:
    """My day, as of now."""
    page = caseload.worklist(visit.desk, visit.actor)
    return home_view(visit.actor, page, home_buttons(), visit.desk.now())
