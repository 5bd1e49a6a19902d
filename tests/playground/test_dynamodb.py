"""The demo's DynamoDB keeps a true record of what it was asked, and talks to no browser."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cocm_bot.playground.dynamodb import Engine, TableCall, running_dynamodb
from cocm_bot.store.table.administration import create_table
from cocm_bot.store.table.client import connect
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.writes import put


@pytest.fixture
def engine() -> Iterator[Engine]:
    with running_dynamodb() as running:
        yield running


@pytest.fixture
def table(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Table:
    for name, value in {
        "AWS_ENDPOINT_URL_DYNAMODB": engine.endpoint,
        "AWS_ACCESS_KEY_ID": engine.access_key,
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    table = Table(connect(max_connections=2), "recorded")
    create_table(table.client, table.name)
    return table


def told(call: TableCall) -> tuple[str, str, str | None, int, str | None]:
    return call.operation, call.table, call.index, call.items, call.error


def test_every_call_is_recorded_with_what_it_moved(engine: Engine, table: Table) -> None:
    begun = time.time()
    item = {"PK": {"S": "a"}, "SK": {"S": "1"}, "GSI1PK": {"S": "g"}, "GSI1SK": {"S": "1"}}
    table.transact([put(item), put(item | {"SK": {"S": "2"}})])
    table.get(Key("a", "1"))
    table.get(Key("a", "nothing"))
    table.batch_get([Key("a", "1"), Key("a", "2")])
    table.query("PK = :p", {"p": "a"})
    table.query("GSI1PK = :p", {"p": "g"}, index=True)
    calls = engine.between(begun, time.time())
    assert [told(call) for call in calls] == [
        ("TransactWriteItems", "recorded", None, 2, None),
        ("GetItem", "recorded", None, 1, None),
        ("GetItem", "recorded", None, 0, None),
        ("BatchGetItem", "recorded", None, 2, None),
        ("Query", "recorded", None, 2, None),
        ("Query", "recorded", "caseload", 2, None),
    ]
    assert all(call.seconds > 0 for call in calls)


def test_a_refusal_is_recorded_by_its_name(engine: Engine, table: Table) -> None:
    begun = time.time()
    with pytest.raises(table.client.exceptions.ResourceNotFoundException):
        table.client.get_item(TableName="missing", Key={"PK": {"S": "a"}, "SK": {"S": "1"}})
    [call] = engine.between(begun, time.time())
    assert told(call) == ("GetItem", "missing", None, 0, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Origin": "https://example.org"},
        {"X-Amz-Target": "AmazonSSM.GetParameter"},
        {},
    ],
)
def test_nothing_but_a_dynamodb_client_is_answered(engine: Engine, headers: dict[str, str]) -> None:
    request = urllib.request.Request(engine.endpoint, data=b"{}", headers=headers)  # noqa: S310 (this machine)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)  # noqa: S310 (this machine)
    with refused.value:
        assert refused.value.code == 403
    assert engine.between(0, datetime.now(UTC).timestamp()) == []
