"""Days as people write them, read by one order for a whole column: never guessed cell by cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cocm_bot.domain.exchange.trackers.grid import CellValue, text_of

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}.*)?")
_WORDS = re.compile(
    r"(?:(\d{1,2})[-\s.]+([a-z]{3,9})\.?|([a-z]{3,9})\.?\s+(\d{1,2})),?[-\s]+(\d{4}|\d{2})", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EARLIEST = date(1900, 1, 1)
"""Nothing that a source tells of was before,"""
LATEST = date(2900, 1, 1)
"""nor will anything be from here on: such a day is a slip, and no calendar counts on."""


class DayOrder(StrEnum):
    """The order of month and day in a written date."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


class NotADay(ValueError):
    """The text is not a calendar day, or is not in the column's order; its text says which."""


class Undecided(NotADay):
    """Every cell of the column can be read either way."""


@dataclass(frozen=True)
class Reading:
    """The way the days of one column are read."""

    order: DayOrder | None
    today: date
    serials_from: date = date(1899, 12, 30)
    birth: bool = False
    """Birth dates lie in the past, however short their year is written."""


def evident_order(cells: Iterable[CellValue]) -> DayOrder | None:
    """Return the order in which a column writes its days, by the cells that allow only one.

    Where cells speak for both, the greater number decides; None where none does, or as many for each.
    """
    month_first = day_first = 0
    for cell in cells:
        found = _NUMBERS.fullmatch(text_of(cell)) if isinstance(cell, str) else None
        if found:
            first, second = int(found[1]), int(found[3])
            day_first += first > 12 >= second
            month_first += second > 12 >= first
    if month_first == day_first:
        return None
    return DayOrder.MONTH_FIRST if month_first > day_first else DayOrder.DAY_FIRST


def needs_order(cells: Iterable[CellValue]) -> bool:
    """Return whether a column holds days that depend on the order."""
    return any(isinstance(cell, str) and _NUMBERS.fullmatch(text_of(cell)) for cell in cells)


def day_of(cell: CellValue, reading: Reading) -> date:
    """Return the day a cell means; raises NotADay, or Undecided where the column's order is not known."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(cell, reading)
    text = text_of(cell)
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        return _numbers(int(found[1]), int(found[3]), found[4], reading)
    if found := _WORDS.fullmatch(text):
        month = (found[2] or found[3])[:3].lower()
        if month in _MONTHS:
            return _day(_year(found[5], reading), _MONTHS.index(month) + 1, int(found[1] or found[4]))
    raise NotADay("this is not a calendar day")


def short_year(cell: CellValue) -> bool:
    """Return whether a cell writes the year with two digits."""
    if not isinstance(cell, str):
        return False
    found = _NUMBERS.fullmatch(text_of(cell))
    return found is not None and len(found[4]) == 2


def _numbers(first: int, second: int, year: str, reading: Reading) -> date:
    if first == second:
        return _day(_year(year, reading), first, second)
    if reading.order is None:
        raise Undecided("month or day first? Nothing in this column tells")
    month, day = (first, second) if reading.order is DayOrder.MONTH_FIRST else (second, first)
    if month > 12 >= day:
        other = "day" if reading.order is DayOrder.MONTH_FIRST else "month"
        raise NotADay(f"this can only be {other} first, unlike the rest of the column")
    return _day(_year(year, reading), month, day)


def _year(text: str, reading: Reading) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    latest = reading.today.year if reading.birth else reading.today.year + 1
    return 2000 + year if 2000 + year <= latest else 1900 + year


def _serial(number: float, reading: Reading) -> date:
    try:
        day = reading.serials_from + timedelta(days=int(number))
    except (OverflowError, ValueError):
        raise NotADay("this number is not a calendar day") from None
    if not EARLIEST <= day <= date(reading.today.year + 10, 12, 31):
        raise NotADay("this number is not a calendar day")
    return day


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADay("this day is not in the calendar") from None
