"""A query's items are what botocore's own parser would make of them."""

from typing import Any

import pytest

from cocm_bot.store.table.client import items_as_sent
from cocm_bot.store.table.table import Table

ITEMS: list[dict[str, Any]] = [
    {"PK": {"S": "p"}, "SK": {"S": "1"}, "name": {"S": 'Muñoz "B" 李'}, "n": {"N": "-0.5"}},
    {"PK": {"S": "p"}, "SK": {"S": "2"}, "list": {"L": [{"NULL": True}, {"BOOL": False}, {"M": {}}]}},
    {"PK": {"S": "p"}, "SK": {"S": "3"}, "letter": {"S": "B"}, "set": {"SS": ["a", "b"]}},
]
BINARY: dict[str, Any] = {"PK": {"S": "p"}, "SK": {"S": "4"}, "raw": {"B": b"\x00\xff"}}


@pytest.mark.parametrize(
    "items", [[], ITEMS[:1], ITEMS, [*ITEMS, BINARY]], ids=["none", "one", "all", "binary"]
)
def test_items_are_read_as_sent(empty_table: Table, items: list[dict[str, Any]]) -> None:
    for item in items:
        empty_table.client.put_item(TableName=empty_table.name, Item=item)
    ours = empty_table.query("PK = :p", {"p": "p"})
    events = empty_table.client.meta.events
    events.unregister("before-parse.dynamodb.Query", items_as_sent)
    try:
        theirs = empty_table.query("PK = :p", {"p": "p"})
    finally:
        events.register("before-parse.dynamodb.Query", items_as_sent)
    assert ours == theirs == items
