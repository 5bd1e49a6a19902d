"""Single cells as values: each reader says what it took, and what about it a person should know."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers.grid import CellValue, text_of
from cocm_bot.domain.measures.catalogue import Measure

T = TypeVar("T")

BLANK = frozenset(
    {
        *("n/a", "na", "n.a.", "none", "nil", "null", "-", "–", "—", "--", "?"),
        *("unknown", "unk", "pending", "overdue", "tbd", "tba", "not done", "missing"),
        *("#n/a", "#ref!", "#value!", "#div/0!", "#name?"),
    }
)
"""The words of people and spreadsheets for "not known"; in lower case."""


@dataclass(frozen=True)
class Read(Generic[T]):
    """A value that was read, or None, and what to note of it."""

    value: T | None
    kind: NoteKind | None = None
    why: str = ""


def is_blank(cell: CellValue) -> bool:
    """Return whether a cell says nothing: empty, or a word for unknown."""
    text = text_of(cell)
    return not text or text.lower() in BLANK


_ALONE = re.compile(r"(\d+)(?:[.,]0+)?")
_OUT_OF = re.compile(r"(\d+)\s*(?:/|of|out of)\s*(\d+)")
_WITH_WORDS = re.compile(r"(\d+)\s*(?:\([^\d<>]*\)|[a-z][a-z\s-]*)")


def score(cell: CellValue, measure: Measure) -> Read[float]:
    """Return a measure's total; never out of its range, never from a cell that only resembles a number."""
    if isinstance(cell, datetime):
        return _score_made_a_day(cell, measure)
    text = unicodedata.normalize("NFKC", text_of(cell)).lower()
    if found := _ALONE.fullmatch(text):
        return _in_range(int(found[1]), measure)
    if found := _OUT_OF.fullmatch(text):
        return _out_of(int(found[1]), int(found[2]), measure)
    if found := _WITH_WORDS.fullmatch(text):
        return _in_range(int(found[1]), measure, "words beside the number")
    if re.fullmatch(r"-\s*\d+", text):
        return _in_range(-1, measure)
    return Read(None, NoteKind.ASKED, "no exact number: not taken")


def _out_of(number: int, top: int, measure: Measure) -> Read[float]:
    if top != measure.maximum:
        why = f"points out of another number than {measure.maximum:g}: not taken"
        return Read(None, NoteKind.ASKED, why)
    return _in_range(number, measure, f"points out of {top}")


def _score_made_a_day(cell: datetime, measure: Measure) -> Read[float]:
    """Return the score of a cell like `12/27` that the spreadsheet took for 27 December, or for 12/1980."""
    top = int(measure.maximum)
    if cell.day == top or (cell.day == 1 and cell.year % 100 == top):
        return _in_range(
            cell.month, measure, "points out of the top score, made a date by the spreadsheet", assumed=True
        )
    return Read(None, NoteKind.ASKED, "a date where a score is expected: not taken")


def _in_range(number: int, measure: Measure, changed: str = "", *, assumed: bool = False) -> Read[float]:
    if not measure.accepts(number):
        why = f"{measure.name} runs from {measure.minimum:g} to {measure.maximum:g}: not taken"
        return Read(None, NoteKind.REFUSED, why)
    kind = NoteKind.ASSUMED if assumed else NoteKind.CHANGED
    return Read(float(number), kind if changed else None, changed)


def answer(cell: CellValue, most: int) -> Read[int]:
    """Return the answer to one item, 0 to `most`."""
    text = unicodedata.normalize("NFKC", text_of(cell)).lower()
    found = re.fullmatch(r"(\d+)(?:[.,]0+)?(?:\s*[-–·(:].*)?", text)
    if not found:
        return Read(None, NoteKind.ASKED, "no answer of the form: not taken")
    if int(found[1]) > most:
        return Read(None, NoteKind.REFUSED, f"answers run from 0 to {most}: not taken")
    changed = found[0] != found[1]
    return Read(
        int(found[1]), NoteKind.CHANGED if changed else None, "words beside the answer" if changed else ""
    )


_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::00)?")
_HOURS = re.compile(r"(\d+)\s*h(?:rs?|ours?)?\.?(?:\s*(\d+)\s*m?(?:ins?|inutes?)?\.?)?")
_MINUTES = re.compile(r"(-?\d+(?:\.\d+)?(?:e\+?\d+)?)\s*(m|mins?|minutes?)?\.?")


def minutes(cell: CellValue) -> Read[float]:
    """Return minutes from `20`, `15 min`, `1 h 15 min`, or hours and minutes like `0:45`."""
    text = unicodedata.normalize("NFKC", text_of(cell)).lower()
    if isinstance(cell, timedelta):
        return _possible(cell.total_seconds() / 60, "read as hours and minutes")
    if found := _CLOCK.fullmatch(text) or _HOURS.fullmatch(text):
        return _possible(int(found[1]) * 60 + int(found[2] or 0), "read as hours and minutes")
    if found := _MINUTES.fullmatch(text):
        return _possible(float(found[1]), "a unit beside the number" if found[2] else "")
    return Read(None, NoteKind.ASKED, "no number of minutes: not taken")


def _possible(number: float, changed: str) -> Read[float]:
    if not 0 <= number <= MOST_MINUTES:
        return Read(None, NoteKind.REFUSED, f"a contact has 0 to {MOST_MINUTES} minutes: not taken")
    return Read(float(number), NoteKind.CHANGED if changed else None, changed)


def yes_or_no(cell: CellValue) -> Read[bool]:
    """Return whether a cell says yes; empty says no."""
    text = text_of(cell).lower()
    if text in {"y", "yes", "true", "1", "x", "✓", "no show", "no-show", "ns", "dna", "missed"}:
        return Read(value=True)
    if is_blank(cell) or text in {"n", "no", "false", "0", "attended", "kept"}:
        return Read(value=False)
    return Read(value=False, kind=NoteKind.ASKED, why="neither yes nor no: taken as no")


_DECIMALS = re.compile(r"(\d+)[.,]0+")


def mrn(text: str) -> str:
    """Return a medical record number, leading zeros kept, without the decimals of a spreadsheet's number."""
    found = _DECIMALS.fullmatch(text)
    return found[1] if found else text


_NO_LETTERS = frozenset("\N{REPLACEMENT CHARACTER}¡¢£¤¥¦§¨©ª«¬®¯°±²³´¶·¸¹º»¼½¾¿×÷˜ˆ“”„†‡•…‰‹›€™") | frozenset(
    map(chr, range(0x80, 0xA0))
)
"""Signs that no name has in it, and letters of another encoding turn into."""
_LOST = re.compile(r"[^\W\d_]\?|\?[^\W\d_]|[–—](?=[a-z])|[a-zß-öø-ÿ](?=[À-ÖØ-ÞŠŽŒŸ])")
"""A question mark beside a letter, a dash before a small one, a capital with an accent after a small one."""


def misread(text: str) -> bool:
    """Return whether words have signs inside that letters of another encoding turn into."""
    return "\N{REPLACEMENT CHARACTER}" in text or bool(_LOST.search(text))


def lost_letters(text: str) -> bool:
    """Return whether letters of a text were lost when its file was written, or read in another encoding."""
    return any(each in _NO_LETTERS for each in text) or bool(_LOST.search(text))


def named(cell: CellValue) -> tuple[str, str, bool]:
    """Return first and last name of a whole name, and whether a comma separated them.

    Without a comma the first word is taken for the family name, as in a column that writes it first.
    """
    text = text_of(cell)
    last, comma, first = text.partition(",")
    if comma:
        return first.strip(), last.strip(), True
    last, _, first = text.partition(" ")
    return first.strip(), last.strip(), False
