"""ministack's DynamoDB behind as little HTTP as botocore needs: its own server spends more than it does.

Run as `python -m tests.store.engine_process PORT`. What it does by the clock is left out: nothing expires.
Nor does it count all items of the table at each one it writes, which nobody here asks for, or search them
for cycles, of which there are none worth it: both grow with the table, until a client waits for seconds.
JSON is read and written by what pydantic reads and writes it with, and what follows from a text alone is
remembered.
"""

import asyncio
import gc
import sys
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from itertools import count
from time import time
from typing import Any

import uvloop
from ministack.core import responses  # type: ignore[import-untyped]  # it has no types
from ministack.services import dynamodb  # type: ignore[import-untyped]  # the same
from pydantic_core import from_json, to_json

_NUMBERS = count(1)
HEAD_END = b"\r\n\r\n"
TEXTS = 1 << 16
"""The texts of which it is remembered what follows from them."""


class _Json:
    """As much of Python's module of that name as ministack uses."""

    JSONDecodeError = ValueError
    loads = staticmethod(from_json)

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        return to_json(value).decode()


class Connection(asyncio.Protocol):
    """One client's connection: requests are answered one after the other, each whole before the next."""

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (ends := self._received.find(HEAD_END)) >= 0:
            headers = _headers(self._received[:ends])
            begins = ends + len(HEAD_END)
            length = int(headers.get("content-length", "0"))
            if len(self._received) - begins < length:
                return
            body = self._received[begins : begins + length]
            self._received = self._received[begins + length :]
            self._transport.write(_answer(headers, body))


def _headers(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in pairs}


def _answer(headers: dict[str, str], body: bytes) -> bytes:
    asked = dynamodb.handle_request("POST", "/", headers, body, {})
    try:
        asked.send(None)
    except StopIteration as done:
        status, found, said = done.value
    else:
        raise AssertionError("ministack waits for something: it has to be served by a loop")
    content = said if isinstance(said, bytes) else said.encode()
    found |= {
        "Content-Length": len(content),
        "Date": _date(int(time())),
        "x-amzn-RequestId": f"{next(_NUMBERS):052X}",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in found.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode() + content


@lru_cache(1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


async def main() -> None:
    """Serve until ended."""
    gc.disable()
    dynamodb._update_counts = lambda _table: None
    dynamodb.json = responses.json = _Json
    for name in ("_tokenize", "_ddb_canonicalize_number"):
        setattr(dynamodb, name, lru_cache(TEXTS)(getattr(dynamodb, name)))
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
