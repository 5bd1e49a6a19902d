"""Days as people type them: `yesterday`, `11/24`, `24 nov`, `2w`. Pure. A word for two days is none.

`11/24` is month and day, as the United States write it; `24/11` can only be the day first, and is read so.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from cocm_bot.domain.fields import folded

MOST_WORDS = 4
"""The longest day there is: `24 de noviembre 2026`."""
NEAR_DAYS = 183
"""A day typed without its year is this near; one that is further away is asked about."""
MOST_AHEAD_DAYS = 366
"""An appointment further ahead is more likely a slip."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero",
            "feb february febrero",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september septiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday lunes",
            "tuesday martes",
            "wednesday miercoles",
            "thursday jueves",
            "friday viernes",
            "saturday sabado",
            "sunday domingo",
        )
    )
    for name in names.split()
}
_PAST = {"today": 0, "hoy": 0, "yesterday": 1, "ayer": 1}
_COMING = {"tomorrow": 1, "manana": 1}
_AGO = re.compile(r"(\d{1,2}) ?d(?:ays?)? ago")
_AHEAD = re.compile(r"(?:in )?(\d{1,3}) ?(?:(d|days?)|w|wks?|weeks?)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]?(?:de )?([a-z]{3,10})(?:,? (\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,10})[ -]?(\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")


class DayWords(NamedTuple):
    """The number of first words that name a day, and that day; None for one that could be several."""

    taken: int
    day: date | None


def past_day(words: Sequence[str], today: date) -> DayWords | None:
    """Return the day of a contact that the first words name; None when they name none."""
    for taken in range(min(MOST_WORDS, len(words)), 0, -1):
        text = folded(" ".join(words[:taken]))
        if text in _PAST:
            return DayWords(taken, today - timedelta(days=_PAST[text]))
        if ago := _AGO.fullmatch(text):
            return DayWords(taken, today - timedelta(days=int(ago[1])))
        if text in _WEEKDAYS:
            back = (today.weekday() - _WEEKDAYS[text]) % 7
            # On a Monday, "monday" may be today or a week ago.
            return DayWords(taken, today - timedelta(days=back) if back else None)
        if named := _calendar_day(text):
            return DayWords(taken, _placed(named, today, ahead=False))
    return None


def coming_day(words: Sequence[str], start: date) -> DayWords | None:
    """Return the day after `start` that the first words name; None when they name none."""
    for taken in range(min(MOST_WORDS, len(words)), 0, -1):
        text = folded(" ".join(words[:taken]))
        if text in _COMING:
            return DayWords(taken, start + timedelta(days=_COMING[text]))
        if ahead := _AHEAD.fullmatch(text):
            days = int(ahead[1]) * (1 if ahead[2] else 7)
            return DayWords(taken, start + timedelta(days=days) if days <= MOST_AHEAD_DAYS else None)
        if text in _WEEKDAYS:
            # "next tuesday" is tomorrow to one person, and in a week to another.
            return DayWords(taken, None)
        if named := _calendar_day(text):
            return DayWords(taken, _placed(named, start, ahead=True))
    return None


class _Named(NamedTuple):
    year: int | None
    month: int
    day: int


def _calendar_day(text: str) -> _Named | None:
    """Return the month, the day and perhaps the year that a text gives, whether or not that day exists."""
    if found := _ISO.fullmatch(text):
        return _Named(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        month, day = (second, first) if first > 12 >= second else (first, second)
        return _Named(_year(found[3]), month, day)
    if found := _DOTTED.fullmatch(text):
        return _Named(_year(found[3]), int(found[2]), int(found[1]))
    if (found := _DAY_MONTH.fullmatch(text)) and found[2] in _MONTHS:
        return _Named(_year(found[3]), _MONTHS[found[2]], int(found[1]))
    if (found := _MONTH_DAY.fullmatch(text)) and found[1] in _MONTHS:
        return _Named(_year(found[3]), _MONTHS[found[1]], int(found[2]))
    return None


def _year(text: str | None) -> int | None:
    return None if text is None else int(text) + (2000 if len(text) == 2 else 0)


def _placed(named: _Named, near: date, *, ahead: bool) -> date | None:
    """Return the day that is meant, seen from a day; None for one that does not exist or is too far away."""
    years = [named.year] if named.year else [near.year, near.year + (1 if ahead else -1)]
    days = [day for year in years if (day := _existing(year, named.month, named.day))]
    if named.year:
        return next(iter(days), None)
    meant = [day for day in days if 0 <= ((day - near) if ahead else (near - day)).days <= NEAR_DAYS]
    return next(iter(meant), None)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
