"""Records to items and back, strictly both ways; attributes a record does not know are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.keys import PACKED, ROW, SEAL, Key, identity, key_kind
from cocm_bot.store.table.wire import Item, from_wire, key_of, to_wire, wire_key

R = TypeVar("R", bound=Record)

OWN_ATTRIBUTES = frozenset({"PK", "SK", "GSI1PK", "GSI1SK", "expires_at", PACKED, SEAL, ROW})
"""The table's own attributes, which belong to no record."""


@dataclass(frozen=True)
class Listing(Generic[R]):
    """The records of a list, and how many items of it could not be read."""

    records: list[R]
    broken: int = 0
    unread: Sequence[Item] = ()
    """Those items themselves, for what can still be read from them."""

    def __iter__(self) -> Iterator[R]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


def to_item(key: Key, record: Record, own: Mapping[str, Any] | None = None) -> Item:
    """The item of a record, with the table's own attributes."""
    return to_wire({**record.model_dump(), **(own or {})}) | wire_key(key)


def read(model: type[R], item: Item) -> R:
    """The record of an item; raises BrokenItem."""
    try:
        return model.model_validate(_attributes(item))
    except ValidationError as error:
        # The error's own text shows the values: only the attributes' names may leave.
        names = sorted({str(part["loc"][0]) for part in error.errors(include_input=False) if part["loc"]})
    raise BrokenItem(key_kind(*key_of(item)), names)


def read_all(model: type[R], items: Sequence[Item]) -> Listing[R]:
    """The records of many items; those that can't be read are counted."""
    try:
        return Listing(_many(model).validate_python([_attributes(item) for item in items]))
    except ValidationError:
        return _one_by_one(model, items)


def _one_by_one(model: type[R], items: Sequence[Item]) -> Listing[R]:
    records: list[R] = []
    unread: list[Item] = []
    for item in items:
        try:
            records.append(read(model, item))
        except BrokenItem:
            unread.append(item)
    return Listing(records, len(unread), unread)


@cache
def _many(model: type[R]) -> TypeAdapter[list[R]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]  # the model is a variable here


def _attributes(item: Item) -> dict[str, Any]:
    stored = {name: value for name, value in item.items() if name not in OWN_ATTRIBUTES}
    return from_wire(stored) | identity(*key_of(item))
