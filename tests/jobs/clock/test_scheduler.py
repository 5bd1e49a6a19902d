"""The clock ticks by itself, at once when asked to, never after its end; and work that is woken is done."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from cocm_bot.jobs.clock.scheduler import Delays, ticking
from cocm_bot.jobs.clock.tick import JobContext, Ticker
from tests.jobs.scenes.environment import Environment

PATIENCE = 10.0


class Counting(Ticker):
    """Ticks that only count, and take as long as they are asked to."""

    def __init__(self, job_context: JobContext, hands: ThreadPoolExecutor) -> None:
        super().__init__(job_context, {}, hands)
        self.ticks = 0
        self.together = 0
        self.most_together = 0
        self.continue_later = threading.Event()
        self.continue_later.set()
        self.ticked = threading.Condition()

    def tick(self) -> None:
        with self.ticked:
            self.ticks += 1
            self.together += 1
            self.most_together = max(self.most_together, self.together)
            self.ticked.notify_all()
        self.continue_later.wait(PATIENCE)
        with self.ticked:
            self.together -= 1

    def wait_for(self, ticks: int) -> None:
        with self.ticked:
            assert self.ticked.wait_for(lambda: self.ticks >= ticks, PATIENCE)


@pytest.fixture
def clock(environment: Environment) -> Iterator[Counting]:
    with ThreadPoolExecutor(1) as hands:
        yield Counting(environment.job_context, hands)


def test_it_ticks_by_itself_and_stops(clock: Counting) -> None:
    with ticking(clock, datetime.now(UTC), every=0.02):
        clock.wait_for(3)
    ticks = clock.ticks
    time.sleep(0.1)  # five beats in which nothing may happen
    assert clock.ticks == ticks


def test_a_tick_that_takes_longer_than_a_beat_is_not_met_by_another(clock: Counting) -> None:
    clock.continue_later.clear()
    with ticking(clock, datetime.now(UTC), every=0.02):
        clock.wait_for(1)
        time.sleep(0.1)  # five beats fall into the tick
        assert clock.ticks == 1
        clock.continue_later.set()
        clock.wait_for(2)
    assert clock.most_together == 1


def test_the_end_waits_for_the_tick_under_way(clock: Counting) -> None:
    clock.continue_later.clear()
    with ticking(clock, datetime.now(UTC), every=3600):
        clock.wait_for(1)
        threading.Timer(0.1, clock.continue_later.set).start()
    assert clock.together == 0


def test_the_clock_ticks_at_once_at_its_start_and_when_asked_to(clock: Counting) -> None:
    with ticking(clock, datetime.now(UTC), every=3600) as at_once:
        clock.wait_for(1)
        at_once()
        clock.wait_for(2)


def test_what_is_delayed_is_done_once_and_forgotten_at_the_end() -> None:
    done = threading.Event()
    late: list[str] = []
    with ThreadPoolExecutor(1) as hands:
        delays = Delays(hands)
        delays.after(3600, lambda: late.append("an hour"))
        delays.after(0.01, done.set)
        assert done.wait(PATIENCE)
        delays.end()
        delays.after(0, lambda: late.append("after the end"))
    assert late == []
    assert all(
        not isinstance(each, threading.Timer) or each.finished.is_set() for each in threading.enumerate()
    )
