"""Writes that arrive although their answer is lost are done once, whoever tries again."""

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.store.audit import access_log
from cocm_bot.store.patients import changing, history, lists
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.errors import AlreadyApplied
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.store import faults
from tests.store.build import (
    REGISTRY,
    access_entry,
    audit,
    contact,
    counts,
    end_membership,
    enrol,
    user,
)

pytestmark = pytest.mark.usefixtures("no_pauses")


def add_contact(before: Patient, contacts: list[TreatmentLog]) -> Edit:
    after = before.model_copy(update={"total_sessions": len(contacts) + 1})
    return Edit(after, audit("contact"), (contact("log"),))


def log(table: Table) -> Patient:
    return changing.change(table, REGISTRY, "H0001", add_contact, request_id="submission")


def contacts(table: Table) -> list[TreatmentLog]:
    return history.contacts(table, "patient-1")


@pytest.mark.parametrize("lost", [1, 2])
def test_the_clients_retry_counts_a_contact_once(concurrent_table: Table, lost: int) -> None:
    table = concurrent_table
    enrol(table)
    fault = faults.times(lost, faults.lose_answer)
    with faults.on(table.client, "TransactWriteItems", fault) as asked:
        after = log(table)
    assert len(asked) == lost + 1
    assert (after.version, after.total_sessions, len(contacts(table))) == (2, 1, 1)


def test_a_person_who_tries_again_gets_the_contact_they_saved(concurrent_table: Table) -> None:
    table = concurrent_table
    enrol(table)
    with faults.on(table.client, "TransactWriteItems", faults.lose_answer), pytest.raises(Unavailable):
        log(table)
    after = log(table)
    assert (after.version, after.total_sessions, len(contacts(table))) == (2, 1, 1)


def test_an_enrolment_is_counted_once(concurrent_table: Table) -> None:
    table = concurrent_table
    with faults.on(table.client, "TransactWriteItems", faults.times(1, faults.lose_answer)):
        enrol(table, 1)
    with faults.on(table.client, "TransactWriteItems", faults.lose_answer), pytest.raises(Unavailable):
        enrol(table, 2)
    with pytest.raises(AlreadyApplied) as applied:
        enrol(table, 2)
    assert applied.value.result == "H0002"
    assert counts(table) == (1, 2)
    assert len(lists.caseload(table, REGISTRY)) == 2


def test_a_member_is_counted_once(concurrent_table: Table) -> None:
    table = concurrent_table
    with faults.on(table.client, "TransactWriteItems", faults.times(1, faults.lose_answer)):
        end_membership(table, "user-1")
    assert counts(table) == (0, 0)
    assert people.user(table, "user-1") == user(1)


def test_an_entry_of_the_access_log_is_its_own_proof(concurrent_table: Table) -> None:
    table = concurrent_table
    with faults.on(table.client, "PutItem", faults.times(1, faults.lose_answer)) as asked:
        access_log.record(table, access_entry())
    assert len(asked) == 2


def test_a_request_that_never_arrived_is_simply_done(concurrent_table: Table) -> None:
    table = concurrent_table
    enrol(table)
    with faults.on(table.client, "TransactWriteItems", faults.times(1, faults.time_out)):
        assert log(table).total_sessions == 1
    assert len(contacts(table)) == 1
