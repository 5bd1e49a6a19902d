"""Serving a workspace over HTTP from a background thread of this process."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from cocm_bot.playground.servers.endpoints import app_for
from cocm_bot.playground.servers.threads import listen, served
from cocm_bot.playground.state import ACK_SECONDS
from cocm_bot.playground.workspace import SIGNING_SECRET, Workspace


@contextmanager
def running_workspace(
    *,
    port: int = 0,
    bot_url: str = "",
    signing_secret: str = SIGNING_SECRET,
    now: Callable[[], float] = time.time,
    ack_seconds: float = ACK_SECONDS,
) -> Iterator[Workspace]:
    """A workspace that answers at `workspace.api_url` while the block runs; port 0 takes any free one."""
    workspace = Workspace(bot_url=bot_url, signing_secret=signing_secret, now=now, ack_seconds=ack_seconds)
    with serving(workspace, port):
        yield workspace


@contextmanager
def serving(workspace: Workspace, port: int = 0, app: ASGIApp | None = None) -> Iterator[None]:
    """Serve a workspace on this machine only, until the block ends; calls kept waiting are then let go.

    `app` is given where more than the workspace's own app is to be served.
    """
    # bound here, so that the address is known, and taken, before anyone is given it
    listener, workspace.base_url = listen(port)
    with served(app or app_for(workspace), listener, grace=2):
        try:
            yield
        finally:
            workspace.closing.set()
