from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.store.patients import lists
from cocm_bot.store.table import administration
from cocm_bot.store.table.table import Table
from tests.store import faults
from tests.store.build import REGISTRY, enrol

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS: Any = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
KEY_ATTRIBUTES: Any = [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")]
EVERYTHING_MISSING = [
    "Billing is not on demand.",
    "Deletion protection is off.",
    "Items do not expire by expires_at.",
    "Point-in-time recovery is off.",
    "The index caseload is missing.",
]


@pytest.fixture
def name(client: "DynamoDBClient") -> Iterator[str]:
    """The name of a table that does not exist yet, and is deleted afterwards."""
    name = f"cocm-test-{uuid4().hex}"
    yield name
    drop(client, name)


def drop(client: "DynamoDBClient", name: str) -> None:
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)


def make_bare(client: "DynamoDBClient", name: str, **settings: Any) -> None:
    """A table with nothing but keys."""
    bare: dict[str, Any] = {
        "KeySchema": KEYS,
        "AttributeDefinitions": KEY_ATTRIBUTES,
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    }
    client.create_table(TableName=name, **(bare | settings))


def test_a_table_that_was_made_lacks_nothing(client: "DynamoDBClient", name: str) -> None:
    assert administration.check_table(client, name) == ["The table does not exist."]
    administration.create_table(client, name)
    assert administration.check_table(client, name) == []


def test_making_it_again_changes_nothing(client: "DynamoDBClient", name: str) -> None:
    administration.create_table(client, name)
    with faults.on(client, "*", faults.none) as asked:
        administration.create_table(client, name)
    looks = [{"TableName": name}, {"TableName": name, "ProjectionExpression": "PK, SK", "Limit": 1000}]
    asked = [{key: each[key] for key in each if key != "ReturnConsumedCapacity"} for each in asked]
    assert [request for request in asked if request not in looks] == []


def test_what_a_table_lacks_is_said_and_added(client: "DynamoDBClient", name: str) -> None:
    make_bare(client, name)
    assert administration.check_table(client, name) == EVERYTHING_MISSING
    administration.create_table(client, name)
    assert administration.check_table(client, name) == []


@pytest.mark.parametrize("done", range(5))
def test_making_it_goes_on_where_an_earlier_run_ended(concurrent_client: "DynamoDBClient", done: int) -> None:
    client, name = concurrent_client, f"cocm-test-{uuid4().hex}"
    make_bare(client, name)
    left = [done]

    def end_after(request: AWSPreparedRequest) -> AWSResponse | None:
        left[0] -= 1
        return faults.refuse("AccessDeniedException")(request) if left[0] < 0 else None

    with (
        faults.on(client, "UpdateTable", end_after),
        faults.on(client, "UpdateTimeToLive", end_after),
        faults.on(client, "UpdateContinuousBackups", end_after),
        pytest.raises(Unavailable),
    ):
        administration.create_table(client, name)
    assert len(administration.check_table(client, name)) == len(EVERYTHING_MISSING) - done
    administration.create_table(client, name)
    assert administration.check_table(client, name) == []
    drop(client, name)


def test_what_can_not_be_changed_in_place_is_said(client: "DynamoDBClient", name: str) -> None:
    other_keys: Any = [
        {"AttributeName": "partition_key", "KeyType": "HASH"},
        {"AttributeName": "sort_key", "KeyType": "RANGE"},
    ]
    index: Any = {
        "IndexName": "caseload",
        "KeySchema": [{"AttributeName": "partition_key", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["handle"]},
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    }
    make_bare(
        client,
        name,
        KeySchema=other_keys,
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in ("partition_key", "sort_key")
        ],
        GlobalSecondaryIndexes=[index],
    )
    assert administration.check_table(client, name) == [
        "The keys of the table are not PK and SK.",
        *EVERYTHING_MISSING[:-1],
        "The keys of the index caseload are not GSI1PK and GSI1SK.",
        "The index caseload carries other attributes than it should: create it again.",
    ]


def test_an_index_that_is_being_built_is_said(concurrent_table: Table) -> None:
    client, name = concurrent_table.client, concurrent_table.name
    found: Any = client.describe_table(TableName=name)["Table"]
    described = {key: value for key, value in found.items() if not isinstance(value, datetime)}
    index = described["GlobalSecondaryIndexes"][0] | {"IndexStatus": "CREATING"}
    fault = faults.answer({"Table": described | {"GlobalSecondaryIndexes": [index]}})
    with faults.on(client, "DescribeTable", fault):
        assert "The index caseload is still being built." in administration.check_table(client, name)


def test_the_index_carries_what_a_list_shows_and_fits_the_limit(table: Table) -> None:
    assert len(PatientSummary.model_fields) <= 20
    added = enrol(table)
    (summary,) = lists.caseload(table, REGISTRY)
    assert summary.model_dump() == added.model_dump(include=set(PatientSummary.model_fields))


def test_a_table_is_reachable_when_it_answers(table: Table) -> None:
    with faults.on(table.client, "*", faults.none) as asked:
        assert administration.reachable(table)
    assert [request["Key"]["SK"] for request in asked] == [{"S": "metadata"}]


def test_a_table_is_not_reachable_when_it_does_not(table: Table) -> None:
    assert not administration.reachable(Table(table.client, "cocm-no-such-table"))


@pytest.mark.usefixtures("no_pauses")
def test_a_table_that_does_not_answer_can_not_be_checked(concurrent_table: Table) -> None:
    table = concurrent_table
    with faults.on(table.client, "*", faults.time_out):
        assert not administration.reachable(table)
        with pytest.raises(Unavailable):
            administration.check_table(table.client, table.name)
