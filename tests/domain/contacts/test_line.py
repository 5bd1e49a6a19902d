"""One typed line as a contact: what tired people type, what comes of it, and that nothing is ever guessed."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocm_bot.domain.contacts.line import ContactLine, asks_at_once, is_taken_for_more, read_line
from cocm_bot.domain.handles import HANDLE_ALPHABET, HANDLE_LENGTH
from cocm_bot.domain.measures.catalogue import CATALOGUE
from cocm_bot.domain.vocabulary import ContactType, VisitType, WorkKind

TODAY = date(2026, 11, 27)
"""A Friday."""
MEASURES = [CATALOGUE["PHQ-9"], CATALOGUE["GAD-7"]]
ITEMS = (2, 1, 3, 2, 0, 1, 1, 0, 1)
PHONE, CLINIC, VIDEO = VisitType.PHONE, VisitType.CLINIC, VisitType.VIDEO
OUTREACH, COORDINATION = WorkKind.OUTREACH, WorkKind.CARE_COORDINATION


def read(text: str) -> ContactLine:
    return read_line(text, MEASURES, TODAY)


def said(line: ContactLine) -> dict[str, Any]:
    """Return the values of a line, without what it leaves out; of what is not understood the words."""
    empty = ContactLine()
    found = {name: value for name, value in vars(line).items() if value != getattr(empty, name)}
    if line.unread:
        found["unread"] = [each.words for each in line.unread]
    return found


def nov(day: int) -> date:
    return date(2026, 11, day)


LINES: list[tuple[str, dict[str, Any]]] = [
    # the whole of it, in any order
    (
        'K7Q4 phone 20m phq9 12 gad7 8 next 2w "sleeping better"',
        {
            "patient": "K7Q4",
            "visit_type": PHONE,
            "minutes": 20,
            "scores": {"PHQ-9": 12, "GAD-7": 8},
            "next_appointment": date(2026, 12, 11),
            "note": "sleeping better",
        },
    ),
    (
        '"sleeping better" next 2w gad7 8 phq9 12 20m phone K7Q4',
        {
            "patient": "K7Q4",
            "visit_type": PHONE,
            "minutes": 20,
            "scores": {"PHQ-9": 12, "GAD-7": 8},
            "next_appointment": date(2026, 12, 11),
            "note": "sleeping better",
        },
    ),
    ("K7Q4", {"patient": "K7Q4"}),
    ("", {}),
    ("   ", {}),
    ("k7q4 phone", {"patient": "k7q4", "visit_type": PHONE}),
    ("BKRT phone 20m", {"patient": "BKRT", "visit_type": PHONE, "minutes": 20}),
    ("phone 20m BKRT", {"patient": "BKRT", "visit_type": PHONE, "minutes": 20}),
    ("bkrt phone 20m", {"patient": "bkrt", "visit_type": PHONE, "minutes": 20}),
    ("RV-20417 phone 5m", {"patient": "RV-20417", "visit_type": PHONE, "minutes": 5}),
    ("phone RV-20417 5m", {"patient": "RV-20417", "visit_type": PHONE, "minutes": 5}),
    ("100234 20m", {"patient": "100234", "minutes": 20}),
    ("Ana Muñoz phone 20m", {"patient": "Ana Muñoz", "visit_type": PHONE, "minutes": 20}),
    ("“Ana Muñoz” phone 20m", {"patient": "Ana Muñoz", "visit_type": PHONE, "minutes": 20}),
    ("Sunday Adeyemi phone", {"patient": "Sunday Adeyemi", "visit_type": PHONE}),
    ("李 小龙 video 20m", {"patient": "李 小龙", "visit_type": VIDEO, "minutes": 20}),
    ("2H35 phone 20m", {"patient": "2H35", "visit_type": PHONE, "unread": []} | {"minutes": 20}),
    # a handle is no item, although one may be called q4
    ("Q429", {"patient": "Q429"}),
    ("Q429 phone 20m", {"patient": "Q429", "visit_type": PHONE, "minutes": 20}),
    ("phone 20m Q429", {"patient": "Q429", "visit_type": PHONE, "minutes": 20}),
    ("q299 q9 1", {"patient": "q299", "self_harm": {"PHQ-9": 1}}),
    ("phone 20m", {"visit_type": PHONE, "minutes": 20}),
    # how, and what for
    ("K7Q4 PHONE 20M", {"patient": "K7Q4", "visit_type": PHONE, "minutes": 20}),
    ("K7Q4, phone, 20m,", {"patient": "K7Q4", "visit_type": PHONE, "minutes": 20}),
    ("K7Q4 call 20m", {"patient": "K7Q4", "visit_type": PHONE, "minutes": 20}),
    ("K7Q4 by phone", {"patient": "K7Q4", "visit_type": PHONE}),
    ("K7Q4 in person 30m", {"patient": "K7Q4", "visit_type": VisitType.IN_PERSON, "minutes": 30}),
    ("K7Q4 f2f", {"patient": "K7Q4", "visit_type": VisitType.IN_PERSON}),
    ("K7Q4 at clinic", {"patient": "K7Q4", "visit_type": CLINIC}),
    ("K7Q4 home visit 45m", {"patient": "K7Q4", "visit_type": VisitType.HOME_VISIT, "minutes": 45}),
    ("K7Q4 telehealth", {"patient": "K7Q4", "visit_type": VisitType.TELEHEALTH}),
    ("K7Q4 group 60m", {"patient": "K7Q4", "visit_type": VisitType.GROUP, "minutes": 60}),
    ("K7Q4 f/u phone", {"patient": "K7Q4", "contact_type": ContactType.FOLLOW_UP, "visit_type": PHONE}),
    ("K7Q4 follow up", {"patient": "K7Q4", "contact_type": ContactType.FOLLOW_UP}),
    ("K7Q4 intake 60m", {"patient": "K7Q4", "contact_type": ContactType.INITIAL_ASSESSMENT, "minutes": 60}),
    ("K7Q4 consult 10m", {"patient": "K7Q4", "contact_type": ContactType.CONSULTATION, "minutes": 10}),
    ("K7Q4 no-show phone", {"patient": "K7Q4", "no_show": True, "visit_type": PHONE}),
    ("K7Q4 noshow", {"patient": "K7Q4", "no_show": True}),
    ("K7Q4 no show", {"patient": "K7Q4", "no_show": True}),
    ("K7Q4 outreach 5m", {"patient": "K7Q4", "contact_type": OUTREACH, "minutes": 5}),
    ("K7Q4 vm 3m", {"patient": "K7Q4", "contact_type": OUTREACH, "minutes": 3}),
    (
        "K7Q4 outreach phone 5m",
        {"patient": "K7Q4", "contact_type": OUTREACH, "minutes": 5, "unread": ["phone"]},
    ),
    (
        'K7Q4 coordination 15m "called pharmacy"',
        {"patient": "K7Q4", "contact_type": COORDINATION, "minutes": 15, "note": "called pharmacy"},
    ),
    ("K7Q4 coordination phq9 3", {"patient": "K7Q4", "contact_type": COORDINATION, "unread": ["phq9 3"]}),
    ("K7Q4 phone clinic", {"patient": "K7Q4", "unread": ["phone, clinic"]}),
    ("K7Q4 phone phone", {"patient": "K7Q4", "visit_type": PHONE}),
    ("K7Q4 pohne 20m", {"patient": "K7Q4", "minutes": 20, "unread": ["pohne"]}),
    ("K7Q4 visit", {"patient": "K7Q4", "unread": ["visit"]}),
    ("K7Q4 no answer", {"patient": "K7Q4", "unread": ["no answer"]}),
    # minutes
    ("K7Q4 20 min", {"patient": "K7Q4", "minutes": 20}),
    ("K7Q4 20mins", {"patient": "K7Q4", "minutes": 20}),
    ("K7Q4 20 minutes", {"patient": "K7Q4", "minutes": 20}),
    ("K7Q4 1h", {"patient": "K7Q4", "minutes": 60}),
    ("K7Q4 1h15", {"patient": "K7Q4", "minutes": 75}),
    ("K7Q4 1hr 15min", {"patient": "K7Q4", "minutes": 75}),
    ("K7Q4 0m", {"patient": "K7Q4", "minutes": 0}),
    ("K7Q4 20", {"patient": "K7Q4", "unread": ["20"]}),
    ("K7Q4 500m", {"patient": "K7Q4", "unread": ["500m"]}),
    ("K7Q4 20m 30m", {"patient": "K7Q4", "unread": ["20m, 30m"]}),
    ("K7Q4 20m 20m", {"patient": "K7Q4", "minutes": 20}),
    ("K7Q4 2om", {"patient": "K7Q4", "unread": ["2om"]}),
    ("K7Q4 half an hour", {"patient": "K7Q4", "unread": ["half an hour"]}),
    # totals
    ("K7Q4 PHQ-9 12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq 9 12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9:12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9: 12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9=12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9 = 12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9 score 12", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9 12/27", {"patient": "K7Q4", "scores": {"PHQ-9": 12}}),
    ("K7Q4 phq9 0", {"patient": "K7Q4", "scores": {"PHQ-9": 0}}),
    ("K7Q4 phq9 08", {"patient": "K7Q4", "scores": {"PHQ-9": 8}}),
    ("K7Q4 gad7 21 phq9 27", {"patient": "K7Q4", "scores": {"PHQ-9": 27, "GAD-7": 21}}),
    ("K7Q4 phq9 28", {"patient": "K7Q4", "unread": ["phq9 28"]}),
    ("K7Q4 phq9 -1", {"patient": "K7Q4", "unread": ["phq9 -1"]}),
    ("K7Q4 phq9 12.5", {"patient": "K7Q4", "unread": ["phq9 12.5"]}),
    ("K7Q4 phq9 12/21", {"patient": "K7Q4", "unread": ["phq9 12/21"]}),
    ("K7Q4 phq9 11/24", {"patient": "K7Q4", "unread": ["phq9 11/24"]}),
    ("K7Q4 phq9", {"patient": "K7Q4", "unread": ["phq9"]}),
    ("K7Q4 phq9 twelve", {"patient": "K7Q4", "unread": ["phq9", "twelve"]}),
    ("K7Q4 phq 9", {"patient": "K7Q4", "unread": ["phq 9"]}),
    ("K7Q4 phq 12", {"patient": "K7Q4", "unread": ["phq 12"]}),
    ("K7Q4 phq912", {"patient": "K7Q4", "unread": ["phq912"]}),
    ("K7Q4 pqh9 12", {"patient": "K7Q4", "unread": ["pqh9 12"]}),
    ("K7Q4 phq9 1O", {"patient": "K7Q4", "unread": ["phq9", "1O"]}),
    ("K7Q4 12 phq9", {"patient": "K7Q4", "unread": ["phq9", "12"]}),
    ("K7Q4 phq9 12 phq9 14", {"patient": "K7Q4", "unread": ["phq9 12, phq9 14"]}),
    ("K7Q4 phq9 12 8", {"patient": "K7Q4", "unread": ["phq9 12 8"]}),
    ("K7Q4 phq9 20 min", {"patient": "K7Q4", "unread": ["phq9 20 min"]}),
    ("K7Q4 phq9 12 20 min", {"patient": "K7Q4", "scores": {"PHQ-9": 12}, "minutes": 20}),
    ("K7Q4 phq9 12 24 nov", {"patient": "K7Q4", "scores": {"PHQ-9": 12}, "day": nov(24)}),
    ("K7Q4 phq9 24 nov", {"patient": "K7Q4", "unread": ["phq9 24 nov"]}),
    ("K7Q4 pcl5 33", {"patient": "K7Q4", "unread": ["pcl5 33"]}),
    ("K7Q4 audit-c 4", {"patient": "K7Q4", "unread": ["audit-c 4"]}),
    # every item, and the self-harm item
    ("K7Q4 phq9 213201101", {"patient": "K7Q4", "answers": {"PHQ-9": ITEMS}}),
    ("K7Q4 phq9 213 201 101", {"patient": "K7Q4", "answers": {"PHQ-9": ITEMS}}),
    ("K7Q4 phq9 2 1 3 2 0 1 1 0 1", {"patient": "K7Q4", "answers": {"PHQ-9": ITEMS}}),
    ("K7Q4 gad7 1110111", {"patient": "K7Q4", "answers": {"GAD-7": (1, 1, 1, 0, 1, 1, 1)}}),
    ("K7Q4 phq9 21320110", {"patient": "K7Q4", "unread": ["phq9 21320110"]}),
    ("K7Q4 phq9 2132011011", {"patient": "K7Q4", "unread": ["phq9 2132011011"]}),
    ("K7Q4 phq9 213201104", {"patient": "K7Q4", "unread": ["phq9 213201104"]}),
    ("K7Q4 phq9 2 1 3 2 0 1 1 0", {"patient": "K7Q4", "unread": ["phq9 2 1 3 2 0 1 1 0"]}),
    ("K7Q4 phq9 2132 01101", {"patient": "K7Q4", "unread": ["phq9 2132 01101"]}),
    ("213201101 K7Q4", {"patient": "K7Q4", "unread": ["213201101"]}),
    ("K7Q4 phq9 12 item9 0", {"patient": "K7Q4", "scores": {"PHQ-9": 12}, "self_harm": {"PHQ-9": 0}}),
    ("K7Q4 phq9 12 item 9: 2", {"patient": "K7Q4", "scores": {"PHQ-9": 12}, "self_harm": {"PHQ-9": 2}}),
    ("K7Q4 phq9 12 q9 1", {"patient": "K7Q4", "scores": {"PHQ-9": 12}, "self_harm": {"PHQ-9": 1}}),
    (
        "K7Q4 phq9 12 item9 ?",
        {"patient": "K7Q4", "scores": {"PHQ-9": 12}, "items_not_known": frozenset({"PHQ-9"})},
    ),
    ("K7Q4 item9 4", {"patient": "K7Q4", "unread": ["item9 4"]}),
    ("K7Q4 item9", {"patient": "K7Q4", "unread": ["item9"]}),
    ("K7Q4 item3 2", {"patient": "K7Q4", "unread": ["item3 2"]}),
    ("K7Q4 item9 0 item9 1", {"patient": "K7Q4", "unread": ["item9 0, item9 1"]}),
    ("K7Q4 phq9 213201101 item9 0", {"patient": "K7Q4", "unread": ["item9 0, phq9 213201101"]}),
    (
        "K7Q4 phq9 213201101 item9 1",
        {"patient": "K7Q4", "answers": {"PHQ-9": ITEMS}, "self_harm": {"PHQ-9": 1}},
    ),
    ("K7Q4 no si", {"patient": "K7Q4", "unread": ["no si"]}),
    # days of the contact
    ("K7Q4 today", {"patient": "K7Q4", "day": TODAY}),
    ("K7Q4 yesterday phone", {"patient": "K7Q4", "day": nov(26), "visit_type": PHONE}),
    ("K7Q4 ayer", {"patient": "K7Q4", "day": nov(26)}),
    ("K7Q4 hoy", {"patient": "K7Q4", "day": TODAY}),
    ("K7Q4 11/24", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 on 11/24/26", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 11/24/2026", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 24/11", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 24.11.", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 2026-11-24", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 24 nov", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 Nov 24th", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 24 de noviembre", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 2 days ago", {"patient": "K7Q4", "day": nov(25)}),
    ("K7Q4 2d ago", {"patient": "K7Q4", "day": nov(25)}),
    ("K7Q4 monday", {"patient": "K7Q4", "day": nov(23)}),
    ("K7Q4 martes", {"patient": "K7Q4", "day": nov(24)}),
    ("K7Q4 friday", {"patient": "K7Q4", "unread": ["friday"]}),
    ("K7Q4 12/24", {"patient": "K7Q4", "unread": ["12/24"]}),
    ("K7Q4 13/13", {"patient": "K7Q4", "unread": ["13/13"]}),
    ("K7Q4 2/30", {"patient": "K7Q4", "unread": ["2/30"]}),
    ("K7Q4 11/24 11/23", {"patient": "K7Q4", "unread": ["11/24, 11/23"]}),
    # the next appointment
    ("K7Q4 next 10 days", {"patient": "K7Q4", "next_appointment": date(2026, 12, 7)}),
    ("K7Q4 next in 2 weeks", {"patient": "K7Q4", "next_appointment": date(2026, 12, 11)}),
    ("K7Q4 next appt 12/8", {"patient": "K7Q4", "next_appointment": date(2026, 12, 8)}),
    ("K7Q4 rtc 1w", {"patient": "K7Q4", "next_appointment": date(2026, 12, 4)}),
    ("K7Q4 next 1/5", {"patient": "K7Q4", "next_appointment": date(2027, 1, 5)}),
    ("K7Q4 next 2w 11/20", {"patient": "K7Q4", "day": nov(20), "next_appointment": date(2026, 12, 4)}),
    ("K7Q4 next week", {"patient": "K7Q4", "unread": ["next week"]}),
    ("K7Q4 next tuesday", {"patient": "K7Q4", "unread": ["next tuesday"]}),
    ("K7Q4 next", {"patient": "K7Q4", "unread": ["next"]}),
    ("K7Q4 2w", {"patient": "K7Q4", "unread": ["2w"]}),
    ("K7Q4 next 99w", {"patient": "K7Q4", "unread": ["next 99w"]}),
    # notes, and words nobody put in quotation marks
    ("K7Q4 note sleeping better, 20m walks", {"patient": "K7Q4", "note": "sleeping better, 20m walks"}),
    ("K7Q4 note: BP:120, ok.", {"patient": "K7Q4", "note": "BP:120, ok."}),
    ('K7Q4 "one" 20m "two"', {"patient": "K7Q4", "minutes": 20, "note": "one\ntwo"}),
    ("K7Q4 phone sleeping better", {"patient": "K7Q4", "visit_type": PHONE, "unread": ["sleeping better"]}),
    (
        'K7Q4 20m "sleeping better',
        {"patient": "K7Q4", "minutes": 20, "note": "sleeping better", "unread": ['"']},
    ),
    ("K7Q4 M3R2 phone", {"patient": "K7Q4", "visit_type": PHONE, "unread": ["M3R2"]}),
    # saved at once
    ("K7Q4 phone 20m!", {"patient": "K7Q4", "visit_type": PHONE, "minutes": 20, "at_once": True}),
    ("K7Q4 phone 20m !!", {"patient": "K7Q4", "visit_type": PHONE, "minutes": 20, "at_once": True}),
    ('K7Q4 20m "great"!', {"patient": "K7Q4", "minutes": 20, "note": "great", "at_once": True}),
    ('K7Q4 20m "great!"', {"patient": "K7Q4", "minutes": 20, "note": "great!"}),
    ("K7Q4 20m note great!", {"patient": "K7Q4", "minutes": 20, "note": "great!"}),
    ("K7Q4 phq9 12! phone", {"patient": "K7Q4", "visit_type": PHONE, "unread": ["phq9", "12!"]}),
]


@pytest.mark.parametrize(("typed", "expected"), LINES)
def test_what_a_tired_person_types_is_read_or_marked(typed: str, expected: dict[str, Any]) -> None:
    expected = {name: value for name, value in expected.items() if value != []}
    assert said(read(typed)) == expected


def test_there_are_enough_of_them() -> None:
    assert len({typed for typed, _ in LINES}) >= 120


def test_the_day_before_is_not_read_into_a_monday_on_a_monday() -> None:
    monday = date(2026, 11, 23)
    assert read_line("K7Q4 monday", MEASURES, monday).day is None
    assert read_line("K7Q4 yesterday", MEASURES, monday).day == date(2026, 11, 22)


@pytest.mark.parametrize("typed", [line for line, _ in LINES])
def test_the_mark_that_saves_is_seen_before_anything_is_read(typed: str) -> None:
    assert asks_at_once(typed) == read(typed).at_once


PIECES = st.lists(
    st.one_of(
        st.sampled_from([part for line, _ in LINES for part in line.split()]),
        st.from_regex(r"\A[0-9a-zA-Z/.!?\":=-]{1,8}\Z"),
    ),
    max_size=12,
).map(" ".join)


@given(PIECES)
def test_no_line_gives_a_value_that_is_not_in_it(typed: str) -> None:
    line = read(typed)
    numbers = {int(number) for number in re.findall(r"\d+", typed)}
    digits = "".join(re.findall(r"\d", typed))
    for score in line.scores.values():
        assert int(score) in numbers
    for answer in line.self_harm.values():
        assert answer in numbers
    for answers in line.answers.values():
        assert "".join(map(str, answers)) in digits
    if line.minutes is not None:
        assert line.minutes in numbers or {line.minutes // 60, line.minutes % 60} <= numbers | {0}
    for word in (*line.note.split(), *line.patient.split()):
        assert word.strip('"') in typed.replace('"', " ") or word.rstrip(",;.") in typed
    for day, base in ((line.day, TODAY), (line.next_appointment, line.day or TODAY)):
        assert day is None or _in_words(day, base, typed, numbers)


def _in_words(day: date, base: date, typed: str, numbers: set[int]) -> bool:
    """Return whether the line gives a day: as a date, as so many days or weeks, or by its word."""
    apart = abs((day - base).days)
    told = {day.day, day.month} <= numbers or (day.day in numbers and bool(re.search("[a-zA-Z]{3}", typed)))
    counted = apart in numbers or (apart % 7 == 0 and apart // 7 in numbers)
    word = bool(re.search("today|hoy|yesterday|ayer|tomorrow|day|martes", typed.lower())) and apart < 7
    return told or counted or word


@given(st.permutations(["phone", "20m", "phq9 12", "item9 0", "gad7 8", "next 2w", "yesterday", '"better"']))
def test_words_stand_in_any_order(parts: list[str]) -> None:
    line = read(" ".join(["K7Q4", *parts]))
    assert said(line) == {
        "patient": "K7Q4",
        "visit_type": PHONE,
        "minutes": 20,
        "scores": {"PHQ-9": 12, "GAD-7": 8},
        "self_harm": {"PHQ-9": 0},
        "next_appointment": TODAY + timedelta(days=13),
        "day": TODAY - timedelta(days=1),
        "note": "better",
    }


@given(st.text(max_size=120))
def test_any_text_is_read(text: str) -> None:
    read(text)


HANDLES = st.text(HANDLE_ALPHABET, min_size=HANDLE_LENGTH, max_size=HANDLE_LENGTH)


@given(HANDLES.filter(lambda handle: not is_taken_for_more(handle)))
@example("Q429")
@example("9DX8")
def test_a_handle_is_the_patient_alone_and_at_either_end(handle: str) -> None:
    assert said(read(handle)) == {"patient": handle}
    wanted = {"patient": handle, "visit_type": PHONE, "minutes": 20, "scores": {"PHQ-9": 12}}
    for line in (f"{handle} phone 20m phq9 12", f"phone 20m phq9 12 {handle}"):
        assert said(read(line)) == wanted


@pytest.mark.parametrize("handle", ["PHQ9", "PHQ2", "2H35", "222M", "9HRS", "2345"])
def test_what_could_be_something_else_is_still_read_where_the_line_begins_with_it(handle: str) -> None:
    assert is_taken_for_more(handle)
    if handle not in ("PHQ9", "PHQ2"):
        assert said(read(f"{handle} phone 20m")) == {"patient": handle, "visit_type": PHONE, "minutes": 20}
