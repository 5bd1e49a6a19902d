"""Files as clinics and their systems really write them: taken, asked about, or refused in a sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.notes import NoteKind
from tests.operations.exchange.conftest import reading, workbook

# A workbook's days have no zone.
BORN, FROM_1904 = datetime(1984, 2, 29), datetime(1904, 1, 1)  # noqa: DTZ001 - the reason above
HEAD = "MRN,Last Name,First Name,DOB"
PEOPLE = [HEAD.split(","), ["1", "Adu", "Efua", "2/29/1984"]]


def bomb() -> bytes:
    """A workbook of a few kilobytes that says it unpacks to more than any caseload."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(11):
            archive.writestr(f"xl/{number}.xml", b"\0" * 100_000_000)
    return packed.getvalue()


REFUSED: list[tuple[bytes | Callable[[], bytes], str]] = [
    (bomb, "The workbook is too large"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "protected by a password"),
    (b"<html><table><tr><td>MRN</td></tr></table>", "not a table"),
    (b"%PDF-1.7", "not a table"),
    (b"[" * 100_000, "can't be read as JSON"),
    (b'{"resourceType":"Patient","id":"p"}\n{"resourceType":"Obs', "Line 2 of the file is not JSON"),
]


@pytest.mark.parametrize(("data", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_can_not_be_read_is_refused(data: bytes | Callable[[], bytes], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        reading(data() if callable(data) else data)


TAKEN: list[tuple[str, bytes, dict[str, tuple[str, str]]]] = [
    (
        "UTF-16 and tabs",
        "MRN\tLast Name\tFirst Name\tDOB\n0042\tNguyễn\tJosé\t2/29/1984\n".encode("utf-16"),
        {"0042": ("Nguyễn", "José")},
    ),
    (
        "a header below a title",
        f"Caseload of the clinic\n\n\nprinted on Monday\n{HEAD}\n0042,Adu,Efua,2/29/1984\n".encode(),
        {"0042": ("Adu", "Efua")},
    ),
    (
        "a header that comes again",
        f"{HEAD}\n0042,Adu,Efua,2/29/1984\n{HEAD}\n0043,Berg,Bo,2/28/1984\n".encode(),
        {"0042": ("Adu", "Efua"), "0043": ("Berg", "Bo")},
    ),
    ("lines of an old Mac", f"{HEAD}\r0042,Adu,Efua,2/29/1984\r".encode(), {"0042": ("Adu", "Efua")}),
    (
        "spaces that do not break",
        "MRN,Last\u00a0Name,First Name,DOB\n\u00a00042 ,Adu,Efua,2/29/1984\n".encode(),
        {"0042": ("Adu", "Efua")},
    ),
    (
        "a number for an MRN",
        workbook({"A": [PEOPLE[0], [10023.0, "Adu", "Efua", "2/29/1984"]]}),
        {"10023": ("Adu", "Efua")},
    ),
    (
        "days counted from 1904",
        workbook({"A": [PEOPLE[0], ["1", "Adu", "Efua", BORN]]}, epoch=FROM_1904),
        {"1": ("Adu", "Efua")},
    ),
    (
        "thousands of empty columns",
        f"{HEAD}{',' * 5000}\n0042,Adu,Efua,2/29/1984\n".encode(),
        {"0042": ("Adu", "Efua")},
    ),
    ("an MRN that Excel shortened", f"{HEAD}\n1.00E+04,Adu,Efua,2/29/1984\n".encode(), {}),
    (
        "a name of private use",
        f"{HEAD}\n0042,\ue000\ue001,Efua,2/29/1984\n".encode(),
        {"0042": ("\ue000\ue001", "Efua")},
    ),
]


@pytest.mark.parametrize(("what", "data", "people"), TAKEN, ids=[each[0] for each in TAKEN])
def test_what_can_be_read_is_taken(what: str, data: bytes, people: dict[str, tuple[str, str]]) -> None:
    found = reading(data).patients
    assert {
        mrn: (each.patient.last_name, each.patient.first_name) for mrn, each in found.items()
    } == people, what


@pytest.mark.parametrize("hidden", ["\u202e", "\0", "\u200b", "\u2066", "\ufeff"])
def test_characters_that_nobody_sees_are_left_out_of_names(hidden: str) -> None:
    found = reading(f"{HEAD}\n0042,A{hidden}du,Efua,2/29/1984\n")
    assert found.patients["0042"].patient.last_name == "Adu"
    assert [each.taken for each in found.reading.notes if each.kind is NoteKind.CHANGED] == ["Adu"]


def test_minutes_with_a_comma_are_asked_about_and_not_read_as_hundreds() -> None:
    book = workbook({"A": PEOPLE, "B": [["MRN", "Date", "Minutes"], ["1", "1/13/2031", "20,5"]]})
    found = reading(book)
    assert [log.minutes for log in found.patients["1"].logs] == [0]
    assert [each.kind for each in found.about("20,5")] == [NoteKind.ASKED]


def test_a_note_of_several_lines_with_quotes_stays_one_note() -> None:
    book = workbook({"A": PEOPLE, "B": [["MRN", "Date", "Notes"], ["1", "1/13/2031", 'a "b"; c\nd']]})
    assert [log.note for log in reading(book).patients["1"].logs] == ['a "b"; c d']
