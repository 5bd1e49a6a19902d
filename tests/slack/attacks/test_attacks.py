"""Attacks on the one address that is open to the world: each is refused, and nothing of it is read."""

import asyncio
import gzip
import hmac
import io
import json
import logging
import socket
import time
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import pytest
import urllib3
import uvicorn
from slack_bolt import App, BoltRequest, BoltResponse

from cocm_bot.playground import cast
from cocm_bot.slack.runtime.server import http
from cocm_bot.slack.runtime.server.http import LARGEST_BODY, http_app
from cocm_bot.slack.runtime.server.readiness import Health
from cocm_bot.slack.runtime.server.signature import LOG_SECONDS, Refusal, RefusalLog, counting_refusals
from tests.rig.clinic import Clinic

T = TypeVar("T")

SECRET = "a signing secret for these tests"
FORM = "application/x-www-form-urlencoded"
NAME = "Zephyrine"
COMMAND = urlencode({"command": "/cocm", "text": NAME, "user_id": cast.MAYA, "team_id": cast.TEAM}).encode()

Headers = list[tuple[bytes, bytes]]


def now() -> str:
    return str(int(time.time()))


def signed(body: bytes, stamp: str | None = None, *, secret: str = SECRET, kind: str = FORM) -> Headers:
    """The headers Slack sends with a body."""
    at = (stamp or now()).encode()
    seal = hmac.digest(secret.encode(), b"v0:" + at + b":" + body, "sha256")
    return [
        (b"content-type", kind.encode()),
        (b"x-slack-request-timestamp", at),
        (b"x-slack-signature", b"v0=" + seal.hex().encode()),
    ]


def changed(headers: Headers, **values: bytes | None) -> Headers:
    """The headers with some replaced, by their last word, or left out."""
    kept = [(name, value) for name, value in headers if name.decode().rpartition("-")[2] not in values]
    last = {name.decode().rpartition("-")[2]: name for name, _ in headers}
    return kept + [(last[word], value) for word, value in values.items() if value is not None]


def scope(headers: Headers) -> dict[str, Any]:
    """A request as the server hands it on."""
    return {
        "type": "http",
        "method": "POST",
        "path": "/slack/events",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }


@dataclass
class Edge:
    """The web application with a Bolt app that only counts what reached it, and how much was read."""

    parsed: list[bytes] = field(default_factory=list)
    pulled: int = 0

    async def request(
        self, headers: Headers, chunks: Iterator[bytes], *, told_length: int | None = None
    ) -> int:
        """Send a request of these chunks; gives the status."""
        statuses: list[int] = []

        async def receive() -> MutableMapping[str, Any]:
            chunk = next(chunks, None)
            self.pulled += len(chunk or b"")
            return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        length = [] if told_length is None else [(b"content-length", str(told_length).encode())]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/slack/events",
            "query_string": b"",
            "root_path": "",
        }
        await self.app(scope | {"headers": headers + length}, receive, send)
        return statuses[0]

    def post(self, headers: Headers, body: bytes) -> int:
        """Send a whole body, with its length; gives the status."""
        return run(self.request(headers, iter([body]), told_length=len(body)))

    def __post_init__(self) -> None:
        bolt = App(
            token="xoxb-1",
            request_verification_enabled=False,
            token_verification_enabled=False,
            raise_error_for_unhandled_request=False,
        )

        def dispatch(request: BoltRequest) -> BoltResponse:
            self.parsed.append(request.raw_body.encode())
            return BoltResponse(status=200)

        setattr(bolt, "dispatch", dispatch)  # noqa: B010  (counts what gets through)
        self.app = http_app(bolt, lambda: {"table": Health.OK}, SECRET)


@pytest.fixture
def edge() -> Edge:
    return Edge()


def later(seconds: int) -> str:
    return str(int(time.time()) + seconds)


DEEP = b"payload=" + b"%5B" * 50_000
UNSIGNED: dict[str, tuple[Callable[[], tuple[Headers, bytes]], int]] = {
    "no headers": (lambda: ([], COMMAND), 401),
    "no signature": (lambda: (changed(signed(COMMAND), signature=None), COMMAND), 401),
    "no timestamp": (lambda: (changed(signed(COMMAND), timestamp=None), COMMAND), 401),
    "empty signature": (lambda: (changed(signed(COMMAND), signature=b""), COMMAND), 401),
    "empty timestamp": (lambda: (changed(signed(COMMAND), timestamp=b""), COMMAND), 400),
    "another secret": (lambda: (signed(COMMAND, secret="guess"), COMMAND), 401),
    "an empty secret": (lambda: (signed(COMMAND, secret=""), COMMAND), 401),
    "signature of another body": (lambda: (signed(COMMAND + b"&a=1"), COMMAND), 401),
    "body with something after it": (lambda: (signed(COMMAND), COMMAND + b"&user_id=U1"), 401),
    "6 minutes old": (lambda: (signed(COMMAND, later(-360)), COMMAND), 401),
    "6 minutes ahead": (lambda: (signed(COMMAND, later(360)), COMMAND), 401),
    "negative time": (lambda: (signed(COMMAND, "-1"), COMMAND), 400),
    "time with a fraction": (lambda: (signed(COMMAND, f"{now()}.0"), COMMAND), 400),
    "time in hexadecimal": (lambda: (signed(COMMAND, hex(int(now()))), COMMAND), 400),
    "time as nan": (lambda: (signed(COMMAND, "nan"), COMMAND), 400),
    "time with a thousand digits": (lambda: (signed(COMMAND, "9" * 1000), COMMAND), 400),
    "time with an underscore": (lambda: (signed(COMMAND, f"{now()[:5]}_{now()[5:]}"), COMMAND), 400),
    "time with spaces": (lambda: (signed(COMMAND, f" {now()} "), COMMAND), 400),
    "time in superscript": (
        lambda: (changed(signed(COMMAND), timestamp="¹²³".encode("latin-1")), COMMAND),
        400,
    ),
    "time in Arabic digits": (
        lambda: (changed(signed(COMMAND), timestamp="١٧٠".encode()), COMMAND),
        400,
    ),
    "two timestamps": (
        lambda: ([*signed(COMMAND), (b"x-slack-request-timestamp", b"1")], COMMAND),
        400,
    ),
    "two signatures": (
        lambda: ([(b"x-slack-signature", b"v0=" + b"0" * 64), *signed(COMMAND)], COMMAND),
        400,
    ),
    "signature in capitals": (
        lambda: ([(n, v.upper() if n.endswith(b"signature") else v) for n, v in signed(COMMAND)], COMMAND),
        401,
    ),
    "signature cut short": (
        lambda: ([(n, v[:20] if n.endswith(b"signature") else v) for n, v in signed(COMMAND)], COMMAND),
        401,
    ),
    "signature beyond ASCII": (
        lambda: (changed(signed(COMMAND), signature="v0=é".encode()), COMMAND),
        401,
    ),
    "another version": (
        lambda: (changed(signed(COMMAND), signature=b"v1=" + b"0" * 64), COMMAND),
        401,
    ),
    "headers of a megabyte": (
        lambda: (changed(signed(COMMAND), signature=b"v0=" + b"0" * 1_000_000), COMMAND),
        401,
    ),
    "ssl_check without a signature": (
        lambda: ([(b"content-type", FORM.encode())], b"ssl_check=1&token=x"),
        401,
    ),
    "url_verification without a signature": (
        lambda: (
            [(b"content-type", b"application/json")],
            b'{"type":"url_verification","challenge":"x"}',
        ),
        401,
    ),
    "lazy function without a signature": (
        lambda: ([(b"x-slack-bolt-lazy-only", b"1"), (b"x-slack-bolt-lazy-function-name", b"f")], COMMAND),
        401,
    ),
    "retry without a signature": (lambda: ([(b"x-slack-retry-num", b"1")], COMMAND), 401),
    "gzip of what was signed": (lambda: (signed(COMMAND), gzip.compress(COMMAND)), 401),
    "empty and unsigned": (lambda: ([], b""), 401),
    "a bomb, unsigned": (lambda: (signed(DEEP, secret="guess"), DEEP), 401),
}
"""Requests that nobody signed: the way they are sent, and the answer."""

MALFORMED: dict[str, tuple[bytes, str, int]] = {
    "empty": (b"", FORM, 400),
    "blanks": (b"   ", FORM, 200),
    "no UTF-8": (b"text=\xff\xfe", FORM, 400),
    "gzip, signed as sent": (gzip.compress(COMMAND, mtime=0), FORM, 400),
    "a bomb of brackets": (DEEP, FORM, 400),
    "half a payload": (b"payload=%7B%22type%22", FORM, 400),
    "a payload that is a list": (b"payload=%5B%5D", FORM, 400),
    "a payload that is a number": (b"payload=1", FORM, 400),
    "an empty payload": (b"payload=", FORM, 400),
    "half of JSON": (b'{"type":', "application/json", 400),
    "JSON that is a list": (b"[1]", "application/json", 400),
    "JSON that is null": (b"null", "application/json", 400),
    "a user that is a word": (b'{"type":"event_callback","user":"x","team":7}', "application/json", 400),
    "an event that is a word": (b'{"type":"event_callback","event":"x"}', "application/json", 400),
    "authorizations that are a word": (b'{"authorizations":"x"}', "application/json", 400),
    "a form called JSON": (COMMAND, "application/json", 400),
    "JSON called text": (b'{"type":"x"}', "text/plain", 200),
    "a NUL": (b"text=%00", FORM, 200),
}
"""Requests somebody with the secret sends and Slack would not: the body, its content type, and the answer."""


def test_what_nobody_signed_reaches_no_parser(edge: Edge, capsys: pytest.CaptureFixture[str]) -> None:
    held = []
    for what, (made, status) in UNSIGNED.items():
        headers, body = made()
        assert (what, edge.post(headers, body)) == (what, status)
        held.append(what)
    assert edge.parsed == []
    with capsys.disabled():
        print(f"\nunsigned attacks: {len(UNSIGNED)} tried, {len(held)} held")


def test_what_is_signed_and_malformed_is_never_a_failure(
    edge: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {what: edge.post(signed(body, kind=kind), body) for what, (body, kind, _) in MALFORMED.items()}
    assert answers == {what: status for what, (_, _, status) in MALFORMED.items()}
    with capsys.disabled():
        print(f"\nsigned and malformed: {len(MALFORMED)} tried, {len(answers)} held")


def test_what_slack_signs_gets_through(edge: Edge) -> None:
    assert edge.post(signed(COMMAND), COMMAND) == 200
    assert edge.post(signed(COMMAND, later(-280)), COMMAND) == 200
    assert edge.post(signed(b"ssl_check=1"), b"ssl_check=1") == 200
    assert len(edge.parsed) == 3


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: in this one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def endless(chunk: bytes) -> Iterator[bytes]:
    while True:
        yield chunk


@pytest.mark.parametrize("told", [None, LARGEST_BODY + 1, 10**12], ids=["chunked", "told", "a terabyte"])
def test_a_body_without_end_is_read_no_further_than_the_bound(edge: Edge, told: int | None) -> None:
    status = run(edge.request(signed(b""), endless(b"a&" * 30_000), told_length=told))
    assert status == 413
    assert edge.pulled <= (LARGEST_BODY + 60_000 if told is None else 0)
    assert edge.parsed == []


def test_of_what_is_unsigned_or_stale_no_body_is_read(edge: Edge) -> None:
    for headers in ([], signed(COMMAND, later(-360)), changed(signed(COMMAND), timestamp=b"x")):
        assert run(edge.request(headers, endless(b"a&"))) in {400, 401}
    assert edge.pulled == 0


def test_a_body_that_does_not_come_is_given_up(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.01)

    async def never() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def attack() -> int:
        statuses: list[int] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/slack/events",
            "query_string": b"",
            "root_path": "",
        }
        await edge.app(scope | {"headers": signed(COMMAND)}, never, send)
        return statuses[0]

    assert run(attack()) == 408


def test_eight_megabytes_of_forms_leave_the_loop_free(edge: Edge) -> None:
    """Between two chunks of any of them the loop answers others, and nothing of it is parsed."""
    body = b"a&" * (LARGEST_BODY // 2)
    forged = signed(body, secret="guess")

    async def attack() -> list[int]:
        chunks = (iter([body[at : at + 65_536] for at in range(0, len(body), 65_536)]) for _ in range(8))
        return list(await asyncio.gather(*(edge.request(forged, each) for each in chunks)))

    assert run(attack()) == [401] * 8
    assert edge.parsed == []


def test_a_cause_is_logged_once_a_minute_with_its_count(caplog: pytest.LogCaptureFixture) -> None:
    moment = [0.0]
    refusals = RefusalLog(lambda: moment[0])
    for _ in range(500):
        refusals.note(Refusal.STALE)
    refusals.note(Refusal.MALFORMED)
    moment[0] += LOG_SECONDS
    refusals.note(Refusal.STALE)
    assert [record.getMessage() for record in caplog.records] == [
        "refused cause=stale count=1",
        "refused cause=malformed count=1",
        "refused cause=stale count=500",
    ]


def test_the_served_bot_holds_against_all_of_them_at_once(log: io.StringIO, clinic: Clinic) -> None:
    """Over real connections: eight forged megabytes, half of them in chunks; `/healthz` answers meanwhile."""
    body = b"a&" * (LARGEST_BODY // 2)
    headers = {name.decode(): value.decode() for name, value in signed(body, secret="guess")}

    def attack(number: int) -> int:
        sent = iter([body]) if number % 2 else body
        return urllib3.request("POST", f"{clinic.url}/slack/events", body=sent, headers=headers).status

    with ThreadPoolExecutor(8) as attackers:
        attacks = attackers.map(attack, range(8))
        healthy = [urllib3.request("GET", f"{clinic.url}/healthz").status for _ in range(8)]
        assert list(attacks) == [401] * 8
    assert healthy == [200] * 8
    lines = [line for line in log.getvalue().splitlines() if "refused cause" in line]
    assert len(lines) == 1
    assert lines[0].endswith("refused cause=bad_signature count=1")


ASKED = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
RAW = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "headers without end": ASKED + b"X-A: " + b"a" * 200_000,
    "two lengths": ASKED + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length below zero": ASKED + b"Content-Length: -1\r\n\r\n",
    "chunks of no size": ASKED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "an encoding nobody knows": ASKED + b"Transfer-Encoding: gzip\r\n\r\n",
}


@pytest.mark.parametrize("what", RAW)
def test_what_is_no_http_is_refused_by_the_server(clinic: Clinic, what: str) -> None:
    address = urlsplit(clinic.url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=20)) as attacker:
        try:
            attacker.sendall(RAW[what])
            answered = attacker.recv(64)
        except ConnectionError:
            answered = b""
    assert answered[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 501"}
    assert urllib3.request("GET", f"{clinic.url}/healthz").status == 200


def test_what_is_no_http_is_one_line_a_minute_with_nothing_of_it(log: io.StringIO) -> None:
    moment = [1000.0]
    refusals = RefusalLog(lambda: moment[0])
    app = http_app(App(token="xoxb-1", token_verification_enabled=False), dict, SECRET, refusals=refusals)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with (
        counting_refusals(refusals),
        closing(socket.create_server(("127.0.0.1", 0))) as listener,
        ThreadPoolExecutor(1) as thread,
    ):
        address = listener.getsockname()
        running = thread.submit(server.run, sockets=[listener])
        try:
            for _ in range(20):
                asked(
                    address, b"GET /" + NAME.encode() + b"\xff HTTP/9.x\r\n\x00" + NAME.encode() + b"\r\n\r\n"
                )
            for name in ("httptools_impl.py", "h11_impl.py"):
                said = logging.LogRecord("uvicorn.error", logging.WARNING, name, 1, NAME, (), None)
                logging.getLogger("uvicorn.error").handle(said)
            moment[0] += LOG_SECONDS
            asked(address, b"\x16\x03\x01" + NAME.encode() + b"\r\n\r\n")
        finally:
            server.should_exit = True
            running.result()
    lines = [line.partition("signature ")[2] for line in log.getvalue().splitlines()]
    assert lines == ["refused cause=malformed count=1", "refused cause=malformed count=22"]


def asked(address: tuple[str, int], raw: bytes) -> bytes:
    """Return the server's answer to these bytes, until it closes the connection."""
    with closing(socket.create_connection(address, timeout=20)) as attacker:
        attacker.sendall(raw)
        attacker.shutdown(socket.SHUT_WR)
        return attacker.recv(4096)


def test_a_signed_payload_of_the_wrong_shapes_is_no_failure(clinic: Clinic) -> None:
    """Any other value in the place of what Slack puts in a field: never 500."""
    whole: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": cast.MAYA},
        "team": {"id": cast.TEAM},
        "actions": [{"action_id": "card-log", "block_id": "x", "type": "button", "value": "K7Q4"}],
        "view": {"id": "V1", "type": "modal", "title": {"text": "x"}, "hash": "1", "private_metadata": "{}"},
        "trigger_id": "1",
        "response_url": f"{clinic.workspace.base_url}/nowhere",
    }
    wrong: list[Any] = ["x", 7, [], {}, [7], None]
    bodies = [whole | {name: value} for name in whole for value in wrong]
    bodies += [
        {"type": kind, "view": value} for kind in ("view_submission", "view_closed") for value in wrong
    ]
    bodies += [{"type": kind} for kind in ("block_actions", "block_suggestion", "shortcut", "message_action")]
    statuses = set()
    for body in bodies:
        text = urlencode({"payload": json.dumps(body)}).encode()
        headers = {n.decode(): v.decode() for n, v in signed(text, secret=clinic.workspace.signing_secret)}
        status = urllib3.request("POST", f"{clinic.url}/slack/events", body=text, headers=headers).status
        statuses.add(status)
    assert statuses <= {200, 400, 404}
