"""Slack's requests over HTTP, and the two questions a load balancer asks."""

from collections.abc import Callable

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

CLOCK = "clock"
FAULTS = {CLOCK: "wrong by more than a minute"}
"""How the parts are degraded that don't just give no answer."""
LARGEST_BODY = 1_000_000
"""Bytes; Slack's own payloads stay well below."""


def http_app(bolt: App, ready: Callable[[], dict[str, bool]]) -> Starlette:
    """The web application; `ready` says what the bot depends on, and whether each answers now."""

    async def events(request: Request) -> Response:
        try:
            body = await _body(request)
            text = body.decode()
        except ClientDisconnect:
            return PlainTextResponse("gone", 400)
        except UnicodeDecodeError:
            return PlainTextResponse("not UTF-8", 400)
        except _TooLarge:
            return PlainTextResponse("too large", 413)
        asked = BoltRequest(body=text, headers=dict(request.headers))
        # Bolt's sync app blocks until it can acknowledge: never on the event loop.
        return to_starlette_response(await run_in_threadpool(bolt.dispatch, asked))

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        answers = await run_in_threadpool(ready)
        lines = [
            f"{name}: {'ok' if fine else FAULTS.get(name, 'no answer')}" for name, fine in answers.items()
        ]
        return PlainTextResponse("\n".join(lines), 200 if all(answers.values()) else 503)

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ]
    )


class _TooLarge(Exception):
    """The body is longer than anything Slack sends."""


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise _TooLarge
        chunks.append(chunk)
    return b"".join(chunks)
