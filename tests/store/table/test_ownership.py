"""Another system's table is refused before anything of it changes; a foreign item in the bot's is not."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table import administration, keys
from cocm_bot.store.table.errors import ForeignTable
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.ownership import require_ours
from cocm_bot.store.table.table import Table
from tests.store import engines, faults

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHANGES = (
    "CreateTable",
    "UpdateTable",
    "UpdateTimeToLive",
    "UpdateContinuousBackups",
    "PutItem",
    "UpdateItem",
)


def schema(partition: str = "PK", sort: str | None = "SK", kind: str = "S", **more: Any) -> dict[str, Any]:
    names = [partition, *([sort] if sort else [])]
    return {
        "KeySchema": [
            {"AttributeName": name, "KeyType": role}
            for name, role in zip(names, ("HASH", "RANGE"), strict=False)
        ],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name in names],
        "BillingMode": "PAY_PER_REQUEST",
        **more,
    }


def index(name: str, partition: str = "PK") -> dict[str, Any]:
    wanted = {
        "IndexName": name,
        "KeySchema": [{"AttributeName": partition, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    return {"GlobalSecondaryIndexes": [wanted]}


def holding(*pairs: tuple[str, str]) -> Callable[["DynamoDBClient", str], None]:
    def make(client: "DynamoDBClient", name: str) -> None:
        client.create_table(TableName=name, **schema())
        for pk, sk in pairs:
            client.put_item(TableName=name, Item={"PK": {"S": pk}, "SK": {"S": sk}})

    return make


def shaped(**wanted: Any) -> Callable[["DynamoDBClient", str], None]:
    def make(client: "DynamoDBClient", name: str) -> None:
        client.create_table(TableName=name, **schema(**wanted))

    return make


FOREIGN: dict[str, tuple[Callable[["DynamoDBClient", str], None], str]] = {
    "the older system's keys": (
        shaped(partition="partition_key", sort="sort_key"),
        "partition_key and sort_key",
    ),
    "no sort key": (shaped(sort=None), "its keys are PK,"),
    "keys the other way round": (shaped(partition="SK", sort="PK"), "its keys are SK and PK"),
    "other letters": (shaped(partition="pk", sort="sk"), "its keys are pk and sk"),
    "numbers for keys": (shaped(kind="N"), "not the texts PK and SK"),
    "bytes for keys": (shaped(kind="B"), "not the texts PK and SK"),
    "another index": (shaped(**index("by-color")), "an index “by-color”"),
    "our index with other keys": (shaped(**index("caseload")), "the keys of its index caseload"),
    "orders": (holding(("order#1", "line#1"), ("order#2", "line#1")), "items of another system (2 among"),
    "users of another shape": (
        holding(("user:1", "settings"), ("user:2", "cart")),
        "items of another system (2",
    ),
    "a prefix alone": (holding(("registry", "metadata")), "items of another system (1"),
}


def require_named(client: "DynamoDBClient", name: str) -> None:
    require_ours(Table(client, name))


@pytest.fixture
def name(client: "DynamoDBClient") -> Iterator[str]:
    name = f"cocm-test-{uuid4().hex}"
    yield name
    client.delete_table(TableName=name)


@pytest.mark.parametrize("case", FOREIGN)
def test_a_foreign_table_is_refused_and_left_as_it_is(client: "DynamoDBClient", name: str, case: str) -> None:
    make, reason = FOREIGN[case]
    make(client, name)
    with ExitStack() as watched:
        asked = [watched.enter_context(faults.on(client, each, faults.none)) for each in CHANGES]
        for refuse in (administration.create_table, require_named):
            with pytest.raises(ForeignTable) as refused:
                refuse(client, name)
            assert reason in str(refused.value)
            assert "\n" not in str(refused.value)
        assert asked == [[]] * len(CHANGES)
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl.get("TimeToLiveStatus") != "ENABLED"


@pytest.mark.parametrize("case", ["the older system's keys", "no sort key", "other letters"])
def test_the_bots_own_role_finds_out_without_describing_or_scanning(
    client: "DynamoDBClient", name: str, case: str
) -> None:
    FOREIGN[case][0](client, name)
    denied = faults.refuse("AccessDeniedException")
    with (
        faults.on(client, "DescribeTable", denied),
        faults.on(client, "Scan", denied),
        pytest.raises(ForeignTable),
    ):
        require_ours(Table(client, name))


def test_a_table_of_ours_is_taken_empty_full_and_with_a_foreign_item(
    table: Table, empty_table: Table
) -> None:
    require_ours(table)
    table.client.put_item(TableName=table.name, Item={"PK": {"S": "order#1"}, "SK": {"S": "line"}})
    require_ours(table)
    # Its settings are another thing: expiry would take the foreign items as well.
    with pytest.raises(ForeignTable):
        administration.create_table(table.client, table.name)


def test_an_empty_table_is_taken(client: "DynamoDBClient") -> None:
    with engines.fresh_table(client) as empty:
        require_ours(empty)


def test_a_table_that_does_not_answer_is_not_called_foreign(table: Table, no_pauses: None) -> None:
    with faults.on(table.client, "*", faults.refuse("InternalServerError", 500)), pytest.raises(Unavailable):
        require_ours(table)
    with pytest.raises(Unavailable):
        require_ours(Table(table.client, "cocm-none-such"))


OURS = [
    keys.registry("r"),
    keys.patient("r", "any MRN"),
    keys.user("u"),
    keys.registry_user("r", "u"),
    keys.user_registry("u", "r"),
    keys.user_email("a@b.example", "u"),
    keys.email_lock("a@b.example"),
    keys.invite("a@b.example", "r"),
    keys.registry_invite("r", "a@b.example"),
    keys.slack_account("T1", "U1"),
    keys.treatment_log("p", 1.0, "l"),
    keys.audit_log("p", 1.0, "l"),
    keys.voided("p", "l"),
    keys.directory_entry("r", "H"),
    keys.request("x"),
    keys.delivery("x", "u", 2),
    keys.review("r", "u"),
    keys.timer("u"),
    keys.home("U1"),
    keys.question("q"),
    keys.team_channel("C1", "r"),
    keys.work("alert", "x"),
    keys.access("r", 1.0, "x"),
    keys.run("p"),
]


def test_every_key_the_bot_writes_is_known_as_its_own() -> None:
    assert [key for key in OURS if not keys.is_ours(key)] == []


@pytest.mark.parametrize(
    "key",
    [Key("", ""), Key("clocks", "x"), Key("user:", "profile"), Key("user:1", "prof"), Key("O:1", "x")],
)
def test_others_are_not(key: Key) -> None:
    assert not keys.is_ours(key)
