"""Wire the bot that serves a workspace: the only place that knows all its parts."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version

import uvicorn
from pydantic import SecretStr
from slack_bolt import App
from starlette.applications import Starlette
from starlette.routing import Route

from cocm_bot.config import Settings
from cocm_bot.domain.access import Creators
from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.drift import Drift
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.draining import DrainingServer
from cocm_bot.jobs.checkpoint_job import checkpointing
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.clock.scheduler import Delays, ticking
from cocm_bot.jobs.clock.tick import SLACK, JobContext, Ticker
from cocm_bot.jobs.gauges import GAUGES, gauges
from cocm_bot.jobs.handlers import HANDLERS
from cocm_bot.jobs.safety.watch_job import ensure_watch
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.opening import new_context, open_table, records_of, system_clock
from cocm_bot.operations.context import Context
from cocm_bot.operator_errors import TOKEN_ADVICE, SettingsError
from cocm_bot.slack.app import build_app
from cocm_bot.slack.runtime.client.connections import Connections, SlackClient
from cocm_bot.slack.runtime.client.failures import SlackFailure
from cocm_bot.slack.runtime.client.gateway import ANSWER_SECONDS, PATIENCE_SECONDS, Gateway, web_client
from cocm_bot.slack.runtime.home_redraws import After, HomeRedraws
from cocm_bot.slack.runtime.server.http import Dispatching, http_app
from cocm_bot.slack.runtime.server.pools import (
    ACKNOWLEDGING,
    GIVING_WAY,
    SIZES,
    Arrivals,
    Full,
    Kind,
    Pool,
    Pools,
)
from cocm_bot.slack.runtime.server.readiness import Answers, Health, probes_app
from cocm_bot.slack.runtime.server.signature import RefusalLog, counting_refusals
from cocm_bot.startup import check_audit_key, check_start
from cocm_bot.store import ticks
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.jobs import JobRef
from cocm_bot.store.table.administration import reachable
from cocm_bot.store.table.client import listen
from cocm_bot.store.table.ownership import require_ours
from cocm_bot.store.table.table import Table
from cocm_bot.telemetry.reporting import reporting

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
KEPT_SECONDS = 75
"""Seconds an idle connection is kept: longer than a balancer keeps it (60 at AWS), or it may send a click
into one that is being closed."""
BACKLOG = 2048
"""The number of connections that may wait to be taken."""
STOP_SECONDS = 10
"""Seconds that requests in flight may take to finish once the process is asked to stop."""

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
    clients = _slack(settings, ANSWER_SECONDS, slack), _slack(settings, JOB_SECONDS, slack)
    gateway = Gateway(
        clients[0],
        hear_slack,
        patience=PATIENCE_SECONDS,
        org_shared_channels=org_shared,
    )
    # What nobody waits for has clients of its own: they wait longer, and take no connection from people.
    unhurried = replace(ctx, table=records_of(settings, patient=True))
    patient = Gateway(clients[1], hear_slack, org_shared_channels=org_shared)
    for each in (ctx, unhurried):
        listen(each.table.client, hear_table)
    pace = Pace(time.monotonic, time.sleep, settings.posts_per_minute)
    directory = Directory(patient, time.monotonic)
    with (
        # Ends last: what is in hand at the end writes to the access log too.
        checkpointing(unhurried),
        ThreadPoolExecutor(JOB_THREADS, "clock") as job_threads,
        ThreadPoolExecutor(RUN_SOON_THREADS, "wakened") as soon,
        ThreadPoolExecutor(SENTENCE_THREADS, "sentence") as sentences,
        ExitStack() as pooled,
    ):
        coming = arrivals or Arrivals()
        pools = {kind: pooled.enter_context(_pool(kind, coming)) for kind in reversed(Kind)}
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

        try:
            yield Bot(bolt, ctx, ready, clock, partial(ensure_watch, unhurried), use_token)
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


def _slack(settings: Settings, seconds: int, connections: Connections) -> SlackClient:
    return web_client(_secret(settings.bot_token), settings.slack_url, seconds, connections)


def serve(settings: Settings) -> None:
    """Serve until asked to stop, over Socket Mode when there is an app token, else over HTTP.

    First what comes in ends, then the clock, then what both left in hand. Raises CannotStart, NotConfigured.
    """
    if settings.client_id is not None:
        _serve_workspaces(settings)
        return
    table = open_table(settings)
    # A table that does not answer yet is waited for; one that is another system's is not written to.
    with suppress(Unavailable):
        require_ours(table)
    check_start(table, Gateway(_slack(settings, ANSWER_SECONDS, Connections())))
    check_audit_key(table, Keyring(settings.audit_secrets))
    arrivals = Arrivals()
    with (
        running_bot(settings, arrivals=arrivals) as bot,
        reporting(settings.metrics, partial(gauges, bot.ctx), GAUGES),
        ticking(bot.clock, system_clock(), ensure=bot.ensure),
    ):
        _log_start(settings, bot.ctx.table)
        if settings.app_token:
            _serve_socket(bot, settings)
        elif settings.signing_secret:
            _serve_http(bot.bolt, bot.ready, settings, arrivals)


def _serve_workspaces(settings: Settings) -> None:
    """Serve all workspaces that install the app, until asked to stop. Raises as `serve`, and NoCipher."""
    # Only here are the cipher and OAuth needed.
    from cocm_bot.workspaces import several_workspaces  # noqa: PLC0415 - as said above

    table = open_table(settings)
    with suppress(Unavailable):
        require_ours(table)
    check_start(table)
    check_audit_key(table, Keyring(settings.audit_secrets))
    arrivals = Arrivals()
    with (
        several_workspaces(settings, partial(running_bot, arrivals=arrivals)) as all_of,
        reporting(settings.metrics, all_of.gauges, GAUGES),
    ):
        _log_start(settings, table)
        _serve_http(all_of.host, all_of.ready, settings, arrivals, all_of.pages)


def _log_start(settings: Settings, table: Table) -> None:
    """One line of what runs where: the first that an operator looks for."""
    logger.info(
        "started version=%s table=%s region=%s mode=%s metrics=%s replicas=%d",
        version("cocm-bot"),
        table.name,
        table.client.meta.region_name,
        _mode(settings),
        settings.metrics,
        _ticking_lately(table),
    )


def _mode(settings: Settings) -> str:
    if settings.client_id is not None:
        return "workspaces"
    return "socket" if settings.app_token else "http"


def _ticking_lately(table: Table) -> int:
    """Return how many processes ticked lately; 0 where the table does not say."""
    try:
        return len(ticks.last(table))
    except CocmError:
        return 0


def _serve_http(
    bolt: Dispatching,
    ready: Callable[[], Answers],
    settings: Settings,
    arrivals: Arrivals,
    pages: Sequence[Route] = (),
) -> None:
    refusals, stopping = RefusalLog(time.monotonic), threading.Event()
    secret = _secret(settings.signing_secret)
    app = http_app(
        bolt, ready, secret, refusals=refusals, stopping=stopping.is_set, arrivals=arrivals, pages=pages
    )
    server = DrainingServer(_server_config(app), settings.drain_seconds, stopping)
    # uvicorn lets the requests in flight finish, then raises the signal again: with the handler from
    # before, which by default would end the process before its thread pools are done.
    _when_asked_to_stop(lambda: None)
    with counting_refusals(refusals), _listening(settings.host, settings.port) as listener:
        logger.info("running on http://%s:%d", *listener.getsockname()[:2])
        server.run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections there; raises SettingsError."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"COCM_HOST and COCM_PORT can't be used ({error.strerror or 'no such host'}). Choose others."
        ) from None


def _serve_socket(bot: Bot, settings: Settings) -> None:
    from slack_bolt.adapter.socket_mode import SocketModeHandler  # noqa: PLC0415 - over HTTP nobody needs it

    stop = threading.Event()
    _when_asked_to_stop(stop.set)
    handler = SocketModeHandler(bot.bolt, _secret(settings.app_token), concurrency=ACKNOWLEDGING)
    with _probed(bot, settings):
        handler.connect()  # type: ignore[no-untyped-call]  # Bolt's own annotation is missing
        stop.wait()
    # Closing drops the connection at once: first let what came in get its answer over it.
    handler.client.message_workers.shutdown()
    # Closing waits for a lock that the receiving thread lets go for an instant every few seconds; on a busy
    # machine it may miss many of them, and what is still in hand is not to wait for that.
    closing = threading.Thread(target=handler.close, daemon=True)
    closing.start()
    closing.join(STOP_SECONDS)


@contextmanager
def _probed(bot: Bot, settings: Settings) -> Iterator[None]:
    """Answer the probes while the block runs, in a thread: nothing else comes in over HTTP."""
    server = uvicorn.Server(_server_config(probes_app(bot.ready, time.monotonic)))
    with _listening(settings.host, settings.port) as listener:
        logger.info("answering probes on http://%s:%d", *listener.getsockname()[:2])
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


def _server_config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        # The same wherever it runs, and bounded in what it reads of a request, whatever else is installed.
        http="h11",
        loop="asyncio",
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=KEPT_SECONDS,
    )


def _secret(setting: SecretStr | None) -> str:
    return setting.get_secret_value() if setting else ""


def _when_asked_to_stop(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
