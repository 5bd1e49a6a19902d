"""The bytes of a CSV or XLSX file as sheets of cells."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zipfile import BadZipFile, ZipFile

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.trackers.grid import CellValue, Sheet
from cocm_bot.domain.exchange.trackers.values import misread

CSV_SHEET = "CSV"
"""The name of a CSV file's one sheet in a mapping."""
_SEPARATORS = (",", ";", "\t", "|")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"|\'([\d=+@-].*)', re.DOTALL)
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
        sheets.append(Sheet(sheet.title, rows, serials_from, hidden=sheet.sheet_state != "visible"))
    book.close()
    return sheets


_UNCOMPUTED = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
MOST_SEARCHED = 100_000_000
"""Bytes of one sheet that are searched for formulas."""


def uncomputed(data: bytes) -> list[str]:
    """Return the cells with a formula of which a workbook holds no value, as a program may write it."""
    found: list[str] = []
    with ZipFile(io.BytesIO(data)) as archive:
        for each in archive.infolist():
            if each.filename.startswith("xl/worksheets/") and each.file_size <= MOST_SEARCHED:
                found += [cell.decode() for cell in _UNCOMPUTED.findall(archive.read(each))]
    return found


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
    return Sheet(CSV_SHEET, list(_rows(found.text, separator)), separated=True), found


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """Return a file's text, its encoding found by the bytes where none is given; raises InvalidInput."""
    known = encoding or next((name for bom, name in _BOMS.items() if data.startswith(bom)), "")
    known = known or _wide(data)
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


def _wide(data: bytes) -> str:
    """Return which UTF-16 a text without a mark is in: of Latin letters each second byte is 0."""
    some = data[:1000]
    few, half = len(some) // 10, len(some) * 2 // 5
    for name, zeros, others in (("utf-16-le", some[1::2], some[::2]), ("utf-16-be", some[::2], some[1::2])):
        if zeros.count(0) > half > few >= others.count(0):
            return name
    return ""


def _guessed(data: bytes) -> tuple[str, str]:
    """Return the encoding that the bytes speak for, and another that fits as well.

    Between Windows' Latin alphabets a few letters tell nothing: there it is the Western one, in doubt.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415 - needed only where a file is read

    best = from_bytes(data, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "mac_roman"]).best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252", ""
    if best.encoding == "mac_roman" and not misread(data.decode("cp1252", "replace")):
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
        yield [_bare(cell) for cell in row]


def _bare(cell: str) -> str:
    """Return a cell without what keeps a spreadsheet from reading it: `="0042"`, or `'` before a digit."""
    found = _KEPT_AS_TEXT.fullmatch(cell)
    return found[1] or found[2] if found else cell
