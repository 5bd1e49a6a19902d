"""The threads that do what people ask for: a pool for each kind of work, so that none waits behind another.

Acknowledgements have threads of their own, which do nothing else (`http`, Socket Mode). Each pool has so many
places, for work under way and waiting; what finds none is refused in words, at once.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from enum import StrEnum
from threading import BoundedSemaphore
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


class Full(Exception):
    """A pool has no place left."""


class Pool:
    """One pool. It logs the kind of an error that could be shown to nobody: nobody else would hear of it."""

    def __init__(self, executor: Executor, places: int) -> None:
        self._executor = executor
        self._places = BoundedSemaphore(places)

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """Have the work done; raises Full at once where there is no place for it."""
        if not self._places.acquire(blocking=False):
            raise Full
        try:
            future = self._executor.submit(work)
        except BaseException:
            self._places.release()
            raise
        future.add_done_callback(self._ended)
        return future

    def _ended(self, work: "Future[Any]") -> None:
        """Give the place back, also of what was cancelled before it began."""
        self._places.release()
        if not work.cancelled() and (error := work.exception()):
            logger.error("lost error=%s at=%s", type(error).__name__, where(error))


Pools = Mapping[Kind, Pool]
