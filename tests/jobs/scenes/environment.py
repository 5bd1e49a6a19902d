"""A registry with its team, its clock and a workspace to speak in: all but the bot that people speak to."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.vocabulary import Role
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.tick import JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.enrolment import Enrolment, enrol
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.playground import cast
from cocm_bot.playground.state import Message
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.digests import posts
from cocm_bot.store.digests.posts import Post
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.team import people
from tests.rig import crowd
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import running_workspace

NEW_YORK = ZoneInfo("America/New_York")
SUNDAY = datetime(2031, 3, 2, 17, tzinfo=UTC)
"""Noon in New York; the next working day begins with the digest at eight."""
TEAM: Mapping[str, Role] = MappingProxyType(
    {
        "Iris Lindqvist": Role.PSYCHIATRIST,
        "Samuel Adeyemi": Role.PCP,
        "Lena Novak": Role.CLINICAL_OPS,
        "Omar Haddad": Role.FINANCE,
    }
)
"""The members of the registry beside Maya, its care manager and admin."""


@dataclass
class Environment:
    """The table, the clock and the workspace; `moment` is now."""

    table: Table
    workspace: Workspace
    hands: Executor
    moment: datetime = SUNDAY
    registry_id: str = ""

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Let a process begin that knows nothing but the table."""

        def now() -> datetime:
            return self.moment

        self.slack = web_client(self.workspace.token, self.workspace.api_url, PATIENCE)
        gateway = Gateway(self.slack)
        self.ctx = Context(self.table, now, AuditTrail("a key for the tests and for nothing else", 6, now))
        directory = Directory(gateway, lambda: now().timestamp())
        pace = Pace(time.monotonic, time.sleep, per_minute=60_000)
        self.job_context = JobContext(self.ctx, gateway, directory, pace)
        self.ticker = Ticker(self.job_context, HANDLERS, self.hands)

    def found(self, zone: str = "America/New_York") -> None:
        """Make the registry, and its team."""
        maya = new_registry(
            name="Riverside Clinic",
            admin_email="maya.okafor@example.org",
            first_name="Maya",
            last_name="Okafor",
            role=Role.CARE_MANAGER,
            timezone=zone,
        )
        self.registry_id = create_registry(self.ctx, maya).registry_id
        for name, role in TEAM.items():
            first, last = name.split()
            email = f"{first}.{last}@example.org".lower()
            wanted = new_member(email=email, first_name=first, last_name=last, role=role)
            add_member(self.ctx, self.registry_id, wanted)

    def enrol(self) -> str:
        """Enrol a patient, of whom nothing is known yet; returns the handle."""
        ada = Enrolment(
            patient_mrn="MRN-1",
            first_name="Ada",
            last_name="Example",
            date_of_birth=date(1980, 2, 29),
            phone_number="555-010-0100",
            email="ada@example.org",
        )
        return enrol(self.ctx, self.actor, ada, new_id()).patient.handle

    @property
    def actor(self) -> Actor:
        """Maya, at her work."""
        maya = self.member("Maya Okafor")
        return Actor(maya.user_id, "Maya", "Okafor", maya.role, is_admin=True, registry=self.registry)

    def acting(self, name: str) -> Actor:
        """Return a member, at their work."""
        member = self.member(name)
        first, last = name.split()
        return Actor(member.user_id, first, last, member.role, member.is_admin, self.registry)

    def let_only(self, *names: str) -> None:
        """Let nobody else have a digest: in which order people are served depends on their ids."""
        for name in {"Maya Okafor", *TEAM} - {*names}:
            self.remind(name, on=False)

    def until(self, local: str) -> None:
        """Set the clock to a local `2031-03-04 08:00` of New York."""
        self.moment = datetime.fromisoformat(local).replace(tzinfo=NEW_YORK).astimezone(UTC)

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)

    def tick(self, local: str = "") -> None:
        """One tick, at a local time of New York if one is given."""
        if local:
            self.until(local)
        self.ticker.tick()

    @property
    def registry(self) -> Registry:
        found = registries.get(self.table, self.registry_id)
        assert found is not None
        return found

    def set(self, **settings: object) -> None:
        """Change the registry's settings, as its admins would."""
        before = self.registry
        changes = {**settings, "modified_date": self.moment.timestamp()}
        registries.save(self.table, before, before.model_copy(update=changes))

    def member(self, name: str) -> RegistryUser:
        members = people.members(self.table, self.registry_id)
        return next(each for each in members if f"{each.first_name} {each.last_name}" == name)

    def remind(self, name: str, **wanted: object) -> None:
        """Change what a member decided for their own digest, as they would."""
        member = self.member(name)
        own = member.reminders.model_copy(update={**wanted, "since": self.moment.timestamp()})
        changed = member.model_copy(update={"reminders": own})
        key = keys.registry_user(self.registry_id, member.user_id)
        at_once = registries.looked_after(self.table, self.registry_id, self.moment.timestamp())
        self.table.transact([writes.put(items.to_item(key, changed)), at_once])

    def said(self, name: str) -> list[Message]:
        """Return what the bot said to somebody, in their direct message."""
        place = self.workspace.direct(self.workspace.seat(name).person.id, cast.BOT).id
        return [message for message in self.workspace.messages if message.channel == place]

    def said_in(self, channel: str) -> list[Message]:
        return [message for message in self.workspace.messages if message.channel == channel]

    def told(self, day: str) -> dict[str, Post]:
        """Return what became of a local day's turns, by first name, or `channel`."""
        members = people.members(self.table, self.registry_id)
        names = {member.user_id: member.first_name for member in members}
        found = posts.of_day(self.table, self.registry_id, date.fromisoformat(day))
        return {names.get(post.recipient, post.recipient): post for post in found}

    def outcome(self, day: str) -> dict[str, str]:
        """The same in words: the state, and the reason if there is one."""
        return {
            name: " ".join(filter(None, (post.state, post.reason))) for name, post in self.told(day).items()
        }

    def waits_until(self) -> str:
        """Return when the clock looks at the registry again, in New York."""
        waiting = jobs.get(self.table, JobKind.DIGEST, self.registry_id)
        assert waiting is not None
        return f"{datetime.fromtimestamp(waiting.visible_at, NEW_YORK):%Y-%m-%d %H:%M}"


_founded: dict[int, tuple[str, list[Item]]] = {}
"""The registry's id and all that is stored of it, by the number of shards: founded once for all tables."""


@contextmanager
def running_house(table: Table, hands: Executor) -> Iterator[Environment]:
    def now() -> float:
        return environment.moment.timestamp()

    with running_workspace(now=now) as workspace:
        environment = Environment(table, workspace, hands)
        if jobs.SHARDS in _founded:
            environment.registry_id, stored = _founded[jobs.SHARDS]
            crowd.put(table, stored)
        else:
            environment.found()
            stored = crowd.stored(table)
            _founded[jobs.SHARDS] = environment.registry_id, stored
        yield environment
