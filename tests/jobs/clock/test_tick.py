"""Work is taken as it falls due, by one process, and what fails is tried again later."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import LEASE_SECONDS, PAUSES, TICK_SECONDS, JobContext, Ticker
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store import jobs
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.table.table import Table

pytestmark = pytest.mark.slow

MONDAY = datetime(2031, 3, 3, 14, tzinfo=UTC)


class Bench:
    """A ticker of one hand, what it did, and the clock it looks at."""

    def __init__(self, table: Table, hands: ThreadPoolExecutor) -> None:
        self.moment = MONDAY
        self.table = table
        self.done: list[str] = []
        self.takes = 0.0
        """Seconds each piece of work takes."""
        self.fails: type[Exception] | None = None

        def now() -> datetime:
            return self.moment

        ctx = Context(table, now, AuditTrail("a key for the tests and for nothing else", 6, now))
        gateway = Gateway(web_client("xoxb-none", "http://127.0.0.1:9/api/", 1))
        pace = Pace(time.monotonic, time.sleep, per_minute=60_000)
        job_context = JobContext(ctx, gateway, Directory(gateway, time.monotonic), pace)
        self.ticker = Ticker(job_context, {JobKind.ALERT: self._do, JobKind.DIGEST: self._do}, hands)

    def _do(self, job_context: JobContext, job: Job) -> None:
        self.done.append(f"{job.kind} {job.id}")
        self.moment += timedelta(seconds=self.takes)
        if self.fails:
            raise self.fails("no")
        jobs.complete(job_context.ctx.table, job)

    def add(self, kind: str, name: str, seconds: float = 0) -> None:
        at = self.moment.timestamp() + seconds
        wanted = Job(kind=kind, id=name, registry_id=name, visible_at=at, due_at=at)
        self.table.transact([jobs.adding(wanted)])

    def stored(self, kind: str, name: str) -> Job | None:
        return jobs.get(self.table, kind, name)


@pytest.fixture
def bench(empty_table: Table) -> Iterator[Bench]:
    with ThreadPoolExecutor(1) as hands:
        yield Bench(empty_table, hands)


def test_what_is_due_is_done_once(bench: Bench) -> None:
    bench.add("registry", "now")
    bench.add("registry", "in-a-minute", 60)
    bench.ticker.tick()
    bench.ticker.tick()
    assert bench.done == ["registry now"]
    bench.moment += timedelta(minutes=1)
    bench.ticker.tick()
    assert bench.done == ["registry now", "registry in-a-minute"]


def test_the_gravest_is_done_first(bench: Bench) -> None:
    for number in range(8):
        bench.add("registry", f"r{number}")
        bench.add("alert", f"a{number}")
    bench.ticker.tick()
    assert [each.split()[0] for each in bench.done] == ["alert"] * 8 + ["registry"] * 8


def test_a_tick_leaves_the_rest_to_the_next(bench: Bench) -> None:
    bench.takes = TICK_SECONDS / 2
    for number in range(5):
        bench.add("registry", f"r{number}")
    bench.ticker.tick()
    assert len(bench.done) == 3, "the third began just in time"
    bench.ticker.tick()
    assert len(bench.done) == 5


def test_a_kind_that_only_a_newer_version_knows_is_left_to_it(bench: Bench) -> None:
    bench.add("unheard-of", "x")
    bench.ticker.tick()
    assert bench.done == []
    assert bench.stored("unheard-of", "x")


@pytest.mark.parametrize("failure", [Unavailable, KeyError])
def test_what_fails_is_tried_again_after_a_growing_pause(bench: Bench, failure: type[Exception]) -> None:
    bench.fails = failure
    bench.add("registry", "r")
    bench.add("registry", "s")
    for pause in (*PAUSES, PAUSES[-1]):
        bench.done.clear()
        bench.ticker.tick()
        assert sorted(bench.done) == ["registry r", "registry s"], "one failure stops no other work"
        bench.moment += timedelta(seconds=pause - 1)
        bench.ticker.tick()
        assert len(bench.done) == 2
        bench.moment += timedelta(seconds=1)
    bench.fails = None
    bench.ticker.tick()
    assert bench.stored("registry", "r") is None


def test_work_of_a_process_that_died_is_taken_over_after_its_lease(bench: Bench) -> None:
    bench.add("registry", "r")
    assert jobs.claim(bench.table, JobRef("registry", "r"), bench.moment.timestamp(), LEASE_SECONDS)
    bench.ticker.tick()
    assert bench.done == []
    bench.moment += timedelta(seconds=LEASE_SECONDS)
    bench.ticker.tick()
    assert bench.done == ["registry r"]


def test_a_stopped_clock_takes_no_more(bench: Bench) -> None:
    bench.add("registry", "r")
    bench.ticker.stop()
    bench.ticker.tick()
    assert bench.done == []
    bench.ticker.do(JobRef("registry", "r"))
    assert bench.done == ["registry r"], "what a person set off is still done"
