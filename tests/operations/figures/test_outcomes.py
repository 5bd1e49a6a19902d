"""Outcome records as the real operations leave their history: leaving, undoing, coming back, assigning."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.figures.episodes.outcome_record import Stay
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import ContactType, Role, Status, VisitType
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.figures.outcomes import counted_anew, outcomes_of
from cocm_bot.operations.figures.report import report
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate, move, reopen, undo
from cocm_bot.operations.team.assignment import assign_one
from cocm_bot.store.table import keys, writes
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY, user

Fresh = Callable[[], str]
GONE = Deactivation(reason=DeactivationReason.MOVED, note="to Ohio", asked=True)
START = date(2031, 3, 3)


def day(number: int) -> date:
    return START + timedelta(days=number)


def assessed(office: Office, handle: str, requests: Fresh, on: date, **scores: float) -> None:
    contact = Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.PHONE,
        day=on,
        minutes=40,
        scores={"PHQ-9": 18} | scores,
        self_harm={"PHQ-9": 0},
    )
    log_contact(office.ctx, office.actor(), handle, contact, requests())


def test_a_history_of_the_real_operations(office: Office, requests: Fresh) -> None:
    people.add_member(office.table, REGISTRY, user(7), Role.CARE_MANAGER, is_admin=False, at=5)
    handle = office.enrolled(payer="Plan A")
    first = office.patient(handle).care_manager
    office.forward(days=5)
    assessed(office, handle, requests, day(3))
    office.forward(days=5)
    assign_one(office.ctx, office.actor(), handle, user(7).id, requests())
    office.forward(days=5)
    deactivate(office.ctx, office.actor(), handle, GONE, requests())
    office.forward(days=2)
    undo(office.ctx, office.actor(), handle, requests())
    office.forward(days=3)
    deactivate(office.ctx, office.actor(), handle, GONE, requests())
    office.forward(days=10)
    reopen(office.ctx, office.actor(), handle, "back", requests(), same_episode=True)
    office.forward(days=10)
    deactivate(office.ctx, office.actor(), handle, GONE, requests())
    office.forward(days=60)
    reopen(office.ctx, office.actor(), handle, "back", requests())
    move(office.ctx, office.actor(), handle, Status.TREATMENT, requests())

    found = outcomes_of(office.ctx, office.actor().registry)
    assert found.unread == 0
    one, two = found.records
    moved = DeactivationReason.MOVED
    assert one.stays == (
        Stay(first=day(0), left=day(20), reason=moved),
        Stay(first=day(30), left=day(40), reason=moved),
    )
    assert two.stays == (Stay(first=day(100)),)
    days = (2, 3, 19, 20, 30, 40, 99)
    gone = Status.DEACTIVATED
    assert [one.status_on(day(number)) for number in days] == [
        Status.ENROLLED,
        Status.TREATMENT,
        Status.TREATMENT,
        gone,
        Status.TREATMENT,
        gone,
        gone,
    ]
    assert two.status_on(day(100)) is Status.TREATMENT
    assert [one.care_manager_on(day(number)) for number in (9, 10, 99)] == [first, user(7).id, user(7).id]
    assert (one.payer_on(day(0)), two.payer_on(day(100))) == ("Plan A", "Plan A")
    assert [(each.day, each.score) for each in one.scores] == [(day(3), 18)]
    assert (one.assessed, one.contacts) == (day(3), (day(3),))
    assert (one.seconds, one.consented) == ({"2031-03": 2_400}, {})


def test_who_can_not_be_read_is_counted_as_unread(office: Office, requests: Fresh) -> None:
    whole, hurt, record = office.enrolled(), office.enrolled(), office.enrolled()
    for handle in (whole, hurt):
        assessed(office, handle, requests, START)
    [log] = office.patient(hurt).treatment_logs
    entry = keys.treatment_log(office.patient(hurt).id, log.date, log.id)
    broken = keys.patient(REGISTRY, office.patient(record).patient_mrn)
    for key, attribute in ((entry, "minutes"), (broken, "version")):
        office.table.transact(
            [writes.update(key, f"REMOVE {attribute}", writes.STORED, {}, lambda _: NotFound())]
        )
    found = counted_anew(office.ctx, office.actor().registry)
    assert [each.handle for each in found.records] == [whole]
    assert found.unread == 2
    # What is stored of them is as it was when they could be read.
    kept = outcomes_of(office.ctx, office.actor().registry)
    assert {each.handle for each in kept.records} == {whole, hurt, record}


def test_the_figures_are_for_those_they_are_for(office: Office) -> None:
    office.enrolled()
    for role in set(Role) - {Role.CLINICAL_OPS}:
        with pytest.raises(NotAllowed):
            report(office.ctx, office.actor(role), ())
    found, _ = report(office.ctx, office.actor(Role.CLINICAL_OPS), ())
    assert found.figures.caseload.at_end == 1
    with pytest.raises(InvalidInput):
        report(office.ctx, office.actor(Role.CLINICAL_OPS), ["soon"])
