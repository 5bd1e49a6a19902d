import pytest

from cocm_bot.domain.records.history import Voided
from cocm_bot.store.patients import history
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import AlreadyStored, BrokenItem
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.store.build import NOON, audit, contact

VOID = Voided(log_id="late", by="user-1", at=NOON + 9, reason="wrong patient")


def test_entries_stand_in_order_of_time_each_patient_apart(table: Table) -> None:
    late, early = contact("late", NOON + 5), contact("early", NOON)
    table.transact(history.added("p1", [late, early], [audit("b", NOON + 1), audit("a", NOON)]))
    table.transact(history.added("p2", [contact("other")], []))
    assert history.contacts(table, "p1") == [early, late]
    assert [entry.id for entry in history.audit_trail(table, "p1")] == ["a", "b"]
    assert [log.id for log in history.contacts(table, "p2")] == ["other"]
    assert history.contacts(table, "p3") == []


def test_a_voided_contact_stays_and_says_so(table: Table) -> None:
    early, late = contact("early", NOON), contact("late", NOON + 5)
    table.transact(history.added("p1", [early, late], []))
    table.transact(history.added("p1", [], [audit()], [VOID]))
    assert history.contacts(table, "p1") == [early, late.model_copy(update={"voided": VOID})]


def test_nothing_is_written_over(table: Table) -> None:
    table.transact(history.added("p1", [contact("late")], [audit("a")], [VOID]))
    again = [
        history.added("p1", [contact("late", minutes=99)], []),
        history.added("p1", [], [audit("a")]),
        history.added("p1", [], [], [VOID.model_copy(update={"reason": "another"})]),
    ]
    for writes in again:
        with pytest.raises(AlreadyStored):
            table.transact(writes)
    (log,) = history.contacts(table, "p1")
    assert (log.minutes, log.voided) == (20, VOID)


def test_contacts_are_whole_or_not_given_at_all(table: Table) -> None:
    table.transact(history.added("p1", [contact("good")], []))
    key = keys.treatment_log("p1", NOON, "bad")
    table.client.put_item(TableName=table.name, Item={**wire_key(key), **to_wire({"minutes": 5})})
    with pytest.raises(BrokenItem) as broken:
        history.contacts(table, "p1")
    assert broken.value.kind == "treatment log"


def test_a_broken_audit_entry_is_counted(table: Table) -> None:
    table.transact(history.added("p1", [], [audit("a")]))
    key = keys.audit_log("p1", NOON, "bad")
    table.client.put_item(TableName=table.name, Item={**wire_key(key), **to_wire({"action": "x"})})
    trail = history.audit_trail(table, "p1")
    assert (trail.records, trail.broken) == ([audit("a")], 1)
