"""A month's billing list as a file: CSV, XLSX or JSON, with what spreadsheets would run neutralized."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain.access import AccessAction, Action, Actor
from cocm_bot.domain.billing.columns import COLUMNS, Cell, cells
from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.domain.errors import NotFound
from cocm_bot.operations.access.access_logging import authorise, record_export, record_file
from cocm_bot.operations.billing.month_list import Month, Row, part_of, read_month, with_others
from cocm_bot.operations.context import Context
from cocm_bot.store import registries

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The first characters of a text that a spreadsheet takes for a formula, full-width forms included."""
SHEET = "Billing"


class Format(StrEnum):
    """The form of a file; the value is its extension."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def billing_file(ctx: Context, actor: Actor, asked: Asked, form: Format) -> bytes:
    """A part of a month's list as a file for the actor; that they get it is logged first, with who is in it.

    Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_BILLING)
    month = read_month(ctx, actor.registry, asked.month)
    rows = with_others(ctx, month, part_of(month, asked))
    ids = [row.entry.patient_id for row in rows]
    record_file(ctx, actor, AccessAction.EXPORT_BILLING, ids, of=f"{asked.month} {form}")
    return written(month, rows, form)


def exported(ctx: Context, registry_id: str, month: str, account: str) -> tuple[Month, Sequence[Row]]:
    """A registry's month with all its rows, for the operating system's account, which is logged first.

    Raises NotFound for an unknown registry, or Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    found = read_month(ctx, registry, month)
    rows = with_others(ctx, found, found.rows)
    ids = [row.entry.patient_id for row in rows]
    record_export(ctx, registry_id, AccessAction.EXPORT_BILLING, account, ids)
    return found, rows


def written(month: Month, rows: Iterable[Row], form: Format) -> bytes:
    """The rows in the form asked for."""
    return _WRITERS[form](list(table(month, rows)))


def table(month: Month, rows: Iterable[Row]) -> Iterator[dict[str, Cell]]:
    """The rows by column, as the registry lets Finance see them."""
    shown = month.registry.disclosure.finance
    return (cells(row.entry, row.claim, row.change, tuple(row.elsewhere), shown) for row in rows)


def neutral(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: a risky text gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell


def _csv(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    writer.writerows({name: neutral(cell) for name, cell in row.items()} for row in rows)
    # The mark at the beginning tells Excel that it is UTF-8.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and needed only where a file is made
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - for workbooks alone

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    sheet.append(list(COLUMNS))
    for row in rows:
        written_cells = []
        for value in row.values():
            cell = WriteOnlyCell(sheet, value=_printable(neutral(value)))
            # Text stays text: no number is made of an MRN, and no formula of anything.
            cell.data_type = "s" if isinstance(value, str) else "n"
            written_cells.append(cell)
        sheet.append(written_cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _printable(cell: Cell) -> Cell:
    """A cell without the control characters that the form can't hold."""
    if isinstance(cell, int):
        return cell
    return "".join(character if character.isprintable() else " " for character in cell)


def _json(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


_WRITERS: Mapping[Format, Callable[[Sequence[Mapping[str, Cell]]], bytes]] = MappingProxyType(
    {Format.CSV: _csv, Format.XLSX: _xlsx, Format.JSON: _json}
)
