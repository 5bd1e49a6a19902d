"""Registries, processes that tick for them, and what becomes of both while the processes are killed."""

import multiprocessing
import os
import random
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from multiprocessing.process import BaseProcess
from unittest import mock
from zoneinfo import ZoneInfo

from cocm_bot.domain.access import Actor
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.operations.safety.flags import Flagging, raise_flags, resolve_flags
from cocm_bot.playground import cast
from cocm_bot.playground.cast import Person
from cocm_bot.playground.servers.server import running_workspace
from cocm_bot.playground.state import Message
from cocm_bot.playground.workspace import Workspace
from cocm_bot.store import jobs
from cocm_bot.store.digests import posts
from cocm_bot.store.patients import patients
from cocm_bot.store.table.wire import Item, key_of, wire_key
from cocm_bot.store.team import people
from tests.jobs.scenes import workers
from tests.jobs.scenes.workers import Shared
from tests.store import engines, foreign

SEED = 20310303
PROCESSES = 4
DAYS = 200
START = datetime(2031, 3, 2, 12, tzinfo=UTC)
ZONES = ("America/New_York", "Australia/Lord_Howe")
"""Both change their clocks within the two hundred days, one by half an hour."""
MEMBERS = 2
STEP = timedelta(seconds=125)
"""A little more than work stays with a process that died."""
MOST_STEPS = 12
ALARMS = 0.15
"""The share of mornings on which a patient is at risk."""
MOST_INTRUDERS = 12
"""Items of another program that lie about at once: the oldest is cleared away, or each day costs more."""
RISK = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
ADA = Enrolment(
    patient_mrn="MRN-1",
    first_name="Ada",
    last_name="Example",
    date_of_birth=date(1980, 2, 29),
    phone_number="555-010-0100",
    email="ada@example.org",
)
PATIENCE = 30.0
"""Seconds until the processes must have ticked; only a failure takes more than a moment."""

CONTEXT = multiprocessing.get_context("forkserver")


@dataclass
class Workers:
    """The processes, and those that were killed."""

    shared: Shared
    arguments: tuple[object, ...]
    kills: int = 0
    processes: list[BaseProcess] = field(default_factory=list)

    def start(self, number: int) -> None:
        self.shared.ticked[number] = 0.0
        process = CONTEXT.Process(
            target=workers.tick_for_ever, args=(number, self.shared, *self.arguments), daemon=True
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
    """A registry of care managers and a psychiatrist, where they are written to, and its one patient."""

    registry_id: str
    zone: ZoneInfo
    channels: tuple[str, ...]
    """The care managers'."""
    psychiatrist: str
    raiser: Actor
    handle: str

    def opens(self, day: date) -> datetime:
        return datetime.combine(day, wall(8), self.zone).astimezone(UTC)


@dataclass
class Simulation:
    """All there is, and what happened to it."""

    workspace: Workspace
    ctx: Context
    workers: Workers
    chance: random.Random
    clinics: list[Clinic] = field(default_factory=list)
    steps: int = 0
    hung: int = 0
    alarms: int = 0
    foreign: int = 0
    """Items of another program that were put where the processes look."""
    intruders: deque[Item] = field(default_factory=deque)
    """Those that are still there."""
    repeated: int = 0
    """Alerts of which a psychiatrist was notified more than once."""

    def found(self, zone: str) -> None:
        """A registry whose care managers get something every working day."""
        managers = [self._person(zone, number) for number in range(MEMBERS)]
        psychiatrist = self._person(zone, MEMBERS)
        first, *others = managers
        wanted = new_registry(
            name="Clinic",
            admin_email=str(first.email),
            first_name="Cara",
            last_name="Example",
            role=Role.CARE_MANAGER,
            timezone=zone,
        )
        registry_id = create_registry(self.ctx, wanted).registry_id
        for person in (*others, psychiatrist):
            role = Role.PSYCHIATRIST if person is psychiatrist else Role.CARE_MANAGER
            email = str(person.email)
            member = new_member(email=email, first_name="Cara", last_name="Example", role=role)
            add_member(self.ctx, registry_id, member)
        raiser = self._actor(registry_id, first)
        self.clinics.append(
            Clinic(
                registry_id,
                ZoneInfo(zone),
                tuple(self._channel(person) for person in managers),
                self._channel(psychiatrist),
                raiser,
                enrol(self.ctx, raiser, ADA, new_id()).patient.handle,
            )
        )

    def _person(self, zone: str, number: int) -> Person:
        name = f"{zone.rpartition('/')[2]}{number}".lower()
        person = Person(f"U0{name.upper()}", name, email=f"{name}@example.org")
        self.workspace.people[person.id] = person
        return person

    def _channel(self, person: Person) -> str:
        return self.workspace.direct(person.id, cast.BOT).id

    def _actor(self, registry_id: str, person: Person) -> Actor:
        user = people.user_by_email(self.ctx.table, str(person.email))
        assert user is not None
        found = people.actor_records(self.ctx.table, registry_id, user.id)
        assert found is not None
        member, registry = found
        return Actor(user.id, "Cara", "Example", member.role, is_admin=True, registry=registry)

    def live(self, clinic: Clinic, day: date) -> None:
        """A morning: the hour comes, processes die, the others see to it that all are served.

        Now and then the patient is at risk just then.
        """
        self._intrude(clinic, day)
        alert = self._alarm(clinic) if self.chance.random() < ALARMS else None
        self.at(clinic.opens(day))
        for _ in range(MOST_STEPS):
            told = posts.of_day(self.ctx.table, clinic.registry_id, day).records
            served = len(told) == MEMBERS + 1 and all(post.settled for post in told)
            if served and (alert is None or self._alarmed(clinic, alert)):
                break
            self.steps += 1
            self.at(self.workers.shared.now() + STEP)
        else:
            raise AssertionError(f"not all were served on {day}")
        if alert is not None:
            resolve_flags(self.ctx, clinic.raiser, clinic.handle, RISK, new_id())

    def _intrude(self, clinic: Clinic, day: date) -> None:
        """Another program puts an item of any kind anywhere the processes look."""
        self.foreign += 1
        lists = foreign.places(clinic.registry_id, day, clinic.handle).values()
        found = [
            foreign.in_queue(self.foreign % workers.SHARDS, self.foreign),
            foreign.in_caseload(clinic.registry_id, self.foreign),
            *(foreign.in_list(partition, begin, self.foreign) for partition, begin in lists),
        ]
        _, item = self.chance.choice(list(self.chance.choice(found)))
        foreign.store(self.ctx.table, item)
        self.intruders.append(item)
        if len(self.intruders) > MOST_INTRUDERS:
            table, oldest = self.ctx.table, key_of(self.intruders.popleft())
            table.client.delete_item(TableName=table.name, Key=wire_key(oldest))

    def _alarm(self, clinic: Clinic) -> Alert:
        raise_flags(self.ctx, clinic.raiser, clinic.handle, RISK, new_id())
        patient = patients.by_handle(self.ctx.table, clinic.registry_id, clinic.handle)
        assert patient is not None
        self.alarms += 1
        return patient.alerts[-1]

    def _alarmed(self, clinic: Clinic, alert: Alert) -> list[Message]:
        """The psychiatrist's messages of an alert."""
        found = [
            message
            for message in self.workspace.messages
            if message.channel == clinic.psychiatrist and alert.id in str(message.blocks)
        ]
        self.repeated += len(found) > 1
        return found

    def at(self, now: datetime) -> None:
        """Let a time come; on some days Slack is slow, and some processes die meanwhile."""
        if self.chance.random() < 0.3:
            self.hung += 1
            self.workspace.fail("chat.postMessage", times=2, hang=self.chance.uniform(0.02, 0.2))
        self.workers.shared.clock.value = now.timestamp()
        if self.chance.random() < 0.3:
            for number in self.chance.sample(range(PROCESSES), self.chance.randint(1, 2)):
                time.sleep(self.chance.uniform(0, 0.12))
                self.workers.kill(number)
            self.workers.wait()
            # Before the minutes of a lease have passed, Slack has done what a dead process had sent it.
            self.workspace.settled(quiet=0.05)
        self.workers.wait()
        self.workspace.faults.clear()


@contextmanager
def running_world(endpoint: str) -> Iterator[Simulation]:
    local = {**engines.LOCAL, engines.ENDPOINT: endpoint} if endpoint else {}
    shared = Shared.of(PROCESSES)
    shared.clock.value = START.timestamp()
    CONTEXT.set_forkserver_preload(["__main__", workers.__name__, "tests.jobs.scenes.warmed"])
    with (
        mock.patch.dict(os.environ, local),
        mock.patch.object(jobs, "SHARDS", workers.SHARDS),
        running_workspace(now=lambda: float(shared.clock.value)) as workspace,
        engines.fresh_table(engines.client_of(endpoint)) as table,
    ):
        arguments = (local, table.name, workspace.token, workspace.api_url)
        processes = Workers(shared, arguments)
        simulation = Simulation(
            workspace, workers.ctx(table.name, shared.now), processes, random.Random(SEED)
        )
        for zone in ZONES:
            simulation.found(zone)
        for number in range(PROCESSES):
            processes.start(number)
        try:
            yield simulation
        finally:
            for process in processes.processes:
                process.kill()
                process.join()
