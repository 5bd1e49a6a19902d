"""Several workspaces behind one bot: each with its people, its registry and its patients."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import urllib3
from pydantic import AnyHttpUrl, SecretStr

from cocm_bot import opening
from cocm_bot.bootstrap import Bot, running_bot
from cocm_bot.config import Settings
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.playground import cast
from cocm_bot.playground.grid import CLIENT_ID, CLIENT_SECRET, Grid, addressed, grid_app, two_workspaces
from cocm_bot.slack.runtime import home_redraws
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.store import jobs
from cocm_bot.store.table.table import Table
from cocm_bot.workspaces import Workspaces, several_workspaces
from tests.rig.clients import lasting
from tests.rig.clinic import AUDIT_KEY, CREATOR, TEAM, ZONE, Clinic, Clock, _client, _wanted
from tests.rig.clinic import answering_within as patiently
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import served
from tests.store import engines

HERE, THERE = cast.TEAM, cast.SISTER_TEAM


@dataclass(frozen=True)
class Hosting:
    """Two workspaces, the table they share, and the bot that serves them at an address."""

    grid: Grid
    table: Table
    url: str
    settings: Settings
    all_of: Workspaces
    clock: Clock

    def bot(self, workspace: str) -> Bot:
        return self.all_of.host._running[workspace].hosted

    def clinic(self, workspace: str, registry_id: str, installation: str = "") -> Clinic:
        """One of the workspaces, as tests of a single one see it."""
        bot = self.bot(installation or workspace)
        return Clinic(self.grid.workspaces[workspace], bot, self.clock, registry_id, self.url)

    def begin(self) -> tuple[str, str]:
        """Open the page to install; returns the state that Slack is given, and the browser's cookie."""
        page = visit(f"{self.url}/slack/install")
        assert page.status == 302
        to_slack = urlsplit(page.headers["location"])
        return parse_qs(to_slack.query)["state"][0], page.headers["set-cookie"].partition(";")[0]

    def come_back(self, state: str, cookie: str, code: str) -> urllib3.BaseHTTPResponse:
        """Come back from Slack."""
        return visit(f"{self.url}/slack/oauth_redirect?code={code}&state={state}", Cookie=cookie)

    def install(self, workspace: str) -> urllib3.BaseHTTPResponse:
        """Install the app as a browser does."""
        return self.come_back(*self.begin(), self.grid.allow(workspace))


def visit(url: str, **headers: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, headers=headers, redirect=False, retries=False)


def settings_of(api_url: str, signing_secret: str, table: str, may_install: str) -> Settings:
    return Settings(
        SLACK_CLIENT_ID=CLIENT_ID,
        SLACK_CLIENT_SECRET=SecretStr(CLIENT_SECRET),
        SLACK_SIGNING_SECRET=SecretStr(signing_secret),
        COCM_WORKSPACES=may_install,
        COCM_AUDIT_KEY=SecretStr(AUDIT_KEY),
        SLACK_API_URL=AnyHttpUrl(api_url),
        COCM_TABLE=table,
        COCM_REGISTRY_CREATORS=CREATOR,
        COCM_POSTS_PER_MINUTE=60_000,
    )


@contextmanager
def running_grid(
    endpoint: str,
    *,
    may_install: str = f"{HERE},{THERE},{cast.ENTERPRISE}",
    rotating: bool = False,
    clock: Clock | None = None,
) -> Iterator[Hosting]:
    """Two workspaces, of which none has installed the app yet."""
    clock, grid = clock or Clock(), two_workspaces(ack_seconds=PATIENCE)
    grid.rotating = rotating
    secret = grid.workspaces[HERE].signing_secret
    with (
        served(grid_app(grid), compiled=True) as base_url,
        addressed(grid, base_url),
        engines.fresh_table(_client(endpoint)) as table,
        mock.patch.dict(os.environ, engines.reaching(endpoint)),
        lasting(endpoint) as connected,
        mock.patch.object(opening, "connect", connected),
        mock.patch.object(jobs, "SHARDS", 2),
        mock.patch.object(home_redraws, "PAUSE_SECONDS", 0.0),
        patiently(PATIENCE / 2),
    ):
        settings = settings_of(f"{base_url}/api/", secret, table.name, may_install)
        with serving(settings, grid, clock) as (all_of, url):
            yield Hosting(grid, table, url, settings, all_of, clock)


@contextmanager
def serving(settings: Settings, grid: Grid, clock: Clock) -> Iterator[tuple[Workspaces, str]]:
    """A process that serves the workspaces; the latest is the one that Slack calls."""
    secret = grid.workspaces[HERE].signing_secret
    with several_workspaces(settings, partial(running_bot, now=clock)) as all_of:
        app = http_app(all_of.host, all_of.ready, secret, pages=all_of.pages)
        with served(app) as url:
            grid.connect(url)
            yield all_of, url


def staffed(ctx: Context, name: str = "Riverside Clinic") -> str:
    """A registry with the usual team; returns its id."""
    maya, *others = (_wanted(member, role) for member, role in TEAM.items())
    maya["admin_email"] = maya.pop("email")
    registry_id = create_registry(ctx, new_registry(name=name, timezone=ZONE, **maya)).registry_id
    for each in others:
        add_member(ctx, registry_id, new_member(**each))
    return registry_id


def in_organization(grid: Grid) -> None:
    """Everybody is of the same organization, which Slack says of each."""
    for workspace in grid.workspaces.values():
        for id_, person in list(workspace.people.items()):
            if person.team_id == workspace.team_id:
                workspace.people[id_] = replace(
                    person, enterprise_id=cast.ENTERPRISE, teams=(workspace.team_id,)
                )
