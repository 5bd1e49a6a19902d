"""Lay out the days of a chart: where each is drawn, and which are written below."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cocm_bot.domain.patients.trend import Trend

NARROWEST = timedelta(days=21)
LABEL_ROOM = 64
"""Pixels that a label takes with the room around it."""
STEPS_DAYS = (7, 14)
STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True)
class DayAxis:
    """The days from `first` to `last`, between two places (pixels); each label with its place and anchor."""

    first: date
    last: date
    left: float
    right: float
    labels: tuple[tuple[float, str, str], ...] = ()

    def x(self, day: date) -> float:
        """Return where a day is drawn."""
        part = (day - self.first) / (self.last - self.first)
        return round(self.left + part * (self.right - self.left), 2)


def day_axis(trend: Trend, left: float, right: float) -> DayAxis:
    """Return the axis from the first mark of a trend to its last, at least three weeks wide."""
    days = [point.day for curve in trend.curves for point in curve.points]
    days += [*trend.sessions, *trend.no_shows, *trend.consults]
    first, last = min(days), max(days)
    margin = max((last - first) * 0.04, timedelta(days=2), (NARROWEST - (last - first)) / 2)
    bare = DayAxis(first - margin, last + margin, left, right)
    return DayAxis(bare.first, bare.last, left, right, tuple(_labels(bare)))


def _labels(axis: DayAxis) -> Iterator[tuple[float, str, str]]:
    """Yield the labels: days or months, with the year at the first and wherever it changes."""
    ticks, by_days = _ticks(axis)
    year, before = None, -LABEL_ROOM * 2.0
    for day in ticks:
        x = axis.x(day)
        # A label at the edge stays within the picture, if there is room left of it.
        at_edge = x > axis.right - LABEL_ROOM / 2
        if at_edge and x - before < LABEL_ROOM * 1.5:
            return
        before = x
        label = f"{day.day} {day:%b}" if by_days else f"{day:%b}"
        if day.year != year:
            label, year = f"{label} {day.year}", day.year
        yield x, label, "end" if at_edge else "middle"


def _ticks(axis: DayAxis) -> tuple[list[date], bool]:
    most = max(int((axis.right - axis.left) // LABEL_ROOM), 1)
    for step in STEPS_DAYS:
        first = axis.first + timedelta(days=-axis.first.weekday() % 7)
        days = [first + timedelta(days=step * n) for n in range((axis.last - first).days // step + 1)]
        if len(days) <= most:
            return days, True
    for step in STEPS_MONTHS:
        months = [day for day in _months(axis, step) if axis.first <= day <= axis.last]
        if len(months) <= most:
            return months, False
    return [axis.first], False


def _months(axis: DayAxis, step: int) -> Iterator[date]:
    for month in range(axis.first.year * 12, axis.last.year * 12 + 12, step):
        yield date(month // 12, month % 12 + 1, 1)
