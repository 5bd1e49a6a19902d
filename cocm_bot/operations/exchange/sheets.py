"""The bytes of a CSV or XLSX file as sheets of cells."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zipfile import BadZipFile, ZipFile

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.trackers.grid import CellValue, Sheet

CSV_SHEET = "CSV"
"""The name of a CSV file's one sheet in a mapping."""
_SEPARATORS = (",", ";", "\t", "|")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
MOST_UNPACKED = 1_000_000_000
MOST_CELLS = 20_000_000
"""A workbook may unpack to far more than its size: above these bytes and cells it is refused."""


def workbook(data: bytes) -> list[Sheet]:
    """Return the sheets of an XLSX file, formulas as the values last computed; raises InvalidInput."""
    from openpyxl import load_workbook  # noqa: PLC0415 - needed only where a workbook is read
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - for workbooks alone

    _check_size(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise InvalidInput("The file can't be read as a workbook: save it as .xlsx or .csv.") from None
    serials_from = date(1904, 1, 1) if book.epoch.year == 1904 else date(1899, 12, 30)
    sheets, cells = [], 0
    for sheet in book.worksheets:
        rows: list[tuple[CellValue, ...]] = []
        # The size a file claims for a sheet may be wrong: then rows are read until they end.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            cells += len(row)
            if cells > MOST_CELLS:
                raise InvalidInput("The workbook is too large. Save its sheets as CSV files.")
            rows.append(tuple(map(_plain, row)))
        sheets.append(Sheet(sheet.title, rows, serials_from))
    book.close()
    return sheets


def _check_size(data: bytes) -> None:
    """Raise InvalidInput for a workbook that unpacks to more than any caseload, before it is unpacked."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            size = sum(each.file_size for each in archive.infolist())
    except BadZipFile:
        return  # said by what reads it
    if size > MOST_UNPACKED:
        raise InvalidInput("The workbook is too large. Save its sheets as CSV files.")


def _plain(cell: object) -> CellValue:
    known = str | int | float | bool | datetime
    return cell if cell is None or isinstance(cell, known) else _other(cell)


def _other(cell: object) -> CellValue:
    return cell if isinstance(cell, date | time | timedelta) else str(cell)


@dataclass(frozen=True)
class Decoded:
    """A file's text, the encoding it was read in, and another that would fit and gives other letters."""

    text: str
    encoding: str
    doubt: str = ""


def csv_sheet(data: bytes, encoding: str = "") -> tuple[Sheet, Decoded]:
    """Return the sheet of a CSV file and how it was decoded; raises InvalidInput."""
    found = decoded(data, encoding)
    separator = _separator(found.text)
    return Sheet(CSV_SHEET, list(_rows(found.text, separator))), found


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """Return a file's text, its encoding found by the bytes where none is given; raises InvalidInput."""
    known = encoding or next((name for bom, name in _BOMS.items() if data.startswith(bom)), "")
    doubt = ""
    if not known:
        try:
            return Decoded(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            known, doubt = _guessed(data)
    try:
        return Decoded(data.decode(known).removeprefix("\ufeff"), known, doubt)
    except (UnicodeDecodeError, LookupError):
        raise InvalidInput(f"The file can't be read as {known}. Give its encoding with --encoding.") from None


def _guessed(data: bytes) -> tuple[str, str]:
    """Return the encoding that the bytes speak for, and another that fits as well.

    Between Windows' Latin alphabets a few letters tell nothing: there it is the Western one, in doubt.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415 - needed only where a file is read

    best = from_bytes(data, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "mac_roman"]).best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252", ""
    if best.encoding != "cp1250":
        return best.encoding, ""
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return best.encoding, ""
    return "cp1252", best.encoding


def _separator(text: str) -> str:
    """Return the separator that cuts the first lines into the most cells, as many in each."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]
    counts = {each: [len(row) for row in csv.reader(lines, delimiter=each)] for each in _SEPARATORS}
    return max(_SEPARATORS, key=lambda each: max(set(counts[each]), key=counts[each].count, default=0))


def _rows(text: str, separator: str) -> Iterator[list[CellValue]]:
    csv.field_size_limit(10_000_000)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield list(row)
