"""Tick in this process for as long as it serves, and run soon what need not wait for a tick."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.background import (  # type: ignore[import-untyped]  # it has no types
    BackgroundScheduler,
)

from cocm_bot.jobs.clock.tick import Ticker

TICK_EVERY_SECONDS = 60.0
ENSURE_EVERY_SECONDS = 600.0


@contextmanager
def ticking(
    clock: Ticker,
    start: datetime,
    every: float = TICK_EVERY_SECONDS,
    ensure: Callable[[], None] | None = None,
) -> Iterator[Callable[[], object]]:
    """Tick from `start` (aware UTC, now) while the block runs; gives what ticks once more, at once.

    All state is in the table: a beat that was missed, or fell into a long tick, is made up by the next. At
    the end a tick under way claims no more jobs, and is waited for. `ensure` is called now and then: it
    queues what must always be in the queue.
    """
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        clock.tick,
        "interval",
        id="tick",
        seconds=every,
        # What fell due while nothing ran need not wait for the first beat.
        next_run_time=start,
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    if ensure is not None:
        scheduler.add_job(
            ensure, "interval", id="ensure", seconds=ENSURE_EVERY_SECONDS, next_run_time=start, coalesce=True
        )
    with ThreadPoolExecutor(1, "tick") as extra:
        scheduler.start()
        try:
            yield lambda: extra.submit(clock.tick)
        finally:
            clock.stop()
            scheduler.shutdown(wait=True)


@contextmanager
def repeating(work: Callable[[], object], every: float) -> Iterator[None]:
    """Do something every so many seconds while the block runs; one that is late is not done twice."""
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(work, "interval", seconds=every, coalesce=True, max_instances=1)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


class Delays:
    """Runs things in a pool after some seconds, for as long as this process serves.

    What is forgotten when it ends is still in the queue, for whoever ticks.
    """

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._timers: set[threading.Timer] = set()
        self._lock = threading.Lock()
        self._ended = False

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        """Run it once, so many seconds from now; not at all after the end."""

        def hand_over() -> None:
            with self._lock:
                self._timers.discard(timer)
                if not self._ended:
                    self._threads.submit(do)

        timer = threading.Timer(seconds, hand_over)
        timer.daemon = True
        with self._lock:
            if not self._ended:
                self._timers.add(timer)
                timer.start()

    def end(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._ended = True
            for timer in self._timers:
                timer.cancel()
