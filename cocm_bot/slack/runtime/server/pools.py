"""The threads that do what people ask for: a pool for each kind of work, so that none waits behind another.

Acknowledgements have threads of their own, which do nothing else (`http`, Socket Mode). Each pool has so many
places, for work under way and waiting; what finds none is refused in words, at once.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from enum import StrEnum
from threading import BoundedSemaphore, Event, Lock
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from cocm_bot.logs import where

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """The kinds of work, by how long it can wait; the last of all keeps what people typed."""

    OPEN = "open"
    """Opens a modal, still without content: its trigger dies within three seconds."""
    ANSWER = "answer"
    """Decides what to answer a submission or a search: Slack waits for it."""
    SCREEN = "screen"
    """Reads and draws a screen that somebody looks for."""
    FILE = "file"
    """Makes a chart or an export: what takes the most, and can wait the longest."""
    KEEP = "keep"
    """Keeps what was typed, and what Slack tells only once: small, and never given up lightly."""


class Size(NamedTuple):
    """The threads of a pool, and the places for work that they do or have yet to do."""

    threads: int
    places: int


SIZES: Mapping[Kind, Size] = MappingProxyType(
    {
        Kind.OPEN: Size(8, 64),
        Kind.ANSWER: Size(16, 64),
        Kind.SCREEN: Size(16, 200),
        Kind.FILE: Size(2, 64),
        Kind.KEEP: Size(4, 1000),
    }
)
"""Few threads: each that is at work takes the interpreter from those that acknowledge."""
SPARE = 32
"""Acknowledgements that can be given while all of those wait that have to wait for an answer."""
ACKNOWLEDGING = SIZES[Kind.ANSWER].places + SPARE
"""The threads that acknowledge."""


GIVING_WAY = frozenset({Kind.SCREEN, Kind.FILE, Kind.KEEP})
"""The kinds of work that nothing of Slack's waits for."""
GIVE_WAY_SECONDS = 0.25
"""Seconds for which such work lets acknowledgements go first before it begins."""


class Arrivals:
    """The requests that are not acknowledged yet: what can wait begins after them.

    Each thread at work takes the interpreter from those that acknowledge. In a burst, above all in one right
    after the start, when nothing is remembered yet, they would come too late.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = 0
        self._none = Event()
        self._none.set()

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """A request, until it is acknowledged."""
        with self._lock:
            self._number += 1
            self._none.clear()
        try:
            yield
        finally:
            with self._lock:
                self._number -= 1
                if not self._number:
                    self._none.set()

    def go_first(self) -> None:
        """Return once none is in hand, or after a moment: work goes on however many come."""
        self._none.wait(GIVE_WAY_SECONDS)


class Full(Exception):
    """A pool has no place left."""


class Pool:
    """One pool. It logs the kind of an error that could be shown to nobody: nobody else would hear of it."""

    def __init__(self, executor: Executor, places: int, arrivals: Arrivals | None = None) -> None:
        """`arrivals` are those that its work lets go first."""
        self._executor = executor
        self._places = BoundedSemaphore(places)
        self._arrivals = arrivals
        self._unended: set[Future[Any]] = set()

    @property
    def at_work(self) -> bool:
        """True while work is being done, or waits for a thread."""
        return bool(self._unended)

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """Have the work done; raises Full at once where there is no place for it."""
        if not self._places.acquire(blocking=False):
            raise Full
        try:
            future = self._executor.submit(self._done, work)
        except BaseException:
            self._places.release()
            raise
        self._unended.add(future)
        future.add_done_callback(self._ended)
        return future

    def _done(self, work: Callable[[], T]) -> T:
        if self._arrivals is not None:
            self._arrivals.go_first()
        return work()

    def _ended(self, work: "Future[Any]") -> None:
        """Give the place back, also of what was cancelled before it began."""
        self._places.release()
        self._unended.discard(work)
        if not work.cancelled() and (error := work.exception()):
            logger.error("lost error=%s at=%s", type(error).__name__, where(error))


Pools = Mapping[Kind, Pool]
