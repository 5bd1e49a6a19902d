"""The demo's clock: it runs, moves forward, and keeps to a place's days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cocm_bot.playground.clock import Clock, days_later, next_morning

NEW_YORK = ZoneInfo("America/New_York")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # the parts are year, month, day, hour …


def test_it_runs_as_the_real_clock_does_after_it_was_moved() -> None:
    real = [utc(2026, 3, 2, 12)]
    clock = Clock(lambda: real[0])
    assert not clock.moved
    clock.move_to(utc(2026, 3, 9, 8))
    real[0] += timedelta(seconds=90)
    assert clock.now() == utc(2026, 3, 9, 8, 1, 30)
    assert clock.seconds() == utc(2026, 3, 9, 8, 1, 30).timestamp()
    assert clock.moved


@pytest.mark.parametrize("moment", [utc(2026, 3, 2, 12), utc(2026, 3, 2, 11, 59), utc(2025, 1, 1)])
def test_it_never_goes_back(moment: datetime) -> None:
    clock = Clock(lambda: utc(2026, 3, 2, 12))
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move_to(moment)
    assert clock.now() == utc(2026, 3, 2, 12)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (utc(2026, 3, 2, 12, 59), utc(2026, 3, 2, 13)),  # 7:59 in New York: today's
        (utc(2026, 3, 2, 13), utc(2026, 3, 3, 13)),  # 8:00: tomorrow's
        (utc(2026, 3, 8, 3), utc(2026, 3, 8, 12)),  # Saturday evening there; the clocks go forward at night
        (utc(2026, 12, 31, 20), utc(2027, 1, 1, 13)),
    ],
)
def test_the_next_morning_is_the_places_own(now: datetime, morning: datetime) -> None:
    assert next_morning(now, NEW_YORK) == morning


def test_a_week_on_is_the_same_time_of_day() -> None:
    assert days_later(utc(2026, 3, 2, 15, 30), NEW_YORK, 7) == utc(2026, 3, 9, 14, 30)
