"""The remembered part of patients follows every change, whoever made it, and costs what changed."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.store import counters, registries
from cocm_bot.store.patients import change_log, changing, remembered
from cocm_bot.store.patients.patient_items import patient_item
from cocm_bot.store.patients.remembered import Follower
from cocm_bot.store.patients.remembered_directory import DirectoryEntries
from cocm_bot.store.patients.remembered_rows import CaseloadRows, StoredRow
from cocm_bot.store.patients.turns import Turns
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.rig import crowd
from tests.store import faults
from tests.store.build import REGISTRY, audit, counts, enrol, patient


def rows() -> Follower[StoredRow]:
    return Follower(REGISTRY, CaseloadRows(REGISTRY))


def handles(follower: Follower[Any], table: Table) -> list[str]:
    return sorted(part.handle for part in follower.now(table).parts.values())


def save(table: Table, before: Patient, name: str, **changes: object) -> Patient:
    after = before.model_copy(update=changes)
    return changing.save(table, REGISTRY, before, after, audit(name), request_id=name)


def asked(requests: list[dict[str, Any]]) -> list[str]:
    """Return what was read, by the kind of key or condition."""
    return [
        "batch"
        if "RequestItems" in each
        else str(each.get("IndexName") or each["KeyConditionExpression"].split()[2])
        for each in requests
    ]


def test_only_what_changed_is_read_again(table: Table) -> None:
    first, second = enrol(table, 1), enrol(table, 2)
    follower = rows()
    assert handles(follower, table) == [first.handle, second.handle]
    with faults.on(table.client, "*", faults.none) as nothing_new:
        before = follower.now(table).parts
    assert asked(nothing_new) == [":changes"]

    save(table, first, "flagged", last_name="Changed")
    with faults.on(table.client, "*", faults.none) as one_new:
        after = follower.now(table).parts
    assert asked(one_new) == [":changes", "batch"]
    assert [len(each["RequestItems"][table.name]["Keys"]) for each in one_new[1:]] == [1]
    at = keys.patient(REGISTRY, first.patient_mrn)
    assert after[at] is not before[at]
    assert after[at].item["last_name"] == {"S": "Changed"}
    other = keys.patient(REGISTRY, second.patient_mrn)
    assert after[other] is before[other]


def test_every_way_in_and_out_of_the_caseload_is_followed(table: Table) -> None:
    follower = rows()
    assert handles(follower, table) == []
    ana = enrol(table, 1)
    assert handles(follower, table) == [ana.handle]
    moved = save(table, ana, "moved", patient_mrn="MRN-900")
    assert [key.sk for key in follower.now(table).parts] == ["MRN-900"]
    left = save(table, moved, "left", status=Status.DEACTIVATED)
    assert handles(follower, table) == []
    save(table, left, "back", status=Status.TREATMENT)
    assert handles(follower, table) == [ana.handle]


def test_a_number_that_passes_to_another_patient_is_theirs(table: Table) -> None:
    ana, bo = enrol(table, 1), enrol(table, 2)
    follower = rows()
    follower.now(table)
    save(table, ana, "away", patient_mrn="MRN-900")
    save(table, bo, "taken", patient_mrn="MRN-1")
    found = {key.sk: row.handle for key, row in follower.now(table).parts.items()}
    assert found == {"MRN-900": ana.handle, "MRN-1": bo.handle}


def test_another_writer_is_noticed_when_all_is_read_again(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = patient(1)
    crowd.put(table, [patient_item(REGISTRY, ana)])
    follower = rows()
    before = follower.now(table).parts
    crowd.put(table, [patient_item(REGISTRY, ana.model_copy(update={"last_name": "Unnoted"}))])
    assert follower.now(table).parts is before
    monkeypatch.setattr(remembered, "WHOLE_SECONDS", 0.0)
    [row] = follower.now(table).parts.values()
    assert row.item["last_name"] == {"S": "Unnoted"}
    [again] = follower.now(table).parts.values()
    assert again is row


def test_a_note_placed_late_by_less_than_the_look_back_is_found(table: Table) -> None:
    ana = enrol(table, 1)
    follower = rows()
    follower.now(table)
    crowd.put(table, [patient_item(REGISTRY, ana.model_copy(update={"last_name": "Late"}))])
    late = table.heard_at - remembered.LOOK_BACK_SECONDS / 2
    note = to_wire({"found_otherwise": False}) | wire_key(keys.patient_change(REGISTRY, late, ana.handle, 7))
    table.transact([writes.put(note)])
    [row] = follower.now(table).parts.values()
    assert row.item["last_name"] == {"S": "Late"}


def test_when_very_many_changed_all_is_read_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_AGAIN", 2)
    everybody = [enrol(table, number) for number in range(1, 4)]
    follower = rows()
    follower.now(table)
    for each in everybody:
        save(table, each, f"changed-{each.handle}", last_name="Many")
    with faults.on(table.client, "Query", faults.none) as requests:
        found = follower.now(table).parts
    assert asked(requests) == [":changes", keys.INDEX]
    assert {row.item["last_name"]["S"] for row in found.values()} == {"Many"}


def test_a_look_that_fails_leaves_what_was_and_is_made_up_for(table: Table) -> None:
    ana = enrol(table, 1)
    follower = rows()
    follower.now(table)
    save(table, ana, "changed", last_name="Changed")
    refused = faults.refuse("AccessDeniedException")
    with faults.on(table.client, "BatchGetItem", refused), pytest.raises(Unavailable):
        follower.now(table)
    [row] = follower.now(table).parts.values()
    assert row.item["last_name"] == {"S": "Changed"}


def test_a_damaged_row_and_binary_values_are_kept_as_they_are(table: Table) -> None:
    item = {**patient_item(REGISTRY, patient(1)), "last_name": {"B": b"\x00\xff"}, "course": {"S": "none"}}
    del item["handle"]
    table.client.put_item(TableName=table.name, Item=item)
    [row] = rows().now(table).parts.values()
    assert row.handle == ""
    assert row.item["last_name"] == {"B": b"\x00\xff"}


def test_the_directory_is_read_again_only_where_it_changed(table: Table) -> None:
    ana = enrol(table, 1)
    follower = Follower(REGISTRY, DirectoryEntries(REGISTRY))
    before = follower.now(table).parts
    ana = save(table, ana, "flagged", total_sessions=3)
    assert follower.now(table).parts is before
    save(table, ana, "renamed", last_name="Renamed")
    [entry] = follower.now(table).parts.values()
    assert entry.entry.last_name == "Renamed"


def test_notes_are_deleted_by_the_table_and_name_nobody(table: Table) -> None:
    ana = enrol(table, 1)
    [note] = table.query("PK = :changes", {"changes": keys.patient_changes(REGISTRY)})
    assert table.heard_at < int(note["expires_at"]["N"]) <= table.heard_at + change_log.KEPT_SECONDS
    assert note["SK"]["S"].split("#")[1:] == [ana.handle, "1"]
    assert set(note) == {"PK", "SK", "found_otherwise", "expires_at"}


def test_turns_are_shared_by_those_who_came_before_they_began() -> None:
    turns, begun, go_on = Turns(), threading.Event(), threading.Event()
    done: list[int] = []

    def slow() -> None:
        begun.set()
        go_on.wait()
        done.append(1)

    first = threading.Thread(target=turns.take, args=(slow,))
    first.start()
    begun.wait()
    # These came after it began: one more turn is enough for all of them.
    others = [threading.Thread(target=turns.take, args=(lambda: done.append(2),)) for _ in range(5)]
    for other in others:
        other.start()
    while turns.waiting < len(others):
        pass
    go_on.set()
    for thread in (first, *others):
        thread.join()
    assert done == [1, 2]


def test_enrolments_at_once_touch_no_item_in_common(table: Table) -> None:
    with faults.on(table.client, "TransactWriteItems", faults.none) as requests:
        for number in (1, 2):
            enrol(table, number)
    enrolments = [each for each in map(written, requests) if keys.registry(REGISTRY) not in each]
    assert len(enrolments) == 2
    assert enrolments[0].isdisjoint(enrolments[1])
    assert counts(table) == (1, 2)


def test_what_an_ended_process_had_to_add_is_added_by_the_next(table: Table) -> None:
    refuse_counting = faults.times(1, faults.refuse("AccessDeniedException"))
    enrolled = replace_after(1, refuse_counting)
    with faults.on(table.client, "TransactWriteItems", enrolled):
        enrol(table, 1)
    assert counts(table) == (1, 0)
    enrol(table, 2)
    assert counts(table) == (1, 2)


def test_added_up_by_two_at_once_each_counts_once(table: Table) -> None:
    table.transact(counters.patient_counted(REGISTRY, "AAAA", 1, 1))
    raced = False

    def race(_request: object) -> None:
        nonlocal raced
        if not raced:
            raced = True
            counters.add_up(table, REGISTRY)

    with faults.on(table.client, "TransactWriteItems", race):
        counters.add_up(table, REGISTRY)
    registry = registries.get(table, REGISTRY)
    assert registry is not None
    assert registry.active_patients == 1


def replace_after(count: int, fault: faults.Fault) -> faults.Fault:
    """Let so many requests through, and then do as the fault says."""
    passed = 0

    def after(request: Any) -> Any:
        nonlocal passed
        passed += 1
        return None if passed <= count else fault(request)

    return after


def written(request: Mapping[str, Any]) -> set[keys.Key]:
    """Return the keys of all items a transaction is about."""
    found = set()
    for action in request["TransactItems"]:
        [each] = action.values()
        key = each.get("Key") or each["Item"]
        found.add(keys.Key(key["PK"]["S"], key["SK"]["S"]))
    return found
