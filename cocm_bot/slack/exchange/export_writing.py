"""Writing an export in any form: the records as data, or one patient as a summary to print."""

from collections.abc import Iterable
from typing import BinaryIO

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.operations.exchange.export_files import WRITERS, ExportFormat
from cocm_bot.operations.exchange.exporting import Export


def check_form(form: ExportFormat, handle: str) -> None:
    """Raise InvalidInput for a form that is of one patient, where none is named."""
    if form is ExportFormat.PDF and not handle:
        raise InvalidInput("A summary to print is of one patient: name the handle.")


def write_export(
    file: BinaryIO, export: Export, form: ExportFormat, records: Iterable[Arrival] | None = None
) -> None:
    """Write an export to a file; `records` are its own, where somebody watches them pass.

    Raises InvalidInput, Unavailable, or BrokenItem.
    """
    check_form(form, export.handle)
    given = export.records() if records is None else records
    if form is not ExportFormat.PDF:
        WRITERS[form](file, export.registry, export.members, given)
        return
    from cocm_bot.slack.exchange.summary_pdf import write_pdf  # noqa: PLC0415 - slow to load, rarely needed

    [each] = given
    write_pdf(file, export.registry, export.members, each, export.ctx.now())
