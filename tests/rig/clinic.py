"""A clinic for the tests: the workspace, the bot and a table of its own, wired as they are served."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING
from unittest import mock

from pydantic import AnyHttpUrl, SecretStr
from starlette.applications import Starlette

from cocm_bot import opening
from cocm_bot.bootstrap import Bot, running_bot
from cocm_bot.config import Settings
from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Role
from cocm_bot.opening import system_clock
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Call
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime import home_redraws, router
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.wire import Item
from cocm_bot.store.team import people
from tests.rig import crowd
from tests.rig.clients import lasting
from tests.rig.seats import PATIENCE, seat_of
from tests.rig.servers.standing import running_workspace, served
from tests.rig.servers.tls import Certificate
from tests.store import engines

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MONDAY = datetime(2031, 3, 3, 14, tzinfo=UTC)
"""9 in the morning in New York; the clocks go forward the Sunday after."""
ZONE = "America/New_York"

AUDIT_KEY = "a key for the tests and for nothing else"
TEAM = {
    "Maya Okafor": Role.CARE_MANAGER,
    "Iris Lindqvist": Role.PSYCHIATRIST,
    "Samuel Adeyemi": Role.PCP,
    "Lena Novak": Role.CLINICAL_OPS,
    "Omar Haddad": Role.FINANCE,
}
"""The members of the registry and their roles; Maya is its admin."""
CREATOR = "Noor.Rahimi@example.org"
"""People in no registry who may set one up, as the workspace's admins may."""


class Clock:
    """A clock that stops until it is moved."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, *, weeks: int = 0, days: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        self.moment += timedelta(weeks=weeks, days=days, minutes=minutes, seconds=seconds)


@dataclass(frozen=True)
class Clinic:
    """Everything that runs, and what the tests look at behind it."""

    workspace: Workspace
    bot: Bot
    clock: Clock
    registry_id: str
    url: str

    @property
    def ctx(self) -> Context:
        return self.bot.ctx

    @property
    def registry(self) -> Registry:
        found = registries.get(self.ctx.table, self.registry_id)
        assert found is not None
        return found

    def seat(self, name: str = "Maya Okafor") -> Seat:
        return seat_of(self.workspace, name)

    def actor(self, name: str = "Maya Okafor") -> Actor:
        """A member as the operations know them."""
        member = self.member(name)
        return Actor(
            member.user_id, member.first_name, member.last_name, member.role, member.is_admin, self.registry
        )

    def member(self, name: str) -> RegistryUser:
        members = people.members(self.ctx.table, self.registry_id)
        return next(each for each in members if f"{each.first_name} {each.last_name}" == name)

    def add_member(self, name: str, role: Role) -> None:
        """Put somebody of the workspace into the registry."""
        add_member(self.ctx, self.registry_id, new_member(**_wanted(name, role)))

    def patients(self) -> list[Patient]:
        """Every patient of the registry, whole, by MRN."""
        entries = lists.directory(self.ctx.table, self.registry_id)
        found = (patients.get(self.ctx.table, self.registry_id, entry.patient_mrn) for entry in entries)
        return sorted((each for each in found if each), key=lambda each: each.patient_mrn)

    def accesses(self, registry_id: str | None = None) -> list[AccessEntry]:
        """Today's entries of the access log, of the registry, or of `-` for those who reached none."""
        day = self.clock().date()
        return access_log.entries(self.ctx.table, registry_id or self.registry_id, day).records

    def accesses_now(self, registry_id: str | None = None) -> list[AccessEntry]:
        """Those of this very moment."""
        first = keys.access(registry_id or self.registry_id, self.clock().timestamp(), "")
        now = self.ctx.table.query("PK = :day AND SK >= :first", {"day": first.pk, "first": first.sk})
        return items.read_all(AccessEntry, now).records

    @contextmanager
    def restarted(
        self,
        machine: Callable[[], datetime] = system_clock,
        seconds: Callable[[], float] = time.monotonic,
    ) -> Iterator[str]:
        """Slack talks to a new bot, which knows nothing but the table; gives its address."""
        settings = _settings(self.workspace, self.ctx.table.name)
        app = partial(_app, workspace=self.workspace, seconds=seconds)
        with running_bot(settings, self.clock, machine) as bot, served(app(bot)) as url:
            self.workspace.connect(f"{url}/slack/events")
            self.workspace.at_work = bot.at_work
            yield url

    def tick(self) -> None:
        """The clock's tick, which does not come by itself here."""
        self.bot.clock.tick()

    def calls(self, name: str) -> list[Call]:
        """The bot's calls of a Web API method, or to a response_url."""
        return [call for call in self.workspace.calls if call.to == "slack" and call.name == name]


@contextmanager
def running_clinic(
    endpoint: str, *, staffed: bool = True, tls: Certificate | None = None
) -> Iterator[Clinic]:
    """A clinic on a DynamoDB endpoint (the environment's if empty), in a table of its own.

    One that is not staffed has a table with nothing in it yet. Its Slack speaks HTTPS with the certificate.
    """
    clock = Clock()
    few = mock.patch.object(jobs, "SHARDS", 2)  # enough for one registry, and quicker to look through
    here = mock.patch.dict(os.environ, engines.reaching(endpoint))
    at_once = mock.patch.object(home_redraws, "PAUSE_SECONDS", 0.0)  # a test of the pause says how long it is
    with (
        running_workspace(ack_seconds=PATIENCE, tls=tls) as workspace,
        engines.fresh_table(_client(endpoint)) as table,
        here,
        lasting(endpoint) as connected,
        mock.patch.object(opening, "connect", connected),
        at_once,
        few,
        answering_within(PATIENCE / 2),
        running_bot(_settings(workspace, table.name), clock) as bot,
        served(_app(bot, workspace)) as url,
    ):
        workspace.connect(f"{url}/slack/events")
        workspace.at_work = bot.at_work
        bare = Clinic(workspace, bot, clock, "", url)
        yield _staffed(bare, endpoint) if staffed else bare


def _settings(workspace: Workspace, table: str) -> Settings:
    return Settings(
        SLACK_BOT_TOKEN=SecretStr(workspace.token),
        SLACK_SIGNING_SECRET=SecretStr(workspace.signing_secret),
        COCM_AUDIT_KEY=SecretStr(AUDIT_KEY),
        SLACK_API_URL=AnyHttpUrl(workspace.api_url),
        COCM_TABLE=table,
        COCM_REGISTRY_CREATORS=CREATOR,
        COCM_WORKSPACE_ADMINS_CREATE=True,
        COCM_POSTS_PER_MINUTE=60_000,
    )


@cache
def _client(endpoint: str) -> "DynamoDBClient":
    """Makes the tables of an endpoint."""
    return engines.client_of(endpoint)


def answering_within(seconds: float) -> AbstractContextManager[object]:
    """Let the bot answer within so many seconds, or say that the registry is slow.

    In a clinic it takes its time, so that no busy machine makes it slow; a test of its haste says how much.
    """
    return mock.patch.object(router, "ANSWER_SECONDS", seconds)


def _staffed(bare: Clinic, endpoint: str) -> Clinic:
    registry_id, items = _founded(endpoint)
    crowd.put(bare.ctx.table, items)
    return replace(bare, registry_id=registry_id)


@cache
def _founded(endpoint: str) -> tuple[str, list[Item]]:
    """The registry's id, and all that is stored of it: founded once, and put into each clinic's table."""
    maya, *others = (_wanted(name, role) for name, role in TEAM.items())
    maya["admin_email"] = maya.pop("email")
    clock = Clock()
    with engines.fresh_table(_client(endpoint)) as table:
        ctx = Context(table, clock, AuditTrail(AUDIT_KEY, 6, clock))
        wanted = new_registry(name="Riverside Clinic", timezone=ZONE, **maya)
        registry_id = create_registry(ctx, wanted).registry_id
        for each in others:
            add_member(ctx, registry_id, new_member(**each))
        return registry_id, crowd.stored(table)


def _wanted(name: str, role: Role) -> dict[str, object]:
    first, last = name.split()
    email = f"{first}.{last}@example.org".lower()
    return {"email": email, "first_name": first, "last_name": last, "role": role}


def _app(bot: Bot, workspace: Workspace, seconds: Callable[[], float] = time.monotonic) -> Starlette:
    return http_app(bot.bolt, bot.ready, workspace.signing_secret, clock=seconds)
