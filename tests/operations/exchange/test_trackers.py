"""Trackers as clinics keep them, with what is in the way in each, read into patients."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers.mapping import SheetMapping, SourceMapping

Reading = Callable[..., Any]

TITLE = ["Harbor Clinic – tracker (invented people)"]
HEADINGS = ["Patient", None, None, None, "Contacts", None, "PHQ-9", None, None, "GAD-7", None]
HEADER = ["Tx Status", "Name", "MRN", "DOB", "Initial Session", "Last Session"]
HEADER += ["Initial", "Last", "Change", "Initial", "Last"]
CASELOAD = [
    TITLE,
    HEADINGS,
    HEADER,
    ["Active", "Adu, Efua", "0042", 30741, date(2031, 1, 13), "2/24/2031", 18, 12, -6, 14, "9"],
    ["active ", "  Berg,  Jon ", "42 ", "3/4/49", "1/13/2031", "N/A", "12/27", "overdue", None, ">20", None],
    ["Graduated", "Ito, Mei", "A-7", "12/13/71", "6/3/2030", "11/25/2030", 21, "4 (remission)", -17, 15, 3],
    [None] * 11,
    HEADER,
    [
        "D/C - lost to f/u",
        "Nguyen Thi Lan",
        "A 8",
        "2/30/1990",
        None,
        None,
        "pending",
        None,
        None,
        None,
        None,
    ],
    ["Active", "Adu, Efua", "0042", 30741, "1/13/2031", "2/28/2031", 18, 28, 10, 14, 27],
    ["TOTAL", "5 patients", None, None, None, None, "avg 15", None, None, None, None],
]
DAY = datetime.fromisoformat("2031-01-13T14:30")
LOG = [
    [
        "MRN",
        "Date",
        "Contact Type",
        "Visit Type",
        "No Show",
        "Minutes",
        "PHQ-9",
        "PHQ-9 Q9",
        "GAD-7",
        "Provider",
    ],
    [
        "0042",
        DAY,
        "Initial Assessment",
        "In person",
        None,
        45,
        18,
        0,
        14,
        "M. Okafor",
    ],
    ["0042", "1/27/31", "F/U", "Telehealth", "N", "15 min", "15", None, "12", "MO"],
    ["0042", 47886, "Follow up", "phone", "Y", 5, None, None, None, "Dr Nobody"],
    ["0042", "2/10/2031", "Psych consult", None, None, "0:20", None, None, None, "Dr Nobody"],
    ["42", "1/13/31", "Initial", "Video", "no", "1E3", "12/27", 1, ">20", "MO"],
    ["99999", "1/14/31", "Follow Up", "Phone", "N", 10, 9, 0, 5, "MO"],
    ["0042", "17/2/31", "Follow Up", "Group", "N", 20, 31, 5, 22, "MO"],
]


def test_a_workbook_of_two_sheets_with_everything_in_the_way(
    read_source: Reading, make_workbook: Reading
) -> None:
    found = read_source(make_workbook({"Caseload": CASELOAD, "Log": LOG, "Lists": [["(values)"]]}))
    assert found.reading.rows == 12
    assert list(found.patients) == ["0042", "42", "A-7", "A 8"]
    efua = found.patients["0042"].patient
    assert (efua.last_name, efua.first_name, efua.date_of_birth) == ("Adu", "Efua", "1984-02-29")
    # The log's four, and from the overview the last session with its scores; the row of 17/2 has no day.
    assert found.days("0042") == [
        ("2031-01-13", "Initial Assessment", {"PHQ-9": 18, "GAD-7": 14}),
        ("2031-01-27", "Follow Up", {"PHQ-9": 15, "GAD-7": 12}),
        ("2031-02-07", "Follow Up", {}),
        ("2031-02-10", "Psychiatric Consultation", {}),
        ("2031-02-24", "Follow Up", {"PHQ-9": 12, "GAD-7": 9}),
    ]
    logs = found.patients["0042"].logs
    assert [(log.no_show, log.minutes) for log in logs] == [
        *[(False, 45), (False, 15), (True, 5), (False, 20), (False, 0)],
    ]
    assert [(log.provider, log.provider_name) for log in logs[:3]] == [
        *[("user-1", ""), ("user-1", ""), ("", "Dr Nobody")],
    ]
    assert (efua.total_sessions, efua.weeks_since_initial_assessment, efua.last_follow_up) == (
        3,
        7,
        int(logs[-1].date),
    )
    jon = found.patients["42"].patient
    assert (jon.last_name, jon.first_name, jon.date_of_birth) == ("Berg", "Jon", "1949-03-04")
    [first] = found.patients["42"].logs
    assert (first.self_harm, first.minutes, first.note) == ({"PHQ-9": 1}, 0, "")
    assert [(alert.quiet, alert.log_id) for alert in jon.alerts] == [(True, first.id)]
    mei = found.patients["A-7"].patient
    assert (mei.status, mei.course.scores["PHQ-9"].latest, mei.episodes[0].reason) == (
        "Deactivated",
        4,
        "Graduated",
    )
    lan = found.patients["A 8"].patient
    assert (lan.first_name, lan.last_name, lan.date_of_birth) == ("Thi Lan", "Nguyen", "")
    told = {(note.kind, note.place.cell, note.value) for note in found.reading.notes}
    assert {
        (NoteKind.ASKED, "J5", ">20"),
        (NoteKind.CHANGED, "G5", "12/27"),
        (NoteKind.CHANGED, "H6", "4 (remission)"),
        (NoteKind.REFUSED, "D9", "2/30/1990"),
        (NoteKind.REFUSED, "H10", "28"),
        (NoteKind.REFUSED, "K10", "27"),
        (NoteKind.ASKED, "row 10", "0042"),
        (NoteKind.LEFT, "A11", "TOTAL"),
        (NoteKind.ASKED, "row 7", "99999"),
        (NoteKind.REFUSED, "F6", "1E3"),
        (NoteKind.REFUSED, "B8", "17/2/31"),
        (NoteKind.CHANGED, "B4", "47886"),
    } <= told


def test_the_mapping_a_dry_run_proposes_reads_the_same(read_source: Reading, make_workbook: Reading) -> None:
    data = make_workbook({"Caseload": CASELOAD, "Log": LOG})
    first = read_source(data)
    again = read_source(data, first.reading.mapping)
    assert again.reading.notes == first.reading.notes
    assert {mrn: each.patient for mrn, each in again.patients.items()} == {
        mrn: each.patient for mrn, each in first.patients.items()
    }


CSV = "MRN;Last Name;First Name;DOB;Initial assessment;PHQ-9 first;PHQ-9 last;Status\n{rows}"
ROW = "00123;Muñoz;Zoë;29.02.1984;08.02.31;18;;Treatment\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_csv_of_every_encoding_and_separator(
    read_source: Reading, encoding: str, separator: str, line: str
) -> None:
    text = CSV.format(rows=ROW).replace(";", separator).replace("\n", line)
    found = read_source(text.encode(encoding))
    [zoe] = found.patients.values()
    assert zoe.patient.patient_mrn == "00123"
    assert (zoe.patient.first_name, zoe.patient.last_name) == ("Zoë", "Muñoz")
    assert zoe.patient.date_of_birth == "1984-02-29"


def test_an_order_that_no_cell_tells_is_asked_for_and_answered(read_source: Reading) -> None:
    found = read_source(CSV.format(rows=ROW))
    assert found.days("00123") == []
    assert ("E2", "initial_assessment", "08.02.31") in found.notes(NoteKind.ASKED)
    assert found.reading.mapping.sheets["CSV"].dates == {"D": "dmy", "E": "?"}
    sheet = found.reading.mapping.sheets["CSV"].model_copy(update={"dates": {"E": "dmy"}})
    answered = read_source(CSV.format(rows=ROW), SourceMapping(sheets={"CSV": sheet}))
    assert answered.days("00123") == [("2031-02-08", "Initial Assessment", {"PHQ-9": 18})]


def test_latest_scores_without_a_day_wait_for_one(read_source: Reading) -> None:
    text = CSV.format(rows=ROW.replace(";;Treatment", ";12;Treatment"))
    found = read_source(text)
    assert ("G2", "PHQ-9: last score", "12") in found.notes(NoteKind.ASKED)
    mapping = found.reading.mapping.model_copy(update={"as_of": date(2031, 2, 28)})
    assert read_source(text, mapping).days("00123") == [("2031-02-28", "Follow Up", {"PHQ-9": 12})]


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (SheetMapping(header=1, columns={"A": "mnr"}), "names a column “mnr”"),
        (SheetMapping(header=1, columns={"A": "mrn", "F": "XYZ: score"}), "XYZ: score"),
        (
            SheetMapping(
                header=1, columns={"A": "mrn", "B": "name", "D": "date_of_birth"}, dates={"D": "ydm"}
            ),
            "ydm",
        ),
    ],
)
def test_a_mapping_that_names_nothing_is_refused(
    read_source: Reading, mapping: SheetMapping, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_source(CSV.format(rows=ROW), SourceMapping(sheets={"CSV": mapping}))


ADA = '7,"Doe, Ada",2/29/1984,1/13/2031,18,x\n'


@pytest.mark.parametrize(
    ("text", "mrns", "asked"),
    [
        (f'{ADA}7,"Roe, Ben",1/13/1990,1/13/2031,3,x\n', [], ["7", "7"]),
        (f'{ADA}8,"Doe, Ada",2/29/1984,1/13/2031,3,x\n', ["7", "8"], ["8"]),
        (f'{ADA}07,"Roe, Ben",1/13/1990,1/13/2031,3,x\n', ["7", "07"], []),
        (f'{ADA}1.23457E+11,"Roe, Ben",1/13/1990,1/13/2031,3,x\n', ["7"], ["1.23457E+11", "Ben Roe"]),
        (f'{ADA},"Roe, Ben",1/13/1990,1/13/2031,3,x\n', ["7"], ["Ben Roe"]),
        (f"{ADA}9,,1/13/1990,1/13/2031,3,x\n", ["7"], [""]),
        (f'{ADA}#lock,"Roe, Ben",1/13/1990,1/13/2031,3,x\n', ["7"], ["#lock", "Ben Roe"]),
        (f'{ADA}9,"Nguy?n, Lan",1/13/1990,1/13/2031,3,x\n', ["7", "9"], ["Nguy?n, Lan"]),
        (f'{ADA}9,"Roe, Ben",,1/13/2031,3,x\n', ["7", "9"], [""]),
        (f'{ADA}9,"Roe, Ben",1/13/1990,1/13/2031,3,"two\nlines; and, more"\n', ["7", "9"], []),
        (f"{ADA}\n\nTotal,2,,,18,\n", ["7"], []),
        ('7,"Doe, Ada",2/29/1984,1/13/2031,18', ["7"], []),
    ],
    ids=[
        *["one number for two people", "two numbers for one person", "numbers that differ by zeros"],
        *["a number the spreadsheet shortened", "no number", "no name", "a number of no form"],
        *["lost letters", "no birth date", "lines in a cell", "a sum below blank rows", "a row cut short"],
    ],
)
def test_who_is_taken_and_what_is_asked(
    read_source: Reading, text: str, mrns: list[str], asked: list[str]
) -> None:
    found = read_source(f"MRN,Name,DOB,Initial Assessment,PHQ-9 first,Notes\n{text}")
    assert list(found.patients) == mrns
    assert sorted(value for _, _, value in found.notes(NoteKind.ASKED)) == sorted(asked)


def test_a_score_the_spreadsheet_made_a_day_is_read_back_and_told(
    read_source: Reading, make_workbook: Reading
) -> None:
    rows = [
        ["MRN", "Name", "DOB", "Initial Assessment", "PHQ-9 first"],
        ["7", "Doe, Ada", "2/29/1984", date(2031, 1, 13), date(2031, 12, 27)],
    ]
    found = read_source(make_workbook({"S": rows}))
    assert found.days("7") == [("2031-01-13", "Initial Assessment", {"PHQ-9": 12})]
    [note] = [each for each in found.reading.notes if each.field == "PHQ-9: first score"]
    assert (note.kind, note.taken) == (NoteKind.ASSUMED, "12")


def test_serials_of_a_workbook_that_counts_from_1904(read_source: Reading, make_workbook: Reading) -> None:
    rows = [["MRN", "Name", "DOB"], ["7", "Doe, Ada", 29279]]
    data = make_workbook({"S": rows}, epoch=datetime(1904, 1, 1))  # noqa: DTZ001 - as the library has it
    # 29279 days after 1 January 1904.
    assert read_source(data).patients["7"].patient.date_of_birth == "1984-02-29"


def test_contacts_that_cannot_be_true_are_refused(read_source: Reading, make_workbook: Reading) -> None:
    caseload = [["MRN", "Name", "DOB"], ["7", "Doe, Ada", "2/29/1984"]]
    log = [
        ["MRN", "Date", "Type", "PHQ-9", "PHQ-9 Q9", "No show"],
        ["7", "1/13/1984", "Follow up", 3, 0, ""],
        ["7", "12/31/2031", "Follow up", 3, 0, ""],
        ["7", "1/13/2031", "Initial", 0, 2, ""],
        ["7", "1/14/2031", "Psych consult", 9, 1, ""],
        ["7", "1/15/2031", "Follow up", 0, 0, "Y"],
    ]
    found = read_source(make_workbook({"A": caseload, "B": log}))
    assert found.days("7") == [
        ("2031-01-13", "Initial Assessment", {}),
        ("2031-01-14", "Psychiatric Consultation", {}),
        ("2031-01-15", "Follow Up", {}),
    ]
    # An answer about self-harm above 0 is never lost for the cells beside it.
    assert [log.self_harm for log in found.patients["7"].logs] == [{"PHQ-9": 2}, {"PHQ-9": 1}, {}]
    refused = found.notes(NoteKind.REFUSED)
    assert ("B3", "contact_date", "12/31/2031") in refused
    assert ("row 2", "contact_date", "1984-01-13") in refused


def test_items_make_a_total_or_are_asked_about(read_source: Reading, make_workbook: Reading) -> None:
    caseload = [["MRN", "Name", "DOB"], ["7", "Doe, Ada", "2/29/1984"]]
    items = [f"PHQ9_{number}" for number in range(1, 10)]
    log = [
        ["MRN", "Date", "Type", "PHQ-9 total", *items],
        ["7", "1/13/2031", "Initial", None, 3, 3, 2, 2, 2, 2, 2, 1, 1],
        ["7", "1/14/2031", "Follow up", 9, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ["7", "1/15/2031", "Follow up", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ["7", "1/16/2031", "Follow up", None, 1, 1, 1, 1, None, 1, 1, 1, 0],
        ["7", "1/17/2031", "Follow up", 9, None, None, None, None, None, None, None, None, 5],
    ]
    found = read_source(make_workbook({"A": caseload, "B": log}))
    assert [scores for _, _, scores in found.days("7")] == [
        *[{"PHQ-9": 18}, {"PHQ-9": 9}, {"PHQ-9": 10}, {}, {"PHQ-9": 9}],
    ]
    logs = found.patients["7"].logs
    assert [len(log.answers.get("PHQ-9", ())) for log in logs] == [9, 9, 0, 0, 0]
    assert [log.self_harm.get("PHQ-9") for log in logs] == [1, 1, 1, 0, None]


def test_measures_the_registry_does_not_ask_for_are_asked_about(read_source: Reading) -> None:
    found = read_source('MRN,Name,DOB,Initial Assessment,ISI first\n7,"Doe, Ada",2/29/1984,1/13/2031,20\n')
    assert found.days("7") == [("2031-01-13", "Initial Assessment", {})]
    assert ("row 2", "ISI", "20") in found.notes(NoteKind.ASKED)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"\x00" * 200,
        b"\xd0\xcf\x11\xe0 an old workbook",
        b"\x00" * 50,
        b"%PDF-1.7 x",
        b"a\x00b\x00",
    ],
)
def test_files_of_other_kinds_are_refused_in_a_sentence(read_source: Reading, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_source(data)
