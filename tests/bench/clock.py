"""Measure serving every member of many registries whose digests fall due at the same minute.

The clock's own code runs on a DynamoDB of this machine in a simulated time: a call to Slack, a request to the
table and a pause take as long as they are said to, and the simulated Slack refuses what passes its limits.
Run as `python -m tests.bench.clock [registries [processes …]]`; a thousand take some minutes.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from rich.console import Console
from rich.table import Table as Grid

from cocm_bot.domain.members import Registry, RegistryUser, User
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.client.connections import SlackClient
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.store import jobs
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients.patient_items import patient_item
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.bench.stage.simulated import Inline, Slack, Time
from tests.store import engines
from tests.store.build import patient, registry

REGISTRIES = 1000
MEMBERS = 5
DUE_PATIENTS = 3
PROCESSES = (4,)
TICK_SECONDS = 60.0
REQUEST_SECONDS = 0.01
"""Seconds a request to the table takes."""
EIGHT = datetime(2031, 3, 3, 13, tzinfo=UTC)
"""Eight in the morning in New York, a Monday: the moment at which everybody's digest falls due."""
LATEST_MINUTES = 180
POSTS_PER_MINUTE = 90
"""As the bot does unless it is set."""


@dataclass(frozen=True)
class Outcome:
    """The figures of a run; minutes are counted from the moment everything fell due."""

    minutes: Sequence[float]
    twice: int
    refused: int
    most_in_a_minute: int
    calls: int


def main(arguments: Sequence[str]) -> None:
    """Simulate and print."""
    count = int(arguments[0]) if arguments else REGISTRIES
    grid = Grid(title=f"{count:,} registries × {MEMBERS} members, all due at 8:00", title_justify="left")
    columns = ("processes", "posts", "half by, min", "last by, min", "twice", "429", "most a minute", "calls")
    for column in columns:
        grid.add_column(column, justify="right")
    with engines.ministack() as engine:
        for processes in [int(each) for each in arguments[1:]] or PROCESSES:
            found = simulated(engine, count, processes)
            grid.add_row(
                str(processes),
                f"{len(found.minutes):,}",
                f"{found.minutes[len(found.minutes) // 2]:.1f}",
                f"{found.minutes[-1]:.1f}",
                str(found.twice),
                str(found.refused),
                str(found.most_in_a_minute),
                f"{found.calls:,}",
            )
    Console(width=100).print(grid)


def simulated(engine: engines.Engine, count: int, processes: int) -> Outcome:
    """One morning of so many registries, served by so many processes."""
    time = Time(EIGHT, processes)
    emails = [_user(number, member).email for number in range(count) for member in range(MEMBERS)]
    slack = Slack(time, emails)
    with engines.fresh_table(engines.client_of(engine.endpoint)) as table:
        _fill(table, count)
        wanted = count * MEMBERS
        tables = [
            Table(engines.client_of(engine.endpoint, patient=True), table.name) for _ in range(processes)
        ]
        threads = [threading.Thread(target=_process, args=(each, time, slack, wanted)) for each in tables]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told = sorted(at for times in slack.posts.values() for at in times)
    return Outcome(
        [(at - EIGHT.timestamp()) / 60 for at in told],
        sum(len(times) - 1 for times in slack.posts.values()),
        slack.refused,
        _most_in_a_minute(told),
        sum(slack.calls.values()),
    )


def _process(table: Table, time: Time, slack: Slack, wanted: int) -> None:
    """One replica's clock, with a single hand where there would be several."""
    try:
        table.client.meta.events.register("before-call.dynamodb", lambda **_: time.sleep(REQUEST_SECONDS))
        ctx = Context(table, time.now, AuditTrail("a key for the simulation and nothing else", 6, time.now))
        gateway = Gateway(cast(SlackClient, slack))
        pace = Pace(time.seconds, time.sleep, POSTS_PER_MINUTE)
        job_context = JobContext(ctx, gateway, Directory(gateway, time.seconds), pace)
        ticker = Ticker(job_context, HANDLERS, Inline())
        while len(slack.posts) < wanted and time.seconds() < EIGHT.timestamp() + LATEST_MINUTES * 60:
            began = time.seconds()
            ticker.tick()
            time.sleep(max(TICK_SECONDS - (time.seconds() - began), 1))
    finally:
        time.leave()


def _fill(table: Table, count: int) -> None:
    """Put registries with their teams and a few patients who are due into the table."""
    stored = [item for number in range(count) for item in _registry(number)]
    for start in range(0, len(stored), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in stored[start : start + 25]]
        table.client.batch_write_item(RequestItems={table.name: puts})


def _registry(number: int) -> Iterator[Item]:
    of = _of(number)
    yield items.to_item(keys.registry(of.id), of)
    for member in range(MEMBERS):
        user = _user(number, member)
        yield items.to_item(keys.user(user.id), user)
        membership = RegistryUser(
            registry_id=of.id,
            user_id=user.id,
            date_created=int(of.created_date),
            first_name=user.first_name,
            last_name=user.last_name,
            role=Role.CARE_MANAGER,
            is_admin=member == 0,
        )
        yield items.to_item(keys.registry_user(of.id, user.id), membership)
    for each in range(DUE_PATIENTS):
        yield patient_item(of.id, _patient(number, each))
    yield jobs.adding(jobs.new_job(JobKind.DIGEST, of.id, of.id, EIGHT.timestamp())).parameters["Item"]


def _of(number: int) -> Registry:
    return registry(f"registry-{number}")


def _user(number: int, member: int) -> User:
    place = number * MEMBERS + member
    return User(
        id=f"user-{place}",
        email=f"person.{place}@example.org",
        first_name="Cara",
        last_name="Manager",
        phone_number="",
        registeries=(f"registry-{number}",),
        slack_user_id=f"U{place}",
    )


def _patient(number: int, each: int) -> Patient:
    return patient(number * DUE_PATIENTS + each, next_due="2031-02-20")


def _most_in_a_minute(told: Sequence[float]) -> int:
    most = start = 0
    for end, at in enumerate(told):
        while told[start] <= at - 60:
            start += 1
        most = max(most, end - start + 1)
    return most


if __name__ == "__main__":
    main(sys.argv[1:])
