"""Two versions over one table: what the version before wrote is read and written, and the other way round.

`previous_version.json` is all that the version before rows were packed stored of a small clinic.
"""

import json
from pathlib import Path

import pytest

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.checking import check
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs, registries
from cocm_bot.store.audit.audit_trail import AuditTrail
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.patients import history, lists
from cocm_bot.store.patients.patient_items import directory_item, patient_item
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.keys import ROW
from cocm_bot.store.table.migration import migrate
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.team import people
from tests.rig import crowd
from tests.rig.clinic import AUDIT_KEY, Clock

STORED: list[Item] = json.loads((Path(__file__).parent / "previous_version.json").read_text())
[REGISTRY] = {
    item["PK"]["S"].removeprefix(keys.REGISTRY_PREFIX) for item in STORED if item["SK"]["S"] == "metadata"
}
KINDS = {
    *("registry", "registry patient", "registry user", "user", "user e-mail", "e-mail lock"),
    *("user registry", "user invite", "treatment log", "audit log", "patient directory", "patient change"),
    *("request", "access log", "work", "billing month", "billed MRN", "outcome record", "run of the clock"),
}


@pytest.fixture
def previous(empty_table: Table) -> Table:
    """A table as the version before left it."""
    crowd.put(empty_table, STORED)
    return empty_table


def context(table: Table) -> Context:
    clock = Clock()
    return Context(table, clock, AuditTrail(Keyring({"": AUDIT_KEY}), 6, clock))


def stored_patients(table: Table) -> list[Item]:
    return [item for item in crowd.stored(table) if item["PK"]["S"] == keys.patients(REGISTRY)]


def test_it_has_an_item_of_each_kind_and_no_row() -> None:
    assert {keys.key_kind(*key_of(item)) for item in STORED} == KINDS
    assert not [item for item in STORED if ROW in item]


def test_all_of_it_is_read_and_nothing_disagrees(previous: Table) -> None:
    assert [checked.finding for checked in check(context(previous), None, None)] == []
    caseload = lists.caseload(previous, REGISTRY)
    [everyone] = lists.record_pages(previous, REGISTRY)
    active = [each for each in everyone if each.status is not Status.DEACTIVATED]
    assert caseload.broken == everyone.broken == people.members(previous, REGISTRY).broken == 0
    assert {each.id for each in caseload} == {each.id for each in active}
    assert all(history.contacts(previous, each.id) is not None for each in everyone)
    assert registries.get(previous, REGISTRY) is not None
    assert sum(len(jobs.queue(previous, shard).unreadable) for shard in range(jobs.SHARDS)) == 0


def test_it_is_migrated_with_the_caseload_as_it_was(previous: Table) -> None:
    before = lists.caseload(previous, REGISTRY).records
    list(migrate(previous, drop=True))
    assert lists.caseload(previous, REGISTRY).records == before
    assert [checked.finding for checked in check(context(previous), None, None)] == []


def test_what_this_version_writes_is_what_the_one_before_wrote_and_what_was_added(previous: Table) -> None:
    for item in stored_patients(previous):
        read = items.read(Patient, item)
        again = patient_item(REGISTRY, read)
        assert {name: value for name, value in again.items() if name not in {ROW, "flags"}} == {
            name: value for name, value in item.items() if name != "flags"
        }
        # A flag says since then which change of several patients raised it.
        assert [each["M"] for each in again["flags"]["L"]] == [
            each["M"] | {"raised_with": {"NULL": True}} for each in item["flags"]["L"]
        ]
        entry = previous.get(keys.directory_entry(REGISTRY, read.handle))
        assert directory_item(REGISTRY, read) == entry


def test_a_version_that_does_not_know_the_row_keeps_it_and_its_own_change_is_what_is_seen(
    previous: Table,
) -> None:
    list(migrate(previous, drop=True))
    [first, *_] = [item for item in stored_patients(previous) if ROW in item]
    # What is no attribute of its record a version keeps as it was, so the row is stale from then on.
    known = {name: value for name, value in first.items() if name != ROW}
    changed = {**known, "last_name": {"S": "Changed"}, "version": {"N": str(int(first["version"]["N"]) + 1)}}
    crowd.put(previous, [{**changed, ROW: first[ROW]}])
    assert "Changed" in {each.last_name for each in lists.caseload(previous, REGISTRY)}
    [finding] = [item for item in stored_patients(previous) if item["id"] == first["id"]]
    assert patient_item(REGISTRY, items.read(Patient, finding))[ROW]["M"]["last_name"] == {"S": "Changed"}
