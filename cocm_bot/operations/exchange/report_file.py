"""Every note of an import, with its value, as a file for the one who imports."""

import csv
import io

from cocm_bot.operations.exchange.importing import Report


def report_file(report: Report) -> bytes:
    """Return the notes as CSV, those on who needs somebody today first."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["what", "sheet", "cell", "field", "value", "taken", "why"])
    for note in (*report.first, *report.notes):
        value, taken = unformula(note.value), unformula(note.taken)
        rows.writerow([note.kind, note.place.sheet, note.place.cell, note.field, value, taken, note.why])
    return written.getvalue().encode("utf-8-sig")


def unformula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
