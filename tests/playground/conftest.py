from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from cocm_bot.playground.seat import Seat
from cocm_bot.playground.server import running_workspace
from cocm_bot.playground.workspace import Workspace
from tests.playground.bot import TinyBot, running_bot


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_780_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot() -> Iterator[TinyBot]:
    with running_bot() as running:
        yield running


@pytest.fixture
def workspace(bot: TinyBot, clock: Clock) -> Iterator[Workspace]:
    with running_workspace(bot_url=bot.url, now=clock) as running:
        yield running


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    return WebClient(token=workspace.token, base_url=workspace.api_url)


@pytest.fixture
def maya(workspace: Workspace) -> Seat:
    return workspace.seat("Maya Okafor", patience=1)
