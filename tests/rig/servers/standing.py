"""Servers that outlast a test: to start one and to end it takes longer than most tests do.

Each answers for one app at a time; between two it answers nobody.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cocm_bot.playground.servers.endpoints import app_for
from cocm_bot.playground.servers.threads import listen
from cocm_bot.playground.state import ACK_SECONDS
from cocm_bot.playground.workspace import Workspace
from tests.rig.servers.tls import Certificate

END_SECONDS = 10
"""Seconds that requests in hand may take once the app they belong to is to end."""
NOBODY = PlainTextResponse("nobody is here", 503)


class Standing:
    """A server in a thread of this process, for one app after another.

    The bot is served as in production, the stand-in for Slack by compiled parts, which are quicker.
    """

    def __init__(self, tls: Certificate | None, *, compiled: bool) -> None:
        self.app: ASGIApp = NOBODY
        self._in_hand = 0
        self._changed = threading.Condition()
        self._listener, plain = listen()
        self.url = plain.replace("http:", "https:") if tls else plain
        config = uvicorn.Config(
            self,
            log_config=None,
            access_log=False,
            lifespan="off",
            http="httptools" if compiled else "h11",
            loop="uvloop" if compiled else "asyncio",
            ssl_certfile=tls.chain if tls else None,
            ssl_keyfile=tls.key if tls else None,
        )
        server = uvicorn.Server(config)
        sockets = {"sockets": [self._listener]}
        threading.Thread(target=server.run, kwargs=sockets, name="standing", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count(1)
        try:
            await self.app(scope, receive, send)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._changed:
            self._in_hand += more
            self._changed.notify_all()

    def ended(self) -> bool:
        """Take no more requests for the app; returns whether those in hand came to their end."""
        self.app = NOBODY
        with self._changed:
            return self._changed.wait_for(lambda: not self._in_hand, END_SECONDS)


_idle: dict[tuple[Certificate | None, bool], list[Standing]] = defaultdict(list)


@contextmanager
def served(app: ASGIApp, tls: Certificate | None = None, *, compiled: bool = False) -> Iterator[str]:
    """The app over HTTP, or HTTPS with a certificate, while the block runs; gives its address."""
    idle = _idle[tls, compiled]
    server = idle.pop() if idle else Standing(tls, compiled=compiled)
    server.app = app
    try:
        yield server.url
    finally:
        # One that still has something in hand is not given to the next test.
        if server.ended():
            idle.append(server)


@contextmanager
def running_workspace(
    *,
    now: Callable[[], float] = time.time,
    ack_seconds: float = ACK_SECONDS,
    tls: Certificate | None = None,
) -> Iterator[Workspace]:
    """A workspace that answers at `workspace.api_url` while the block runs; calls kept waiting are let go."""
    workspace = Workspace(now=now, ack_seconds=ack_seconds)
    with served(app_for(workspace), tls, compiled=True) as workspace.base_url:
        try:
            yield workspace
        finally:
            workspace.closing.set()
