"""Files as clinics and their systems really write them: taken, asked about, or refused in a sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.notes import NoteKind
from tests.operations.exchange.conftest import reading, workbook

BORN, FROM_1904 = datetime(1984, 2, 29), datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook's days have no zone
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
    *(
        (
            f"{encoding} without a mark",
            "MRN\tLast Name\tFirst Name\tDOB\n0042\tNuñez\tJosé\t2/29/1984\n".encode(encoding),
            {"0042": ("Nuñez", "José")},
        )
        for encoding in ("utf-16-le", "utf-16-be")
    ),
    (
        "an MRN kept as text by a formula",
        f'{HEAD}\n="0042",Adu,Efua,2/29/1984\n"=""0043""",Berg,Bo,2/28/1984\n'.encode(),
        {"0042": ("Adu", "Efua"), "0043": ("Berg", "Bo")},
    ),
    (
        "an MRN kept as text by a mark",
        f"{HEAD}\n'0042,Adu,Efua,2/29/1984\n".encode(),
        {"0042": ("Adu", "Efua")},
    ),
    ("an MRN with decimals", f"{HEAD}\n10042.0,Adu,Efua,2/29/1984\n".encode(), {"10042": ("Adu", "Efua")}),
    (
        "abbreviations",
        b"Pt ID,F Name,Pt Last Name,Bday,Ph #,Ins.\n0042,Efua,Adu,2/29/1984,206-555-0100,Aetna\n".replace(
            b"F Name", b"FName"
        ),
        {"0042": ("Adu", "Efua")},
    ),
    (
        "Spanish",
        "Expediente;Apellidos;Nombre;Fecha de nacimiento;Teléfono\n0042;Núñez;José;29/02/1984;\n".encode(
            "cp1252"
        ),
        {"0042": ("Núñez", "José")},
    ),
    (
        "German",
        "Patienten-Nr.;Nachname;Vorname;Geburtsdatum\n0042;Müller;Jörg;29.02.1984\n".encode("cp1252"),
        {"0042": ("Müller", "Jörg")},
    ),
    (
        "a comma too many in a name",
        f"{HEAD}\n0042,Lee, Jr.,Sam,2/29/1984\n0043,Berg,Bo,2/28/1984,,\n".encode(),
        {"0043": ("Berg", "Bo")},
    ),
    (
        "a cell beside the table",
        workbook({"A": [PEOPLE[0], ["1", "Adu", "Efua", "2/29/1984", None, "call back"]]}),
        {"1": ("Adu", "Efua")},
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


NAMES = [
    *[
        (name, False)
        for name in ("O’Neil", "Smith–Jones", "Nguyễn", "McDonald", "D'Àrcy", "de la Cruz", "Ōta")
    ],
    *[(name, False) for name in ("St. John", "Çelik", "ʻŌpua", "Zoë", "Łukasz", "Adu (Effie)")],
    *[
        (name, True)
        for name in ("Nguy?n", "MuÃ±oz", "JosÃ©", "Mu–oz", "JosŽ", "‘¾˜Y", "M\ufffdller", "N¨²mez")
    ],
]


@pytest.mark.parametrize(("name", "lost"), NAMES)
def test_letters_of_another_encoding_are_asked_about(name: str, *, lost: bool) -> None:
    found = reading(f"{HEAD}\n0042,{name},Efua,2/29/1984\n")
    assert found.patients["0042"].patient.last_name == name
    assert [each.value for each in found.reading.notes if "letters were lost" in each.why] == [name] * lost


def test_a_row_with_a_cell_too_many_is_asked_about() -> None:
    found = reading(f"{HEAD}\n0042,Lee, Jr.,Sam,2/29/1984\n")
    [note] = [each for each in found.reading.notes if each.kind is NoteKind.ASKED]
    assert (note.place.cell, note.field, note.value) == ("E2", "row", "2/29/1984")


def test_an_mrn_with_decimals_is_joined_with_the_one_without() -> None:
    log: list[list[object]] = [
        ["MRN", "Date", "Minutes"],
        ["10042.0", "1/13/2031", 20],
        [10042, "1/14/2031", 20],
    ]
    found = reading(workbook({"A": [PEOPLE[0], ["10042.0", "Adu", "Efua", "2/29/1984"]], "B": log}))
    assert len(found.patients["10042"].logs) == 2


def test_contacts_that_name_their_patients_make_a_caseload() -> None:
    """One sheet for all, a row a contact; a patient of the caseload is that of the caseload."""
    head: list[object] = ["MRN", "Name", "DOB", "Status", "Contact Date", "Contact Type", "Minutes", "PHQ-9"]
    log: list[list[object]] = [
        head,
        ["1", "Adu, Efua", "2/29/1984", "Graduated", "2/24/2031", "Follow up", 20, 4],
        ["1", "ADU, Efua", "2/29/1984", "Active", "1/13/2031", "Initial", 45, 18],
        ["2", "Berg, Bo", "2/28/1984", "Active", "1/14/2031", "Initial", 45, 12],
        ["2", "Cruz, Ana", "2/27/1984", "Active", "1/15/2031", "Initial", 45, 12],
        ["3", "", "", "", "1/15/2031", "Follow up", 20, 9],
        ["4", "Dee, Dan", "2/26/1984", "Active", "1/15/2031", "Initial", 20, 9],
    ]
    caseload: list[list[object]] = [["MRN", "Name", "DOB"], ["4", "Dee, Daniel", "2/26/1984"]]
    found = reading(workbook({"Log": log, "Caseload": caseload}))
    assert set(found.patients) == {"1", "4"}
    efua = found.patients["1"].patient
    assert (efua.date_of_birth, efua.status, efua.total_sessions) == ("1984-02-29", "Deactivated", 2)
    assert found.patients["4"].patient.first_name == "Daniel"
    asked = {(each.place.cell, each.why.split(":")[0]) for each in found.reading.notes if each.field == "mrn"}
    assert asked == {
        ("row 2", "no row of the caseload"),
        *((f"row {row}", "this number is given to different names") for row in (4, 5)),
        *((f"row {row}", "no patient of this number in the file") for row in (4, 5, 6)),
    }


def test_a_hidden_sheet_is_read_and_said() -> None:
    found = reading(
        workbook({"A": PEOPLE, "Old": [PEOPLE[0], ["2", "Berg", "Bo", "2/28/1984"]]}, hidden="Old")
    )
    assert set(found.patients) == {"1", "2"}
    assert [each.place.sheet for each in found.reading.notes if "hidden" in each.why] == ["Old"]


def test_formulas_that_no_program_computed_are_asked_about() -> None:
    rows = [["MRN", "Name", "DOB", "PHQ-9 first"], ["1", "Adu, Efua", "2/29/1984", "=10+8"]]
    [note] = reading(workbook({"A": rows})).about("D2")
    assert (note.kind, note.field) == (NoteKind.ASKED, "formula")


@pytest.mark.parametrize(("year", "taken"), [(1926, []), (1989, []), (1990, ["1990-01-13"])])
def test_a_contact_before_there_was_such_care_is_refused(year: int, taken: list[str]) -> None:
    head = [*PEOPLE[0], "Enrolled", "Initial Assessment"]
    row = ["1", "Adu", "Efua", "2/28/1884", f"1/6/{year}", f"1/13/{year}"]
    found = reading(workbook({"A": [head, row]}))
    assert [day for day, _, _ in found.days("1")] == taken
    assert [each.value for each in found.reading.notes if "is the year right" in each.why] == (
        [] if taken else [f"{year}-01-13"]
    )


def test_minutes_with_a_comma_are_asked_about_and_not_read_as_hundreds() -> None:
    book = workbook({"A": PEOPLE, "B": [["MRN", "Date", "Minutes"], ["1", "1/13/2031", "20,5"]]})
    found = reading(book)
    assert [log.minutes for log in found.patients["1"].logs] == [0]
    assert [each.kind for each in found.about("20,5")] == [NoteKind.ASKED]


def test_a_note_of_several_lines_with_quotes_stays_one_note() -> None:
    book = workbook({"A": PEOPLE, "B": [["MRN", "Date", "Notes"], ["1", "1/13/2031", 'a "b"; c\nd']]})
    assert [log.note for log in reading(book).patients["1"].logs] == ['a "b"; c d']
