"""Slack's requests over HTTP, and the two questions a load balancer asks.

Whatever comes from outside is bounded first, then its signature is checked over the raw bytes, and only then
is it parsed: nobody but Slack makes the bot parse anything. The event loop only gathers the bytes.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Protocol

from anyio import CapacityLimiter, to_thread
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_starlette_response
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cocm_bot.logs import where
from cocm_bot.slack.runtime.server.pools import ACKNOWLEDGING, Arrivals
from cocm_bot.slack.runtime.server.readiness import Answers, never, probes
from cocm_bot.slack.runtime.server.signature import Refusal, RefusalLog, Refused, signed_headers, verify
from cocm_bot.telemetry.instruments import instruments

LARGEST_BODY = 1_000_000
"""Bytes; Slack's own payloads stay well below."""
LONGEST_LENGTH = 9
"""Digits of the length a request may give."""
BODY_SECONDS = 10
"""Seconds a body may take to arrive; Slack itself gives up after 3."""

OBJECTS = ("user", "team", "channel", "event", "view", "message", "container")
"""Fields of a payload that hold an object wherever they are given."""
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "block_actions": "actions",
        "event_callback": "event",
        "view_closed": "view",
        "view_submission": "view",
    }
)
"""The field without which a payload of a type says nothing."""

KINDS = frozenset({*NEEDED, "block_suggestion", "command", "shortcut"})
"""The kinds of payload whose times are counted apart."""

STATUS: Mapping[Refusal, int] = MappingProxyType(
    {
        Refusal.UNSIGNED: 401,
        Refusal.STALE: 401,
        Refusal.BAD_SIGNATURE: 401,
        Refusal.MALFORMED: 400,
        Refusal.TOO_LARGE: 413,
        Refusal.SLOW: 408,
    }
)

logger = logging.getLogger(__name__)


class Dispatching(Protocol):
    """Answers Slack's requests: a Bolt app, or what finds the one that a request is for."""

    def dispatch(self, req: BoltRequest, /) -> BoltResponse:
        """Return the acknowledgement of a request."""


def http_app(
    bolt: Dispatching,
    ready: Callable[[], Answers],
    secret: str,
    *,
    clock: Callable[[], float] = time.monotonic,
    refusals: RefusalLog | None = None,
    stopping: Callable[[], bool] = never,
    arrivals: Arrivals | None = None,
    pages: Sequence[Route] = (),
) -> Starlette:
    """Return the web application; `ready` says what the bot depends on, and how each is now.

    `secret` is the app's signing secret; `clock` counts seconds from anywhere. What is refused is logged with
    `refusals`, which the server may share. `arrivals` counts each request until it is acknowledged, and
    `pages` are for browsers.
    """
    coming = arrivals or Arrivals()
    # Threads of their own: those that wait for an answer are fewer than all, so that none waits for them.
    acknowledging = CapacityLimiter(ACKNOWLEDGING)
    refused_here = refusals or RefusalLog(clock)

    def taken(request: Request, timestamp: bytes, signature: bytes, body: bytes) -> BoltResponse:
        verify(secret.encode(), timestamp, signature, body)
        asked, began = _read(body, request), time.monotonic()
        try:
            return bolt.dispatch(asked)
        except Exception as error:  # noqa: BLE001 - what Bolt could not even find a listener for
            logger.warning("unreadable error=%s at=%s", type(error).__name__, where(error))
            raise Refused(Refusal.MALFORMED) from None
        finally:
            seconds, kind = time.monotonic() - began, str(asked.body.get("type", "command"))
            instruments().ack_seconds.record(seconds, {"kind": kind if kind in KINDS else "other"})

    async def events(request: Request) -> Response:
        try:
            timestamp, signature = signed_headers(request.headers.raw, time.time())
            body = await _body(request)
            # Bolt's sync app blocks until it can acknowledge: never on the event loop.
            answer = partial(taken, request, timestamp, signature, body)
            with coming.in_hand():
                return to_starlette_response(await to_thread.run_sync(answer, limiter=acknowledging))
        except Refused as refused:
            refused_here.note(refused.refusal)
            return PlainTextResponse(refused.refusal, STATUS[refused.refusal])
        except ClientDisconnect:
            return PlainTextResponse("gone", 400)

    slack = Route("/slack/events", events, methods=["POST"])
    return Starlette(routes=[slack, *pages, *probes(ready, clock, stopping)])


async def _body(request: Request) -> bytes:
    """The whole body, whether it says its length or not; raises Refused or ClientDisconnect."""
    length = request.headers.get("content-length", "0")
    if len(length) > LONGEST_LENGTH or (length.isdecimal() and int(length) > LARGEST_BODY):
        raise Refused(Refusal.TOO_LARGE)
    chunks, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise Refused(Refusal.TOO_LARGE)
                chunks.append(chunk)
    except TimeoutError:
        raise Refused(Refusal.SLOW) from None
    return b"".join(chunks)


def _read(body: bytes, request: Request) -> BoltRequest:
    """A signed body as Bolt takes it; raises Refused for what Slack does not send."""
    try:
        read = BoltRequest(body=body.decode(), headers=dict(request.headers))
    except Exception:  # noqa: BLE001 - Bolt reads by hand: what is not as it expects fails in many ways
        raise Refused(Refusal.MALFORMED) from None
    if not _is_slacks(read.body):
        raise Refused(Refusal.MALFORMED)
    return read


def _is_slacks(body: object) -> bool:
    """Return whether a body has the shape of Slack's, as far as Bolt takes it for granted."""
    if not isinstance(body, dict) or not body:
        return False
    if any(not isinstance(body.get(name) or {}, dict) for name in OBJECTS):
        return False
    actions = body.get("actions", [{}])
    listed = isinstance(actions, list) and actions and all(isinstance(each, dict) for each in actions)
    needed = NEEDED.get(str(body.get("type")))
    return bool(listed) and (needed is None or bool(body.get(needed)))
