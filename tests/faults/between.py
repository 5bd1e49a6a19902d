"""A server between the bot and the table or Slack, that lets requests through, or fails as ordered."""

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.rig.servers.tls import HERE, QuietServer, serving


@dataclass(frozen=True)
class Asked:
    """A request on its way: the table's operation, or Slack's method, and the body."""

    name: str
    body: bytes
    region: str = ""
    """The region that a request to the table is signed for."""
    key_id: str = ""
    """The name of the credentials that it is signed with."""


@dataclass(frozen=True)
class Said:
    """An answer in the place of the other's; one that is `cut` announces more than it brings."""

    status: int
    body: bytes
    cut: bool = False
    aws_request: str = ""
    """AWS's own name of the request."""


IN_TRANSACTIONS = {
    "PutItem": b'"Put":',
    "UpdateItem": b'"Update":',
    "DeleteItem": b'"Delete":',
    "ConditionCheckItem": b'"ConditionCheck":',
}
"""The words by which a transaction names the writes that a right is asked for."""

Fault = Callable[[Asked], Said | None]
"""Answers a request, or returns None to let it through."""


def well(_asked: Asked) -> None:
    """Let every request through."""


class Between(QuietServer):
    """Passes requests on to one address."""

    def __init__(self, target: str, tls: ssl.SSLContext | None) -> None:
        self.target = urlsplit(target)
        self.fault: Fault = well
        self.ahead = 0
        """Seconds that the clock over there is ahead of this machine's."""
        super().__init__(_Handler, tls)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Between

    def setup(self) -> None:
        super().setup()
        self._there: http.client.HTTPConnection | None = None

    def finish(self) -> None:
        if self._there:
            self._there.close()
        # The other side may be gone.
        with suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        name = operation or self.path.rpartition("/")[2].partition("?")[0]
        scope = self.headers.get("Authorization", "").split("/")
        region = scope[2] if len(scope) > 2 else ""
        asked = Asked(name, body, region, scope[0].rpartition("=")[2])
        said = self.server.fault(asked)
        if said is None:
            status, headers, content = self._passed_on(body)
        else:
            status, content = said.status, said.body
            headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", said.aws_request)]
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"date", "content-length", "connection", "server", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("Date", formatdate(time.time() + self.server.ahead, usegmt=True))
        cut = said is not None and said.cut
        self.send_header("Content-Length", str(len(content) + 100 * cut))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = self.close_connection or cut

    def _passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self._there is None:
            self._there = http.client.HTTPConnection(HERE, self.server.target.port or 80)
        kept = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        self._there.request(self.command, self.path, body, kept)
        answer = self._there.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def between(target: str, tls: ssl.SSLContext | None = None) -> Iterator[Between]:
    """Serve while the block runs."""
    server = Between(target, tls)
    with serving(server):
        yield server


def refusing(
    code: str, *, status: int = 400, message: str = "refused", aws_request: str = "", **also: Any
) -> Fault:
    """Let the table refuse every request."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **also})
    return lambda _: Said(status, body.encode(), aws_request=aws_request)


def once(fault: Fault) -> Fault:
    """Let a fault hit the first request that it is for, and no other."""
    hit, lock = [False], threading.Lock()

    def meet(asked: Asked) -> Said | None:
        with lock:
            said = None if hit[0] else fault(asked)
            hit[0] = hit[0] or said is not None
        return said

    return meet


def denying(action: str) -> Fault:
    """Deny one right of docs/iam.md, in transactions too: AWS asks for each write's own there."""
    part = IN_TRANSACTIONS.get(action)
    denied = refusing("AccessDeniedException")

    def deny(asked: Asked) -> Said | None:
        within = part and asked.name == "TransactWriteItems" and part in asked.body
        return denied(asked) if asked.name == action or within else None

    return deny


def conflicting(asked: Asked) -> Said | None:
    """Let each transaction meet another one."""
    if asked.name != "TransactWriteItems":
        return None
    reasons = [{"Code": "TransactionConflict"} for _ in json.loads(asked.body)["TransactItems"]]
    return refusing("TransactionCanceledException", CancellationReasons=reasons)(asked)


def building(asked: Asked) -> Said | None:
    """Have the index still being filled."""
    message = "Cannot read from backfilling global secondary index: caseload"
    return refusing("ValidationException", message=message)(asked) if b'"IndexName"' in asked.body else None


def elsewhere(asked: Asked) -> Said | None:
    """Have the table in one region alone, as AWS has."""
    return None if asked.region == "us-east-1" else refusing("ResourceNotFoundException")(asked)


def cutting(_asked: Asked) -> Said:
    """Break the answer off in its middle."""
    return Said(200, b'{"ok": ', cut=True)


def late(seconds: float) -> Fault:
    """Let every request through so many seconds late."""

    def wait(_asked: Asked) -> None:
        threading.Event().wait(seconds)

    return wait
