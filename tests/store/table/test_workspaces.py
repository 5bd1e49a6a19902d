"""Workspaces share a table, and no request of one reaches a record of another."""

import json
from typing import Any

import pytest

from cocm_bot.domain.errors import CocmError
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import lists
from cocm_bot.store.repair.survey import locate, snapshot, survey
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.workspaces import inward, outward
from cocm_bot.store.team import people
from tests.rig import crowd
from tests.store.build import NOON, REGISTRY, enrol, found_registry, patient, registry

HERE, THERE = "T0HERE", "T0THERE"
AT = {"PK": {"S": "registry:r1"}, "SK": {"S": "metadata"}}


@pytest.fixture
def tables(empty_table: Table) -> dict[str, Table]:
    """The same registry, with the same ids, in two workspaces and in none; one patient each."""
    found = {name: empty_table.of_workspace(name) for name in (HERE, THERE, "")}
    for name, table in found.items():
        found_registry(table)
        enrol(table, 1, first_name=f"of {name or 'none'}")
    return found


def seen(table: Table) -> set[str]:
    """Everything of a table, by every way to read it, as one text each."""
    caseload = lists.caseload(table, REGISTRY)
    key = keys.patient(REGISTRY, "MRN-1")
    return {
        *(each.first_name for each in caseload.records),
        str(items.read(type(patient()), table.get(key) or {}).first_name),
        *(str(item["first_name"]["S"]) for item in table.batch_get([key]).values()),
        *(str(item["first_name"]["S"]) for item in snapshot(table, [key]).values()),
    }


def test_the_same_ids_are_other_records_in_every_workspace(tables: dict[str, Table]) -> None:
    assert {name: seen(table) for name, table in tables.items()} == {
        HERE: {f"of {HERE}"},
        THERE: {f"of {THERE}"},
        "": {"of none"},
    }


def test_a_record_of_one_is_nowhere_in_another(empty_table: Table) -> None:
    here, others = empty_table.of_workspace(HERE), [empty_table.of_workspace(THERE), empty_table]
    found_registry(here)
    enrol(here, 1)
    jobs.ensure(here, jobs.new_job(JobKind.DIGEST, REGISTRY, REGISTRY, NOON))
    assert registries.get(here, REGISTRY) is not None
    assert jobs.registries_served(here) == [REGISTRY]
    for table in others:
        assert registries.get(table, REGISTRY) is None
        assert registries.get(table, f"{keys.workspace_prefix(HERE)}registry:{REGISTRY}") is None
        assert lists.caseload(table, REGISTRY).records == []
        assert people.members(table, REGISTRY).records == []
        assert people.user_by_email(table, "person.1@example.org") is None
        assert jobs.registries_served(table) == []
        assert not survey(table).registries
        assert locate(table, keys.fingerprint(keys.registry(REGISTRY))) == []
    assert survey(here).registries == {REGISTRY}
    assert survey(here).illegible == []


FORGED = [
    f"workspace:{HERE}:registry:{REGISTRY}",
    f"../{HERE}:{REGISTRY}",
    f"{REGISTRY}\0",
    f":{REGISTRY}",
    f"{HERE}:registry:{REGISTRY}",
]


@pytest.mark.parametrize("registry_id", FORGED)
def test_no_forged_id_names_a_record_of_another_workspace(tables: dict[str, Table], registry_id: str) -> None:
    for name in (THERE, ""):
        assert tables[name].get(keys.registry(registry_id)) is None
        assert lists.caseload(tables[name], registry_id).records == []


def test_a_refused_write_shows_what_is_in_the_way_without_the_workspace(tables: dict[str, Table]) -> None:
    there: list[Any] = []

    def refused(stored: Any) -> CocmError:
        there.append(stored.get("PK"))
        return CocmError("taken")

    item = items.to_item(keys.registry(REGISTRY), registry())
    with pytest.raises(CocmError, match="taken"):
        tables[HERE].transact([writes.add(item, refused)])
    with pytest.raises(CocmError, match="taken"):
        tables[HERE].put(writes.replace(item, "attribute_exists(nothing)", {}, refused))
    assert there == [{"S": f"registry:{REGISTRY}"}] * 2


def test_what_a_workspace_deletes_stays_in_the_others(tables: dict[str, Table]) -> None:
    tables[HERE].transact([writes.forget(keys.registry(REGISTRY))])
    gone = {name: registries.get(table, REGISTRY) is None for name, table in tables.items()}
    assert gone == {HERE: True, THERE: False, "": False}


def test_every_key_of_a_workspace_begins_with_its_name(empty_table: Table) -> None:
    here = empty_table.of_workspace(HERE)
    found_registry(here)
    enrol(here, 1)
    jobs.ensure(here, jobs.new_job(JobKind.DIGEST, REGISTRY, REGISTRY, NOON))
    stored = crowd.stored(empty_table)
    places = [item[place]["S"] for item in stored for place in ("PK", "GSI1PK") if place in item]
    assert len(stored) > 5
    assert {place.startswith(f"workspace:{HERE}:") for place in places} == {True}
    assert all(keys.is_ours(Key(item["PK"]["S"], item["SK"]["S"])) for item in stored)


OTHER = {"PK": {"S": "workspace:T9:registry:r1"}}
REACHING: dict[str, dict[str, Any]] = {
    "an operation nobody thought of": {"operation": "ExecuteStatement", "Statement": "SELECT *"},
    "a batch of writes": {"operation": "BatchWriteItem", "RequestItems": {}},
    "an update that moves an item": {
        "operation": "UpdateItem",
        "Key": AT,
        "UpdateExpression": "SET GSI1PK = :place",
    },
    "the same in a transaction": {
        "operation": "TransactWriteItems",
        "TransactItems": [{"Update": {"Key": AT, "UpdateExpression": "SET GSI1PK = :place"}}],
    },
    "a query without a partition": {
        "operation": "Query",
        "KeyConditionExpression": "SK = :x",
        "ExpressionAttributeValues": {":x": {"S": "y"}},
    },
    "a table taken away": {"operation": "DeleteTable", "TableName": "t"},
}


@pytest.mark.parametrize("asked", REACHING.values(), ids=REACHING)
def test_what_could_reach_others_is_not_sent(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"workspace|partition"):
        inward(
            asked["operation"], {name: value for name, value in asked.items() if name != "operation"}, HERE
        )


def test_a_request_stays_as_it_was(tables: dict[str, Table]) -> None:
    for operation, asked in {"GetItem": {"Key": AT}, "PutItem": {"Item": {**AT, "GSI1PK": AT["PK"]}}}.items():
        before = json.dumps(asked)
        sent = inward(operation, asked, HERE)
        assert json.dumps(asked) == before
        part = sent["Key" if operation == "GetItem" else "Item"]
        assert part["PK"] == {"S": f"workspace:{HERE}:registry:r1"}
        assert outward("GetItem", {"Item": part}, HERE)["Item"]["PK"] == AT["PK"]


SCANNED: list[tuple[list[dict[str, Any]], str, int]] = [
    ([AT, OTHER], "", 1),
    ([AT, OTHER], "T9", 1),
    ([AT, {"SK": {"S": "no key"}}], "T9", 0),
    ([{"PK": {"S": "workspace:T99:registry:r1"}}], "T9", 0),
]


@pytest.mark.parametrize(("found", "workspace", "left"), SCANNED)
def test_a_scan_leaves_the_records_of_others_out(
    found: list[dict[str, Any]], workspace: str, left: int
) -> None:
    answer = outward("Scan", {"Items": found, "Count": len(found)}, workspace)
    assert (len(answer["Items"]), answer["Count"]) == (left, left)
