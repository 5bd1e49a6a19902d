"""DynamoDB's own form of keys and values: {type: value}."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from cocm_bot.store.table.keys import Key

Item: TypeAlias = Mapping[str, Any]
"""An item in DynamoDB's form: attribute name → {type: value}."""


_ALL_INTEGERS_BELOW = 2**53
"""Below this a float holds every integer exactly."""


def wire_key(key: Key) -> dict[str, dict[str, str]]:
    """A key in DynamoDB's form."""
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


def key_of(item: Item) -> Key:
    """The key of an item."""
    return Key(item["PK"]["S"], item["SK"]["S"])


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values in DynamoDB's form; floats are written exactly."""
    return {name: _WRITER.serialize(value) for name, value in values.items()}


def from_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's form as plain values; numbers are int or float, Decimal only where neither is exact."""
    return {name: _READER.deserialize(value) for name, value in values.items()}


class _Writer(TypeSerializer):
    """boto3's own, taking floats as well."""

    def serialize(self, value: Any) -> Any:
        return super().serialize(_exact(value) if isinstance(value, float) else value)


class _Reader(TypeDeserializer):
    """boto3's own, with plain numbers."""

    def deserialize(self, value: Any) -> Any:
        # Most values are text, and boto3 takes its time to find that out.
        if "S" in value:
            return value["S"]
        return _number(value["N"]) if "N" in value else super().deserialize(value)


def _exact(number: float) -> int | Decimal:
    """The shortest decimal that means this float, in the form DynamoDB keeps it: 20, not 20.0."""
    if number.is_integer() and abs(number) < _ALL_INTEGERS_BELOW:
        return int(number)
    return Decimal(repr(number))


def _number(text: str) -> int | float | Decimal:
    if text.isdecimal():
        return int(text)
    exact = Decimal(text)
    if exact == exact.to_integral_value():
        return int(exact)
    nearest = float(exact)
    return nearest if Decimal(repr(nearest)) == exact else exact


_WRITER = _Writer()
_READER = _Reader()
