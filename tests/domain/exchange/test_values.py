"""Cells as people write them, and what is taken of each; expected values are read off by hand."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers import values, words
from cocm_bot.domain.exchange.trackers.columns import column_of
from cocm_bot.domain.exchange.trackers.dates import (
    DayOrder,
    NotADay,
    Reading,
    Undecided,
    day_of,
    evident_order,
    needs_order,
)
from cocm_bot.domain.exchange.trackers.grid import CellValue, letters
from cocm_bot.domain.measures.catalogue import CATALOGUE

PHQ_9, GAD_7, PCL_5 = CATALOGUE["PHQ-9"], CATALOGUE["GAD-7"], CATALOGUE["PCL-5"]
at = datetime.fromisoformat
"""A cell's time, which has no zone."""
TODAY = date(2031, 3, 3)
CHANGED, ASSUMED, ASKED, REFUSED = NoteKind.CHANGED, NoteKind.ASSUMED, NoteKind.ASKED, NoteKind.REFUSED


@pytest.mark.parametrize(
    ("cell", "taken", "kind"),
    [
        (18, 18, None),
        (0, 0, None),
        (27, 27, None),
        ("12", 12, None),
        (12.0, 12, None),
        ("12.0", 12, None),
        ("１２", 12, None),
        ("12/27", 12, CHANGED),
        ("12 of 27", 12, CHANGED),
        ("4 (remission)", 4, CHANGED),
        ("12 moderate", 12, CHANGED),
        (at("2026-12-27"), 12, ASSUMED),
        (at("2026-12-26"), None, ASKED),
        ("12/21", None, ASKED),
        (">20", None, ASKED),
        ("~15", None, ASKED),
        ("10-12", None, ASKED),
        ("12 (9)", None, ASKED),
        ("12.5", None, ASKED),
        (12.5, None, ASKED),
        ("PHQ 12", None, ASKED),
        ("twelve", None, ASKED),
        (True, None, ASKED),
        (28, None, REFUSED),
        ("31/27", None, REFUSED),
        (-1, None, REFUSED),
        ("1E3", None, ASKED),
    ],
)
def test_scores(cell: CellValue, taken: float | None, kind: NoteKind | None) -> None:
    found = values.score(cell, PHQ_9)
    assert (found.value, found.kind) == (taken, kind)


def test_a_score_that_became_a_month_is_read_back() -> None:
    assert values.score(at("1980-12-01"), PCL_5).value == 12


@given(st.one_of(st.text(), st.integers(), st.floats(), st.datetimes(), st.booleans()))
def test_no_cell_makes_a_score_out_of_range(cell: CellValue) -> None:
    found = values.score(cell, GAD_7).value
    assert found is None or 0 <= found <= 21


@pytest.mark.parametrize(
    ("cell", "taken", "kind"),
    [
        (20, 20, None),
        (20.5, 20.5, None),
        ("15 min", 15, CHANGED),
        ("15 mins.", 15, CHANGED),
        ("0:45", 45, CHANGED),
        (time(0, 45), 45, CHANGED),
        (timedelta(minutes=90), 90, CHANGED),
        ("1h 15m", 75, CHANGED),
        ("1 hr", 60, CHANGED),
        ("1E3", None, REFUSED),
        (1000, None, REFUSED),
        ("-5", None, REFUSED),
        ("480", 480, None),
        ("481", None, REFUSED),
        ("a while", None, ASKED),
        (at("2026-01-02"), None, ASKED),
        (float("nan"), None, ASKED),
        (float("inf"), None, ASKED),
    ],
)
def test_minutes(cell: CellValue, taken: float | None, kind: NoteKind | None) -> None:
    found = values.minutes(cell)
    assert (found.value, found.kind) == (taken, kind)


@pytest.mark.parametrize(
    "cell", ["", None, "N/A", "n/a", "—", "none", "overdue", "pending", " NA ", "#REF!", "#N/A", "?", "tbd"]
)
def test_words_for_unknown(cell: CellValue) -> None:
    assert values.is_blank(cell)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Nguy?n", True),
        ("Th? Lan", True),
        ("Nguy\ufffdn", True),
        ("Muñoz", False),
        ("O’Neil", False),
        ("?", False),
    ],
)
def test_lost_letters(text: str, lost: bool) -> None:
    assert values.lost_letters(text) is lost


MDY, DMY = DayOrder.MONTH_FIRST, DayOrder.DAY_FIRST


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["6/22/26", "7/1/26"], MDY),
        (["22/6/26", "7/1/26"], DMY),
        (["6/8/26", "1/12/26"], None),
        (["6/22/26", "7/15/26", "13/7/26"], MDY),
        (["6/22/26", "22/6/26"], None),
        (["2026-06-22"], None),
        (["2/30/2026"], MDY),
        ([44000, None, "n/a"], None),
        (["08.06.26", "30.06.26"], DMY),
    ],
)
def test_the_order_of_a_column(cells: list[CellValue], order: DayOrder | None) -> None:
    assert evident_order(cells) is order


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("6/8/26", MDY, "2026-06-08"),
        ("6/8/26", DMY, "2026-08-06"),
        ("6-8-2026", DMY, "2026-08-06"),
        ("08.06.26", DMY, "2026-06-08"),
        ("3/3/26", None, "2026-03-03"),
        ("2026-06-08", None, "2026-06-08"),
        ("2026/6/8", None, "2026-06-08"),
        ("2026-06-08T14:30:00Z", None, "2026-06-08"),
        ("6/8/2026 14:30", MDY, "2026-06-08"),
        ("8 June 2026", None, "2026-06-08"),
        ("8-Jun-26", None, "2026-06-08"),
        ("June 8, 2026", None, "2026-06-08"),
        (46181, None, "2026-06-08"),
        (46181.6, None, "2026-06-08"),
        (at("2026-06-08T14:00"), None, "2026-06-08"),
        (date(2026, 6, 8), None, "2026-06-08"),
    ],
)
def test_days(cell: CellValue, order: DayOrder | None, day: str) -> None:
    assert day_of(cell, Reading(order, TODAY)).isoformat() == day


@pytest.mark.parametrize(
    ("cell", "year"),
    [("3/3/49", 1949), ("3/3/31", 2031), ("3/3/32", 1932), ("3/3/00", 2000), ("3/3/1901", 1901)],
)
def test_birth_dates_lie_in_the_past(cell: str, year: int) -> None:
    assert day_of(cell, Reading(MDY, TODAY, birth=True)).year == year


@pytest.mark.parametrize(
    ("cell", "order", "error"),
    [
        ("6/8/26", None, Undecided),
        ("13/7/26", MDY, NotADay),
        ("7/13/26", DMY, NotADay),
        ("2/30/2026", MDY, NotADay),
        ("30.02.26", DMY, NotADay),
        ("2/29/2027", MDY, NotADay),
        ("soon", MDY, NotADay),
        ("1/2", MDY, NotADay),
        (0.5, MDY, NotADay),
        (1e12, MDY, NotADay),
        ("20260608", MDY, NotADay),
    ],
)
def test_what_is_no_day_is_no_day(cell: CellValue, order: DayOrder | None, error: type[NotADay]) -> None:
    with pytest.raises(error):
        day_of(cell, Reading(order, TODAY))


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.sampled_from(["/", "-", "."]))
def test_a_day_is_read_as_it_was_written_or_asked_about(day: date, separator: str) -> None:
    text = separator.join((f"{day.month}", f"{day.day}", f"{day.year}"))
    assert day_of(text, Reading(MDY, TODAY)) == day
    if day.day > 12:
        assert evident_order([text]) is MDY
    elif day.day != day.month:
        assert needs_order([text])
        with pytest.raises(Undecided):
            day_of(text, Reading(evident_order([text]), TODAY))


@pytest.mark.parametrize(
    ("header", "heading", "column"),
    [
        ("MRN", "", "mrn"),
        ("Patient MRN", "", "mrn"),
        ("Date of\nBirth", "", "date_of_birth"),
        ("E-mail", "", "email"),
        ("Tx Status", "", "status"),
        ("Last", "Patient", "last_name"),
        ("Last", "PHQ-9", "PHQ-9: last score"),
        ("Initial", "PHQ-9", "PHQ-9: first score"),
        ("Initial", "GAD-7", "GAD-7: first score"),
        ("Last Date", "GAD-7", "GAD-7: last date"),
        ("Change", "PHQ-9", "computed"),
        ("PHQ9 baseline", "", "PHQ-9: first score"),
        ("Most recent PHQ-9", "", "PHQ-9: last score"),
        ("PHQ-9", "", "PHQ-9: score"),
        ("PHQ-9 total", "", "PHQ-9: score"),
        ("PHQ-9 Q9", "", "PHQ-9: item 9"),
        ("PHQ9_9", "", "PHQ-9: item 9"),
        ("PHQ-9 SI", "", "PHQ-9: item 9"),
        ("PHQ-2", "", "PHQ-2: score"),
        ("PHQ-90", "", "ignore"),
        ("Initial Session", "Contacts", "initial_assessment"),
        ("Follow-Up Due", "Contacts", "computed"),
        ("Wks in Tx", "", "computed"),
        ("SSN", "", "ignore"),
        ("", "PHQ-9", "ignore"),
    ],
)
def test_columns(header: str, heading: str, column: str) -> None:
    assert str(column_of(header, heading, CATALOGUE.values())) == column


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("Treatment", "Treatment", None),
        ("enrolled", "Enrolled", None),
        ("RPP", "Relapse Prevention Plan", None),
        ("Active", None, None),
        ("on hold", None, None),
        ("Graduated", "Deactivated", "Graduated"),
        ("D/C - lost to f/u", "Deactivated", "Lost to contact"),
        ("Declined", "Deactivated", "Declined"),
        ("Discharged", "Deactivated", "Other"),
        ("Deceased", "Deactivated", "Died"),
        ("Discharged to hospice", "Deactivated", "Hospice or palliative care"),
        ("D/C nursing home", "Deactivated", "Permanent nursing home"),
        ("Transferred", "Deactivated", "Referred on"),
        ("whatever", None, None),
        ("Inactive", "Deactivated", "Other"),
    ],
)
def test_statuses(text: str, status: str | None, reason: str | None) -> None:
    found = words.standing(text).value
    assert found is not None
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Initial Assessment", "Initial Assessment"),
        ("F/U", "Follow Up"),
        ("Psych consult", "Psychiatric Consultation"),
        ("Systematic Case Review", "Psychiatric Consultation"),
        ("RPP", "Relapse Prevention Plan"),
        ("Voicemail", "Outreach Attempt"),
        ("Care coordination", "Care Coordination"),
        ("something", "Follow Up"),
    ],
)
def test_types_of_contact(text: str, kind: str) -> None:
    assert words.contact_type(text).value == kind


@pytest.mark.parametrize(
    ("text", "visit"),
    [
        ("In person", "In-person w/ Patient"),
        ("phone", "Phone"),
        ("Telehealth", "Telehealth"),
        ("Zoom", "Video"),
        ("office", "Clinic"),
        ("Group", "Group"),
        ("by pigeon", None),
        ("", None),
    ],
)
def test_types_of_visit(text: str, visit: str | None) -> None:
    assert words.visit_type(text).value == visit


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Safety Risk", ("Safety Risk",)),
        ("SI", ("Safety Risk",)),
        ("Flag for discussion", ("Needs Discussion",)),
        ("Review w/ psychiatrist; safety", ("Review with Psychiatrist", "Safety Risk")),
        ("green", ()),
    ],
)
def test_flags(text: str, flags: tuple[str, ...]) -> None:
    assert words.flags(text).value == flags


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(number: int, name: str) -> None:
    assert letters(number) == name
