from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.patients.derive import as_of, derive, minutes_at, weeks_at
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient, PatientSummary
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status
from tests.domain.build import (
    assessment,
    at,
    consult,
    contact,
    derived,
    flag,
    follow_up,
    moment,
    patient,
    plan,
    policy,
)
from tests.domain.histories import histories, instants, patients

NOW = "2026-06-30"


def test_a_patient_without_contacts() -> None:
    found = derived(patient(Status.ENROLLED), [], "2026-01-06")
    assert found.initial_assessment is None
    assert found.last_follow_up is None
    assert found.last_psychiatric_consult is None
    assert found.relapse_prevention_plan is None
    assert found.weeks_since_initial_assessment is None
    assert (found.total_sessions, found.minutes_this_month, found.minutes_month) == (0, 0, "2026-01")
    assert found.next_due == "2026-01-12"
    assert found.course.last_contact is None
    assert found.course.scores == {}


@pytest.mark.parametrize(
    ("field", "contact_type"),
    [
        ("last_follow_up", ContactType.FOLLOW_UP),
        ("last_psychiatric_consult", ContactType.CONSULTATION),
        ("relapse_prevention_plan", ContactType.RELAPSE_PREVENTION),
    ],
)
def test_each_date_is_the_latest_attended_contact_of_its_type(field: str, contact_type: ContactType) -> None:
    attended = [contact("2026-02-02", contact_type), contact("2026-03-02", contact_type)]
    back_dated = contact("2026-02-16", contact_type)
    missed = contact("2026-04-06", contact_type, no_show=True)
    found = derived(patient(), [*attended, back_dated, missed], NOW)
    assert getattr(found, field) == at("2026-03-02")
    assert isinstance(getattr(found, field), int)


def test_the_first_attended_assessment_decides_and_a_later_one_is_a_reassessment() -> None:
    missed = assessment("2026-01-05", no_show=True)
    logs = [missed, assessment("2026-03-02"), assessment("2026-01-19")]
    found = derived(patient(), logs, NOW)
    assert found.initial_assessment == at("2026-01-19")
    assert isinstance(found.initial_assessment, int)


def test_dates_are_whole_seconds_rounded_down() -> None:
    log = follow_up("2026-02-02")
    found = derived(patient(), [log.model_copy(update={"date": log.date + 0.999})], NOW)
    assert found.last_follow_up == at("2026-02-02")


def test_sessions_are_attended_contacts_with_the_patient_over_the_whole_record() -> None:
    logs = [
        assessment("2026-01-05"),
        follow_up("2026-01-12"),
        follow_up("2026-01-19", no_show=True),
        consult("2026-01-20"),
        plan("2026-02-02"),
        assessment("2026-06-02"),
    ]
    assert derived(patient(reopened="2026-06-01"), logs, NOW).total_sessions == 4


@pytest.mark.parametrize(
    ("now", "weeks"),
    [
        ("2026-01-05", 0),
        ("2026-01-11 23:59", 0),
        ("2026-01-12 00:00", 1),
        # Ten weeks later New York is on daylight saving: an hour less has passed, but it is the day.
        ("2026-03-15 23:59", 9),
        ("2026-03-16 00:00", 10),
        ("2027-01-04 12:00", 52),
    ],
)
def test_whole_weeks_since_the_assessment_keep_counting(now: str, weeks: int) -> None:
    written = derived(patient(), [assessment("2026-01-05")], "2026-01-05")
    assert weeks_at(written, policy(), moment(now)) == weeks
    assert as_of(written, policy(), moment(now)).weeks_since_initial_assessment == weeks


def test_weeks_count_over_a_leap_day() -> None:
    written = derived(patient(enrolled="2028-02-22"), [assessment("2028-02-22")], "2028-02-22")
    assert weeks_at(written, policy(), moment("2028-02-28 23:59")) == 0
    assert weeks_at(written, policy(), moment("2028-02-29 00:00")) == 1
    assert weeks_at(written, policy(), moment("2028-03-07")) == 2


def test_a_clock_behind_the_contact_counts_no_negative_week() -> None:
    written = derived(patient(), [assessment("2026-01-05 00:01")], "2026-01-04 23:59")
    assert written.weeks_since_initial_assessment == 0


def test_minutes_of_the_month_count_the_care_managers_work_in_that_month() -> None:
    logs = [
        contact("2026-02-28", minutes=60),
        contact("2026-03-01", minutes=20.5),
        contact("2026-03-31", ContactType.CONSULTATION, minutes=10),
        contact("2026-03-15", ContactType.CONSULTATION, minutes=15, role=Role.PSYCHIATRIST),
        contact("2026-03-16", minutes=5, role=None),
    ]
    found = derived(patient(), logs, "2026-03-31")
    assert (found.minutes_this_month, found.minutes_month) == (35, "2026-03")


@pytest.mark.parametrize(
    ("zone", "now", "minutes"),
    [
        ("America/New_York", "2026-03-31 23:59", 20),
        ("America/New_York", "2026-04-01 00:00", 0),
        ("UTC", "2026-03-31 23:59", 20),
        ("UTC", "2026-04-01 00:00", 0),
        ("Pacific/Apia", "2026-03-31 23:59", 20),
        ("Pacific/Apia", "2026-04-01 00:00", 0),
    ],
)
def test_minutes_are_0_again_on_the_local_first_without_a_write(zone: str, now: str, minutes: int) -> None:
    logs = [contact("2026-03-31 10:00", zone=zone)]
    written = derived(patient(zone=zone), logs, "2026-03-31 10:00", zone=zone)
    assert minutes_at(written, policy(zone), moment(now, zone)) == minutes
    read = as_of(written, policy(zone), moment(now, zone))
    assert (read.minutes_this_month, read.minutes_month) == (minutes, now[:7])


def test_a_summary_is_brought_up_to_date_like_a_patient() -> None:
    written = derived(patient(), [assessment("2026-01-05")], "2026-01-05")
    summary = PatientSummary.model_validate(
        {name: getattr(written, name) for name in PatientSummary.model_fields}
    )
    read = as_of(summary, policy(), moment("2026-02-02"))
    assert type(read) is PatientSummary
    assert (read.minutes_this_month, read.minutes_month) == (0, "2026-02")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], None),
        ([flag(Flag.NEEDS_DISCUSSION, "2026-02-01")], Flag.NEEDS_DISCUSSION),
        ([flag(Flag.NEEDS_DISCUSSION, "2026-02-01"), flag(Flag.REVIEW, "2026-02-02")], Flag.REVIEW),
        ([flag(Flag.SAFETY_RISK, "2026-02-01"), flag(Flag.REVIEW, "2026-02-02")], Flag.SAFETY_RISK),
        ([flag(Flag.SAFETY_RISK, "2026-02-01", "2026-02-02"), flag(Flag.REVIEW, "2026-02-02")], Flag.REVIEW),
        ([flag(Flag.SAFETY_RISK, "2026-02-01", "2026-02-02")], None),
    ],
)
def test_the_patients_flag_is_the_gravest_open_one(flags: list[object], expected: Flag | None) -> None:
    who = patient().model_copy(update={"flags": tuple(flags)})
    assert derived(who, [], NOW).patient_flag is expected


def test_open_flags_keep_the_oldest_of_each_type() -> None:
    flags = [
        flag(Flag.REVIEW, "2026-02-10"),
        flag(Flag.REVIEW, "2026-02-01"),
        flag(Flag.REVIEW, "2026-01-10", "2026-01-12"),
        flag(Flag.SAFETY_RISK, "2026-01-20", "2026-01-21"),
    ]
    found = derived(patient(flags=flags), [], NOW)
    assert found.course.open_flags == {"Review with Psychiatrist": at("2026-02-01")}


@pytest.mark.parametrize(
    ("consults", "waiting_since"),
    [
        ([], "2026-02-01"),
        (["2026-01-20"], "2026-02-01"),
        (["2026-02-05"], "2026-02-10"),
        (["2026-02-20"], None),
        # Recorded before the flag was raised, on its day: it asks for another one.
        (["2026-02-10 11:59"], "2026-02-10"),
        (["2026-02-10 12:01"], None),
    ],
)
def test_a_review_flag_waits_until_a_consult_follows_it(
    consults: list[str], waiting_since: str | None
) -> None:
    flags = [flag(Flag.REVIEW, "2026-02-01"), flag(Flag.REVIEW, "2026-02-10")]
    found = derived(patient(flags=flags), [consult(day) for day in consults], NOW)
    assert found.course.review_flagged == (waiting_since and at(waiting_since))


def test_a_missed_consult_answers_no_flag() -> None:
    missed = contact("2026-02-20", ContactType.CONSULTATION, no_show=True)
    found = derived(patient(flags=[flag(Flag.REVIEW, "2026-02-01")]), [missed], NOW)
    assert found.course.review_flagged == at("2026-02-01")


def test_the_latest_contacts_stay_on_the_patient_oldest_first() -> None:
    logs = [follow_up(f"2026-02-{day:02}") for day in range(1, 9)]
    found = derived(patient(), reversed(logs), NOW)
    assert found.treatment_logs == tuple(logs[-5:])


def test_an_assessment_from_before_enrolment_counts_in_the_first_episode() -> None:
    found = derived(patient(enrolled="2026-02-02"), [assessment("2026-01-05", PHQ9=18)], "2026-02-02")
    assert found.initial_assessment == at("2026-01-05")
    assert found.weeks_since_initial_assessment == 4
    assert found.course.scores["PHQ-9"].first == 18


def test_a_reopened_patient_begins_anew() -> None:
    logs = [
        assessment("2026-01-05", PHQ9=20),
        follow_up("2026-01-12", no_show=True),
        follow_up("2026-03-02", PHQ9=3),
        plan("2026-03-30"),
        consult("2026-01-20"),
        assessment("2026-06-02", PHQ9=15),
        follow_up("2026-06-09", PHQ9=12),
    ]
    found = derived(patient(reopened="2026-06-01"), logs, NOW)
    assert found.initial_assessment == at("2026-06-02")
    assert (found.course.scores["PHQ-9"].first, found.course.scores["PHQ-9"].count) == (15, 2)
    assert found.course.episode_started == at("2026-06-01")
    assert found.course.last_contact == at("2026-06-09")
    assert found.course.last_no_show is None
    # The record's own dates reach over all episodes.
    assert found.relapse_prevention_plan == at("2026-03-30")
    assert found.last_psychiatric_consult == at("2026-01-20")


def test_a_reopened_patient_without_contacts_has_no_assessment() -> None:
    found = derived(patient(Status.ENROLLED, reopened="2026-06-01"), [assessment("2026-01-05", PHQ9=20)], NOW)
    assert found.initial_assessment is None
    assert found.weeks_since_initial_assessment is None
    assert found.course.last_contact is None
    assert found.course.scores == {}


def test_a_record_without_episodes_began_when_it_was_created() -> None:
    who = patient().model_copy(update={"episodes": ()})
    assert derived(who, [], NOW).course.episode_started == at("2026-01-05")


def test_a_third_episode_starts_with_the_last_entry() -> None:
    who = patient(reopened="2026-03-01")
    third = (*who.episodes, Episode(started=at("2026-05-01")))
    found = derived(who.model_copy(update={"episodes": third}), [assessment("2026-03-02")], NOW)
    assert found.initial_assessment is None


def test_contacts_between_clinicians_are_no_contact_with_the_patient() -> None:
    found = derived(patient(), [assessment("2026-01-05"), consult("2026-01-20")], NOW)
    assert found.course.last_contact == at("2026-01-05")


def test_nothing_ever_falls_due_for_a_deactivated_patient() -> None:
    who = patient(Status.DEACTIVATED, flags=[flag(Flag.SAFETY_RISK, "2026-02-01")])
    assert derived(who, [assessment("2026-01-05", PHQ9=20)], NOW).next_due is None


def test_what_the_rules_do_not_know_is_left_alone() -> None:
    who = patient().model_copy(update={"first_name": "Grace", "version": 7})
    found = derived(who, [assessment("2026-01-05")], NOW)
    assert (found.first_name, found.version, found.episodes) == ("Grace", 7, who.episodes)


def test_no_order_of_contacts_makes_a_difference() -> None:
    logs = [
        assessment("2026-01-05", PHQ9=18),
        follow_up("2026-01-12", PHQ9=15),
        consult("2026-01-12"),
        follow_up("2026-01-19", no_show=True),
        follow_up("2026-02-02", PHQ9=4),
    ]
    expected = derived(patient(), logs, NOW)
    assert all(derived(patient(), order, NOW) == expected for order in permutations(logs))


@given(patients(), histories(), instants(), st.data())
def test_deriving_is_stable_whatever_the_order(
    who: Patient, logs: list[TreatmentLog], now: str, data: st.DataObject
) -> None:
    once = derive(who, logs, policy(), moment(now))
    assert derive(once, data.draw(st.permutations(logs)), policy(), moment(now)) == once
    assert as_of(once, policy(), moment(now)) == once


@given(patients(), histories(), instants(), instants())
def test_reading_later_is_as_true_as_writing_later(
    who: Patient, logs: list[TreatmentLog], written: str, read: str
) -> None:
    # Contacts are never dated after they are written.
    written, read = sorted((written, read))
    known = [log for log in logs if log.date <= at(written)]
    early = derive(who, known, policy(), moment(written))
    late = derive(who, known, policy(), moment(read))
    assert as_of(early, policy(), moment(read)) == late


def test_why_a_flag_was_raised_is_carried_for_the_lists() -> None:
    old = flag(Flag.NEEDS_DISCUSSION, "2026-03-01").model_copy(
        update={"reason": "School  leave\nand transport"}
    )
    later = flag(Flag.NEEDS_DISCUSSION, "2026-03-05").model_copy(update={"reason": "Another"})
    over = flag(Flag.REVIEW, "2026-03-01", "2026-03-02").model_copy(update={"reason": "Over"})
    long = flag(Flag.SAFETY_RISK, "2026-03-03").model_copy(update={"reason": "x" * 121})
    found = derived(patient(flags=[later, old, over, long]), [], "2026-03-09").course.flag_reasons
    assert found == {"Needs Discussion": "School leave and transport", "Safety Risk": "x" * 119 + "…"}
