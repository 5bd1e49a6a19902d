"""The next appointment: agreed at contacts, and set, moved or canceled apart from one."""

import pytest

from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.records.care_details import AppointmentChange
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from tests.domain.build import assessment, at, derived, follow_up, moment, patient, policy


def agreeing(when: str, day: str, recorded: str | None = None, **more: bool) -> TreatmentLog:
    log = follow_up(when, **more).model_copy(update={"next_appointment": day or None})
    return log.model_copy(update={"recorded_at": at(recorded)}) if recorded else log


def set_to(day: str | None, when: str, *, reopened: str | None = None) -> Patient:
    change = AppointmentChange(day=day, by="user-1", at=at(when))
    return patient(Status.TREATMENT, reopened=reopened).model_copy(update={"appointment_change": change})


FIRST = assessment("2026-01-05", PHQ9=18)
CASES = [
    # Set without any contact that agreed one.
    (set_to("2026-01-20", "2026-01-07"), [FIRST], "2026-01-20"),
    # Moved, and canceled, after a contact agreed another.
    (set_to("2026-01-22", "2026-01-13"), [FIRST, agreeing("2026-01-12", "2026-01-19")], "2026-01-22"),
    (set_to(None, "2026-01-13"), [FIRST, agreeing("2026-01-12", "2026-01-19")], None),
    # A later contact agrees another, or is the appointment itself.
    (set_to("2026-01-22", "2026-01-13"), [FIRST, agreeing("2026-01-15", "2026-01-29")], "2026-01-29"),
    (set_to("2026-01-22", "2026-01-13"), [FIRST, follow_up("2026-01-22")], None),
    (set_to("2026-01-22", "2026-01-13"), [FIRST, follow_up("2026-01-23")], None),
    # A contact before the day does not make it met; nor does one missed on it.
    (set_to("2026-01-22", "2026-01-13"), [FIRST, follow_up("2026-01-15")], "2026-01-22"),
    (set_to("2026-01-22", "2026-01-13"), [FIRST, follow_up("2026-01-22", no_show=True)], "2026-01-22"),
    # An older contact typed in late does not bring its appointment back.
    (
        set_to("2026-01-22", "2026-01-13"),
        [FIRST, agreeing("2026-01-12", "2026-01-19", recorded="2026-01-14 09:00")],
        "2026-01-22",
    ),
    # On one day the order is that of recording.
    (
        set_to("2026-01-22", "2026-01-13 10:00"),
        [FIRST, agreeing("2026-01-13", "2026-01-26", recorded="2026-01-13 11:00")],
        "2026-01-26",
    ),
    (
        set_to("2026-01-22", "2026-01-13 10:00"),
        [FIRST, agreeing("2026-01-13", "2026-01-26", recorded="2026-01-13 09:00")],
        "2026-01-22",
    ),
    # What was set in an earlier episode ended with it.
    (set_to("2026-03-22", "2026-01-13", reopened="2026-03-01"), [FIRST], None),
]


@pytest.mark.parametrize(("about", "logs", "expected"), CASES)
def test_what_is_agreed_now(about: Patient, logs: list[TreatmentLog], expected: str | None) -> None:
    found = derived(about, logs, "2026-01-25")
    assert found.next_appointment == found.course.appointment == expected


def test_no_follow_up_is_due_before_a_day_that_was_set() -> None:
    about = derived(set_to("2026-01-20", "2026-01-07"), [FIRST], "2026-01-19")
    now = {"2026-01-19": [], "2026-01-20": [Reason.APPOINTMENT, Reason.FOLLOW_UP]}
    for day, reasons in now.items():
        found = [each.reason for each in due(about, policy(), moment(day))]
        assert [each for each in found if each in (Reason.APPOINTMENT, Reason.FOLLOW_UP)] == reasons
    # Canceled: the interval applies again, from the last contact on.
    without = derived(set_to(None, "2026-01-07"), [FIRST], "2026-01-12")
    assert [each.reason for each in due(without, policy(), moment("2026-01-12"))] == [Reason.FOLLOW_UP]


def test_another_day_settles_a_missed_contact() -> None:
    missed = follow_up("2026-01-12", no_show=True)
    about = derived(set_to("2026-01-20", "2026-01-13"), [FIRST, missed], "2026-01-14")
    assert due(about, policy(), moment("2026-01-14")) == []
    alone = derived(patient(), [FIRST, missed], "2026-01-14")
    assert [each.reason for each in due(alone, policy(), moment("2026-01-14"))] == [Reason.FOLLOW_UP]
