"""The registries themselves."""

from cocm_bot.registry.team import Registry, User
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import items, keys, people, writes
from cocm_bot.store.backoff import tries
from cocm_bot.store.errors import AlreadyStored, RegistryChanged, UserChanged
from cocm_bot.store.table import Table
from cocm_bot.store.wire import key_of, wire_key
from cocm_bot.store.writes import Write

UNCHANGED = "modified_date = :read"
"""Holds while the registry's settings are as they were read."""


def create_registry(table: Table, registry: Registry, person: User, role: Role, *, is_admin: bool) -> User:
    """Create a registry with its first member, in one transaction; the user too, unless the address has one.

    Returns the user the address belongs to. The counts start at one member and no patient.
    Raises AlreadyStored for a registry id in use, UserChanged or Unavailable.
    """
    empty = registry.model_copy(update={"members": 1, "active_patients": 0})
    created = [
        writes.add(items.to_item(keys.registry(registry.id), empty), lambda _: AlreadyStored("registry")),
        *channel_writes(None, registry),
    ]
    at = int(registry.created_date)
    for _ in tries(people.CHANGE_TRIES):
        member, joining = people.joined(table, registry.id, person, role, is_admin=is_admin, at=at)
        try:
            table.transact([*created, *joining])
        except UserChanged:
            continue
        return member
    raise UserChanged


def save_measures(table: Table, before: Registry, after: Registry) -> Registry:
    """Write a registry's measures, unless somebody changed it since it was read; its counts stay as they are.

    Raises RegistryChanged or Unavailable.
    """
    written = after.model_dump(include={"questionnaires", "own_measures"})
    values = written | {"read": before.modified_date, "now": after.modified_date}
    expression = "SET questionnaires = :questionnaires, own_measures = :own_measures, modified_date = :now"
    table.transact(
        [writes.update(keys.registry(after.id), expression, UNCHANGED, values, lambda _: RegistryChanged())]
    )
    return after


def channel_writes(before: Registry | None, after: Registry) -> list[Write]:
    """The writes that let a channel be known as the registry's, for the transaction that sets it."""
    was = before.team_channel if before else None
    if was == after.team_channel:
        return []
    left = [writes.forget(keys.team_channel(was, after.id))] if was else []
    now = after.team_channel
    return [*left, *([writes.put(wire_key(keys.team_channel(now, after.id)))] if now else [])]


def of_channel(table: Table, channel_id: str) -> list[str]:
    """The ids of the registries whose team channel this is. Raises Unavailable."""
    found = table.query(people.PARTITION, {"partition": keys.team_channels(channel_id)})
    return [key_of(item).sk.removeprefix("registry:") for item in found]


def get(table: Table, registry_id: str) -> Registry | None:
    """A registry, as it is now."""
    item = table.get(keys.registry(registry_id))
    return items.read(Registry, item) if item else None
