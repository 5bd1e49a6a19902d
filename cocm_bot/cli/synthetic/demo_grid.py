"""The demo on Enterprise Grid: two workspaces apart, or an organization of two, behind one bot."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, urlsplit

import urllib3
from pydantic import AnyHttpUrl, SecretStr

from cocm_bot.bootstrap import running_bot
from cocm_bot.cli.synthetic import demo
from cocm_bot.config import Settings
from cocm_bot.opening import open_context, system_clock
from cocm_bot.playground import cast
from cocm_bot.playground.clock import Clock
from cocm_bot.playground.dynamodb import running_dynamodb
from cocm_bot.playground.grid import CLIENT_ID, CLIENT_SECRET, Grid, grid_app, two_workspaces
from cocm_bot.playground.page import Page, app_with_page
from cocm_bot.playground.servers.server import serving
from cocm_bot.playground.servers.threads import listen, served
from cocm_bot.playground.state import ACK_SECONDS
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.workspaces import Workspaces, several_workspaces


@dataclass(frozen=True)
class GridDemo:
    """The running demo: its workspaces, each with a page of its own, and where the app is installed."""

    grid: Grid
    clock: Clock
    bot_url: str

    @property
    def pages(self) -> dict[str, str]:
        """The address of each workspace's page."""
        return {name: each.base_url for name, each in self.grid.workspaces.items() if each.base_url}


@contextmanager
def running_grid_demo(
    kind: demo.Grid,
    *,
    patients: int = demo.PATIENTS,
    now: Callable[[], datetime] = system_clock,
    org_shared_channels: bool = False,
    ack_seconds: float = ACK_SECONDS,
) -> Iterator[GridDemo]:
    """Two workspaces, engine, bot and pages, until the block ends; the first has a registry of patients."""
    with ExitStack() as stack:
        clock, engine = Clock(now), stack.enter_context(running_dynamodb())
        grid = two_workspaces(clock.seconds, ack_seconds)
        first, second = grid.workspaces.values()
        if kind is demo.Grid.TOGETHER:
            _join(grid)
        # Of an organization everybody is to be seen on one page.
        served_apart = [first] if kind is demo.Grid.TOGETHER else [first, second]
        for workspace in served_apart:
            page = Page(workspace, clock, engine, demo.offer_of(demo.MANIFEST), demo.ZONE)
            stack.enter_context(serving(workspace, 0, app_with_page(page)))
        listener, slack = listen()
        stack.enter_context(served(grid_app(grid), listener))
        stack.enter_context(demo.environment(engine))
        home = cast.ENTERPRISE if kind is demo.Grid.TOGETHER else first.team_id
        settings = Settings(
            SLACK_CLIENT_ID=CLIENT_ID,
            SLACK_CLIENT_SECRET=SecretStr(CLIENT_SECRET),
            SLACK_SIGNING_SECRET=SecretStr(first.signing_secret),
            SLACK_API_URL=AnyHttpUrl(f"{slack}/api/"),
            COCM_WORKSPACES=",".join((first.team_id, second.team_id, cast.ENTERPRISE)),
            COCM_TABLE=demo.TABLE,
            COCM_AUDIT_KEY=SecretStr(secrets.token_hex()),
            COCM_REGISTRY_CREATORS=demo.CREATORS,
            COCM_POSTS_PER_MINUTE=demo.POSTS_PER_MINUTE,
            COCM_ORG_SHARED_CHANNELS=org_shared_channels,
        )
        demo.create_demo_table(settings)
        there = settings.model_copy(update={"workspace": home})
        demo.registry(open_context(there, clock.now, patient=True), patients)
        all_of = stack.enter_context(several_workspaces(settings, partial(running_bot, now=clock.now)))
        app = http_app(all_of.host, all_of.ready, first.signing_secret, pages=all_of.pages)
        listener, bot_url = listen()
        stack.enter_context(served(app, listener))
        grid.connect(bot_url)
        clock.when_moved = partial(_tick, all_of)
        for workspace in served_apart:
            install(grid, workspace.team_id)
        yield GridDemo(grid, clock, bot_url)


def _tick(all_of: Workspaces) -> None:
    for bot in all_of.host.running():
        bot.clock.tick()


def install(grid: Grid, workspace: str) -> None:
    """Install the app in a workspace as a browser does. Raises RuntimeError where that is refused."""
    begun = urllib3.request("GET", f"{grid.bot_url}/slack/install", redirect=False)
    [state] = parse_qs(urlsplit(begun.headers["location"]).query)["state"]
    cookie = begun.headers["set-cookie"].partition(";")[0]
    back = f"{grid.bot_url}/slack/oauth_redirect?code={grid.allow(workspace)}&state={state}"
    page = urllib3.request("GET", back, headers={"Cookie": cookie}, redirect=False)
    if page.status != 200:
        raise RuntimeError(f"the app could not be installed in {workspace}: {page.status}")


def _join(grid: Grid) -> None:
    """Make one organization of the first workspace: some of its people work in the other one alone."""
    first = next(iter(grid.workspaces.values()))
    first.org_install = True
    first.label = "Organization"
    for id_, person in list(first.people.items()):
        if person.team_id == first.team_id:
            team = cast.SISTER_TEAM if id_ in {cast.HENRY, cast.PSYCHIATRIST} else first.team_id
            first.people[id_] = replace(person, team_id=team, teams=(team,), enterprise_id=cast.ENTERPRISE)
