"""ministack's DynamoDB behind as little HTTP as botocore needs: its own server spends more than it does.

What it does by the clock is left out: nothing expires. Nor does it count all items of the table at each one
it writes, which nobody here asks for, or search them for cycles, of which there are none worth it: both grow
with the table, until a client waits for seconds. JSON is read and written by what pydantic reads and writes
it with, and what follows from a text alone is remembered.

Run as `python -m tests.store.small_engine PORT` for one in a process of its own.
"""

import asyncio
import gc
import os
import socket
import sys
import threading
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache, partial
from http import HTTPStatus
from importlib import import_module
from itertools import count
from time import time
from typing import Any, NamedTuple
from unittest import mock

import uvloop
from pydantic_core import from_json, to_json

HEAD_END = b"\r\n\r\n"
TEXTS = 1 << 16
"""The texts of which it is remembered what follows from them."""
SETTINGS = {"SERVICES": "dynamodb", "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "LOG_LEVEL": "ERROR"}
"""The settings of a ministack that is DynamoDB alone."""


class _Json:
    """As much of Python's module of that name as ministack uses."""

    JSONDecodeError = ValueError
    loads = staticmethod(from_json)

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        return to_json(value).decode()


class Answer(NamedTuple):
    """The status, the headers and the body of an answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Engine:
    """An engine with tables of its own, for any number of threads."""

    def __init__(self) -> None:
        self._dynamodb = _own_dynamodb()
        self._numbers = count(1)
        self._lock = threading.Lock()

    def answer(self, target: str, body: bytes) -> Answer:
        """Answer a request, whole before the next; `target` is its X-Amz-Target."""
        asked = self._dynamodb.handle_request("POST", "/", {"x-amz-target": target}, body, {})
        with self._lock:
            try:
                asked.send(None)
            except StopIteration as done:
                status, found, said = done.value
            else:
                raise AssertionError("ministack waits for something: it has to be served by a loop")
        content = said if isinstance(said, bytes) else said.encode()
        headers = {
            **found,
            "Content-Length": str(len(content)),
            "Date": _date(int(time())),
            "x-amzn-RequestId": f"{next(self._numbers):052X}",
        }
        return Answer(status, headers, content)


def _own_dynamodb() -> Any:
    """Return ministack's DynamoDB, read apart from the one that a demo in this process runs on."""
    with mock.patch.dict(os.environ, SETTINGS), mock.patch.dict(sys.modules):
        for name in [each for each in sys.modules if each.partition(".")[0] == "ministack"]:
            del sys.modules[name]
        responses: Any = import_module("ministack.core.responses")
        dynamodb: Any = import_module("ministack.services.dynamodb")
    dynamodb._update_counts = lambda _table: None
    dynamodb.json = responses.json = _Json
    for name in ("_tokenize", "_ddb_canonicalize_number"):
        setattr(dynamodb, name, lru_cache(TEXTS)(getattr(dynamodb, name)))
    return dynamodb


@lru_cache(1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


class Connection(asyncio.Protocol):
    """One client's connection: requests are answered one after the other, each whole before the next."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
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
            self._transport.write(_written(self._engine.answer(headers.get("x-amz-target", ""), body)))


def _headers(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in pairs}


def _written(answer: Answer) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{lines}\r\n".encode()
        + answer.content
    )


def listen(engine: Engine) -> str:
    """Let other processes of this machine reach an engine as long as this one lives; returns its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    served = _served(engine, listener)
    threading.Thread(target=uvloop.run, args=(served,), name="engine", daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def _served(engine: Engine, listener: socket.socket) -> None:
    server = await asyncio.get_running_loop().create_server(partial(Connection, engine), sock=listener)
    await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    gc.disable()
    uvloop.run(_served(Engine(), socket.create_server(("127.0.0.1", int(sys.argv[1])))))


if __name__ == "__main__":
    main()
