"""The figures as a file: one XLSX with a sheet for each table, or one CSV with one below the other."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain.access import AccessAction, Actor
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.figures.asked import asked
from cocm_bot.operations.access.access_logging import record_export, record_file
from cocm_bot.operations.context import Context
from cocm_bot.operations.figures.report import Report, report, report_of
from cocm_bot.operations.figures.sheets import Cell, Sheet, sheets
from cocm_bot.operations.roster import named
from cocm_bot.store import registries
from cocm_bot.store.team import people

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings of texts that a spreadsheet takes for a formula, full-width forms included."""


class Format(StrEnum):
    """The form of a file; the value is its extension."""

    XLSX = "xlsx"
    CSV = "csv"


def exported(
    ctx: Context, registry_id: str, words: Sequence[str], account: str
) -> tuple[Report, Sequence[Sheet]]:
    """Return a registry's figures of a period as tables, for the operating system's account; logged first.

    Raises NotFound for an unknown registry, InvalidInput for words that can't be read, or Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    wanted = asked(words, registry.policy.local_date(ctx.now().timestamp()))
    record_export(ctx, registry_id, AccessAction.EXPORT_FIGURES, account, [])
    team = people.members(ctx.table, registry_id).records
    found = report_of(ctx, registry, wanted, team)
    return found, sheets(found, named(team))


def figures_file(ctx: Context, actor: Actor, words: Sequence[str], form: Format) -> bytes:
    """Return the figures of what was asked for as a file for the actor, which is logged first.

    Raises NotAllowed, InvalidInput or Unavailable.
    """
    found, names = report(ctx, actor, words)
    period = found.figures.period
    record_file(ctx, actor, AccessAction.EXPORT_FIGURES, [], of=f"{period.first} {period.last} {form}")
    return written(sheets(found, names), form)


def written(tables: Sequence[Sheet], form: Format) -> bytes:
    """Return the tables in the form asked for."""
    return _WRITERS[form](tables)


def _csv(tables: Sequence[Sheet]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for table in tables:
        writer.writerow([table.name])
        writer.writerow(table.columns)
        writer.writerows([[_neutral(cell) for cell in row] for row in table.rows])
        writer.writerow([])
    # The mark at the beginning tells Excel that it is UTF-8.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(tables: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and needed only where a file is made

    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        sheet.append(list(table.columns))
        for row in table.rows:
            sheet.append([_neutral(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _neutral(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula, and that both forms can hold."""
    if not isinstance(cell, str):
        return cell
    text = "".join(character if character.isprintable() else " " for character in cell)
    return f"'{text}" if text.startswith(RISKY) else text


_WRITERS: Mapping[Format, Callable[[Sequence[Sheet]], bytes]] = MappingProxyType(
    {Format.XLSX: _xlsx, Format.CSV: _csv}
)
