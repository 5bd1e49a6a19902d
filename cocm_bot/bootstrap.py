"""Wire the bot that serves a workspace: the only place that knows all its parts."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from pydantic import SecretStr
from slack_bolt import App

from cocm_bot.config import Settings
from cocm_bot.domain.access import Creators
from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.drift import Drift
from cocm_bot.jobs.checkpoint_job import checkpointing
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.scheduler import Delays
from cocm_bot.jobs.clock.tick import SLACK, JobContext, Ticker
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.safety.watch_job import ensure_watch
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.opening import new_context, records_of, system_clock
from cocm_bot.operations.context import Context
from cocm_bot.operator_errors import TOKEN_ADVICE
from cocm_bot.slack.app import build_app
from cocm_bot.slack.runtime.client.connections import Connections, SlackClient
from cocm_bot.slack.runtime.client.failures import SlackFailure
from cocm_bot.slack.runtime.client.gateway import ANSWER_SECONDS, PATIENCE_SECONDS, Gateway, web_client
from cocm_bot.slack.runtime.home_redraws import After, HomeRedraws
from cocm_bot.slack.runtime.server.pools import (
    GIVING_WAY,
    SIZES,
    Arrivals,
    Full,
    Kind,
    Pool,
    Pools,
)
from cocm_bot.slack.runtime.server.readiness import Answers, Health
from cocm_bot.store.jobs import JobRef
from cocm_bot.store.table.administration import reachable
from cocm_bot.store.table.client import listen

TABLE = "table"
"""The table's name in the comparison of clocks."""
JOB_THREADS = 8
"""The number of jobs one process does at a time."""
RUN_SOON_THREADS = 4
"""The number of jobs that people set off: a safety alert never waits behind digests."""
SENTENCE_THREADS = 4
"""The threads that tell people that there was no place for what they asked."""
BUSY_SECONDS = 1.0
"""Seconds after which a screen that nobody asked for is drawn, where there was no place for it."""
MOMENT_SECONDS = 0.1
"""Seconds after the asked time at which work is done again, as clocks go."""
JOB_SECONDS = 15
"""Seconds a call of the clock's may take."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bot:
    """The bot, ready to be served."""

    bolt: App
    ctx: Context
    ready: Callable[[], Answers]
    clock: Ticker
    ensure: Callable[[], None]
    """Queues what must always be in the queue."""
    use_token: Callable[[str], None]
    """Calls Slack with another token from now on."""
    at_work: Callable[[], bool]
    """True while something that was acknowledged is still being done."""


def _creators(settings: Settings) -> Creators:
    named = frozenset(filter(None, map(normal_email, settings.registry_creators.split(","))))
    return Creators(named, settings.workspace_admins_create)


@contextmanager
def running_bot(
    settings: Settings,
    now: Callable[[], datetime] = system_clock,
    machine: Callable[[], datetime] = system_clock,
    arrivals: Arrivals | None = None,
) -> Iterator[Bot]:
    """The bot with its thread pools, which finish what they are at when the block ends.

    `now` is the time it works by, `machine` the clock that is compared with the table's and Slack's, and
    `arrivals` are the requests that are not acknowledged yet, which its work lets go first.
    """
    ctx = replace(new_context(settings, now), creators=_creators(settings))
    drift = Drift(machine)
    hear_table, hear_slack = partial(drift.hear, TABLE), partial(drift.hear, SLACK)
    slack = Connections()
    org_shared = settings.org_shared_channels
    clients = slack_client(settings, ANSWER_SECONDS, slack), slack_client(settings, JOB_SECONDS, slack)
    gateway = Gateway(
        clients[0],
        hear_slack,
        patience=PATIENCE_SECONDS,
        org_shared_channels=org_shared,
    )
    # What nobody waits for has clients of its own: they wait longer, and take no connection from people.
    unhurried = replace(ctx, table=records_of(settings, patient=True))
    patient = Gateway(clients[1], hear_slack, org_shared_channels=org_shared)
    pace = Pace(time.monotonic, time.sleep, settings.posts_per_minute)
    directory = Directory(patient, time.monotonic)
    with (
        # Ends last: what is in hand at the end writes to the access log too.
        checkpointing(unhurried),
        ThreadPoolExecutor(JOB_THREADS, "clock") as job_threads,
        ThreadPoolExecutor(RUN_SOON_THREADS, "wakened") as soon,
        ThreadPoolExecutor(SENTENCE_THREADS, "sentence") as sentences,
        ExitStack() as stack,
    ):
        for each in (ctx, unhurried):
            stack.callback(listen(each.table.client, hear_table))
        coming = arrivals or Arrivals()
        pools = {kind: stack.enter_context(_pool(kind, coming)) for kind in reversed(Kind)}
        delays = Delays(soon)

        def again(waiting: JobRef, seconds: float) -> None:
            # A moment more: it must be due by then.
            delays.after(seconds + MOMENT_SECONDS, partial(clock.do, waiting))

        clock = Ticker(JobContext(unhurried, patient, directory, pace, drift, again), HANDLERS, job_threads)

        def run_soon(kind: str, work_id: str) -> None:
            soon.submit(clock.do, JobRef(kind, work_id))

        tokenless = web_client(None, settings.slack_url, ANSWER_SECONDS, slack)
        homes = HomeRedraws(time.monotonic, _drawing_after(delays, pools))
        bolt = build_app(ctx, tokenless, gateway, run_soon, pools, sentences, homes)

        def ready() -> Answers:
            table = Health.OK if reachable(ctx.table) else Health.DOWN
            answers = {"table": table, "slack": _slack_health(gateway)}
            return answers | ({"clock": Health.WRONG_CLOCK} if drift.ahead else {})

        def use_token(token: str) -> None:
            for client in clients:
                client.token = token

        def at_work() -> bool:
            return any(pool.at_work for pool in pools.values())

        try:
            yield Bot(bolt, ctx, ready, clock, partial(ensure_watch, unhurried), use_token, at_work)
        finally:
            delays.end()
            homes.end()


def _drawing_after(delays: Delays, pools: Pools) -> After:
    """Has screens drawn after some seconds; where there is no place then, after as many more."""

    def after(seconds: float, draw: Callable[[], None]) -> None:
        def hand_over() -> None:
            try:
                pools[Kind.SCREEN].submit(draw)
            except Full:
                after(BUSY_SECONDS, draw)

        delays.after(seconds, hand_over)

    return after


def _slack_health(gateway: Gateway) -> Health:
    try:
        gateway.check_token()
    except SlackFailure as failed:
        return Health.REFUSED if failed.reason in TOKEN_ADVICE else Health.DEGRADED
    return Health.OK


@contextmanager
def _pool(kind: Kind, arrivals: Arrivals) -> Iterator[Pool]:
    """A pool that finishes what it has in hand; entered last is ended first: what hands work on to others."""
    size = SIZES[kind]
    with ThreadPoolExecutor(size.threads, kind) as threads:
        yield Pool(threads, size.places, arrivals if kind in GIVING_WAY else None)


def slack_client(settings: Settings, seconds: int, connections: Connections) -> SlackClient:
    """Return a client of Slack's Web API; a call of it may take so many seconds."""
    return web_client(secret_of(settings.bot_token), settings.slack_url, seconds, connections)


def secret_of(setting: SecretStr | None) -> str:
    """Return what a setting keeps secret; empty where it is not set."""
    return setting.get_secret_value() if setting else ""
