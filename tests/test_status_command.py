"""`cocm-bot status`: what it says of a clock that ticks, one that does not, and of a registry's days."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.domain.digests.digest_schedule import Kind, Turn
from cocm_bot.store import jobs, registries, ticks
from cocm_bot.store.digests import posts
from cocm_bot.store.digests.posts import NOTHING, State
from cocm_bot.store.jobs import JobRef
from cocm_bot.store.table.table import Table
from cocm_bot.store.ticks import Run
from tests.store import engines
from tests.store.build import REGISTRY

KEY = "a key for the tests and for nothing else"


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def clock(table: Table, endpoint: str) -> Iterator[Table]:
    """A registry that is looked at in an hour, and the environment of the commands."""
    ahead = datetime.now(UTC).timestamp() + 3600
    held = jobs.claim(table, JobRef(registries.DAY, REGISTRY), ahead, 1)
    assert held is not None
    jobs.reschedule(table, held, ahead)
    settings = {"COCM_TABLE": table.name, "COCM_AUDIT_KEY": KEY}
    with mock.patch.dict(os.environ, settings | engines.reaching(endpoint)):
        yield table


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["status", *words])


def tick(table: Table, seconds_ago: float = 10) -> None:
    at = datetime.now(UTC).timestamp() - seconds_ago
    ticks.record(table, Run(process="cafe0001", at=at, seconds=1.25, done=3, left=0))


def test_a_clock_that_ticks_is_well(clock: Table) -> None:
    tick(clock)
    result = run()
    assert result.exit_code == 0
    assert "cafe0001 did 3 in 1.2 s, left 0" in result.output
    assert "0 wait, the longest for 0 s" in result.output


def test_one_that_does_not_is_an_error(clock: Table) -> None:
    tick(clock, seconds_ago=301)
    result = run()
    assert result.exit_code == 1
    assert "No process has ticked in the last minutes." in result.output


def test_work_that_waits_for_long_is_one_too(clock: Table) -> None:
    tick(clock)
    late = jobs.new_job("notice", "n1", REGISTRY, datetime.now(UTC).timestamp() - 1300)
    clock.transact([jobs.adding(late)])
    result = run()
    assert result.exit_code == 1
    assert "1 wait, the longest for 130" in result.output


def test_a_registrys_days_are_told_by_name(clock: Table) -> None:
    tick(clock)
    now = datetime.now(UTC)
    # A day back: it is among the latest in whatever zone.
    day = date.fromordinal(now.date().toordinal() - 1)
    for recipient, state, reason in (
        ("user-1", State.FAILED, "user_disabled"),
        ("user-2", State.SKIPPED, NOTHING),
        ("user-3", State.POSTED, ""),
        ("user-4", State.SKIPPED, "late"),
    ):
        turn = Turn(now, Kind.DIGEST, recipient, day)
        posts.claim(clock, REGISTRY, turn, now.timestamp(), 0.0, state, reason)
    result = run("--registry", REGISTRY)
    assert result.exit_code == 0
    assert f"{day} 1 failed, 1 posted, 2 skipped" in result.output
    assert "Cara Manager: failed user_disabled" in result.output
    assert "a former member: skipped late" in result.output
    assert NOTHING not in result.output
    assert "next at " in result.output


def test_a_registry_that_does_not_exist_is_one_sentence(clock: Table) -> None:
    result = run("--registry", "nowhere")
    assert (result.exit_code, str(result.exception)) == (1, "There is no registry with this id.")
