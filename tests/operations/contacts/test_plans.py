from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import ContactType, Role, Status, VisitType
from cocm_bot.operations.contacts.plans import PlanEntry, Rewritten, write_plan
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate, move
from cocm_bot.store.patients import history
from tests.operations.conftest import Office

Fresh = Callable[[], str]


def entry(**changes: Any) -> PlanEntry:
    return PlanEntry.model_validate(
        {
            "warning_signs": "sleeps badly, stays in",
            "what_helps": "walks, calling Ben",
            "whom_to_call": "the clinic",
            "next_check": date(2031, 4, 7),
            "day": date(2031, 3, 3),
            "visit_type": VisitType.CLINIC,
            "minutes": 30,
        }
        | changes
    )


@pytest.fixture
def treated(office: Office, requests: Fresh) -> str:
    """A patient in treatment, in version 2."""
    handle = office.enrolled()
    move(office.ctx, office.actor(), handle, Status.TREATMENT, requests())
    return handle


def test_a_plan_is_a_contact_that_begins_relapse_prevention(
    office: Office, requests: Fresh, treated: str
) -> None:
    card = write_plan(office.ctx, office.actor(), treated, entry(), requests(), seen=2)
    patient = card.patient
    assert (patient.status, patient.status_since) == (Status.RELAPSE_PREVENTION, office.moment.timestamp())
    [log] = history.contacts(office.table, patient.id)
    assert (log.contact_type, log.visit_type, log.minutes) == (ContactType.RELAPSE_PREVENTION, "Clinic", 30)
    assert (patient.total_sessions, patient.minutes_this_month) == (1, 30)
    assert patient.relapse_prevention_plan == int(log.date)
    assert patient.plan == log.plan
    assert patient.plan is not None
    assert (patient.plan.warning_signs, patient.plan.next_check) == ("sleeps badly, stays in", "2031-04-07")
    # 30 days after this contact.
    assert patient.next_due == "2031-04-02"


def test_a_revision_is_a_contact_of_its_own(office: Office, requests: Fresh, treated: str) -> None:
    write_plan(office.ctx, office.actor(), treated, entry(), requests(), seen=2)
    office.forward(days=28)
    revised = entry(day=date(2031, 3, 31), what_helps="walks", minutes=10, next_check=date(2031, 6, 2))
    write_plan(office.ctx, office.actor(Role.PSYCHIATRIST, "user-2"), treated, revised, requests(), seen=3)
    patient = office.patient(treated)
    first, second = history.contacts(office.table, patient.id)
    assert first.plan is not None
    assert first.plan.what_helps == "walks, calling Ben"
    assert patient.plan == second.plan
    last = patient.audit_logs[-1]
    assert last.action == "plan revised"
    assert [(change.attribute, change.before, change.after) for change in last.changes][:2] == [
        ("what_helps", "walks, calling Ben", "walks"),
        ("next_check", "2031-04-07", "2031-06-02"),
    ]


def test_a_plan_written_meanwhile_is_not_put_away_unseen(
    office: Office, requests: Fresh, treated: str
) -> None:
    write_plan(office.ctx, office.actor(Role.PSYCHIATRIST, "user-2"), treated, entry(), requests(), seen=2)
    mine = entry(what_helps="swimming")
    with pytest.raises(Rewritten):
        write_plan(office.ctx, office.actor(), treated, mine, requests(), seen=2)
    assert len(history.contacts(office.table, office.patient(treated).id)) == 1
    office.forward(minutes=1)
    write_plan(office.ctx, office.actor(), treated, mine, requests(), seen=3)
    plan = office.patient(treated).plan
    assert plan is not None
    assert plan.what_helps == "swimming"


def test_a_plan_sent_twice_is_one_contact(office: Office, requests: Fresh, treated: str) -> None:
    request_id = requests()
    for _ in range(2):
        write_plan(office.ctx, office.actor(), treated, entry(), request_id, seen=2)
    assert office.patient(treated).total_sessions == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"next_check": date(2031, 3, 2)}, "next_check"), ({"day": date(2031, 3, 4)}, "day")],
)
def test_days_that_can_not_be(
    office: Office, requests: Fresh, treated: str, changes: dict[str, date], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        write_plan(office.ctx, office.actor(), treated, entry(**changes), requests(), seen=2)
    assert refused.value.field == field
    assert office.patient(treated).version == 2


def test_only_for_patients_in_care(office: Office, requests: Fresh) -> None:
    handle = office.enrolled()
    with pytest.raises(InvalidInput, match="Treatment has not begun yet"):
        write_plan(office.ctx, office.actor(), handle, entry(), requests(), seen=1)
    gone = Deactivation(reason=DeactivationReason.DECLINED)
    deactivate(office.ctx, office.actor(), handle, gone, requests())
    with pytest.raises(InvalidInput, match="deactivated"):
        write_plan(office.ctx, office.actor(), handle, entry(), requests(), seen=2)


@pytest.mark.parametrize("role", [Role.PCP, Role.CLINICAL_OPS, Role.FINANCE])
def test_who_may_not(office: Office, requests: Fresh, treated: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        write_plan(office.ctx, office.actor(role), treated, entry(), requests(), seen=2)
    assert office.patient(treated).plan is None
    assert office.refusals() == ["write_plan"]
