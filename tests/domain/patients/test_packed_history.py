"""The packed history gives what the history gives, in every derived field, whatever was in it."""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.care.medication import check_changes
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.figures.episodes.histories import records_from
from cocm_bot.domain.patients.derive import derive, weeks_in_treatment
from cocm_bot.domain.patients.packed_history import (
    PackedHistory,
    all_whole,
    is_current,
    packed,
    unpacked,
)
from cocm_bot.domain.records.agreements import Recommendation, RecommendationKind, RelapsePlan
from cocm_bot.domain.records.care_details import MedicationChange, MedicationStep
from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, VisitType, WorkKind
from tests.domain.build import at, consult, contact, follow_up, moment, patient, policy
from tests.domain.histories import contacts, days, patients

VERSION = 7
POLICIES = (policy(), policy("Pacific/Auckland", ("PHQ-9",)), policy("UTC", ("GAD-7", "PHQ-9", "EPDS")))
NOW = moment("2026-07-02")
_SELF_HARM = st.dictionaries(st.sampled_from(("PHQ-9", "EPDS")), st.integers(0, 3))
_ANSWERS = st.sampled_from(({}, {"PHQ-9": (1, 0, 2, 0, 1, 0, 0, 0, 3)}))
_MEDICATION = st.lists(
    st.tuples(st.sampled_from(MedicationStep), st.sampled_from(("Sertraline", "Lithium"))), max_size=2
)


@st.composite
def entries(draw: st.DrawFn) -> TreatmentLog:
    """Any entry: with words nothing is derived from, answers, plans, advice, medication, corrections."""
    log = draw(contacts())
    update: dict[str, Any] = {
        "note": draw(st.sampled_from(("", "Slept better."))),
        "provider": draw(st.sampled_from(("user-1", "user-2"))),
        "weeks_in_treatment": draw(st.integers(0, 9)),
        "visit_type": draw(st.sampled_from((None, VisitType.PHONE))),
        "history": draw(st.booleans()),
        "recorded_at": draw(st.sampled_from((log.recorded_at, log.date, at("2026-06-30")))),
        "self_harm": draw(_SELF_HARM),
        "answers": draw(_ANSWERS),
    }
    if draw(st.booleans()):
        steps = [MedicationChange(step=step, name=name, dose="50 mg") for step, name in draw(_MEDICATION)]
        update["medication_changes"] = tuple(steps)
    if log.contact_type is ContactType.RELAPSE_PREVENTION:
        update["plan"] = RelapsePlan(
            warning_signs=draw(st.sampled_from(("poor sleep", "staying in"))),
            what_helps="walks",
            medication="",
            whom_to_call="the clinic",
            next_check=draw(days()),
            written_by="user-1",
            written_at=draw(st.sampled_from((log.recorded_at, at("2026-06-29")))),
        )
    if log.contact_type is ContactType.CONSULTATION:
        update["next_consult"] = draw(st.none() | days())
        update["recommendation"] = Recommendation(
            id=log.id,
            kinds=(draw(st.sampled_from(RecommendationKind)),),
            text="Raise the dose.",
            by="user-2",
            at=log.date,
            addressed_to=("user-1",),
        )
    if draw(st.booleans()):
        update |= {"corrects": "log-1", "first_id": "log-1", "first_recorded": log.recorded_at - 60.0}
    if draw(st.integers(0, 4)) == 0:
        update["voided"] = Voided(log_id=log.id, by="user-1", at=at("2026-06-30"), reason="Another patient.")
    return log.model_copy(update=update)


@st.composite
def latest(draw: st.DrawFn) -> TreatmentLog:
    """An entry dated after all others, or on the last of their days."""
    log = draw(entries())
    day = draw(st.sampled_from(("2026-06-30 23:59", "2026-07-01")))
    return log.model_copy(
        update={"id": "log-new", "date": at(day), "recorded_at": NOW.timestamp(), "voided": None}
        | {"first_id": None, "first_recorded": None, "corrects": None}
    )


def kept(who: Patient, logs: Sequence[TreatmentLog], rules: CarePolicy) -> tuple[Patient, PackedHistory]:
    """The patient as a change left it, and the history packed."""
    standing = [log for log in logs if log.counts]
    audit = AuditLog(
        id="a", object_name="patient", action="edited", user_id="u", created_date=1.0, version=VERSION
    )
    history = packed(standing, VERSION)
    assert history is not None
    return derive(who, logs, rules, NOW).model_copy(update={"audit_logs": (audit,)}), history


def entries_of(kept_now: tuple[Patient, PackedHistory | None]) -> list[TreatmentLog]:
    who, history = kept_now
    found = unpacked(history, who) if history else None
    assert found is not None
    return found


@given(patients(), st.lists(entries(), max_size=14), latest(), st.sampled_from(POLICIES))
def test_a_contact_dated_last_follows_from_the_packed_history_as_from_the_history(
    who: Patient, logs: list[TreatmentLog], new: TreatmentLog, rules: CarePolicy
) -> None:
    before, history = kept(who, logs, rules)
    found = entries_of((before, history))
    standing = [log for log in logs if log.counts]
    whole, short = [*standing, new], [*found, new]
    after = derive(before, whole, rules, NOW)
    assert derive(before, short, rules, NOW) == after
    assert all_whole((*after.treatment_logs, *after.work_logs))
    assert ledger_of(before, found, rules) == ledger_of(before, standing, rules)
    assert ledger_of(after, short, rules) == ledger_of(after, whole, rules)
    assert records_from(after, short, (), rules) == records_from(after, whole, (), rules)
    assert weeks_in_treatment(before, found, new, rules) == weeks_in_treatment(before, standing, new, rules)
    assert refusal(new, found, rules) == refusal(new, standing, rules)
    # So it stays, however many follow.
    assert packed(short, VERSION + 1) == packed(whole, VERSION + 1)


@given(patients(), st.lists(entries(), max_size=14), st.sampled_from(POLICIES), st.sampled_from(POLICIES))
def test_another_policy_derives_the_same_from_it_or_what_it_derives_is_not_whole(
    who: Patient, logs: list[TreatmentLog], then: CarePolicy, now: CarePolicy
) -> None:
    before, history = kept(who, logs, then)
    after = derive(before, entries_of((before, history)), now, NOW)
    if all_whole((*after.treatment_logs, *after.work_logs)):
        assert after == derive(before, logs, now, NOW)


@given(st.lists(entries(), max_size=14))
def test_the_same_history_is_packed_the_same_in_any_order(logs: list[TreatmentLog]) -> None:
    assert packed(logs, VERSION) == packed(logs[::-1], VERSION)
    assert packed(logs, VERSION) == packed([log for log in logs if log.counts], VERSION)


def test_contacts_one_after_another_are_derived_from_what_was_packed_before() -> None:
    rules, who, logs = policy(), patient(), list[TreatmentLog]()
    before = kept(who, logs, rules)
    for number in range(1, 60):
        new = follow_up(f"2026-0{1 + number // 15}-{1 + number % 15:02}", PHQ9=number % 20)
        logs.append(new)
        before = kept(before[0], [*entries_of(before), new], rules)
        assert before == kept(who, logs, rules)


def day_after_day(number: int) -> list[TreatmentLog]:
    """A contact a day, each with a score."""
    start = at("2010-01-04")
    return [
        follow_up("2026-01-05", PHQ9=each % 28).model_copy(update={"date": instant, "recorded_at": instant})
        for each in range(number)
        if (instant := start + each * 86_400)
    ]


def test_a_long_history_takes_little_of_the_record() -> None:
    found = packed(day_after_day(1_000), VERSION)
    assert found is not None
    assert len(found.entries) < 6_000


def test_a_history_that_would_take_much_of_the_record_is_not_packed() -> None:
    random = Random(1)
    logs = [
        log.model_copy(
            update={"answers": {"PHQ-9": tuple(random.choices(range(4), k=9))}, "minutes": random.random()}
        )
        for log in day_after_day(1_500)
    ]
    assert packed(logs, VERSION) is None
    assert packed(logs[:300], VERSION) is not None


def audit_of(version: int | None) -> AuditLog:
    return AuditLog(
        id="b", object_name="patient", action="edited", user_id="u", created_date=2.0, version=version
    )


LOGS = [*(follow_up(f"2026-02-{day:02}", PHQ9=12) for day in range(1, 9)), consult("2026-02-10")]
GOOD, HISTORY = kept(patient(), LOGS, policy())


@pytest.mark.parametrize(
    "update",
    [
        # Another writer, who kept what it did not know of, or did not count.
        {"audit_logs": (*GOOD.audit_logs, audit_of(VERSION + 1))},
        {"audit_logs": (*GOOD.audit_logs, audit_of(None))},
        {"audit_logs": ()},
        # A contact that another system put on the record, or changed there.
        {"treatment_logs": (*GOOD.treatment_logs[1:], follow_up("2026-02-20", PHQ9=20))},
        {"treatment_logs": (*GOOD.treatment_logs[:-1], follow_up("2026-02-10", PHQ9=3))},
        {"work_logs": (contact("2026-02-11").model_copy(update={"contact_type": WorkKind.OUTREACH}),)},
    ],
)
def test_nothing_is_unpacked_that_does_not_fit_the_record(update: dict[str, Any]) -> None:
    assert unpacked(HISTORY, GOOD) is not None
    assert unpacked(HISTORY, GOOD.model_copy(update=update)) is None


@pytest.mark.parametrize(
    "written", ["", "not packed", "é", b85encode(zlib.compress(b"{}")).decode(), b85encode(b"[]").decode()]
)
def test_what_is_damaged_is_read_from_the_history(written: str) -> None:
    assert unpacked(HISTORY.model_copy(update={"entries": written}), GOOD) is None


@pytest.mark.parametrize(
    "column", ["minutes", "named", "date", "recorded", "scores", "values", "contact_type"]
)
def test_a_column_that_lacks_an_entry_is_damaged(column: str) -> None:
    columns = json.loads(zlib.decompress(b85decode(HISTORY.entries)))
    columns[column] = columns[column][:-1]
    written = b85encode(zlib.compress(json.dumps(columns).encode())).decode()
    assert unpacked(HISTORY.model_copy(update={"entries": written}), GOOD) is None


def test_another_form_is_read_from_the_history() -> None:
    later = HISTORY.model_copy(update={"form": 2})
    assert is_current(HISTORY, GOOD)
    assert not is_current(later, GOOD)
    assert unpacked(later, GOOD) is None


def refusal(new: TreatmentLog, others: Sequence[TreatmentLog], rules: CarePolicy) -> str:
    try:
        check_changes(new.medication_changes, rules.local_date(new.date), others, rules)
    except InvalidInput as refused:
        return str(refused)
    return ""
