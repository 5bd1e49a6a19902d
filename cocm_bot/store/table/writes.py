"""The writes a transaction is made of, each with its condition and the error that says it did not hold."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cocm_bot.domain.errors import CocmError
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.wire import Item, to_wire, wire_key

NOT_STORED = "attribute_not_exists(PK)"
"""Holds when there is no item under the key."""

STORED = "attribute_exists(PK)"
"""Holds when there is an item under the key."""

Refused = Callable[[Item], CocmError]
"""Makes the error to raise when a condition does not hold, from the item as stored; {} when there is none."""


@dataclass(frozen=True)
class Write:
    """One write: its request to DynamoDB, and the error when it is refused."""

    kind: Literal["Put", "Update", "Delete", "ConditionCheck"]
    parameters: Mapping[str, Any]
    refused: Refused


def add(item: Item, refused: Refused) -> Write:
    """Store an item that is not there yet."""
    return Write("Put", {"Item": item, **_when(NOT_STORED)}, refused)


def put(item: Item) -> Write:
    """Store an item, whatever is there."""
    return Write("Put", {"Item": item}, _never)


def replace(item: Item, condition: str, values: Mapping[str, Any], refused: Refused) -> Write:
    """Store an item in the place of what is there; `values` are the placeholders without the colon."""
    return Write("Put", {"Item": item, **_when(condition), **_values(values)}, refused)


def update(key: Key, expression: str, condition: str, values: Mapping[str, Any], refused: Refused) -> Write:
    """Change attributes of an item; `values` are the placeholders of both expressions.

    `#role` is the attribute `role`, whose own name DynamoDB keeps for itself.
    """
    parameters = {"Key": wire_key(key), "UpdateExpression": expression}
    return Write("Update", {**parameters, **_when(condition, expression), **_values(values)}, refused)


def delete(key: Key, condition: str, values: Mapping[str, Any], refused: Refused) -> Write:
    """Delete an item."""
    return Write("Delete", {"Key": wire_key(key), **_when(condition), **_values(values)}, refused)


def forget(key: Key) -> Write:
    """Delete an item, if it is there."""
    return Write("Delete", {"Key": wire_key(key)}, _never)


def check(key: Key, condition: str, values: Mapping[str, Any], refused: Refused) -> Write:
    """Write nothing, but require that a condition holds for an item."""
    return Write("ConditionCheck", {"Key": wire_key(key), **_when(condition), **_values(values)}, refused)


def _never(_stored: Item) -> CocmError:
    raise AssertionError("a write without a condition is never refused")


def _when(condition: str, expression: str = "") -> dict[str, Any]:
    """A condition, and the attributes named in it or in the expression beside it with a `#`."""
    named = {f"#{name}": name for name in re.findall(r"#(\w+)", f"{condition} {expression}")}
    names = {"ExpressionAttributeNames": named} if named else {}
    return {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **names}


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values:
        return {}
    return {"ExpressionAttributeValues": to_wire({f":{name}": value for name, value in values.items()})}
