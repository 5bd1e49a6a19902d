"""Counting what a registry's counts count, while others go on changing it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from cocm_bot.domain.vocabulary import Status
from cocm_bot.store import counters
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import RegistryChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, from_wire

Count = Literal["members", "active_patients"]
"""A count of the registry, by its attribute."""

ALL = "PK = :partition"
"""All items of one partition."""

SETTLE_TRIES = 10
"""Times it is counted until nothing changed meanwhile."""

ACTIVE = frozenset(status.value for status in Status if status is not Status.DEACTIVATED)


class Counted(NamedTuple):
    """The registry's stored count, and the real one, at one instant."""

    stored: object
    found: int


class _Look(NamedTuple):
    found: int
    seen: str
    """A fingerprint of what was counted: two looks that saw the same have the same."""


def counted(table: Table, registry_id: str, count: Count) -> Counted:
    """Count again, twice, until nothing changed in between; raises RegistryChanged when that never comes.

    What was there unchanged at both looks was there in between, when the registry's own count was read.
    """
    look = _LOOKS[count]
    for _ in tries(SETTLE_TRIES):
        before = _stored(table, registry_id, count)
        first = look(table, registry_id)
        between = _stored(table, registry_id, count)
        if first == look(table, registry_id) and before == between == _stored(table, registry_id, count):
            return Counted(between, first.found)
    raise RegistryChanged


def recount(table: Table, registry_id: str, count: Count) -> None:
    """Count again, and write what there is where the registry says otherwise. Raises RegistryChanged."""
    counters.add_up(table, registry_id)
    now = counted(table, registry_id, count)
    if now.stored != now.found:
        put_right(table, registry_id, count, now)


def put_right(table: Table, registry_id: str, count: Count, now: Counted) -> None:
    """Write the count there should be; raises RegistryChanged when it is no longer what it was.

    Whoever adds or removes meanwhile changes count and counted alike, so the difference stays the same.
    """
    values = {"found": now.found, "stored": now.stored}
    same = f"{count} = :stored"
    write = writes.update(
        keys.registry(registry_id), f"SET {count} = :found", same, values, lambda _: RegistryChanged()
    )
    table.transact([write])


def is_active(item: Item) -> bool:
    """Return whether a stored patient, readable or not, is one that the registry's count takes in."""
    return item.get("status", {}).get("S") in ACTIVE


def _stored(table: Table, registry_id: str, count: Count) -> object:
    item = table.get(keys.registry(registry_id)) or {}
    return from_wire({count: item[count]})[count] if count in item else None


def _members(table: Table, registry_id: str) -> _Look:
    return _look(_all(table, keys.registry_users(registry_id)), ("SK", "date_created"), lambda _: True)


def _active_patients(table: Table, registry_id: str) -> _Look:
    found = _all(table, keys.patients(registry_id))
    return _look(found, ("id", "status", "status_since"), is_active)


_LOOKS: dict[Count, Callable[[Table, str], _Look]] = {
    "members": _members,
    "active_patients": _active_patients,
}


def _look(found: Iterable[Item], by: tuple[str, ...], counts: Callable[[Item], bool]) -> _Look:
    seen, number = hashlib.sha256(), 0
    for item in found:
        seen.update(repr([item.get(name) for name in by]).encode())
        number += counts(item)
    return _Look(number, seen.hexdigest())


def _all(table: Table, partition: str) -> Iterator[Item]:
    for page in table.pages(ALL, {"partition": partition}):
        yield from page
