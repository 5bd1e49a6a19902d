"""The periods that figures are of: months, quarters, years and ranges of the registry's calendar."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cocm_bot.domain.errors import InvalidInput

USAGE = "Say a month (2026-03), a quarter (2026-Q1), a year (2026), or a range (2025-07 2026-03)."
EARLIEST_YEAR = 1990
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-?q([1-4])")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Period:
    """Local days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    @property
    def months(self) -> Sequence["Period"]:
        """The calendar months it touches, the first and the last cut to its days."""
        found = []
        month = month_of(self.first)
        while month.first <= self.last:
            found.append(Period(max(month.first, self.first), min(month.last, self.last)))
            month = month_of(month.last + timedelta(days=1))
        return found

    @property
    def before(self) -> "Period":
        """The period before it: as many whole months, or as many days where it is not of whole months."""
        end = self.first - timedelta(days=1)
        if self.first.day == 1 and month_of(self.last).last == self.last:
            return Period(add_months(self.first, -len(self.months)), end)
        return Period(self.first - (self.last - self.first) - timedelta(days=1), end)

    @property
    def told(self) -> str:
        """Like `March 2026`, `2025`, `July 2025 to March 2026`, or with days where it has no whole months."""
        whole = self.first.day == 1 and month_of(self.last).last == self.last
        if not whole:
            return f"{_day(self.first)} to {_day(self.last)}"
        if len(self.months) == 1:
            return f"{self.first:%B %Y}"
        if (self.first.month, self.last.month, self.first.year) == (1, 12, self.last.year):
            return f"{self.first:%Y}"
        return f"{self.first:%B %Y} to {self.last:%B %Y}"

    def until(self, today: date) -> "Period":
        """Return the part of it that is over; raises InvalidInput where none is."""
        if self.first > today:
            raise InvalidInput(f"{self.told} has not begun yet.")
        return Period(self.first, min(self.last, today))


def month_of(day: date) -> Period:
    """Return the calendar month of a day."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def quarter_of(day: date) -> Period:
    """Return the calendar quarter of a day."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return Period(first, month_of(add_months(first, 2)).last)


def year_of(day: date) -> Period:
    """Return the calendar year of a day."""
    return Period(date(day.year, 1, 1), date(day.year, 12, 31))


def add_months(day: date, months: int) -> date:
    """Return the day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_period(words: Sequence[str], today: date) -> Period:
    """Return the period that somebody asked for, up to today; without words the month of today.

    `month`, `quarter` and `year` are today's, with `last` before them the ones before. `range` may stand
    before two months or days. Raises InvalidInput.
    """
    typed = [word.lower().strip(",") for word in words if word.lower() not in {"range", "to", "–", "-"}]
    return _asked(typed, today).until(today)


def _asked(typed: Sequence[str], today: date) -> Period:
    current = {"month": month_of(today), "quarter": quarter_of(today), "year": year_of(today)}
    match typed:
        case []:
            return current["month"]
        case [word] if word in current:
            return current[word]
        case ["last", word] if word in current:
            return current[word].before
        case [("month" | "quarter" | "year"), word]:
            return _named(word)
        case [word]:
            return _named(word)
        case [first, last]:
            period = Period(_named(first).first, _named(last).last)
            if period.first > period.last:
                raise InvalidInput("The range ends before it begins: say the earlier month first.")
            return period
    raise InvalidInput(USAGE)


def _named(word: str) -> Period:
    """Return the period of one word: a year, a quarter, a month or a day."""
    try:
        found = _period_of(word)
    except ValueError:
        raise InvalidInput(USAGE) from None
    if found.first.year < EARLIEST_YEAR:
        raise InvalidInput(f"Figures go back to {EARLIEST_YEAR}. Is the year right?")
    return found


def _period_of(word: str) -> Period:
    if _YEAR.fullmatch(word):
        return year_of(date(int(word), 1, 1))
    if quarter := _QUARTER.fullmatch(word):
        return quarter_of(date(int(quarter[1]), 3 * int(quarter[2]), 1))
    if month := _MONTH.fullmatch(word):
        return month_of(date(int(month[1]), int(month[2]), 1))
    day = date.fromisoformat(word)
    return Period(day, day)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
