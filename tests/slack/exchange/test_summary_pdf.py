"""The summary on paper: what is on it, and names of any script without an empty box."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.exchange.summary import summary_of
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.records.agreements import RelapsePlan
from cocm_bot.domain.records.care_details import Clinician, Diagnosis
from cocm_bot.domain.records.history import Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.slack.exchange import summary_pdf
from cocm_bot.slack.exchange.letters import UNKNOWN, drawn
from cocm_bot.slack.exchange.summary_pdf import OTHER_SCRIPT, write_pdf
from tests.operations.conftest import MONDAY
from tests.rig.printed import pages_of
from tests.store import build

REGISTRY = build.registry()
POLICY = REGISTRY.policy
ASCII = frozenset(range(0x20, 0x7F))


def treated() -> Arrival:
    """Somebody in treatment with a long history, by the same seed each time."""
    made = list(caseload(40, POLICY, MONDAY, 1, ["user-1"], "user-2"))
    patient, logs = max(made, key=lambda each: len(each[1]))[:2]
    return Arrival(Place("registry"), patient.model_copy(update={"handle": "K7Q4"}), logs, ())


TREATED = treated()


def changed(each: Arrival, **values: object) -> Arrival:
    patient = each.patient.model_copy(update=values)
    return replace(each, patient=derive(patient, each.logs, POLICY, MONDAY))


def pages(each: Arrival) -> list[str]:
    file = BytesIO()
    write_pdf(file, REGISTRY, (), each, MONDAY)
    return pages_of(file.getvalue())


def text_of(each: Arrival) -> str:
    return " ".join(pages(each))


NAMES = [
    ("José", "Nguyễn", "José Nguyễn", False),
    ("Łukasz", "Žižková", "Łukasz Žižková", False),
    ("Олена", "Шевченко", "Олена Шевченко", False),
    ("Ελένη", "Παπαδοπούλου", "Ελένη Παπαδοπούλου", False),
    ("小明", "王", "XiaoMing Wang", True),
    ("はなこ", "Yamada", "hanako Yamada", True),
    ("อร", "Sri", "or Sri", True),
    ("José\N{RIGHT-TO-LEFT OVERRIDE}", "Diaz", "José Diaz", False),
    ("e\N{COMBINING ACUTE ACCENT}va", "Kiss", "éva Kiss", False),
    ("\ue000", "Kane", "K7Q4", True),
]


@pytest.mark.parametrize(("first", "last", "written", "noted"), NAMES)
def test_a_name_is_drawn_or_in_latin_letters_or_the_handle(
    first: str, last: str, written: str, noted: bool
) -> None:
    text = text_of(changed(TREATED, first_name=first, last_name=last))
    assert f"Summary of care {written} K7Q4 · MRN " in text
    assert (OTHER_SCRIPT in text) is noted


@given(st.text())
def test_only_letters_that_are_covered_are_drawn(text: str) -> None:
    found = drawn(text, ASCII)
    assert set(map(ord, found.text)) <= ASCII
    assert drawn(found.text, ASCII) == (found.text, False)


def test_a_letter_without_any_letters_is_said() -> None:
    assert drawn("\ue000 Kane", ASCII) == (f"{UNKNOWN} Kane", True)


def test_what_is_known_is_on_the_page() -> None:
    plan = RelapsePlan(
        warning_signs="Not sleeping",
        what_helps="Walks & calls <daily>",
        medication="",
        whom_to_call="The clinic",
        next_check="2031-04-07",
        written_by="user-1",
        written_at=MONDAY.timestamp(),
    )
    last = TREATED.logs[-1].model_copy(
        update={
            "id": "plan",
            "plan": plan,
            "contact_type": ContactType.RELAPSE_PREVENTION,
            "date": MONDAY.timestamp(),
        }
    )
    each = replace(TREATED, logs=[*TREATED.logs, last])
    each = changed(
        each,
        diagnoses=(Diagnosis(code="F33.1", label="Recurrent depression"),),
        treating_clinician=Clinician(name="Dr. Adeyemi"),
    )
    text = text_of(each)
    for words in (
        "F33.1 Recurrent depression",
        "Treating clinician Dr. Adeyemi",
        "Warning signs Not sleeping",
        "What helps Walks & calls <daily>",
        "Next check 7 Apr 2031",
        "Made on 3 Mar 2031 from the registry",
    ):
        assert words in text


def test_a_voided_contact_is_not_on_the_page() -> None:
    noted = TREATED.logs[-1].model_copy(update={"note": "Written for another patient"})
    each = replace(TREATED, logs=[*TREATED.logs[:-1], noted])
    assert "Written for another patient" in text_of(each)
    void = Voided(log_id=noted.id, by="user-1", at=MONDAY.timestamp(), reason="wrong patient")
    assert "Written for another patient" not in text_of(replace(each, voids=[void]))


def test_each_page_says_whose_it_is() -> None:
    long = [log.model_copy(update={"note": "Spoke about work. " * 60}) for log in TREATED.logs]
    found = pages(replace(TREATED, logs=long))
    assert len(found) > 1
    assert [f"Summary of K7Q4 · page {number}" in page for number, page in enumerate(found, 1)] == [
        True
    ] * len(found)


def test_the_same_record_makes_the_same_bytes() -> None:
    one, other = BytesIO(), BytesIO()
    for file in (one, other):
        write_pdf(file, REGISTRY, (), TREATED, MONDAY)
    assert one.getvalue() == other.getvalue()
    assert TREATED.patient.last_name.encode() not in one.getvalue()[-2000:]


def test_somebody_new_has_a_page_too() -> None:
    new = replace(TREATED, logs=[])
    bare: Patient = new.patient.model_copy(update={"date_of_birth": "", "diagnoses": ()})
    summary = summary_of(
        replace(new, patient=derive(bare, (), POLICY, MONDAY)), REGISTRY, {}, MONDAY + timedelta(days=1)
    )
    said = {section.heading: section.lines for section in (*summary.care, *summary.history)}
    assert said["Measures"] == [("", "None scored.")]
    assert said["Latest contacts"] == [("", "None yet.")]
    assert "birth date not known" in summary.identity


def test_the_fonts_hold_what_the_docs_say() -> None:
    covered = summary_pdf._covered()
    assert all(ord(letter) in covered for letter in "ÀžŁőșğĐøßÞĲƏ Ωώϊ ЖжҐґЇѝ ễữ")
    assert not any(ord(letter) in covered for letter in "王שع한ก")
