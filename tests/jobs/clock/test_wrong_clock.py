"""A process whose clock is wrong says so and sends nothing, until the clock is right again.

The days are of March 2031, in New York. Maya and Lena get something on Monday the 3rd, at eight.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from cocm_bot.domain.drift import Drift
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import SLACK, JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.operations import clock_status
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.table.client import listen
from cocm_bot.store.table.table import Table
from tests.jobs.scenes.environment import Environment, running_house
from tests.rig.seats import PATIENCE
from tests.store import engines


class Process:
    """Another process of the same house, whose clock may be wrong."""

    def __init__(
        self, environment: Environment, endpoint: str, hands: ThreadPoolExecutor, *, compares: bool = True
    ) -> None:
        self.off = timedelta()

        def now() -> datetime:
            return environment.moment + self.off

        def say_when(http_response: Any, **_: object) -> None:
            # The engine's own time is the machine's; the table of this house lives in 2031.
            del http_response.headers["Date"]
            http_response.headers["Date"] = format_datetime(environment.moment, usegmt=True)

        client = engines.client_of(endpoint)
        client.meta.events.register("after-call.dynamodb", say_when)
        drift = Drift(now)
        listen(client, lambda date: drift.hear("table", date))
        trail = AuditTrail("a key for the tests and for nothing else", 6, now)
        gateway = Gateway(web_client(environment.workspace.token, environment.workspace.api_url, PATIENCE))
        job_context = JobContext(
            Context(Table(client, environment.table.name), now, trail),
            gateway,
            Directory(gateway, lambda: now().timestamp()),
            Pace(time.monotonic, time.sleep, per_minute=60_000),
            drift if compares else None,
        )
        self.ticker = Ticker(job_context, HANDLERS, hands)


@contextmanager
def two(endpoint: str, *, compares: bool) -> Iterator[tuple[Environment, Process]]:
    with (
        engines.fresh_table(engines.client_of(endpoint)) as table,
        ThreadPoolExecutor(1) as hands,
        running_house(table, hands) as environment,
    ):
        yield environment, Process(environment, endpoint, hands, compares=compares)


def morning(environment: Environment, other: Process) -> tuple[int, int]:
    """From a quarter to eight until a quarter past, the first answers lost; how many digests come."""
    environment.workspace.fail("chat.postMessage", times=2, status=500, applied=True)
    environment.until("2031-03-03 07:45")
    for _ in range(30):
        other.ticker.tick()
        environment.tick()
        environment.forward(seconds=61)
    return len(environment.said("Maya Okafor")), len(environment.said("Lena Novak"))


@pytest.mark.parametrize("minutes", [10, -10, 2, 60 * 24], ids=lambda minutes: f"{minutes} min")
def test_two_processes_of_which_one_has_a_wrong_clock_send_one_digest_each(
    endpoint: str, minutes: int
) -> None:
    with two(endpoint, compares=True) as (environment, other):
        other.off = timedelta(minutes=minutes)
        assert morning(environment, other) == (1, 1)


def test_without_comparing_clocks_they_would_send_more(endpoint: str) -> None:
    with two(endpoint, compares=False) as (environment, other):
        other.off = timedelta(minutes=10)
        assert morning(environment, other) == (2, 2)


def test_it_says_so_and_recovers(endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    with two(endpoint, compares=True) as (environment, other):
        environment.tick()
        assert clock_status.clock_health(environment.ctx).well
        other.off = timedelta(minutes=10)
        other.ticker.tick()
        assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == [
            "clock wrong ahead=600: nothing is sent until it is right"
        ]
        standing = clock_status.clock_health(environment.ctx)
        assert ([run.ahead for run in standing.wrong_clocks], standing.well) == ([600.0], False)
        other.off = timedelta()
        environment.until("2031-03-03 08:00")
        other.ticker.tick()
        assert len(environment.said("Maya Okafor")) == 1
        assert clock_status.clock_health(environment.ctx).well


def test_table_and_slack_say_what_time_it_is(environment: Environment, endpoint: str) -> None:
    """The Date of real answers is heard, whichever of the two it comes from."""
    drift = Drift(lambda: datetime.now(UTC) + timedelta(minutes=10))
    client = engines.client_of(endpoint)
    listen(client, lambda date: drift.hear("table", date))
    assert not drift.off("table")
    client.list_tables()
    assert drift.off("table")
    client_of_slack = web_client(environment.workspace.token, environment.workspace.api_url, PATIENCE)
    gateway = Gateway(client_of_slack, lambda date: drift.hear(SLACK, date))
    assert not drift.off(SLACK)
    gateway.answers()
    assert drift.off(SLACK)
    assert 595 < drift.ahead < 660
