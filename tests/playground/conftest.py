from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from starlette.types import ASGIApp, Receive, Scope, Send

from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.servers.endpoints import app_for
from cocm_bot.playground.servers.server import serving
from cocm_bot.playground.workspace import Workspace
from tests.playground.bot import TinyBot, running_bot


class Clock:
    """A clock that stops until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_780_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Switch:
    """One server in front of the workspace of the moment: to start one for each test would take too long."""

    app: ASGIApp
    base_url: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def switch() -> Iterator[Switch]:
    nobody, switch = Workspace(), Switch()
    with serving(nobody, app=switch):
        switch.base_url = nobody.base_url
        yield switch


@pytest.fixture(scope="session")
def any_bot() -> Iterator[TinyBot]:
    with running_bot() as running:
        yield running


@pytest.fixture
def bot(any_bot: TinyBot) -> TinyBot:
    any_bot.heard, any_bot.answers = [], {}
    return any_bot


@pytest.fixture
def workspace(bot: TinyBot, clock: Clock, switch: Switch) -> Iterator[Workspace]:
    workspace = Workspace(bot_url=bot.url, now=clock)
    workspace.base_url, switch.app = switch.base_url, app_for(workspace)
    yield workspace
    workspace.closing.set()


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    return WebClient(token=workspace.token, base_url=workspace.api_url)


@pytest.fixture
def maya(workspace: Workspace) -> Seat:
    return workspace.seat("Maya Okafor", patience=1)
