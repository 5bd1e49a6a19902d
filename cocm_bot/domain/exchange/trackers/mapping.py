"""The mapping of a source's columns: found by the dry run, written to a file, edited by a person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.trackers.columns import OF_MEASURES, UNKNOWN, Column, column_of
from cocm_bot.domain.exchange.trackers.columns import Field as Held
from cocm_bot.domain.exchange.trackers.dates import DayOrder
from cocm_bot.domain.exchange.trackers.grid import Sheet, letters, text_of
from cocm_bot.domain.exchange.trackers.words import plain
from cocm_bot.domain.measures.catalogue import Measure

ROWS_LOOKED_AT = 30
"""A header is among the first rows, below titles and headings."""
ASK = "?"
"""The dry run's placeholder where a person must give the order of a column's days."""
_IDENTIFYING = frozenset({Held.MRN, Held.NAME, Held.FIRST_NAME, Held.LAST_NAME})


class SheetMapping(BaseModel):
    """One sheet: its header row counted from 1 (0: the sheet is not read), and its columns by letter."""

    model_config = ConfigDict(extra="forbid")

    header: Annotated[int, Field(ge=0)] = 0
    columns: dict[str, str] = {}
    dates: dict[str, str] = {}
    """`mdy` or `dmy` by column, where a cell alone does not tell."""


class SourceMapping(BaseModel):
    """A whole source."""

    model_config = ConfigDict(extra="forbid")

    sheets: dict[str, SheetMapping] = {}
    people: dict[str, str] = {}
    """The people of the source: its word for somebody → their e-mail address or user id."""
    as_of: date | None = None
    """The day of latest scores that the source gives no day for."""


def proposed(sheet: Sheet, measures: Iterable[Measure]) -> SheetMapping:
    """Return how a sheet is read by its own words; one without a header row is not read."""
    known = tuple(measures)
    best, most = 0, 0
    for number, row in enumerate(sheet.rows[:ROWS_LOOKED_AT]):
        found = _columns(sheet, number, known)
        fields = [each.field for each in found.values() if each is not UNKNOWN]
        if len(fields) > most and _IDENTIFYING & set(fields) and len([cell for cell in row if cell]) > 1:
            best, most = number + 1, len(fields)
    if most < 2:
        return SheetMapping()
    columns = _columns(sheet, best - 1, known)
    return SheetMapping(header=best, columns={letters(at): str(column) for at, column in columns.items()})


def _columns(sheet: Sheet, number: int, measures: Sequence[Measure]) -> Mapping[int, Column]:
    headings = _headings(sheet, number)
    return {
        at: column_of(text_of(cell), headings.get(at, ""), measures)
        for at, cell in enumerate(sheet.rows[number])
        if text_of(cell)
    }


def _headings(sheet: Sheet, number: int) -> dict[int, str]:
    """Return the heading over each column: a merged one has its text in its first cell alone.

    A row with a single text is a title and heads nothing.
    """
    above = sheet.rows[number - 1] if number else ()
    if len([cell for cell in above if text_of(cell)]) < 2:
        return {}
    headings, current = {}, ""
    for at in range(len(sheet.rows[number])):
        current = (text_of(above[at]) if at < len(above) else "") or current
        headings[at] = current
    return headings


def parsed(written: str, measures: Iterable[Measure]) -> Column:
    """Return the column that a mapping file names; raises InvalidInput."""
    name, colon, rest = written.partition(":")
    text = rest.strip() if colon else name.strip()
    number = re.fullmatch(r"item (\d+)", text)
    field = Held.ITEM if number else next((each for each in Held if each == text), None)
    measure = next((each for each in measures if plain(each.name) == plain(name)), None) if colon else None
    if field is None or (field in OF_MEASURES) is not (measure is not None):
        raise InvalidInput(f"The mapping names a column “{written}” that is none. Known are: {_known()}.")
    return Column(field, measure.name if measure else "", int(number[1]) if number else 0)


def order_in(written: str) -> DayOrder | None:
    """Return the order a mapping file gives a column's days, None if it gives none; raises InvalidInput."""
    if written == ASK:
        return None
    try:
        return DayOrder(written)
    except ValueError:
        raise InvalidInput(f"Write {' or '.join(DayOrder)} for a column's dates, not “{written}”.") from None


def _known() -> str:
    alone = [str(each) for each in Held if each not in OF_MEASURES]
    return ", ".join([*alone, *(f"PHQ-9: {each}" for each in Held if each in OF_MEASURES)])
