"""The forms an export is written in."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from csv import writer
from enum import StrEnum
from types import MappingProxyType
from typing import BinaryIO

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.export_tables import Kind, rows_of
from cocm_bot.domain.exchange.fhir.export import resources_of
from cocm_bot.domain.exchange.own_format import head, line_of
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.people import full_name

Writer = Callable[[BinaryIO, Registry, Sequence[RegistryUser], Iterable[Arrival]], None]


class ExportFormat(StrEnum):
    """The form of an export."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    FHIR = "fhir"
    PDF = "pdf"
    """A summary of one patient, to print."""


def write_jsonl(
    file: BinaryIO, registry: Registry, _members: Sequence[RegistryUser], records: Iterable[Arrival]
) -> None:
    """Write the lossless form, a patient at a time."""
    file.write(f"{head(registry)}\n".encode())
    file.writelines(f"{line_of(each)}\n".encode() for each in records)


def write_csv(
    file: BinaryIO, registry: Registry, members: Sequence[RegistryUser], records: Iterable[Arrival]
) -> None:
    """Write a zip of a CSV file for each kind of row."""
    tables = {kind: io.StringIO() for kind in Kind}
    writers = {kind: writer(table) for kind, table in tables.items()}
    for kind in Kind:
        writers[kind].writerow(kind.columns)
    for kind, row in _rows(registry, members, records):
        writers[kind].writerow([_inert(cell) for cell in row])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, table in tables.items():
            # A fixed date: the same records make the same bytes.
            entry = zipfile.ZipInfo(f"{kind}.csv", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, table.getvalue().encode("utf-8-sig"))


def write_xlsx(
    file: BinaryIO, registry: Registry, members: Sequence[RegistryUser], records: Iterable[Arrival]
) -> None:
    """Write a workbook with a sheet for each kind of row."""
    from openpyxl import Workbook  # noqa: PLC0415 - needed only where a workbook is written

    book = Workbook(write_only=True)
    sheets = {kind: book.create_sheet(kind.title()) for kind in Kind}
    for kind, sheet in sheets.items():
        sheet.freeze_panes = "A2"
        sheet.append(kind.columns)
    for kind, row in _rows(registry, members, records):
        sheets[kind].append([_inert(cell) for cell in row])
    book.save(file)


def write_fhir(
    file: BinaryIO, _registry: Registry, members: Sequence[RegistryUser], records: Iterable[Arrival]
) -> None:
    """Write FHIR R4 resources, one a line."""
    names = _names(members)
    for each in records:
        file.writelines(
            json.dumps(resource, ensure_ascii=False).encode() + b"\n"
            for resource in resources_of(each, names)
        )


def _names(members: Sequence[RegistryUser]) -> dict[str, str]:
    return {each.user_id: full_name(each) for each in members}


def _rows(
    registry: Registry, members: Sequence[RegistryUser], records: Iterable[Arrival]
) -> Iterator[tuple[Kind, Sequence[object]]]:
    names = _names(members)
    for each in records:
        yield from rows_of(each, registry.policy, names)


def _inert(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


WRITERS: Mapping[ExportFormat, Writer] = MappingProxyType(
    {
        ExportFormat.JSONL: write_jsonl,
        ExportFormat.CSV: write_csv,
        ExportFormat.XLSX: write_xlsx,
        ExportFormat.FHIR: write_fhir,
    }
)
"""The forms that hold the records themselves, of any number of patients."""
