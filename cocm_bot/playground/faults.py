"""Failures on demand: the next calls of a Web API method fail as Slack fails on a bad day."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One way for a call to go wrong.

    `error` is answered with `"ok": false`; `status` (500, 503, 429) as an HTTP error, with `retry_after`
    seconds for 429; with `page` the answer is that text instead of JSON; with `broken` the connection breaks
    off in the middle of the answer. `hang` seconds pass before anything is answered. With `applied` the call
    takes effect before its answer is lost.
    """

    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    hang: float = 0.0
    applied: bool = False
    page: str = ""
    broken: bool = False

    @property
    def failing(self) -> bool:
        """Return whether the call goes wrong, and is not only slow."""
        return bool(self.error or self.page) or self.broken or self.status != 200


class Faults:
    """The failures still to come, per method."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = {}
        self._lock = threading.Lock()

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        error: str | None = None,
        status: int = 200,
        retry_after: int | None = None,
        hang: float = 0.0,
        applied: bool = False,
        page: str = "",
        broken: bool = False,
    ) -> None:
        """Make the next `times` calls of a method ("views.open", "response_url", "upload") fail as described.

        A `retry_after` alone means a rate-limit answer; `hang` alone a call answered late, but well.
        """
        if retry_after is not None:
            status, error = 429, "ratelimited"
        fault = Fault(error, status, retry_after, hang, applied, page, broken)
        with self._lock:
            self._waiting.setdefault(method, []).extend([fault] * times)

    def clear(self) -> None:
        """Forget every failure still to come."""
        with self._lock:
            self._waiting.clear()

    def next(self, method: str) -> Fault | None:
        """The failure this call meets, which is then used up; None when it goes well."""
        with self._lock:
            waiting = self._waiting.get(method)
            return waiting.pop(0) if waiting else None
