"""The rows of one sheet as fields: each cell is read once, and what became of it is noted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.trackers import values
from cocm_bot.domain.exchange.trackers.columns import DAYS, UNKNOWN, Column, Field
from cocm_bot.domain.exchange.trackers.dates import (
    EARLIEST,
    DayOrder,
    NotADay,
    Reading,
    Undecided,
    day_of,
    evident_order,
    needs_order,
    short_year,
)
from cocm_bot.domain.exchange.trackers.grid import CellValue, Sheet, letters, text_of
from cocm_bot.domain.exchange.trackers.mapping import ASK, SheetMapping, order_in, parsed
from cocm_bot.domain.exchange.trackers.values import Read, is_blank
from cocm_bot.domain.exchange.trackers.words import plain
from cocm_bot.domain.fields import US
from cocm_bot.domain.measures.catalogue import Measure

T = TypeVar("T")
_SUMS = frozenset({"total", "totals", "average", "avg", "mean", "sum", "subtotal", "count", "grand"})


@dataclass(frozen=True)
class SheetReader:
    """One sheet with its mapping. `notes` takes what became of its cells."""

    sheet: Sheet
    mapping: SheetMapping
    measures: Sequence[Measure]
    today: date
    notes: list[Note]
    country: str = US
    """The country of phone numbers without `+`."""

    @cached_property
    def columns(self) -> dict[int, Column]:
        """The column of each position, counted from 0; raises InvalidInput for a mapping that names none."""
        at = {letters(number): number for number in range(max(map(len, self.sheet.rows), default=0))}
        return {
            at[name]: parsed(written, self.measures)
            for name, written in self.mapping.columns.items()
            if name in at
        }

    @cached_property
    def positions(self) -> dict[Column, int]:
        """The position of each column; of two that hold the same the first."""
        found: dict[Column, int] = {}
        for at, column in self.columns.items():
            found.setdefault(column, at)
        return found

    @cached_property
    def zero_filled(self) -> bool:
        """Return whether numbers of the MRN's column are written with leading zeros."""
        at = self.positions.get(Column(Field.MRN))
        cells = [row[at] for row in self._data if at is not None and at < len(row)]
        return any(isinstance(cell, str) and text_of(cell)[:1] == "0" for cell in cells)

    @cached_property
    def orders(self) -> dict[int, DayOrder | None]:
        """The order of month and day in each column, where that makes a difference."""
        found = {}
        for at, column in self.columns.items():
            cells = [day_text(row[at], column) for row in self._data if at < len(row)]
            if column.field in DAYS and needs_order(cells):
                said = self.mapping.dates.get(letters(at))
                found[at] = (order_in(said) if said else None) or evident_order(cells)
        return found

    def holds(self, *fields: Field) -> bool:
        """Return whether the sheet has a column of one of the fields."""
        return any(column.field in fields for column in self.columns.values())

    def header(self, field: Field) -> str:
        """Return the words of a field's header."""
        at = self.positions.get(Column(field))
        cells = self.sheet.rows[self.mapping.header - 1]
        return text_of(cells[at]) if at is not None and at < len(cells) else ""

    def decided(self) -> SheetMapping:
        """Return the mapping with how each column's days are read, and `?` where a person must say."""
        dates = {letters(at): str(order or ASK) for at, order in self.orders.items()}
        return self.mapping.model_copy(update={"dates": dates})

    def rows(self) -> Iterator["DataRow"]:
        """Return the rows below the header that hold a person; sums and rows of nobody are noted."""
        header = self._texts(self.sheet.rows[self.mapping.header - 1])
        self._note_columns(header)
        for number, cells in enumerate(self._data, self.mapping.header):
            row, texts = DataRow(self, number, cells), self._texts(cells)
            if not any(texts) or texts == header:
                continue
            first = next(filter(None, texts))
            if set(plain(first).split()[:1]) & _SUMS and text_of(row.cell(Field.MRN)) in ("", first):
                row.note(NoteKind.LEFT, 0, "row", first, "a sum of the sheet, not a patient")
            elif not self._is_shifted(row, texts, len(header)):
                yield row

    def _is_shifted(self, row: "DataRow", texts: Sequence[str], width: int) -> bool:
        """Return whether a separator too many may have moved a row's cells; notes what no header is over."""
        beyond = [at for at in range(width, len(texts)) if texts[at]]
        if not beyond:
            return False
        if self.sheet.separated:
            why = "more cells than the header has: a separator in a text? The row is not taken"
            row.note(NoteKind.ASKED, beyond[0], "row", texts[beyond[0]], why)
            return True
        for at in beyond:
            row.note(NoteKind.LEFT, at, "cell", texts[at], "no header over it")
        return False

    @property
    def _data(self) -> Sequence[Sequence[CellValue]]:
        return self.sheet.rows[self.mapping.header :]

    @staticmethod
    def _texts(cells: Iterable[CellValue]) -> list[str]:
        return [text_of(cell) for cell in cells]

    def _note_columns(self, header: Sequence[str]) -> None:
        for at, name in enumerate(header):
            column, place = self.columns.get(at, UNKNOWN), self.sheet.place(self.mapping.header - 1, at)
            if column.field is Field.MRN and plain(name) == "id":
                why = "taken as the medical record number"
                self.notes.append(Note(NoteKind.ASSUMED, place, "column", name, why))
            if not name:
                continue
            if column == UNKNOWN:
                self.notes.append(Note(NoteKind.LEFT, place, "column", name, "no field of a patient"))
            elif column.field is Field.DERIVED:
                why = "the bot computes this from the contacts"
                self.notes.append(Note(NoteKind.LEFT, place, "column", name, why))
            elif self.positions[column] != at:
                why = f"another column holds {column} already: name this one in the mapping"
                self.notes.append(Note(NoteKind.ASKED, place, "column", name, why))


@dataclass(frozen=True)
class DataRow:
    """One row, its number counted from 0."""

    reader: SheetReader
    number: int
    cells: Sequence[CellValue]

    @property
    def place(self) -> Place:
        """The row as a whole."""
        return Place(self.reader.sheet.name, f"row {self.number + 1}")

    def place_of(self, column: Column) -> Place:
        """Return where the row's cell of a column is."""
        at = self.reader.positions.get(column)
        return self.place if at is None else self.reader.sheet.place(self.number, at)

    def cell(self, column: Column | Field) -> CellValue:
        """Return a cell as it is; None where the sheet has no such column."""
        wanted = column if isinstance(column, Column) else Column(column)
        at = self.reader.positions.get(wanted)
        return self.cells[at] if at is not None and at < len(self.cells) else None

    def text(self, field: Field) -> str:
        """Return a cell as text, a word for unknown as empty and noted."""
        cell = self.cell(field)
        if not is_blank(cell):
            return text_of(cell)
        self._note_blank(Column(field), cell)
        return ""

    def mrn(self) -> str:
        """Return the medical record number; empty where there is none."""
        return values.mrn(self.text(Field.MRN))

    def read(self, column: Column, how: Callable[[CellValue], Read[T]]) -> T | None:
        """Return a cell's value by a reader of `values`; None, noted, where it can't be taken."""
        cell = self.cell(column)
        if is_blank(cell):
            self._note_blank(column, cell)
            return None
        found = how(cell)
        if found.kind is not None:
            self.note_cell(found.kind, column, found.why, found.value)
        return found.value

    def day(self, column: Column | Field, *, birth: bool = False) -> date | None:
        """Return a cell's day, never in the future; None, noted, where there is none."""
        wanted = column if isinstance(column, Column) else Column(column)
        cell = day_text(self.cell(wanted), wanted)
        if is_blank(cell):
            self._note_blank(wanted, cell)
            return None
        at = self.reader.positions[wanted]
        reader = self.reader
        order = reader.orders.get(at)
        reading = Reading(order, reader.today, reader.sheet.serials_from, birth=birth)
        try:
            found = day_of(cell, reading)
        except Undecided as undecided:
            self.note_cell(NoteKind.ASKED, wanted, f"{undecided}: not taken, say which in the mapping")
            return None
        except NotADay as wrong:
            self.note_cell(NoteKind.REFUSED, wanted, f"{wrong}: not taken")
            return None
        if not EARLIEST <= found <= reader.today:
            why = "a day in the future: not taken" if found > reader.today else "before 1900: not taken"
            self.note_cell(NoteKind.REFUSED, wanted, why)
            return None
        if isinstance(cell, int | float):
            self.note_cell(NoteKind.CHANGED, wanted, "a serial number of a day", found)
        elif birth and short_year(cell):
            self.note_cell(NoteKind.ASSUMED, wanted, "a year of two digits", found)
        return found

    def note_cell(self, kind: NoteKind, column: Column | Field, why: str, taken: object = None) -> None:
        """Note what became of a cell, and what was taken of it instead."""
        wanted = column if isinstance(column, Column) else Column(column)
        value = text_of(self.cell(wanted))
        note = Note(kind, self.place_of(wanted), str(wanted), value, why, shown(taken))
        self.reader.notes.append(note)

    def note(self, kind: NoteKind, at: int, field: str, value: str, why: str) -> None:
        """Note what became of the row, at a cell's position."""
        place = self.reader.sheet.place(self.number, at)
        self.reader.notes.append(Note(kind, place, field, value, why))

    def _note_blank(self, column: Column, cell: CellValue) -> None:
        if text_of(cell):
            self.note_cell(NoteKind.LEFT, column, "a word for unknown")


def shown(taken: object) -> str:
    """Return what was taken, as a note says it."""
    if taken is None:
        return ""
    if isinstance(taken, float):
        return f"{taken:g}"
    return ", ".join(map(str, taken)) if isinstance(taken, tuple) else str(taken)


def day_text(cell: CellValue, column: Column) -> CellValue:
    """Return what of a cell is a day: a consent's cell may say how it was given before it."""
    if column.field is not Field.CONSENT or not isinstance(cell, str):
        return cell
    words = text_of(cell).split()
    dated = [word for word in words if any(character.isdigit() for character in word)]
    return " ".join(dated) if dated else cell


def note_names(row: DataRow, fields: Iterable[Field]) -> None:
    """Ask about names whose letters were lost on the way, and tell of digits in them."""
    for field in fields:
        text = text_of(row.cell(field))
        if values.lost_letters(text):
            row.note_cell(NoteKind.ASKED, field, "letters were lost on the way here: taken as it is")
        elif any(character.isdigit() for character in text):
            row.note_cell(NoteKind.ASSUMED, field, "digits in a name: kept")
