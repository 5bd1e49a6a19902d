"""The report of an import: sums for the screen, every note with its value for a file of one's own."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from cocm_bot.cli.printing import console, counted, say
from cocm_bot.cli.private_files import write_private
from cocm_bot.domain.exchange.notes import Problem, problems
from cocm_bot.operations.exchange.importing import Outcome, Report
from cocm_bot.operations.exchange.report_file import report_file

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
    found = problems(report.notes)
    if found:
        console().print(_table(found))
    if len(found) > MOST_SHOWN:
        say(f"…and {len(found) - MOST_SHOWN:,} more kinds, in the report.")
    say(f"Import {report.import_id}. Questions left: {report.questions:,}.")


def _table(found: Sequence[Problem]) -> Table:
    table = Table("Number", "What became of it", "Sheet", "Field", "Why", box=None)
    for each in found[:MOST_SHOWN]:
        table.add_row(f"{len(each.cells):,}", each.kind, each.sheet, each.field, each.why)
    return table


def write_report(where: Path, report: Report) -> None:
    """Write every note to a CSV file that only its owner can read."""
    write_private(where, report_file(report))
