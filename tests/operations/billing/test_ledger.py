"""The ledger says at all times what the history does, whatever was done and wherever the process died."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.records.agreements import ConsentKind, DeactivationReason
from cocm_bot.domain.vocabulary import ContactType, Role, VisitType, WorkKind
from cocm_bot.operations.checking import Kind, check
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.consents import Consented, record_consent
from cocm_bot.operations.patients.edit_patient import edit, stored_details
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate, reopen
from cocm_bot.operations.registries import recalculation
from cocm_bot.store import jobs, registries
from cocm_bot.store.billing import ledger
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import wire_key
from tests.operations.billing.history import agrees, anew, months, stored
from tests.operations.conftest import Office
from tests.rig.killing import Death, deaths, dying
from tests.store import faults
from tests.store.build import REGISTRY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KINDS = (ContactType.INITIAL_ASSESSMENT, ContactType.FOLLOW_UP, WorkKind.CARE_COORDINATION, WorkKind.OUTREACH)


_numbers = count()


def entry(day: date, minutes: int = 20, kind: ContactType | WorkKind = ContactType.FOLLOW_UP) -> Contact:
    visit = VisitType.PHONE if isinstance(kind, ContactType) else None
    measured: dict[str, dict[str, float]] = {}
    if kind is ContactType.INITIAL_ASSESSMENT:
        measured = {"scores": {"PHQ-9": 12}, "self_harm": {"PHQ-9": 0}}
    return Contact.model_validate(
        {"contact_type": kind, "visit_type": visit, "day": day, "minutes": minutes, **measured}
    )


def agree(office: Office, handle: str, day: date) -> None:
    given_ = Consented(kind=ConsentKind.VERBAL, day=day)
    record_consent(office.ctx, office.actor(), handle, given_, f"consent-{next(_numbers)}")


Step = tuple[str, int, int, int]
"""An action, how many days ago, for how many minutes, and on which of the entries so far."""

steps = st.lists(
    st.tuples(
        st.sampled_from([*["log"] * 3, "consult", "correct", "void", "consent", "leave", "return", "wait"]),
        st.integers(0, 75),
        st.integers(0, 130),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=14,
)


class Course:
    """One patient to whom steps are done, those that are refused left out."""

    def __init__(self, office: Office, requests: Callable[[], str]) -> None:
        self.office, self.requests = office, requests
        self.handle = office.enrolled()

    def do(self, step: Step) -> None:
        what, ago, minutes, which = step
        day = self.office.moment.date() - timedelta(days=ago)
        with suppress(CocmError):
            getattr(self, what)(day, minutes, which)

    def log(self, day: date, minutes: int, which: int) -> None:
        contact = entry(day, minutes, KINDS[which % len(KINDS)])
        log_contact(self.office.ctx, self.office.actor(), self.handle, contact, self.requests())

    def consult(self, day: date, minutes: int, _which: int) -> None:
        contact = Contact.model_validate(
            {
                "contact_type": "Psychiatric Consultation",
                "day": day,
                "minutes": minutes,
                "advice": {"kinds": ["Medication"]},
            }
        )
        actor = self.office.actor(Role.PSYCHIATRIST, "user-7")
        log_contact(self.office.ctx, actor, self.handle, contact, self.requests())

    def correct(self, day: date, minutes: int, which: int, *, void: bool = False) -> None:
        logs = history.contacts(self.office.table, self.office.patient(self.handle).id)
        old = logs[which % len(logs)] if logs else None
        if old is None or old.contact_type is ContactType.CONSULTATION:
            return
        contact = None if void else entry(day, minutes, old.contact_type)
        wrong = Correction(reason="Typed wrong", contact=contact)
        correct_contact(self.office.ctx, self.office.actor(), self.handle, old.id, wrong, self.requests())

    def void(self, day: date, minutes: int, which: int) -> None:
        self.correct(day, minutes, which, void=True)

    def consent(self, day: date, _minutes: int, _which: int) -> None:
        agree(self.office, self.handle, day)

    def leave(self, *_: object) -> None:
        leaving = Deactivation(reason=DeactivationReason.MOVED, asked=True)
        deactivate(self.office.ctx, self.office.actor(), self.handle, leaving, self.requests())

    def back(self, *_: object) -> None:
        reopen(self.office.ctx, self.office.actor(), self.handle, "back", self.requests())

    def wait(self, _day: date, minutes: int, _which: int) -> None:
        self.office.forward(days=minutes)


setattr(Course, "return", Course.back)


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
def test_after_any_steps_the_ledger_is_the_history_counted_anew(
    office: Office, requests: Callable[[], str], done: list[Step]
) -> None:
    course = Course(office, requests)
    for step in done:
        course.do(step)
    assert agrees(office, course.handle)


@pytest.mark.slow
@pytest.mark.parametrize("done", [False, True], ids=["before it is sent", "its answer lost"])
@pytest.mark.parametrize("what", ["log", "correct", "void", "consent"])
def test_wherever_the_process_dies_the_ledger_is_the_history(
    office: Office, client: "DynamoDBClient", requests: Callable[[], str], what: str, done: bool
) -> None:
    course = Course(office, requests)
    course.consent(office.moment.date(), 0, 0)
    office.forward(days=40)
    course.log(office.moment.date() - timedelta(days=35), 40, 1)

    def run(at: int) -> Death:
        with dying(client, at, done=done, writing=True) as death:
            course.do((what, 3, 30, 0))
        assert agrees(office, course.handle)
        return death

    assert deaths(run) >= 1
    assert not [each.finding.kind for each in check(office.ctx) if each.finding.kind is Kind.LEDGER]


def test_a_late_entry_and_a_correction_move_the_month_they_belong_to(
    office: Office, requests: Callable[[], str]
) -> None:
    course = Course(office, requests)
    today = office.moment.date()
    agree(office, course.handle, today)
    office.forward(days=33)
    actor = office.actor()
    late = log_contact(office.ctx, actor, course.handle, entry(today + timedelta(days=2), 40), requests())
    log_contact(office.ctx, actor, course.handle, entry(today + timedelta(days=30), 31), requests())
    patient = office.patient(course.handle)
    found = stored(office, patient.id)
    assert {month: each.facts.minutes for month, each in found.items()} == {"2031-03": 40, "2031-04": 31}
    assert [each.facts.initial for each in found.values()] == [True, False]
    assert late.log
    wrong = Correction(reason="Another day", contact=entry(today + timedelta(days=30), 40))
    correct_contact(office.ctx, actor, course.handle, late.log.id, wrong, requests())
    found = stored(office, patient.id)
    assert {month: (each.facts.minutes, each.facts.initial) for month, each in found.items()} == {
        "2031-04": (71, True)
    }


def test_a_month_that_is_over_calls_the_clock_once_its_bill_is_another(
    office: Office, requests: Callable[[], str]
) -> None:
    course = Course(office, requests)
    today = office.moment.date()
    agree(office, course.handle, today)
    log_contact(office.ctx, office.actor(), course.handle, entry(today, 40), requests())
    assert jobs.waiting(office.table, JobKind.BILLING_CHANGE, REGISTRY) == []
    office.forward(days=33)
    log_contact(office.ctx, office.actor(), course.handle, entry(today, 5), requests())
    assert jobs.waiting(office.table, JobKind.BILLING_CHANGE, REGISTRY) == [f"{REGISTRY}:2031-03"]


def test_an_older_table_is_filled_by_the_recalculation(office: Office, requests: Callable[[], str]) -> None:
    course = Course(office, requests)
    agree(office, course.handle, office.moment.date())
    for _ in range(3):
        log_contact(office.ctx, office.actor(), course.handle, entry(office.moment.date(), 40), requests())
        office.forward(days=33)
    patient = office.patient(course.handle)
    wanted = anew(office, course.handle)
    for month in wanted:
        ledger.forget(office.table, REGISTRY, patient.id, month)
    assert stored(office, patient.id) == {}
    _, moving = recalculation.steps(office.ctx, REGISTRY)
    list(moving)
    assert stored(office, patient.id) == wanted
    assert office.patient(course.handle).version == patient.version


def test_a_change_of_the_zone_moves_the_day_and_its_month(
    office: Office, requests: Callable[[], str]
) -> None:
    course = Course(office, requests)
    office.forward(days=28, hours=14)
    # 04:00 UTC on 1 April is 31 March in New York and 1 April in Berlin.
    log_contact(office.ctx, office.actor(), course.handle, entry(date(2031, 4, 1), 40), requests())
    before = months(office.table)
    registry = office.actor().registry
    zone = "Pacific/Honolulu"
    registries.save(
        office.table,
        registry,
        registry.model_copy(update={"timezone": zone, "modified_date": registry.modified_date + 1}),
    )
    _, moving = recalculation.steps(office.ctx, REGISTRY)
    list(moving)
    assert agrees(office, course.handle)
    assert (before, months(office.table)) == (["2031-04"], ["2031-03"])


def test_the_check_finds_and_mends_what_another_writer_did_to_the_ledger(
    office: Office, requests: Callable[[], str]
) -> None:
    course = Course(office, requests)
    agree(office, course.handle, office.moment.date())
    log_contact(office.ctx, office.actor(), course.handle, entry(office.moment.date(), 40), requests())
    patient = office.patient(course.handle)
    key = keys.ledger_entry(REGISTRY, "2031-03", patient.id)
    item = office.table.get(key)
    assert item is not None
    gone = keys.billed_mrn("2031-03", patient.patient_mrn)

    def found(*, repair: bool = False) -> list[str]:
        return [each.finding.kind.name for each in check(office.ctx, None, "tester" if repair else None)]

    assert found() == []
    for broken in (
        {**item, "payer": {"S": "Blue"}},
        {**item, "facts": {"S": "no map"}},
        {**item, "PK": {"S": keys.billing_month(REGISTRY, "2030-11")}},
    ):
        office.table.client.put_item(TableName=office.table.name, Item=broken)
        assert found() == ["LEDGER"]
        assert found(repair=True) == ["LEDGER"]
        assert found() == []
        assert agrees(office, course.handle)
    office.table.client.delete_item(TableName=office.table.name, Key=wire_key(gone))
    assert found(repair=True) == ["LEDGER"]
    assert found() == []


def test_an_entry_of_nobody_is_taken_away(office: Office, requests: Callable[[], str]) -> None:
    course = Course(office, requests)
    log_contact(office.ctx, office.actor(), course.handle, entry(office.moment.date(), 40), requests())
    item = office.table.get(keys.ledger_entry(REGISTRY, "2031-03", office.patient(course.handle).id))
    stale = {**(item or {}), **wire_key(keys.ledger_entry(REGISTRY, "2031-03", "nobody"))}
    office.table.client.put_item(TableName=office.table.name, Item=stale)
    run = [each.finding for each in check(office.ctx, None, "tester")]
    assert [(each.kind, each.subject) for each in run] == [(Kind.STALE_MONTH, "nobody 2031-03")]
    assert list(check(office.ctx)) == []


def test_a_corrected_mrn_moves_every_month(office: Office, requests: Callable[[], str]) -> None:
    """More months than one transaction takes: the clock does the oldest."""
    course = Course(office, requests)
    agree(office, course.handle, office.moment.date())
    for _ in range(23):
        log_contact(office.ctx, office.actor(), course.handle, entry(office.moment.date(), 20), requests())
        office.forward(days=31)
    patient = office.patient(course.handle)
    details = Details.model_validate({**stored_details(patient), "patient_mrn": "MRN-NEW"})
    at = patient.version
    with faults.on(office.table.client, "TransactWriteItems", faults.none) as written:
        edit(office.ctx, office.actor(), course.handle, details, requests(), read=at, shown=at)
    # Twenty months of three items each, the record, its history, its access and Finance's jobs.
    assert [60 < len(each["TransactItems"]) <= 100 for each in written] == [True]
    mrns = [each.patient_mrn for each in stored(office, patient.id).values()]
    assert mrns == [patient.patient_mrn] * 3 + ["MRN-NEW"] * 20
    assert jobs.waiting(office.table, JobKind.RECALCULATION, REGISTRY) == [REGISTRY]
    _, moving = recalculation.steps(office.ctx, REGISTRY)
    list(moving)
    assert agrees(office, course.handle)
    job = wire_key(keys.work(JobKind.RECALCULATION, REGISTRY))
    office.table.client.delete_item(TableName=office.table.name, Key=job)
    assert list(check(office.ctx)) == []
