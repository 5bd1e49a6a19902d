"""Direct requests are answered as botocore would have it: items, errors, and tries again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from boto3.session import Session
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.repair.survey import locate, snapshot
from cocm_bot.store.table.administration import check_table
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from tests.store import faults

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ITEMS: list[dict[str, Any]] = [
    {"PK": {"S": "p"}, "SK": {"S": "1"}, "name": {"S": 'Muñoz "B" 李'}, "n": {"N": "-0.5"}},
    {"PK": {"S": "p"}, "SK": {"S": "2"}, "list": {"L": [{"NULL": True}, {"BOOL": False}, {"M": {}}]}},
    {"PK": {"S": "p"}, "SK": {"S": "3"}, "letter": {"S": "B"}, "set": {"SS": ["a", "b"]}},
]
BINARY: dict[str, Any] = {"PK": {"S": "p"}, "SK": {"S": "4"}, "raw": {"B": b"\x00\xff"}}
BINARY_SET: dict[str, Any] = {"PK": {"S": "p"}, "SK": {"S": "5"}, "raws": {"BS": [b"\x00", b"\xff"]}}
NO_ITEM: dict[str, Any] = {"PK": {"S": "p"}, "SK": {"S": "9"}}
REFUSED = "ConditionalCheckFailedException"


@pytest.fixture
def theirs(empty_table: Table) -> "DynamoDBClient":
    """boto3's own client on the same table, with nothing of ours in it."""
    meta = empty_table.client.meta
    session = Session("local", "local", region_name=meta.region_name)
    return session.client("dynamodb", endpoint_url=meta.endpoint_url)


def said(answer: Any) -> dict[str, Any]:
    ours = ("ConsumedCapacity", "ResponseMetadata")
    return {name: value for name, value in answer.items() if name not in ours}


@pytest.mark.parametrize(
    "items",
    [[], ITEMS[:1], ITEMS, [*ITEMS, BINARY], [BINARY_SET]],
    ids=["none", "one", "all", "binary", "binary set"],
)
def test_items_are_read_as_botocore_reads_them(
    empty_table: Table, theirs: "DynamoDBClient", items: list[dict[str, Any]]
) -> None:
    name, ours = empty_table.name, empty_table.client
    for item in items:
        ours.put_item(TableName=name, Item=item)
    query: Any = {
        "TableName": name,
        "KeyConditionExpression": "PK = :p",
        "ExpressionAttributeValues": {":p": {"S": "p"}},
    }
    assert said(ours.query(**query)) == said(theirs.query(**query))
    assert empty_table.query("PK = :p", {"p": "p"}) == items
    assert said(ours.scan(TableName=name)) == said(theirs.scan(TableName=name))
    for each in [*items, NO_ITEM]:
        key: Any = {"PK": each["PK"], "SK": each["SK"]}
        assert said(ours.get_item(TableName=name, Key=key)) == said(theirs.get_item(TableName=name, Key=key))
        batch: Any = {"RequestItems": {name: {"Keys": [key]}}}
        assert said(ours.batch_get_item(**batch)) == said(theirs.batch_get_item(**batch))
        together: Any = {"TransactItems": [{"Get": {"TableName": name, "Key": key}}]}
        assert said(ours.transact_get_items(**together)) == said(theirs.transact_get_items(**together))


def refusals(client: "DynamoDBClient", table: str) -> list[Any]:
    """Return the error of each kind of refused request."""
    item: Any = {**ITEMS[0], "SK": {"S": "x"}}
    new: Any = {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(PK)"}
    told = []
    for ask in (
        lambda: client.put_item(**new, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
        lambda: client.transact_write_items(TransactItems=[{"Put": new}]),
        lambda: client.get_item(TableName="cocm-no-such-table", Key={"PK": {"S": "p"}, "SK": {"S": "1"}}),
        lambda: client.get_item(TableName=table, Key={"PK": {"S": "p"}}),
    ):
        with pytest.raises(ClientError) as refused:
            ask()
        told.append((type(refused.value).__name__, said(refused.value.response)))
    return told


def test_refusals_are_told_as_botocore_tells_them(empty_table: Table, theirs: "DynamoDBClient") -> None:
    empty_table.client.put_item(TableName=empty_table.name, Item={**ITEMS[0], "SK": {"S": "x"}})
    ours = refusals(empty_table.client, empty_table.name)
    assert ours == refusals(theirs, empty_table.name)
    assert [name for name, _ in ours][:2] == [REFUSED, "TransactionCanceledException"]


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (faults.none, 1),
        (faults.times(1, faults.time_out), 2),
        (faults.times(2, faults.time_out), 3),
        (faults.times(1, faults.lose_answer), 2),
        (faults.times(1, faults.refuse("InternalServerError", 500)), 2),
        (faults.times(2, faults.refuse("ThrottlingException")), 3),
        (faults.times(1, faults.refuse("ProvisionedThroughputExceededException")), 2),
        (faults.times(1, faults.garbled), 2),
    ],
)
def test_what_may_work_later_is_tried_three_times(
    concurrent_table: Table, fault: faults.Fault, requests: int
) -> None:
    with faults.on(concurrent_table.client, "GetItem", fault) as asked:
        answer = concurrent_table.client.get_item(
            TableName=concurrent_table.name, Key={"PK": {"S": "p"}, "SK": {"S": "1"}}
        )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(asked) == requests


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.time_out, ReadTimeoutError),
        (faults.lost_on_the_way, EndpointConnectionError),
        (faults.refuse("ThrottlingException"), ClientError),
    ],
)
def test_and_no_more_than_that(concurrent_table: Table, fault: faults.Fault, error: type[Exception]) -> None:
    with faults.on(concurrent_table.client, "GetItem", fault) as asked, pytest.raises(error):
        concurrent_table.client.get_item(
            TableName=concurrent_table.name, Key={"PK": {"S": "p"}, "SK": {"S": "1"}}
        )
    assert len(asked) == 3


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("ask", ["get", "batch_get", "query", "snapshot", "scan", "describe"])
def test_an_answer_that_breaks_off_is_never_one_with_nothing_in_it(concurrent_table: Table, ask: str) -> None:
    """botocore reads it as an empty answer: the item would not be there."""
    table, there = concurrent_table, Key("p", "1")
    asking: dict[str, Callable[[], object]] = {
        "get": lambda: table.get(there),
        "batch_get": lambda: table.batch_get([there]),
        "query": lambda: table.query("PK = :p", {"p": "p"}),
        "snapshot": lambda: snapshot(table, [there]),
        "scan": lambda: locate(table, "a name"),
        "describe": lambda: check_table(table.client, table.name),
    }
    table.client.put_item(TableName=table.name, Item=ITEMS[0])
    with faults.on(table.client, "*", faults.garbled), pytest.raises(Unavailable) as failed:
        asking[ask]()
    assert failed.value.reason == "ConnectionClosedError"
    assert table.get(there) == ITEMS[0]


def test_a_refused_condition_is_asked_once(concurrent_table: Table) -> None:
    with (
        faults.on(concurrent_table.client, "PutItem", faults.refuse(REFUSED)) as asked,
        pytest.raises(ClientError),
    ):
        concurrent_table.client.put_item(TableName=concurrent_table.name, Item=ITEMS[0])
    assert len(asked) == 1
