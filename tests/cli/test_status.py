"""`cocm-bot status`: what it says of a clock that ticks, one that does not, and of a registry's days."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from unittest import mock

import pytest
from typer.testing import CliRunner, Result

from cocm_bot.cli.main import app
from cocm_bot.domain.digests.digest_schedule import Kind, Turn
from cocm_bot.store import jobs, ticks
from cocm_bot.store.digests import posts
from cocm_bot.store.digests.posts import NOTHING, State
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.table.table import Table
from cocm_bot.store.ticks import Run
from tests.store import engines, foreign
from tests.store.build import REGISTRY

KEY = "a key for the tests and for nothing else"


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture
def clock(table: Table, endpoint: str) -> Iterator[Table]:
    """A registry that is looked at in an hour, and the environment of the commands."""
    ahead = datetime.now(UTC).timestamp() + 3600
    held = jobs.claim(table, JobRef(JobKind.DIGEST, REGISTRY), ahead, 1)
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
    assert "cafe0001 did 3 jobs in 1.2 s, 0 left" in result.output
    assert "0 jobs waiting, the longest for 0 s" in result.output


def test_one_that_does_not_is_an_error(clock: Table) -> None:
    tick(clock, seconds_ago=301)
    result = run()
    assert result.exit_code == 1
    assert "No process has ticked in the last few minutes." in result.output


def test_work_that_waits_for_long_is_one_too(clock: Table) -> None:
    tick(clock)
    late = jobs.new_job(JobKind.ADMIN_NOTICE, "n1", REGISTRY, datetime.now(UTC).timestamp() - 1300)
    clock.transact([jobs.adding(late)])
    result = run()
    assert result.exit_code == 1
    assert "1 job waiting, the longest for 130" in result.output


def retried(kind: JobKind, seconds_late: float) -> Job:
    """Work that fell due a while ago, and is tried again in an hour."""
    now = datetime.now(UTC).timestamp()
    late = jobs.new_job(kind, "late", REGISTRY, now - seconds_late)
    return late.model_copy(update={"visible_at": now + 3600, "tries": 4})


@pytest.mark.parametrize(
    ("kind", "seconds_late", "well"),
    [
        (JobKind.ALERT, 170, True),
        (JobKind.ALERT, 190, False),
        (JobKind.RECOMMENDATION, 190, True),
        (JobKind.RECOMMENDATION, 1210, False),
    ],
)
def test_lateness_counts_from_when_work_fell_due_not_from_its_next_try(
    clock: Table, kind: JobKind, seconds_late: float, well: bool
) -> None:
    tick(clock)
    clock.transact([jobs.adding(retried(kind, seconds_late))])
    result = run()
    assert result.exit_code == (0 if well else 1)
    assert f"1 job waiting, the longest for {seconds_late}"[:-1] in result.output
    assert ("1 safety alert not delivered" in result.output) is (kind is JobKind.ALERT and not well)


@pytest.mark.parametrize("kind", [kind for kind, _ in foreign.in_queue(0, 0)])
def test_what_can_not_be_read_is_told(clock: Table, kind: str) -> None:
    tick(clock)
    foreign.store(clock, dict(foreign.in_queue(3, 1))[kind])
    result = run()
    # Another program's item costs nobody anything; work of ours that is not done is an alarm.
    ours = "1 job can't be read" in result.output
    assert ours or "1 item of another program left out" in result.output
    assert result.exit_code == (1 if ours else 0)


def test_a_process_with_a_wrong_clock_is_told(clock: Table) -> None:
    tick(clock)
    at = datetime.now(UTC).timestamp()
    ticks.record(clock, Run(process="cafe0002", at=at, seconds=0.0, done=0, left=0, ahead=-600.0))
    result = run()
    assert result.exit_code == 1
    assert "cafe0002 does not tick: its clock is -600 s off" in result.output


def test_a_run_of_another_age_is_no_sign_of_life(clock: Table) -> None:
    ticks.record(clock, Run(process="cafe0003", at=1e15, seconds=0.0, done=0, left=0))
    result = run()
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert "No process has ticked" in result.output


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


def test_it_needs_no_key_and_a_program_reads_one_object(clock: Table) -> None:
    tick(clock)
    with mock.patch.dict(os.environ):
        del os.environ["COCM_AUDIT_KEY"]
        result = run("--json", "--registry", REGISTRY)
    found = json.loads(result.stdout)
    assert (result.exit_code, found["well"], found["waiting"]) == (0, True, 0)
    assert [each["process"] for each in found["runs"]] == ["cafe0001"]
    assert found["days"] == []
