"""Notes of an import on single values of its source: never for a log, since the values are patients'."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """The outcome for a value, or for a row."""

    CHANGED = "changed"
    """Taken in another form than it was written: `4 (remission)` as 4."""
    ASSUMED = "assumed"
    """Taken by a rule that may be wrong, which the note names."""
    ASKED = "asked"
    """A person must answer; the note says what was done meanwhile."""
    REFUSED = "refused"
    """It can't be true: not taken."""
    LEFT = "left"
    """Not taken, and nothing to ask: a sum, a blank, a column that means nothing here."""


QUESTIONS = frozenset({NoteKind.ASKED, NoteKind.REFUSED})
"""The kinds that leave something for a person to do."""


@dataclass(frozen=True)
class Place:
    """A place in the source: sheet `Contact Log`, cell `G6`; or an item and its attribute."""

    sheet: str
    cell: str = ""

    def at(self, cell: str) -> "Place":
        """Return another place in the same sheet."""
        return Place(self.sheet, cell)


@dataclass(frozen=True)
class Problem:
    """Notes of one kind, field and reason in one sheet: their cells without the values."""

    kind: NoteKind
    sheet: str
    field: str
    why: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """A note on one value, with the value itself.

    `why` is the same for all values of its kind and holds none; the value taken instead is kept apart.
    """

    kind: NoteKind
    place: Place
    field: str
    value: str
    why: str
    taken: str = ""


_GRAVEST_FIRST = (NoteKind.REFUSED, NoteKind.ASKED, NoteKind.ASSUMED, NoteKind.CHANGED, NoteKind.LEFT)


def problems(notes: Iterable["Note"]) -> list[Problem]:
    """Return notes by what became of the values, gravest and most frequent first."""
    found: defaultdict[tuple[NoteKind, str, str, str], list[str]] = defaultdict(list)
    for note in notes:
        found[note.kind, note.place.sheet, note.field, note.why].append(note.place.cell)
    told = [Problem(*about, tuple(cells)) for about, cells in found.items()]
    return sorted(told, key=lambda each: (_GRAVEST_FIRST.index(each.kind), -len(each.cells)))
