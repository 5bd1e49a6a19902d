"""DynamoDB inside this process, for the demo: ministack's, with a record of every call.

moto would do for a few items only: each of its transactions copies the whole table, which took seconds
with sixty patients.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cocm_bot.playground.servers.threads import listen, served

KEPT = 5000
"""The number of calls that are remembered."""


@dataclass(frozen=True)
class TableCall:
    """One call of the table: `index` is None when the table itself was asked.

    `items` counts what was read or written, `started` is real epoch seconds, `seconds` the time to the
    answer, `error` DynamoDB's own word when it refused.
    """

    operation: str
    table: str
    index: str | None
    items: int
    started: float
    seconds: float
    error: str | None


class Engine:
    """A running engine: where it answers, to whom, and what it was asked."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # an access key of twelve digits is an account to ministack, and each account has its own tables
        self.access_key = f"{secrets.randbelow(10**12):012}"
        self._calls: list[TableCall] = []
        self._lock = threading.Lock()

    def record(self, call: TableCall) -> None:
        """Remember a call; the oldest are forgotten."""
        with self._lock:
            self._calls.append(call)
            del self._calls[:-KEPT]

    def between(self, start: float, end: float) -> list[TableCall]:
        """The calls that began in a span of real epoch seconds, oldest first."""
        with self._lock:
            return [call for call in self._calls if start <= call.started <= end]


@contextmanager
def running_dynamodb() -> Iterator[Engine]:
    """An empty DynamoDB on this machine, until the block ends; what it held is then out of reach."""
    # imported late: on import it sets up logging if nobody did before
    from ministack.app import app  # type: ignore[import-untyped]  # noqa: PLC0415  (it has no types)

    listener, address = listen()
    engine = Engine(address)
    with served(_recorded(app, engine), listener):
        yield engine


def _recorded(app: ASGIApp, engine: Engine) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = request.headers.get("x-amz-target", "")
        # the engine could do more than DynamoDB, and a page of some site in a browser has no business here
        if "origin" in request.headers or not target.startswith("DynamoDB_"):
            await PlainTextResponse("DynamoDB's own clients only", 403)(scope, receive, send)
            return
        asked, answered = await request.body(), bytearray()
        started, operation = time.time(), target.rpartition(".")[2]

        async def give() -> Message:
            return {"type": "http.request", "body": asked, "more_body": False}

        async def keep(message: Message) -> None:
            answered.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                # before it goes out: who has the answer finds the call recorded
                answer, seconds = _object(bytes(answered)), time.time() - started
                engine.record(_call(operation, _object(asked), answer, started, seconds))
            await send(message)

        await app(scope, give, keep)

    return serve


def _call(
    operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any], started: float, seconds: float
) -> TableCall:
    error = str(answer["__type"]).rpartition("#")[2] if "__type" in answer else None
    tables = sorted(_tables(asked))
    items = _written(asked) + _read(answer)
    return TableCall(operation, ", ".join(tables), asked.get("IndexName"), items, started, seconds, error)


def _tables(asked: Mapping[str, Any]) -> set[str]:
    steps = [step for action in asked.get("TransactItems", []) for step in action.values()]
    named = {str(each["TableName"]) for each in [asked, *steps] if "TableName" in each}
    return named | set(asked.get("RequestItems", {}))


def _written(asked: Mapping[str, Any]) -> int:
    single = "Item" in asked or "UpdateExpression" in asked
    batches = [each for each in asked.get("RequestItems", {}).values() if isinstance(each, list)]
    return single + len(asked.get("TransactItems", [])) + sum(map(len, batches))


def _read(answer: Mapping[str, Any]) -> int:
    batches = answer.get("Responses", {})
    listed = batches.values() if isinstance(batches, dict) else [batches]
    return len(answer.get("Items", [])) + ("Item" in answer) + sum(map(len, listed))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
