"""Counts of erased patients as stored, for figures: an item for each year of a registry.

A year holds its months, quarters and itself, packed as JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from cocm_bot.domain.figures.erased_counts import Counts, added
from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, VersionConflict
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

OF_REGISTRY = "PK = :registry"
"""All years of a registry."""

AS_READ = "packed = :packed"
"""Holds while a year's counts are those that were read."""

_COUNTS = TypeAdapter(dict[str, dict[str, int]])


class ErasedYear(Record):
    """The counts of one year."""

    packed: str


@dataclass
class StoredCounts:
    """The counts of a registry by period, and the years that can't be read."""

    by_period: dict[str, Counts] = field(default_factory=dict)
    unread: list[Key] = field(default_factory=list)


def of_registry(table: Table, registry_id: str) -> StoredCounts:
    """Return the counts of all years. Raises Unavailable."""
    found = StoredCounts()
    for item in table.query(OF_REGISTRY, {"registry": keys.erased_counts(registry_id)}):
        try:
            found.by_period |= _read(item)
        except BrokenItem:
            found.unread.append(key_of(item))
    return found


def adding(table: Table, registry_id: str, left: Mapping[str, Mapping[str, Counts]]) -> list[Write]:
    """The writes that add what a patient leaves, by year and period, for the transaction that erases them.

    Refused with VersionConflict where another erasure added meanwhile. Raises BrokenItem or Unavailable.
    """
    found = []
    for year, counts in sorted(left.items()):
        key = keys.erased_count(registry_id, year)
        stored = table.get(key)
        sums = added(_read(stored), counts) if stored else counts
        after = items.to_item(key, ErasedYear(packed=json.dumps(sums)))
        if stored:
            read = {"packed": items.read(ErasedYear, stored).packed}
            found.append(writes.replace(after, AS_READ, read, lambda _: VersionConflict()))
        else:
            found.append(writes.add(after, lambda _: VersionConflict()))
    return found


def _read(item: Item) -> dict[str, dict[str, int]]:
    packed = items.read(ErasedYear, item).packed
    try:
        return _COUNTS.validate_json(packed)
    except ValidationError:
        raise BrokenItem(keys.key_kind(*key_of(item)), ["packed"]) from None
