"""Medication: what is typed, what follows of it, and what can't be true."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.care.medication import check_changes, read_changes, taken, written
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.ordering import in_place_of
from cocm_bot.domain.records.care_details import MedicationStep
from cocm_bot.domain.records.history import TreatmentLog, Voided
from tests.domain.build import at, contact, derived, patient, policy


def said(when: str, text: str, *, no_show: bool = False) -> TreatmentLog:
    return contact(when, no_show=no_show).model_copy(update={"medication_changes": read_changes(text)})


def listed(logs: Sequence[TreatmentLog]) -> list[str]:
    return [str(each) for each in derived(patient(), logs, "2026-06-01").medications]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("started Sertraline, 50 mg", "started Sertraline, 50 mg"),
        ("Started:  Sertraline ,  50 mg  in the morning ", "started Sertraline, 50 mg in the morning"),
        ("stop Citalopram", "stopped Citalopram"),
        ("takes Metformin, 500 mg, twice a day", "taking Metformin, 500 mg, twice a day"),
        ("taking Sertraline, 50 mg, since 2025-11-03", "taking Sertraline, 50 mg, since 2025-11-03"),
        ("taking Sertraline, since 2025-11-03", "taking Sertraline, since 2025-11-03"),
        ("stopped Sertraline, nausea", "stopped Sertraline, nausea"),
    ],
)
def test_a_line_is_read(typed: str, kept: str) -> None:
    assert written(read_changes(typed)) == kept
    assert read_changes(kept) == read_changes(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Sertraline 50 mg", "Line 1: begin with taking, started, changed, stopped."),
        ("started", "Line 1: name the medication"),
        ("started , 50 mg", "Line 1: name the medication"),
        ("started 50", "Line 1: name the medication"),
        ("started A\nchanged A", "Line 2: write the new dose after a comma."),
        ("changed A, since 2026-01-01", "Line 1: write the new dose"),
        ("changed A, 1 mg, since 2026-01-01", "Line 1: “since” goes with taking or started"),
        ("started A, 1 mg, since 2026-02-30", "Line 1: 2026-02-30 is not a calendar day"),
        (f"started {'a' * 81}", "Line 1: name the medication"),
        (f"started A, {'1' * 121}", "Line 1: the dose may have 120 characters."),
        ("\n".join(["taking A"] * 21), "Enter at most 20 changes."),
    ],
)
def test_what_can_not_be_read_is_said_at_its_line(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_changes(typed)
    assert (str(refused.value)[: len(sentence)], refused.value.field) == (sentence, "medication")


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ([("2026-01-05", "started Sertraline, 50 mg")], ["Sertraline, 50 mg, since 2026-01-05"]),
        # A new dose is of the same medication since then; spelling in other letters is the same one.
        (
            [("2026-01-05", "started Sertraline, 50 mg"), ("2026-02-02", "changed sertraline, 100 mg")],
            ["Sertraline, 100 mg, since 2026-01-05"],
        ),
        ([("2026-01-05", "started Sertraline"), ("2026-02-02", "stopped SERTRALINE, nausea")], []),
        # A switch on one day, in the order typed.
        (
            [("2026-01-05", "started A, 1"), ("2026-02-02", "stopped A\nstarted B, 2")],
            ["B, 2, since 2026-02-02"],
        ),
        # Started again after it was stopped: since the second start.
        (
            [("2026-01-05", "started A, 1"), ("2026-02-02", "stopped A"), ("2026-03-02", "started A, 2")],
            ["A, 2, since 2026-03-02"],
        ),
        # Typed in late, a start of before the change does not bring the old dose back.
        (
            [("2026-02-02", "changed A, 2"), ("2026-01-05", "started A, 1")],
            ["A, 2, since 2026-01-05"],
        ),
        ([("2026-01-05", "taking A, 1, since 2019-05-01")], ["A, 1, since 2019-05-01"]),
        # What is taken already keeps its day when it is listed again.
        (
            [("2026-01-05", "started A, 1"), ("2026-02-02", "taking A")],
            ["A, 1, since 2026-01-05"],
        ),
        ([("2026-01-05", "stopped A")], []),
    ],
)
def test_what_is_taken_follows_from_the_entries(logs: list[tuple[str, str]], expected: list[str]) -> None:
    assert listed([said(when, text) for when, text in logs]) == expected


def test_a_correction_and_a_voided_entry_change_the_list() -> None:
    wrong = said("2026-01-05", "started Sertraline, 500 mg")
    voided = wrong.model_copy(
        update={"voided": Voided(log_id=wrong.id, by="u", at=at("2026-01-06"), reason="x")}
    )
    right = in_place_of(said("2026-01-05", "started Sertraline, 50 mg"), wrong)
    assert listed([wrong]) == ["Sertraline, 500 mg, since 2026-01-05"]
    assert listed([voided, right]) == ["Sertraline, 50 mg, since 2026-01-05"]
    assert listed([voided]) == []


def test_what_is_known_of_somebody_who_did_not_come_counts_too() -> None:
    assert listed([said("2026-01-05", "stopped A", no_show=True)]) == []
    assert listed([said("2026-01-05", "taking A", no_show=True)]) == ["A, since 2026-01-05"]


@given(order=st.permutations(range(4)))
def test_the_order_of_entry_changes_nothing(order: list[int]) -> None:
    logs = [
        said("2026-01-05", "started A, 1\ntaking B"),
        said("2026-01-20", "changed A, 2"),
        said("2026-02-02", "stopped B"),
        said("2026-02-10", "started C"),
    ]
    assert taken([logs[number] for number in order], policy()) == taken(logs, policy())


@pytest.mark.parametrize(
    ("typed", "day", "sentence"),
    [
        (
            "changed Sertralin, 100 mg",
            date(2026, 2, 2),
            "Sertralin is not on the list on this day (Sertraline).",
        ),
        ("stopped Citalopram", date(2026, 2, 2), "Citalopram is not on the list on this day (Sertraline)."),
        # Before it was started there was nothing to change.
        (
            "changed Sertraline, 100 mg",
            date(2026, 1, 4),
            "Sertraline is not on the list on this day (nothing).",
        ),
        ("started B, since 2026-02-03", date(2026, 2, 2), "B can't be taken since a day after this contact."),
    ],
)
def test_what_can_not_be_true_is_refused(typed: str, day: date, sentence: str) -> None:
    others = [said("2026-01-05", "started Sertraline, 50 mg")]
    with pytest.raises(InvalidInput) as refused:
        check_changes(read_changes(typed), day, others, policy())
    assert str(refused.value)[: len(sentence)] == sentence


def test_what_is_listed_first_can_be_changed_after() -> None:
    check_changes(read_changes("taking A, 1\nstopped A\nstarted B"), date(2026, 1, 5), [], policy())


def test_only_a_start_a_change_and_a_stop_change_the_treatment() -> None:
    steps = {
        each.step: each.changes_treatment
        for each in read_changes("taking A\nstarted B\nchanged B, 2\nstopped A")
    }
    assert steps == {
        MedicationStep.TAKING: False,
        MedicationStep.STARTED: True,
        MedicationStep.CHANGED: True,
        MedicationStep.STOPPED: True,
    }
