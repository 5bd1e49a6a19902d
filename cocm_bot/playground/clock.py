"""The demo's clock: real seconds, and a "now" that can be moved forward."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo

MORNING = time(8, 0)


def real_time() -> datetime:
    """The time now, aware UTC."""
    return datetime.now(UTC)


class Clock:
    """Runs as the real clock does, ahead of it by as much as it was moved.

    It only moves forward: what is stored already must not come to lie in the future.
    """

    def __init__(self, real: Callable[[], datetime] = real_time) -> None:
        self._real = real
        self._ahead = timedelta()
        self._lock = threading.Lock()
        self.before_move: Callable[[datetime], object] = lambda _: None
        """Called with the moment it is about to move to."""
        self.when_moved: Callable[[], object] = lambda: None
        """Called on every move; must not wait."""

    def now(self) -> datetime:
        """The demo's time, aware UTC."""
        return self._real() + self._ahead

    def seconds(self) -> float:
        """The same in epoch seconds."""
        return self.now().timestamp()

    @property
    def moved(self) -> bool:
        """Return whether it is ahead of the real clock."""
        return bool(self._ahead)

    def move_to(self, moment: datetime) -> None:
        """Go forward to an aware moment; ValueError for one that has passed."""
        with self._lock:
            step = moment - self.now()
            if step <= timedelta():
                raise ValueError("The clock only moves forward. Start the demo again to go back.")
            self.before_move(moment)
            self._ahead += step
        self.when_moved()


def next_morning(now: datetime, zone: tzinfo) -> datetime:
    """The next eight o'clock in the zone."""
    local = now.astimezone(zone)
    days = 0 if local.time() < MORNING else 1
    return datetime.combine(local.date() + timedelta(days=days), MORNING, zone)


def days_later(now: datetime, zone: tzinfo, days: int) -> datetime:
    """The same time of day in the zone, some days on, whatever daylight saving does meanwhile."""
    local = now.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), zone)
