"""Keep posts at a pace: Slack takes some hundred a minute from an app in one workspace."""

import threading
from collections.abc import Callable

AT_ONCE = 20
"""Posts that need not wait for each other after a pause."""


class Pace:
    """Lets posts through at an even rate; `now` counts seconds, `sleep` waits some."""

    def __init__(
        self,
        now: Callable[[], float],
        sleep: Callable[[float], object],
        per_minute: float,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._gap = 60.0 / per_minute
        self._next = now()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait for one's turn."""
        with self._lock:
            now = self._now()
            mine = max(self._next, now - (AT_ONCE - 1) * self._gap)
            self._next = mine + self._gap
        if mine > now:
            self._sleep(mine - now)
