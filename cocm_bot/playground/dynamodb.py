"""DynamoDB inside this process, for the demo: moto behind a lock, with a record of every call."""

import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moto.backends import get_backend
from moto.server import create_backend_app
from werkzeug.serving import make_server

_HOST = "127.0.0.1"
KEPT = 5000
"""How many calls are remembered."""

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


@dataclass(frozen=True)
class TableCall:
    """One call of the table: `index` is None when the table itself was asked.

    `items` counts what was read or written, `started` is real epoch seconds, `seconds` the time to the answer,
    `error` DynamoDB's own word when it refused.
    """

    operation: str
    table: str
    index: str | None
    items: int
    started: float
    seconds: float
    error: str | None


class Engine:
    """A running engine: where it answers, and what it was asked."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
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
    """An empty DynamoDB on this machine, until the block ends; what it held is then gone."""
    # every request would be logged at INFO, with nothing in it that the record does not hold
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    engine = Engine("")
    application = _recorded(create_backend_app("dynamodb").wsgi_app, engine)
    server = make_server(_HOST, 0, application, threaded=True)
    engine.endpoint = f"http://{_HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, name="dynamodb", daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        for region in get_backend("dynamodb").values():
            for backend in region.values():
                backend.reset()


def _recorded(application: Application, engine: Engine) -> Application:
    # moto's transactions copy the whole table and put it back on failure: one call at a time.
    one_at_a_time = threading.Lock()

    def serve(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_ORIGIN" in environ:  # a page in a browser: nothing it could want here is its business
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"not for browsers"]
        asked = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(asked)
        started = time.time()
        with one_at_a_time:
            answer = b"".join(application(environ, start_response))
        operation = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
        engine.record(_call(operation, _object(asked), _object(answer), started, time.time() - started))
        return [answer]

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
