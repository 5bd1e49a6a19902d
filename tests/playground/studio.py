"""The page of a workspace whose bot is a test's own: for what our screens don't show."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cocm_bot.playground import cast, messages, views
from cocm_bot.playground.clock import Clock
from cocm_bot.playground.dynamodb import Engine
from cocm_bot.playground.page import Command, Offer, Page, app_with_page
from cocm_bot.playground.servers.server import serving
from cocm_bot.playground.state import View
from cocm_bot.playground.workspace import Workspace
from tests.playground.bot import TinyBot, running_bot


@dataclass
class Studio:
    """A workspace, its page's address, and the bot that hears what is done there."""

    workspace: Workspace
    bot: TinyBot

    @property
    def url(self) -> str:
        return self.workspace.base_url

    def post(self, blocks: list[dict[str, Any]], *, user: str = cast.MAYA) -> None:
        place = self.workspace.direct(user, cast.BOT)
        messages.post(self.workspace, place.id, {"text": "for screen readers", "blocks": blocks})

    def open(self, view: dict[str, Any], *, user: str = cast.MAYA) -> View:
        return views.open_view(self.workspace, self.workspace.fresh_trigger(user), view)


@contextmanager
def running_studio() -> Iterator[Studio]:
    clock = Clock()
    workspace = Workspace(now=clock.seconds)
    commands = [Command("/cocm", "The registry", "[today|caseload]"), Command("/other", "Another", "")]
    page = Page(workspace, clock, Engine(""), Offer(commands), "America/New_York")
    with running_bot() as bot, serving(workspace, app=app_with_page(page)):
        workspace.connect(bot.url)
        yield Studio(workspace, bot)
