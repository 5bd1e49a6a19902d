"""A sheet of cells, whatever file it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from cocm_bot.domain.exchange.notes import Place

CellValue = str | int | float | bool | datetime | date | time | timedelta | None


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet, ragged or not, as the file has them."""

    name: str
    rows: Sequence[Sequence[CellValue]]
    serials_from: date = field(default=date(1899, 12, 30))
    """The day of serial number 0; another in files that count from 1904."""
    separated: bool = False
    """True where a separator too many moves all cells after it, as in CSV."""
    hidden: bool = False

    def place(self, row: int, column: int) -> Place:
        """Return the place of a cell, both counted from 0."""
        return Place(self.name, f"{letters(column)}{row + 1}")


Row = Mapping[int, CellValue]


def letters(column: int) -> str:
    """Return a column's letters, counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def text_of(value: CellValue) -> str:
    """Return a cell as one line of text; a whole number without decimals, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
