"""The words after `/cocm billing`: which month, and which part of its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cocm_bot.domain.billing.minutes import month_before
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.settings.code_sets import payer_mark

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
SHORTEST = 3
EARLIEST = "1990-01"


class Filter(StrEnum):
    """A part of a month's list; the value is what is typed."""

    ALL = "all"
    READY = "ready"
    NOT_READY = "not ready"
    CHANGED = "changed"


@dataclass(frozen=True)
class Asked:
    """A month (`YYYY-MM`) and which part of its list; `payer` is the mark of the only payer wanted."""

    month: str
    part: Filter = Filter.ALL
    payer: str | None = None


UNREAD = (
    "I can't read one of these words. Say a month, like `last`, `2026-10` or `October`, and perhaps "
    "`ready`, `not ready`, `changed`, or `payer` and a name."
)


def asked(words: Sequence[str], today: date) -> Asked:
    """Return what the words mean on a local day: this month without any.

    Raises InvalidInput for a word that can't be read, and for a month that has not begun.
    """
    rest = [word.lower() for word in words]
    payer = None
    if "payer" in rest:
        at = rest.index("payer")
        name = " ".join(words[at + 1 :])
        payer = payer_mark(name)
        if not name:
            raise InvalidInput("Say whose patients, like `payer Medicaid`.")
        rest = rest[:at]
    part, rest = _part(rest)
    month = _month(rest, today)
    if month > f"{today:%Y-%m}":
        raise InvalidInput("This month has not begun yet.")
    if month < EARLIEST:
        raise InvalidInput(UNREAD)
    return Asked(month, part, payer)


def _part(words: list[str]) -> tuple[Filter, list[str]]:
    text = f" {' '.join(words)} "
    for part in sorted(Filter, key=len, reverse=True):
        if f" {part} " in text:
            return part, text.replace(f" {part} ", " ", 1).split()
    return Filter.ALL, words


def _month(words: Sequence[str], today: date) -> str:
    this = f"{today:%Y-%m}"
    match words:
        case [] | ["this"] | ["this", "month"]:
            return this
        case ["last"] | ["last", "month"]:
            return month_before(this)
        case [written] if (number := _number(written)) is not None:
            # The latest one of that name that has begun.
            year = today.year if number <= today.month else today.year - 1
            return f"{year}-{number:02}"
        case [_, _]:
            # A year and a name, in either order.
            told, name = sorted(words)
            found = _number(name)
            if found is not None and len(told) == 4 and told.isascii() and told.isdecimal():
                return f"{told}-{found:02}"
        case [written]:
            return _dated(written)
    raise InvalidInput(UNREAD)


def _number(written: str) -> int | None:
    """A month by name, or by how it begins: 1 to 12."""
    found = [number for number, name in enumerate(MONTHS, 1) if name.startswith(written.rstrip("."))]
    return found[0] if len(found) == 1 and len(written.rstrip(".")) >= SHORTEST else None


def _dated(written: str) -> str:
    """A month like `2026-10` or `2026-1`."""
    year, dash, number = written.partition("-")
    fits = dash and year.isascii() and year.isdecimal() and len(year) == 4
    if fits and number.isascii() and number.isdecimal() and 1 <= int(number) <= 12 and len(number) <= 2:
        return f"{year}-{int(number):02}"
    raise InvalidInput(UNREAD)
