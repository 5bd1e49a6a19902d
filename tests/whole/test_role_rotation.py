"""The credentials of the bot's AWS role change while it works, as a platform changes them every few hours."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.servers.server import running_workspace
from cocm_bot.playground.workspace import Workspace
from tests.faults.between import Between, between
from tests.faults.role import AGENT, FIXED, Role, agent
from tests.rig.scenes import sees
from tests.rig.seats import PATIENCE, seat_of
from tests.rig.servers.served import Served, environment, found_registry, serving

pytestmark = pytest.mark.slow

EMPTY = "There are no patients in this registry yet."
DOWN = "The registry does not answer right now."


@pytest.fixture(scope="module")
def table(endpoint: str) -> Iterator[Between]:
    with between(endpoint) as server:
        yield server


@pytest.fixture(scope="module")
def role(table: Between) -> Role:
    held = Role()
    table.fault = held.refuse
    return held


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with running_workspace(ack_seconds=PATIENCE) as running:
        yield running


@pytest.fixture(scope="module")
def bot(
    table: Between, role: Role, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A bot that gets its credentials from the agent alone; each test leaves it with valid ones."""
    home = tmp_path_factory.mktemp("home")
    with agent(role) as address:
        given = environment(workspace, table.url)
        settings = {name: value for name, value in given.items() if name not in FIXED}
        settings |= {AGENT: address, "HOME": str(home)}
        found_registry(settings, "Etc/UTC")
        with serving(settings, workspace, home / "log") as served:
            yield served


@pytest.fixture
def maya(bot: Served, workspace: Workspace) -> Seat:
    return seat_of(workspace, "Maya Okafor")


def today(maya: Seat, shown: str) -> None:
    """Ask for the list, and wait for this answer: the one before may say the same."""
    before = len(maya.messages())
    maya.command("/cocm today")
    maya.workspace.wait_until(lambda: len(maya.messages()) > before, "an answer", PATIENCE)
    sees(maya, shown)


def test_new_credentials_are_taken_up_and_nobody_notices(maya: Seat, role: Role) -> None:
    today(maya, EMPTY)
    assert {*role.used} == {"ASIAFIRST"}
    role.key_id = "ASIASECOND"
    for _ in range(3):
        before = len(role.used)
        today(maya, EMPTY)
        assert "ASIASECOND" in role.used[before:]
    # The clock's may have been signed just before, and were refused and signed again.
    assert role.used[-1] == "ASIASECOND"


@pytest.mark.parametrize("trouble", [{"gone": True}, {"lasts": timedelta(minutes=-5)}])
def test_without_valid_credentials_people_are_told_until_they_are_back(
    bot: Served, maya: Seat, role: Role, trouble: dict[str, Any]
) -> None:
    with mock.patch.multiple(role, **trouble):
        today(maya, DOWN)
    today(maya, EMPTY)
    assert "Traceback" not in bot.logged()
    assert "secret" not in bot.logged()
