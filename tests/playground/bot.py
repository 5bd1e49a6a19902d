"""A tiny bot behind a real HTTP server: records what Slack sends, answers as a test asks."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

Answer = tuple[int, Any]
"""Status and body: "" for none, a text, or something to send as JSON."""


@dataclass
class Heard:
    """One request: its headers, its body as sent, and what the body says."""

    headers: dict[str, str]
    body: str
    payload: dict[str, Any]

    @property
    def kind(self) -> str:
        """The command, the interaction's type, or the event's type."""
        inner = self.payload.get("event", self.payload)
        return str(inner.get("command") or inner["type"])


@dataclass
class TinyBot:
    """Answers 200 and nothing, unless `answers` holds something for the kind of request."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: dict[str, Callable[[dict[str, Any]], Answer]] = field(default_factory=dict)

    def on(self, kind: str, answer: Any = "", status: int = 200) -> None:
        """Answer requests of this kind so."""
        self.answers[kind] = lambda _payload: (status, answer)

    def when(self, kind: str, act: Callable[[dict[str, Any]], Answer]) -> None:
        """Answer requests of this kind with what `act` makes of the payload."""
        self.answers[kind] = act

    def last(self, kind: str) -> dict[str, Any]:
        """The payload of the latest request of a kind."""
        return next(heard.payload for heard in reversed(self.heard) if heard.kind == kind)

    def take(self, headers: dict[str, str], body: str) -> Answer:
        heard = Heard(headers, body, _payload(headers, body))
        self.heard.append(heard)
        answer = self.answers.get(heard.kind)
        return answer(heard.payload) if answer else (200, "")


@contextmanager
def running_bot() -> Iterator[TinyBot]:
    bot = TinyBot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = bot.take(headers, self.rfile.read(length).decode())
            as_text = isinstance(answer, str)
            content = (answer if as_text else json.dumps(answer)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if as_text else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # Slack has stopped waiting
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    bot.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        yield bot
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _payload(headers: dict[str, str], body: str) -> dict[str, Any]:
    if headers["content-type"].startswith("application/json"):
        said: dict[str, Any] = json.loads(body)
        return said
    form = dict(parse_qsl(body, keep_blank_values=True))
    return json.loads(form["payload"]) if "payload" in form else form
