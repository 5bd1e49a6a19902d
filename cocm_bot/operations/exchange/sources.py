"""The source of an import: the bytes of a file, and their form."""

import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.trackers.mapping import SourceMapping

GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""The first bytes of packed files, of workbooks, and of older or encrypted ones."""
_NO_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<!DOCTYPE", b"<html")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
MOST_BYTES = 2_000_000_000
"""The most bytes a packed file may unpack to."""


class Form(StrEnum):
    """The form of a source."""

    CSV = "csv"
    WORKBOOK = "xlsx"
    OLDER_TABLE = "older table"
    FHIR = "fhir"
    OWN = "cocm-bot export"


@dataclass(frozen=True)
class Source:
    """The bytes of a file, and how a person says they are to be read."""

    data: bytes
    mapping: SourceMapping | None = None
    sheet: str = ""
    """The only sheet to read; empty for all."""
    encoding: str = ""
    registry: str = ""
    """The registry to take from an older table that holds several."""

    @property
    def digest(self) -> str:
        """Return what tells this source, read this way, from every other."""
        said = self.mapping.model_dump_json() if self.mapping else ""
        text = "\0".join(
            (hashlib.sha256(self.data).hexdigest(), said, self.sheet, self.encoding, self.registry)
        )
        return hashlib.sha256(text.encode()).hexdigest()


def unpacked(data: bytes) -> bytes:
    """Return the bytes of a file, those of a gzip file unpacked; raises InvalidInput."""
    if not data.startswith(GZIP):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            found = packed.read(MOST_BYTES)
    except (OSError, EOFError):
        raise InvalidInput("The file is packed, but can't be unpacked: it may be cut off.") from None
    return found


def form_of(data: bytes) -> Form:
    """Return the form that unpacked bytes are in; raises InvalidInput."""
    if data.startswith(ZIP):
        return Form.WORKBOOK
    if data.startswith(OLE):
        raise InvalidInput(
            "The file is an older workbook, or protected by a password: save it as .xlsx without one."
        )
    if data.startswith(_NO_TEXT):
        raise InvalidInput("The file is not a table: save the caseload as .xlsx or .csv.")
    if not data.strip(b"\xef\xbb\xbf \r\n\t\x00"):
        raise InvalidInput("The file is empty.")
    head = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if head not in (b"{", b"["):
        return Form.CSV
    first = next(documents(data), None)
    if not isinstance(first, dict):
        raise InvalidInput("The file is JSON, but holds no records the bot knows.")
    if first.get("format") == "cocm-bot":
        return Form.OWN
    return Form.FHIR if "resourceType" in first else Form.OLDER_TABLE


def documents(data: bytes) -> Iterator[Any]:
    """Return the JSON values of a file: one a line, or else its one value, or those of its one list.

    Raises InvalidInput that names the line.
    """
    lines = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=None)
    try:
        if _json(next(lines)) is None:
            whole = _json(data.decode("utf-8-sig"))
            if whole is None:
                raise InvalidInput("The file can't be read as JSON: it may be cut off.")
            yield from whole if isinstance(whole, list) else [whole]
            return
        lines.seek(0)
        for number, line in enumerate(lines, 1):
            if line.strip():
                found = _json(line)
                if found is None:
                    raise InvalidInput(f"Line {number} of the file is not JSON: the file may be cut off.")
                yield from found if isinstance(found, list) else [found]
    except UnicodeDecodeError:
        raise InvalidInput("The file is JSON, but not in UTF-8: write it again.") from None


def _json(text: str) -> Any:
    try:
        found = json.loads(text)
        if _HALF.search(text):
            # Half a letter, as a broken export writes it, can be stored nowhere.
            whole = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
            found = json.loads(whole)
    except (ValueError, RecursionError):
        return None
    return found
