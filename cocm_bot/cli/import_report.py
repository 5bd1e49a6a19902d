"""The report of an import: sums for the screen, every note with its value for a file of one's own."""

import csv
import io
from collections import Counter
from pathlib import Path

from rich.table import Table

from cocm_bot.cli.printing import console, counted, say
from cocm_bot.cli.private_files import write_private
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.operations.exchange.importing import Outcome, Report

MOST_SHOWN = 40
"""Kinds of notes that the screen shows; the file has every note."""


def print_report(report: Report, *, applied: bool) -> None:
    """Print what was taken and what is open: no value of a patient, but sheets, fields and reasons."""
    done = "" if applied else " would be"
    outcomes = report.outcomes
    say(
        f"{counted(report.reading.rows, 'row')} read ({report.reading.form}): "
        f"{counted(outcomes[Outcome.TAKEN], 'patient')} with {counted(report.contacts, 'contact')}"
        f"{done} taken, "
        f"{outcomes[Outcome.THERE]:,} already there, {outcomes[Outcome.LEFT]:,} left."
    )
    if report.first:
        say(f"See to these first: {counted(len(report.first), 'line')} “safety” in the report.")
    sums = Counter((note.kind, note.place.sheet, note.field, note.why) for note in report.notes)
    if sums:
        console().print(_table(sums))
    if len(sums) > MOST_SHOWN:
        say(f"…and {len(sums) - MOST_SHOWN:,} more kinds, in the report.")
    say(f"Import {report.import_id}. Questions left: {report.questions:,}.")


def _table(sums: Counter[tuple[NoteKind, str, str, str]]) -> Table:
    table = Table("Number", "What became of it", "Sheet", "Field", "Why", box=None)
    order = [NoteKind.REFUSED, NoteKind.ASKED, NoteKind.ASSUMED, NoteKind.CHANGED, NoteKind.LEFT]
    ranked = sorted(sums.items(), key=lambda each: (order.index(each[0][0]), -each[1]))
    for (kind, sheet, field, why), number in ranked[:MOST_SHOWN]:
        table.add_row(f"{number:,}", kind, sheet, field, why)
    return table


def write_report(where: Path, report: Report) -> None:
    """Write every note to a CSV file that only its owner can read."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["what", "sheet", "cell", "field", "value", "taken", "why"])
    for note in (*report.first, *report.notes):
        value, taken = unformula(note.value), unformula(note.taken)
        rows.writerow([note.kind, note.place.sheet, note.place.cell, note.field, value, taken, note.why])
    write_private(where, written.getvalue().encode("utf-8-sig"))


def unformula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
