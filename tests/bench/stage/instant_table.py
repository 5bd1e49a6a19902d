"""A table that answers at once: ministack, with the answers to reads kept until what they read is written.

A query is answered a megabyte at a time, as by DynamoDB; ministack gives all of it at once. Run as
`python -m tests.bench.stage.instant_table PORT`. `GET /_counted` gives the requests and the read units since
it was last asked: 4 KB a unit for a consistent read of the table, half of that for one of the index.
"""

import json
import math
import sys
from collections import Counter
from typing import Any

import uvicorn
from ministack.app import app as engine  # type: ignore[import-untyped]  # it has no types
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

READS = frozenset({"GetItem", "BatchGetItem", "Query"})
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
UNIT = 4096
MOST = 5000
"""Answers that are kept."""
PAGE = 1_000_000
"""The most bytes of items in a page of a query."""
PLACES = ("PK", "SK", "GSI1PK", "GSI1SK")
"""The attributes that say where a page ended."""


class InstantTable:
    """Answers reads from memory while nothing was written to what they read."""

    def __init__(self) -> None:
        self._answers: dict[bytes, tuple[dict[str, int], bytes, float]] = {}
        self._queries: dict[bytes, tuple[dict[str, int], Found]] = {}
        self._versions: Counter[str] = Counter()
        self._counted: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.url.path == "/_counted":
            counted, self._counted = self._counted, Counter()
            return JSONResponse({name: round(value, 1) for name, value in counted.items()})
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        body = await request.body()
        self._counted["requests"] += 1
        if operation not in READS:
            if operation in WRITES:
                self._versions.update(_texts(json.loads(body)))
            return await _asked(request.scope, body)
        kept = self._answers.get(body)
        if kept is None or any(self._versions[name] != version for name, version in kept[0].items()):
            read = {name: self._versions[name] for name in _texts(json.loads(body))}
            answer = await self._page(request.scope, body) if operation == "Query" else None
            answer = answer or await _asked(request.scope, body)
            if answer.status_code != 200:
                return answer
            content = bytes(answer.body)
            kept = read, content, units(operation, json.loads(body), json.loads(content))
            if len(self._answers) >= MOST:
                self._answers.clear()
            self._answers[body] = kept
        _, content, read_units = kept
        self._counted["units"] += read_units  # type: ignore[assignment]  # halves count too
        return Response(content, media_type="application/x-amz-json-1.0")

    async def _page(self, scope: Scope, body: bytes) -> Response | None:
        """A page of a query; None where the engine's own answer is it."""
        asked = json.loads(body)
        start, most = asked.pop("ExclusiveStartKey", None), asked.pop("Limit", math.inf)
        query = json.dumps(asked, sort_keys=True).encode()
        kept = self._queries.get(query)
        if kept is None or any(self._versions[name] != version for name, version in kept[0].items()):
            read = {name: self._versions[name] for name in _texts(asked)}
            answer = await _asked(scope, query)
            if answer.status_code != 200:
                return None
            if len(self._queries) >= MOST:
                self._queries.clear()
            kept = self._queries[query] = read, Found(json.loads(bytes(answer.body))["Items"])
        page = kept[1].page(start, most)
        return Response(json.dumps(page).encode(), media_type="application/x-amz-json-1.0")


class Found:
    """The items a query finds, given a page at a time."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self._items = items
        self._sizes = [size({"M": item}) for item in items]
        self._after = {json.dumps(_place(item)): number for number, item in enumerate(items, 1)}

    def page(self, start: dict[str, Any] | None, most: float) -> dict[str, Any]:
        """DynamoDB's answer: as much as a page holds of what comes after `start`."""
        first = (
            self._after[json.dumps({name: start[name] for name in PLACES if name in start})] if start else 0
        )
        last, held = first, 0
        while last < len(self._items) and held < PAGE and last - first < most:
            held += self._sizes[last]
            last += 1
        page: dict[str, Any] = {"Items": self._items[first:last], "Count": last - first}
        if last < len(self._items) or last - first == most:
            page["LastEvaluatedKey"] = _place(self._items[last - 1])
        return page


def _place(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in PLACES if name in item}


async def _asked(scope: Scope, body: bytes) -> Response:
    """The engine's answer."""
    content, status = bytearray(), [500]

    async def give() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def keep(message: Message) -> None:
        status[0] = message.get("status", status[0])
        content.extend(message.get("body", b""))

    await engine(scope, give, keep)
    return Response(bytes(content), status[0], media_type="application/x-amz-json-1.0")


def _texts(value: Any) -> set[str]:
    """Every text among the values of a request: the partitions it names are among them."""
    match value:
        case {"S": str(text)}:
            return {text}
        case dict():
            return {text for each in value.values() for text in _texts(each)}
        case list():
            return {text for each in value for text in _texts(each)}
    return set()


def units(operation: str, asked: dict[str, Any], answer: dict[str, Any]) -> float:
    """The read units of an answer, by AWS's rules."""
    consistent = asked.get("ConsistentRead", "RequestItems" in asked)
    each = 1.0 if consistent else 0.5
    if operation == "BatchGetItem":
        found = [item for items in answer["Responses"].values() for item in items]
        return sum(each * math.ceil(max(1, size({"M": item})) / UNIT) for item in found)
    found = answer.get("Items", [answer["Item"]] if answer.get("Item") else [])
    return each * math.ceil(max(1, sum(size({"M": item}) for item in found)) / UNIT)


def size(value: dict[str, Any]) -> int:
    """Return how many bytes DynamoDB counts for a value, by the rules it publishes."""
    (kind, held), *_ = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return len(held.strip("-").replace(".", "")) // 2 + 2
        case "L":
            return 3 + sum(1 + size(each) for each in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + size(each) for name, each in held.items())
    return 1


def main() -> None:
    """Serve until ended."""
    uvicorn.run(
        InstantTable(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        lifespan="off",
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
