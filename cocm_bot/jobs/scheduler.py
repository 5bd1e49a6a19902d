"""What makes the clock tick, in this process, for as long as it serves."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.background import (  # type: ignore[import-untyped]  # it has no types
    BackgroundScheduler,
)

from cocm_bot.jobs.tick import Ticker

TICK_EVERY_SECONDS = 60.0


@contextmanager
def ticking(
    clock: Ticker, start: datetime, every: float = TICK_EVERY_SECONDS
) -> Iterator[Callable[[], object]]:
    """Tick from `start` (aware UTC, now) while the block runs; gives what ticks once more, at once.

    All state is in the table: a beat that was missed, or fell into a long tick, is made up by the next. At
    the end a tick under way takes no more work, and is waited for.
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
    with ThreadPoolExecutor(1, "tick") as extra:
        scheduler.start()
        try:
            yield lambda: extra.submit(clock.tick)
        finally:
            clock.stop()
            scheduler.shutdown(wait=True)
