"""The `cocm-bot demo` command: the bot as in production, with Slack and DynamoDB on this machine."""

import os
import secrets
import signal
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import AnyHttpUrl, SecretStr
from starlette.applications import Starlette

from cocm_bot import logs
from cocm_bot.bootstrap import running_bot
from cocm_bot.cli.failing import ExitCode, fail
from cocm_bot.cli.printing import counted, say, write_data
from cocm_bot.cli.synthetic.demo_week import post_week
from cocm_bot.config import Settings
from cocm_bot.domain.vocabulary import Role
from cocm_bot.jobs.clock.scheduler import ticking
from cocm_bot.opening import open_context, open_table, system_clock
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.playground import cast
from cocm_bot.playground.clock import Clock
from cocm_bot.playground.dynamodb import Engine, running_dynamodb
from cocm_bot.playground.morning import morning as morning_of
from cocm_bot.playground.page import Command, Offer, Page, Shortcut, app_with_page
from cocm_bot.playground.servers.server import serving
from cocm_bot.playground.servers.threads import listen, served
from cocm_bot.playground.state import ACK_SECONDS
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.server.http import http_app
from cocm_bot.store import jobs, registries
from cocm_bot.store.table.administration import EXPIRY, create_table

app = typer.Typer(add_completion=False)

PORT = 8090
PATIENTS = 60
ZONE = "America/New_York"
REGISTRY = "Riverside Family Clinic"
TABLE = "cocm-demo"
RANDOM_SEED = 1
MANIFEST = Path(__file__).parents[2] / "manifest.yaml"


class Grid(StrEnum):
    """The ways in which two workspaces use one bot."""

    APART = "apart"
    """Each installed the app, and sees nothing of the other."""
    TOGETHER = "together"
    """Their organization installed it for both: one set of registries."""


TEAM = {
    cast.RUTH: Role.CARE_MANAGER,
    cast.PSYCHIATRIST: Role.PSYCHIATRIST,
    cast.PCP: Role.PCP,
    cast.HENRY: Role.PCP,
    cast.OPS: Role.CLINICAL_OPS,
    cast.FINANCE: Role.FINANCE,
}
"""Members who join Maya, the care manager and admin, in the registry."""

_NOBODYS = {
    "AWS_SECRET_ACCESS_KEY": "demo",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
CREATORS = "maya.okafor@example.org, noor.rahimi@example.org"
"""People who may set up a registry: a member of one, and somebody who is in none."""
POSTS_PER_MINUTE = 6_000
"""The stand-in has no such limit as Slack has, and a person who tries the bot should not wait for it."""
_NOT_HERE = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_ENDPOINT_URL")
_EXTRA = "ministack"
"""The part that production does without: the DynamoDB of the demo."""
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class Demo:
    """The running demo: the workspace to act in, its clock, the page's address, and the registry, if any."""

    workspace: Workspace
    clock: Clock
    url: str
    registry_id: str
    engine: Engine


@contextmanager
def running_demo(
    *,
    port: int = 0,
    patients: int | None = PATIENTS,
    now: Callable[[], datetime] = system_clock,
    ack_seconds: float = ACK_SECONDS,
) -> Iterator[Demo]:
    """Workspace, engine, bot and page, seeded and wired, until the block ends.

    Port 0 takes any free one. Without a number of patients there is no registry either, until somebody sets
    one up. `ack_seconds` is how long the workspace waits for an answer, and a trigger lives. OSError when
    the port is taken.
    """
    with ExitStack() as stack:
        clock = Clock(now)
        engine = stack.enter_context(running_dynamodb())
        workspace = Workspace(now=clock.seconds, ack_seconds=ack_seconds)
        page = Page(workspace, clock, engine, offer_of(MANIFEST), ZONE)
        stack.enter_context(serving(workspace, port, app_with_page(page)))
        stack.enter_context(environment(engine))
        settings = Settings(
            SLACK_BOT_TOKEN=SecretStr(workspace.token),
            SLACK_SIGNING_SECRET=SecretStr(workspace.signing_secret),
            SLACK_APP_TOKEN=None,
            SLACK_API_URL=AnyHttpUrl(workspace.api_url),
            COCM_TABLE=TABLE,
            COCM_AUDIT_KEY=SecretStr(secrets.token_hex()),
            COCM_REGISTRY_CREATORS=CREATORS,
            COCM_POSTS_PER_MINUTE=POSTS_PER_MINUTE,
        )
        create_demo_table(settings)
        ctx = open_context(settings, clock.now, patient=True)
        registry_id = "" if patients is None else registry(ctx, patients)
        post_week(ctx, workspace, registry_id)
        bot = stack.enter_context(running_bot(settings, clock.now))
        app = http_app(bot.bolt, bot.ready, workspace.signing_secret)
        workspace.at_work = bot.at_work
        workspace.connect(stack.enter_context(_answering(app)))
        clock.before_move = partial(_pass_over, ctx)
        clock.when_moved = stack.enter_context(ticking(bot.clock, system_clock()))
        yield Demo(workspace, clock, workspace.base_url, registry_id, engine)


def create_demo_table(settings: Settings) -> None:
    """Create the table, in which nothing expires: the engine goes by the machine's clock, not the demo's."""
    client = open_table(settings, patient=True).client
    create_table(client, TABLE)
    client.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": False, "AttributeName": EXPIRY}
    )


@app.command("demo")
def demo_command(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page listens on this machine; 0 for any port.")
    ] = PORT,
    patients: Annotated[int, typer.Option(min=0, max=5_000, help="How many synthetic patients.")] = PATIENTS,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    morning: Annotated[
        bool, typer.Option("--morning", help="Print a care manager's morning, and end.")
    ] = False,
    grid: Annotated[
        Grid | None, typer.Option(help="Two workspaces: apart, or together as one organization.")
    ] = None,
) -> None:
    """Try the bot on this machine, with a Slack workspace of its own and synthetic patients."""
    if find_spec(_EXTRA) is None:
        fail("The demo needs more than is installed: pip install 'cocm-bot[demo]'.", ExitCode.NOT_RUN)
    logs.configure("WARNING")
    try:
        if grid is not None:
            _run_grid(grid, patients)
        elif morning:
            _print_morning()
        else:
            _run(port, patients, browser=browser)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        fail(
            f"Port {port} can't be used ({why}). Choose another with --port, or 0 for any.", ExitCode.NOT_RUN
        )


def _run_grid(grid: Grid, patients: int) -> None:
    """Run the demo of two workspaces until Ctrl-C (or SIGTERM)."""
    from cocm_bot.cli.synthetic.demo_grid import running_grid_demo  # noqa: PLC0415 - it imports this

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with running_grid_demo(grid, patients=patients) as demo:
        for name, url in demo.pages.items():
            say(f"{name} is at {url}")
        say(f"The app is installed at {demo.bot_url}/slack/install")
        say("Press Ctrl-C to stop; nothing is kept.")
        stopped.wait()


def _run(port: int, patients: int, *, browser: bool) -> None:
    """Run the demo until Ctrl-C (or SIGTERM)."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    say(f"Starting, with {counted(patients, 'synthetic patient')} …")
    with running_demo(port=port, patients=patients) as demo:
        say(f"The playground is at {demo.url}")
        say("Press Ctrl-C to stop; nothing is kept.")
        if browser:
            webbrowser.open(demo.url)
        stopped.wait()


def _print_morning() -> None:
    """Print a care manager's morning in an empty registry, screen by screen."""
    with running_demo(patients=0) as demo:
        for number, (step, screen) in enumerate(morning_of(demo.workspace, demo.clock), 1):
            write_data(["", f"{number}. {step}", "", screen])


def offer_of(manifest: Path) -> Offer:
    """Return the slash commands and global shortcuts of an app manifest."""
    features = yaml.safe_load(manifest.read_text(encoding="utf-8"))["features"]
    return Offer(
        [
            Command(each["command"], each.get("description", ""), each.get("usage_hint", ""))
            for each in features["slash_commands"]
        ],
        [
            Shortcut(each["callback_id"], each["name"], each["description"])
            for each in features["shortcuts"]
            if each["type"] == "global"
        ],
    )


def registry(ctx: Context, patients: int) -> str:
    maya = _named(cast.MAYA)
    maya["admin_email"] = maya.pop("email")
    created = create_registry(
        ctx, new_registry(name=REGISTRY, timezone=ZONE, team_channel=cast.TEAM_CHANNEL, **maya)
    )
    for member, role in TEAM.items():
        add_member(ctx, created.registry_id, new_member(role=role, **_named(member)))
    for _ in seed(ctx, created.registry_id, patients, RANDOM_SEED):
        pass
    return created.registry_id


def _pass_over(ctx: Context, moment: datetime) -> None:
    """Let the digests begin at the moment the clock moves to: what it passes over was no outage."""
    for registry_id in jobs.registries_served(ctx.table):
        ctx.table.transact([registries.begun_at(registry_id, moment.timestamp())])


def _named(person_id: str) -> dict[str, str]:
    person = cast.people()[person_id]
    first, _, last = person.name.partition(" ")
    return {"email": person.email or "", "first_name": first, "last_name": last}


@contextmanager
def environment(engine: Engine) -> Iterator[None]:
    """The environment of this process alone: no real account and no proxy can be reached by mistake."""
    own = {"AWS_ENDPOINT_URL_DYNAMODB": engine.endpoint, "AWS_ACCESS_KEY_ID": engine.access_key}
    wanted: Mapping[str, str] = {**_NOBODYS, **own}
    unwanted = {*_NOT_HERE, *_PROXIES, *(name.lower() for name in _PROXIES)}
    before = {name: os.environ.get(name) for name in {*wanted, *unwanted}}
    os.environ.update(wanted)
    for name in unwanted:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _answering(app: Starlette) -> Iterator[str]:
    """The bot served over HTTP from a thread; gives the address of its events endpoint."""
    listener, address = listen()
    with served(app, listener):
        yield f"{address}/slack/events"
