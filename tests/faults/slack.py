"""Faults between the bot and Slack, each by its name; those of the table are in `tests.store.faults`.

The stand-in answers badly by order; a time-out is raised where the request would leave, so that nobody waits.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest import mock
from urllib.request import OpenerDirector, Request

from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ReadTimeoutError

from cocm_bot.playground.state import State
from cocm_bot.slack.runtime.client.failures import LATE, SILENT, WRONG

WAIT = "Slack asks me to wait 30 seconds. Please try again after that."
WAIT_A_MOMENT = "Slack asks me to wait 1 second. Please try again after that."
FOR_EVER = 10_000


class Failure(NamedTuple):
    """One way for Slack to fail, the sentence a person sees for it, and whether a second call may go well."""

    said: str
    passing: bool
    fault: Mapping[str, Any] | None
    """The failure ordered of the stand-in; None for a request that never arrives."""


FAILURES: Mapping[str, Failure] = MappingProxyType(
    {
        "500": Failure(SILENT, True, {"error": "internal_error", "status": 500}),
        "429 for a second": Failure(WAIT_A_MOMENT, True, {"retry_after": 1}),
        "429 for half a minute": Failure(WAIT, False, {"retry_after": 30}),
        "timeout": Failure(SILENT, True, None),
        "connection reset": Failure(SILENT, True, {"broken": True}),
        "no JSON": Failure(SILENT, True, {"page": "<html>Welcome</html>"}),
        "bad gateway": Failure(SILENT, True, {"page": "<html>Bad gateway</html>", "status": 502}),
        "expired_trigger_id": Failure(LATE, False, {"error": "expired_trigger_id"}),
        "invalid_blocks": Failure(WRONG, False, {"error": "invalid_blocks"}),
    }
)


@contextmanager
def failing(workspace: State, method: str, failure: Failure, *, always: bool) -> Iterator[None]:
    """Let the next call of a method, or every one, fail while the block runs."""
    times = FOR_EVER if always else 1
    if failure.fault is None:
        with _timing_out(method, times):
            yield
        return
    workspace.faults.fail(method, times=times, **failure.fault)
    try:
        yield
    finally:
        workspace.faults.clear()


@contextmanager
def _timing_out(method: str, times: int) -> Iterator[None]:
    left, lock = [times], threading.Lock()
    paths = {"response_url": "/respond/", "upload": "/upload/", "download": "/files/"}
    path = paths.get(method, f"/api/{method}")

    def arrives(url: str) -> bool:
        if path not in url:
            return True
        with lock:
            left[0] -= 1
        return left[0] < 0

    urlopen, opened = HTTPConnectionPool.urlopen, OpenerDirector.open

    def send(pool: HTTPConnectionPool, method: str, url: str, *arguments: Any, **given: Any) -> Any:
        if not arrives(url):
            raise ReadTimeoutError(pool, url, "")
        return urlopen(pool, method, url, *arguments, **given)

    def fetch(opener: OpenerDirector, asked: Request, *arguments: Any, **given: Any) -> Any:
        if not arrives(asked.full_url):
            raise TimeoutError
        return opened(opener, asked, *arguments, **given)

    with (
        mock.patch.object(HTTPConnectionPool, "urlopen", send),
        mock.patch.object(OpenerDirector, "open", fetch),
    ):
        yield


class Resting:
    """Pools that report when they have nothing in hand: then nothing more will come of what was asked."""

    def __init__(self) -> None:
        self._in_hand = 0
        self._changed = threading.Condition()

    def pool(self, *arguments: Any) -> ThreadPoolExecutor:
        """A pool, in the place of the bot's own."""
        resting = self

        class Counted(ThreadPoolExecutor):
            def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
                resting._count(1)
                future = super().submit(fn, *args, **kwargs)
                future.add_done_callback(lambda _: resting._count(-1))
                return future

        return Counted(*arguments)

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until nothing is in hand."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._in_hand == 0, seconds), "the bot does not rest"

    def _count(self, by: int) -> None:
        with self._changed:
            self._in_hand += by
            self._changed.notify_all()
