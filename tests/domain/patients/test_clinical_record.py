"""Section 2 by hand, and the numbers a registry or a patient may have of their own."""

from dataclasses import replace
from datetime import date

import pytest

from cocm_bot.domain.caseload.snoozes import outlasting
from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.ordering import in_order, in_place_of, placed
from cocm_bot.domain.patients.derive import derive, weeks_in_treatment
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.domain.review.agenda import Topic, agenda
from cocm_bot.domain.settings.policy import Cadence, CarePolicy
from cocm_bot.domain.vocabulary import Status
from tests.domain.build import at, derived, moment, patient, policy
from tests.domain.cases import LATER
from tests.domain.clinical import day, history

REMITTED = "d0 IA P=18; d28 FU P=4; d42 FU P=3"
FIELDS = [
    # history; initial assessment, last follow-up, last consult, plan, sessions; why
    ("d0 IA; d20 IA; d30 FU", ("d0", "d30", None, None, 3), "a later assessment is a reassessment"),
    ("d0 IA x; d3 IA", ("d3", None, None, None, 1), "a missed one is none"),
    ("d20 IA; d3 IA rec=d30", ("d3", None, None, None, 2), "the first by day, whenever it was entered"),
    ("d0 IA; d30 FU; d14 FU rec=d40", ("d0", "d30", None, None, 3), "a back-dated one moves nothing back"),
    ("d0 IA; d30 FU; d37 FU x", ("d0", "d30", None, None, 2), "a no-show never moves it"),
    ("d0 IA; d9 PC; d5 PC rec=d20", ("d0", None, "d9", None, 1), "consultations are no sessions"),
    ("d0 IA; d9 PC x", ("d0", None, None, None, 1), "a missed consultation is none"),
    ("d0 IA; d50 RP; d60 RP", ("d0", None, None, "d60", 3), "the latest plan"),
    ("d0 IA; d50 RP x", ("d0", None, None, None, 1), "a missed one is none"),
    ("d0 IA; d9 CC; d10 OA; d11 OC", ("d0", None, None, None, 1), "other work is no session and no date"),
]


@pytest.mark.parametrize(("entries", "expected", "why"), FIELDS)
def test_the_derived_fields(entries: str, expected: tuple[str | int | None, ...], why: str) -> None:
    del why
    found = derived(patient(), history(entries), "2026-06-30")
    dates = (
        found.initial_assessment,
        found.last_follow_up,
        found.last_psychiatric_consult,
        found.relapse_prevention_plan,
    )
    told = tuple(at(day(when)) if isinstance(when, str) else None for when in expected[:4])
    assert (*dates, found.total_sessions) == (*told, expected[4])


@pytest.mark.parametrize(
    ("before", "entry", "weeks"),
    [
        ("d0 IA; d20 IA", "d28 FU", 4),
        ("d0 IA; d20 IA", "d20 IA", 2),
        ("d0 IA x; d7 IA", "d28 FU", 3),
        ("", "d28 FU", 0),
        ("d14 IA", "d7 FU", 0),
    ],
)
def test_a_contacts_weeks_count_from_the_first_assessment(before: str, entry: str, weeks: int) -> None:
    [log] = history(entry)
    assert weeks_in_treatment(patient(), history(before), log, policy()) == weeks


@pytest.mark.parametrize(
    ("entries", "kinds"),
    [
        ("d7 FU rec=d8; d7 PC rec=d9", ["Follow Up", "Psychiatric Consultation"]),
        ("d7 FU rec=d9; d7 PC rec=d8", ["Psychiatric Consultation", "Follow Up"]),
        ("d8 FU rec=d8; d7 PC rec=d9", ["Psychiatric Consultation", "Follow Up"]),
    ],
)
def test_entries_stand_by_day_and_then_by_first_recording(entries: str, kinds: list[str]) -> None:
    assert [log.contact_type for log in in_order(history(entries), policy())] == kinds


def test_a_correction_of_a_correction_keeps_the_place_of_the_first() -> None:
    first, other = history("d7 FU rec=d8; d7 FU rec=d9")
    once = in_place_of(first.model_copy(update={"id": "b", "recorded_at": at(day("d10"))}), first)
    twice = in_place_of(once.model_copy(update={"id": "c", "recorded_at": at(day("d11"))}), once)
    assert (twice.corrects, twice.first_id, twice.first_recorded) == ("b", first.id, first.recorded_at)
    assert in_order([other, twice], policy()) == [twice, other]


def test_corrections_stored_without_their_place_get_it_on_reading() -> None:
    first, other = history("d7 FU rec=d8; d7 FU rec=d9")
    bare = {"corrects": first.id, "id": "b", "recorded_at": at(day("d10"))}
    once = first.model_copy(update=bare)
    twice = once.model_copy(update={"corrects": "b", "id": "c", "recorded_at": at(day("d11"))})
    found = placed([twice, other, once, first])
    assert [log.id for log in found] == ["c", other.id, "b", first.id]
    assert {log.first_id for log in found} == {None, first.id}
    assert in_order(found, policy())[-1] == other


OWN = [
    # the registry's own number; history; status; the reason and its day
    ({"measure_days": 14}, "d0 IA P=18", Status.TREATMENT, Reason.MEASURE, "d14"),
    ({"measure_days_prevention": 30}, "d0 IA P=3", Status.RELAPSE_PREVENTION, Reason.MEASURE, "d30"),
    ({"stale_consult_weeks": 4}, "d0 IA P=18; d7 PC", Status.TREATMENT, Reason.STALE_CONSULT, "d36"),
    (
        {"stale_consult_weeks_prevention": 8},
        "d0 IA P=3; d7 PC",
        Status.RELAPSE_PREVENTION,
        Reason.STALE_CONSULT,
        "d64",
    ),
    ({"remission_scores": 3}, REMITTED, Status.TREATMENT, Reason.PLAN, None),
    ({"remission_scores": 3}, f"{REMITTED}; d56 FU P=4", Status.TREATMENT, Reason.PLAN, "d56"),
    ({"remission_scores": 1}, "d0 IA P=18; d28 FU P=4", Status.TREATMENT, Reason.PLAN, "d28"),
    ({"remission_scores": 1}, "d0 IA P=18; d28 FU P=4; d42 FU P=12", Status.TREATMENT, Reason.RELAPSE, "d42"),
    ({"not_improving_weeks": 10}, "d0 IA P=18", Status.TREATMENT, Reason.NOT_IMPROVING, "d70"),
    ({"never_reviewed_weeks": 2}, "d0 IA", Status.TREATMENT, Reason.NEVER_REVIEWED, "d14"),
    ({"no_show_days": 5}, "d0 IA; d28 FU; d30 FU x", Status.TREATMENT, Reason.FOLLOW_UP, "d35"),
    ({"lost_days": 90}, "d0 IA", Status.TREATMENT, Reason.LOST, "d90"),
    ({"assessment_days": 3}, "", Status.ENROLLED, Reason.ASSESSMENT, "d3"),
]


@pytest.mark.parametrize(("numbers", "entries", "status", "reason", "since"), OWN)
def test_a_registrys_own_numbers_are_kept(
    numbers: dict[str, int], entries: str, status: Status, reason: Reason, since: str | None
) -> None:
    care: CarePolicy = replace(policy(), cadence=Cadence(**numbers))
    summary = derived(patient(status), history(entries), LATER, care)
    found = {each.reason: each.since for each in due(summary, care, moment(LATER))}
    assert found.get(reason) == (since and date.fromisoformat(day(since)))


INTERVALS = [
    # the patient's own interval; history; status; the day of the follow-up
    (21, "d0 IA P=18", Status.TREATMENT, "d21"),
    (21, "d0 IA P=3; d60 FU", Status.RELAPSE_PREVENTION, "d81"),
    (3, "d0 IA P=18; d40 FU", Status.TREATMENT, "d43"),
    (21, "d0 IA P=18; d2 FU x", Status.TREATMENT, "d4"),
    (21, f"{REMITTED}; d70 FU P=12", Status.TREATMENT, "d77"),
    (3, f"{REMITTED}; d70 FU P=12", Status.TREATMENT, "d73"),
    (21, "d0 IA P=18 next=d30", Status.TREATMENT, "d30"),
]


@pytest.mark.parametrize(("days", "entries", "status", "since"), INTERVALS)
def test_a_patients_own_interval_takes_the_place_of_the_registrys(
    days: int, entries: str, status: Status, since: str
) -> None:
    who = patient(status).model_copy(update={"follow_up_days": days})
    summary = derived(who, history(entries), LATER)
    found = {each.reason: each.since for each in due(summary, policy(), moment(LATER))}
    assert found[Reason.FOLLOW_UP] == date.fromisoformat(day(since))


@pytest.mark.parametrize(
    ("entries", "topic"),
    [
        (f"{REMITTED}; d44 PC; d70 FU P=12", Topic.RELAPSE),
        ("d0 IA P=11; d10 PC; d14 FU P=23", Topic.WORSENING),
    ],
)
def test_relapse_and_worsening_are_on_the_agenda(entries: str, topic: Topic) -> None:
    today = day("d72")
    [point] = agenda([derived(patient(), history(entries), today)], policy(), moment(today))
    assert point.topic is topic


@pytest.mark.parametrize(("entries", "stays"), [("d9 OA", True), ("d9 CC", True), ("d9 FU", False)])
def test_work_that_is_no_contact_ends_no_snooze(entries: str, stays: bool) -> None:
    snoozed = Snooze(until="2026-03-01", by="user-1", at=at("2026-01-06"), reason="away")
    before: Patient = patient().model_copy(update={"snoozed": snoozed})
    logs = history(entries)
    after = derive(before, logs, policy(), moment(day("d9")))
    assert (outlasting(before, after, logs) is not None) is stays
