"""Serve Slack until asked to stop: over HTTP, or over Socket Mode with the probes beside it."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from cocm_bot.bootstrap import Bot, running_bot, secret_of, slack_client
from cocm_bot.config import Settings
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.draining import DrainingServer
from cocm_bot.jobs.clock.scheduler import ticking
from cocm_bot.jobs.gauges import GAUGES, gauges
from cocm_bot.opening import open_table, system_clock
from cocm_bot.operator_errors import SettingsError
from cocm_bot.slack.runtime.client.connections import Connections
from cocm_bot.slack.runtime.client.gateway import ANSWER_SECONDS, Gateway
from cocm_bot.slack.runtime.server.http import Dispatching, http_app
from cocm_bot.slack.runtime.server.pools import (
    ACKNOWLEDGING,
    Arrivals,
)
from cocm_bot.slack.runtime.server.readiness import Answers, probes_app
from cocm_bot.slack.runtime.server.signature import RefusalLog, counting_refusals
from cocm_bot.startup import check_audit_key, check_start
from cocm_bot.store import ticks
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table.ownership import require_ours
from cocm_bot.store.table.table import Table
from cocm_bot.telemetry.reporting import reporting

KEPT_SECONDS = 75
"""Seconds an idle connection is kept: longer than a balancer keeps it (60 at AWS), or it may send a click
into one that is being closed."""
BACKLOG = 2048
"""The number of connections that may wait to be taken."""
STOP_SECONDS = 10
"""Seconds that requests in flight may take to finish once the process is asked to stop."""

logger = logging.getLogger(__name__)


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
    check_start(table, Gateway(slack_client(settings, ANSWER_SECONDS, Connections())))
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
    from cocm_bot.workspaces import several_workspaces  # noqa: PLC0415 - only here are OAuth and the cipher needed

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
    secret = secret_of(settings.signing_secret)
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
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"COCM_HOST and COCM_PORT can't be used ({error.strerror or 'no such host'}). Choose others."
        ) from None
    # Each connection takes this over. Without it an answer's body waits until its head is confirmed: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _serve_socket(bot: Bot, settings: Settings) -> None:
    from slack_bolt.adapter.socket_mode import SocketModeHandler  # noqa: PLC0415 - over HTTP nobody needs it

    stop = threading.Event()
    _when_asked_to_stop(stop.set)
    handler = SocketModeHandler(bot.bolt, secret_of(settings.app_token), concurrency=ACKNOWLEDGING)
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


def _when_asked_to_stop(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
