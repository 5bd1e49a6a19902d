"""Measure how far this process's clock is from those of its servers, by the Date of their answers."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

MOST_SECONDS = 60.0
"""A clock that is further off than this is wrong: leases and local days no longer mean the same to all."""


class Drift:
    """Compares a clock with what servers say; `now` returns aware UTC."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead: dict[str, float] = {}

    def hear(self, server: str, date: str | None) -> None:
        """Take in the Date header of an answer that has just come; one that is no date says nothing."""
        try:
            said = parsedate_to_datetime(date or "")
            self._ahead[server] = (self._now() - said).total_seconds()
        except (TypeError, ValueError):
            # No date, or one without a zone, which can't be compared.
            return

    def seconds(self, server: str) -> float | None:
        """Return how far the clock is ahead of a server's, in seconds; None while it has said nothing."""
        return self._ahead.get(server)

    def off(self, server: str) -> bool:
        """Return whether the clock is wrong by what a server said last."""
        return abs(self._ahead.get(server, 0.0)) > MOST_SECONDS

    @property
    def ahead(self) -> float:
        """Seconds that the clock is ahead, negative if behind, of the server it is furthest from.

        0.0 within the minute that is allowed, and while no server has said anything.
        """
        furthest = max(self._ahead.values(), key=abs, default=0.0)
        return furthest if abs(furthest) > MOST_SECONDS else 0.0
