"""Items of another table: as a scan or an export writes them, or from the live table, which is only read."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cocm_bot.store.table.table import answering
from cocm_bot.store.table.wire import from_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item's attributes as plain values, written with DynamoDB's types or without."""
    typed = bool(item) and all(
        isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in _TYPES
        for value in item.values()
    )
    return from_wire(item) if typed else dict(item)


def items_of(document: Any) -> Iterator[dict[str, Any]]:
    """Return the items that one JSON value holds: a scan's answer, an export's line, or an item itself."""
    if not isinstance(document, Mapping):
        return
    if isinstance(document.get("Items"), list):
        for each in document["Items"]:
            yield from items_of(each)
    elif isinstance(document.get("Item"), Mapping):
        yield plain(document["Item"])
    elif document:
        yield plain(document)


def snapshot(client: "DynamoDBClient", name: str) -> bytes:
    """Return all items of a live table as lines of JSON, in the order of their keys.

    The table is scanned and never written to; the same items give the same bytes. Raises Unavailable.
    """
    lines = []
    with answering():
        for page in client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
            lines += [json.dumps({"Item": item}, sort_keys=True, default=str) for item in page["Items"]]
    return "\n".join(sorted(lines)).encode()
