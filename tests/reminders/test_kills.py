"""Four processes over one table, killed at random points for two hundred days of the registries' own clocks.

Digests come at most once per recipient and local day, and none is missing: a process that dies leaves its
work, and with it what it had begun, to the others.
"""

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from multiprocessing.process import BaseProcess
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from cocm_bot.operations.desk import Desk
from cocm_bot.operations.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.playground import cast
from cocm_bot.playground.cast import Person
from cocm_bot.playground.server import running_workspace
from cocm_bot.playground.workspace import Workspace
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import posts, work
from tests.reminders import crew
from tests.reminders.crew import Shared
from tests.store import engines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SEED = 20310303
PROCESSES = 4
DAYS = 200
START = datetime(2031, 3, 2, 12, tzinfo=UTC)
ZONES = ("America/New_York", "Australia/Lord_Howe")
"""Both change their clocks within the two hundred days, one by half an hour."""
MEMBERS = 3
STEP = timedelta(seconds=125)
"""A little more than work stays with a process that died."""
MOST_STEPS = 12
PATIENCE = 30.0
"""Seconds until the processes must have ticked; only a failure takes more than a moment."""

CONTEXT = multiprocessing.get_context("forkserver")


@dataclass
class Crew:
    """The processes, and those that were killed."""

    shared: Shared
    arguments: tuple[object, ...]
    kills: int = 0
    processes: list[BaseProcess] = field(default_factory=list)

    def start(self, number: int) -> None:
        self.shared.ticked[number] = 0.0
        process = CONTEXT.Process(
            target=crew.tick_for_ever, args=(number, self.shared, *self.arguments), daemon=True
        )
        process.start()
        self.processes[number : number + 1] = [process]

    def kill(self, number: int) -> None:
        """As SIGKILL does: at once, whatever it is at; another takes its place."""
        process = self.processes[number]
        process.kill()
        process.join()
        self.kills += 1
        self.start(number)

    def wait(self) -> None:
        """Wait until all have ticked at the time there is now."""
        deadline = time.monotonic() + PATIENCE
        while min(self.shared.ticked) < self.shared.clock.value:
            assert time.monotonic() < deadline, "a process does not tick"
            time.sleep(0.004)


@dataclass(frozen=True)
class Clinic:
    """A registry, and where its members have their digests."""

    registry_id: str
    zone: ZoneInfo
    channels: tuple[str, ...]

    def opens(self, day: date) -> datetime:
        return datetime.combine(day, wall(8), self.zone).astimezone(UTC)


@dataclass
class World:
    """All there is, and what happened to it."""

    workspace: Workspace
    desk: Desk
    crew: Crew
    chance: random.Random
    clinics: list[Clinic] = field(default_factory=list)
    steps: int = 0
    hung: int = 0

    def found(self, zone: str) -> None:
        """A registry of care managers, who are told something every working day."""
        managers = [self._person(zone, number) for number in range(MEMBERS)]
        first, *others = managers
        wanted = new_registry(
            name="Clinic",
            admin_email=str(first.email),
            first_name="Cara",
            last_name="Example",
            role=Role.CARE_MANAGER,
            timezone=zone,
        )
        registry_id = create_registry(self.desk, wanted).registry_id
        for person in others:
            email = str(person.email)
            member = new_member(email=email, first_name="Cara", last_name="Example", role=Role.CARE_MANAGER)
            add_member(self.desk, registry_id, member)
        channels = tuple(self.workspace.direct(person.id, cast.BOT).id for person in managers)
        self.clinics.append(Clinic(registry_id, ZoneInfo(zone), channels))

    def _person(self, zone: str, number: int) -> Person:
        name = f"{zone.rpartition('/')[2]}{number}".lower()
        person = Person(f"U0{name.upper()}", name, email=f"{name}@example.org")
        self.workspace.people[person.id] = person
        return person

    def live(self, clinic: Clinic, day: date) -> None:
        """A morning: the hour comes, processes die, the others see to it that all are served."""
        self.at(clinic.opens(day))
        for _ in range(MOST_STEPS):
            told = posts.told(self.desk.table, clinic.registry_id, day).records
            if len(told) == MEMBERS and all(post.settled for post in told):
                return
            self.steps += 1
            self.at(self.crew.shared.now() + STEP)
        raise AssertionError(f"not all were served on {day}")

    def at(self, now: datetime) -> None:
        """Let a time come; on some days Slack is slow, and some processes die meanwhile."""
        if self.chance.random() < 0.3:
            self.hung += 1
            self.workspace.fail("chat.postMessage", times=2, hang=self.chance.uniform(0.02, 0.2))
        self.crew.shared.clock.value = now.timestamp()
        if self.chance.random() < 0.3:
            for number in self.chance.sample(range(PROCESSES), self.chance.randint(1, 2)):
                time.sleep(self.chance.uniform(0, 0.12))
                self.crew.kill(number)
        self.crew.wait()
        self.workspace.faults.clear()


@contextmanager
def running_world(endpoint: str) -> Iterator[World]:
    local = {**engines.LOCAL, engines.ENDPOINT: endpoint} if endpoint else {}
    shared = Shared.of(PROCESSES)
    shared.clock.value = START.timestamp()
    CONTEXT.set_forkserver_preload(["__main__", crew.__name__])
    with (
        mock.patch.dict(os.environ, local),
        mock.patch.object(work, "SHARDS", crew.SHARDS),
        running_workspace(now=lambda: float(shared.clock.value)) as workspace,
        engines.fresh_table(engines.client_of(endpoint)) as table,
    ):
        arguments = (local, table.name, workspace.token, workspace.api_url)
        processes = Crew(shared, arguments)
        world = World(workspace, crew.desk(table.name, shared.now), processes, random.Random(SEED))
        for zone in ZONES:
            world.found(zone)
        for number in range(PROCESSES):
            processes.start(number)
        try:
            yield world
        finally:
            for process in processes.processes:
                process.kill()
                process.join()


def test_two_hundred_days_of_kills(endpoint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with running_world(endpoint) as world:
        mornings = [
            (clinic, day)
            for clinic in world.clinics
            for ahead in range(DAYS)
            if (day := START.date() + timedelta(days=1 + ahead)).weekday() < 5
        ]
        for clinic, day in sorted(mornings, key=lambda morning: morning[0].opens(morning[1])):
            world.live(clinic, day)
        expected = Counter((channel, day) for clinic, day in mornings for channel in clinic.channels)
        zone_of = {channel: clinic.zone for clinic in world.clinics for channel in clinic.channels}
        got = Counter(
            (message.channel, datetime.fromtimestamp(float(message.ts), zone_of[message.channel]).date())
            for message in world.workspace.messages
        )
        states = Counter(
            post.state
            for clinic, day in mornings
            for post in posts.told(world.desk.table, clinic.registry_id, day)
        )
    twice, missing = [count for count in got.values() if count > 1], expected - got
    with capsys.disabled():
        print(
            f"\n{DAYS} days, {len(ZONES)} registries, {PROCESSES} processes, {world.crew.kills} killed;"
            f" Slack slow {world.hung} times; others took over {world.steps} times."
            f" {expected.total()} digests due, {got.total()} arrived, {len(twice)} twice,"
            f" {missing.total()} missing; {dict(states)}"
        )
    assert got == expected
    assert world.crew.kills > DAYS / 4, "the processes really died"
