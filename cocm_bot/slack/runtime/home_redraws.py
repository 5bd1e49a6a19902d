"""Draw App Homes again: at most once in two seconds for each person, and always after the last change.

One drawing of a person's App Home is read and put up before the next begins, opened ones included: what is
shown in the end is what was read last, and not an earlier one that took longer.

The first change of a while is drawn at once. Those that follow within the pause are drawn together at its
end, as things are then; so are those that come while a drawing is under way. What still waits at the end of
the process is drawn before it ends.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from cocm_bot.logs import where

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
"""Seconds between the begin of two drawings for one person."""

Redraw = Callable[[], object]
After = Callable[[float, Callable[[], None]], None]
"""Has something done after so many seconds."""


@dataclass
class _Person:
    begun: float
    """The time at which the latest drawing began, by the clock given."""
    drawing: bool = True
    waiting: Redraw | None = None
    """The drawing that follows the changes since."""
    timed: bool = False
    """True once a timer will draw it."""


class HomeRedraws:
    """Draws each person's App Home again; used from all threads."""

    def __init__(self, clock: Callable[[], float], after: After) -> None:
        """`clock` counts seconds from anywhere; `after` has waiting drawings done in their time."""
        self._clock = clock
        self._after = after
        self._lock = threading.Lock()
        self._people: dict[str, _Person] = {}
        self._alone: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        """Those of the people whose App Home is being drawn."""
        self._ended = False

    @contextmanager
    def alone(self, user_id: str) -> Iterator[None]:
        """Let no other drawing of somebody's App Home begin before the block ends."""
        with self._lock:
            alone = self._alone.setdefault(user_id, threading.Lock())
        with alone:
            yield

    def ask(self, user_id: str, now: Redraw, later: Redraw) -> None:
        """Draw somebody's App Home by `now` if none was drawn for a while, else by `later` in time.

        Returns when that is done, or will be.
        """
        with self._lock:
            self._forget_idle()
            person = self._people.get(user_id)
            if person is not None and not self._ended:
                person.waiting = later
                self._time(user_id, person)
                return
            self._people[user_id] = person = _Person(self._clock())
        self._draw(user_id, person, now)

    def end(self) -> None:
        """Draw what waits, and from now on at once whatever is asked for."""
        with self._lock:
            self._ended = True
            waiting = [
                (name, each) for name, each in self._people.items() if each.waiting and not each.drawing
            ]
        for user_id, person in waiting:
            self._drawn_late(user_id, person)

    def _forget_idle(self) -> None:
        idle = [
            name
            for name, each in self._people.items()
            if not each.drawing and each.waiting is None and self._clock() - each.begun >= PAUSE_SECONDS
        ]
        for name in idle:
            del self._people[name]

    def _time(self, user_id: str, person: _Person) -> None:
        """Have what waits drawn at the end of the pause; a drawing under way sees to it itself."""
        if person.drawing or person.timed:
            return
        person.timed = True
        left = max(0.0, person.begun + PAUSE_SECONDS - self._clock())
        self._after(left, lambda: self._drawn_late(user_id, person))

    def _drawn_late(self, user_id: str, person: _Person) -> None:
        with self._lock:
            person.timed = False
            redraw = self._begun(person) if not person.drawing else None
        if redraw is not None:
            self._draw(user_id, person, redraw)

    def _draw(self, user_id: str, person: _Person, first: Redraw) -> None:
        redraw: Redraw | None = first
        while redraw is not None:
            try:
                with self.alone(user_id):
                    redraw()
            except Exception as error:  # noqa: BLE001 - the next change is drawn all the same
                logger.warning("lost error=%s at=%s", type(error).__name__, where(error))
            redraw = None
            with self._lock:
                person.drawing = False
                if self._ended:
                    redraw = self._begun(person)
                elif person.waiting is not None:
                    self._time(user_id, person)

    def _begun(self, person: _Person) -> Redraw | None:
        """Take what waits to be drawn."""
        redraw, person.waiting = person.waiting, None
        if redraw is not None:
            person.drawing, person.begun = True, self._clock()
        return redraw
