"""Repair a registry's channel, its invitations, and its place in the clock's queue.

Every repair looks again first, and writes under conditions on what it saw.
"""

from collections.abc import Sequence

from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.repair.survey import snapshot
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.errors import InviteChanged, RegistryChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, from_wire, wire_key
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import invites

OF_THIS_CHANNEL = "team_channel = :channel"
"""Holds while the registry's team channel is this one."""

OF_ANOTHER_CHANNEL = "attribute_not_exists(team_channel) OR team_channel <> :channel"
"""Holds while it is another, or there is none, or no registry."""


def channel_agrees(table: Table, channel: str, registry_id: str) -> bool:
    """Return whether a channel leads to a registry just when it is the registry's. Raises Unavailable."""
    return _channel(table, channel, registry_id) is None


def repair_channel(table: Table, channel: str, registry_id: str) -> None:
    """Have a channel lead to a registry just when it is the registry's. Raises RegistryChanged."""
    wanted = _channel(table, channel, registry_id)
    if wanted is not None:
        table.transact(wanted)


def _channel(table: Table, channel: str, registry_id: str) -> Sequence[Write] | None:
    """The writes that would put a channel right; None where it is."""
    key, lookup = keys.registry(registry_id), keys.team_channel(channel, registry_id)
    found = snapshot(table, [key, lookup])
    its = found.get(key, {}).get("team_channel", {}).get("S") == channel
    if its == (lookup in found):
        return None
    condition = OF_THIS_CHANNEL if its else OF_ANOTHER_CHANNEL
    same = writes.check(key, condition, {"channel": channel}, lambda _: RegistryChanged())
    return [same, writes.put(wire_key(lookup)) if its else writes.forget(lookup)]


def invite_agrees(table: Table, email: str, registry_id: str, now: float) -> bool:
    """Return whether an address and a registry agree on an invitation. Raises Unavailable.

    Of one that expired DynamoDB deletes the two sides in its own time, one by one.
    """
    first, second = _invited(table, email, registry_id)
    if first is None or second is None:
        side = first or second or {}
        return not side or float(side.get("expires_at", {}).get("N", "inf")) < now
    return _without_key(first) == _without_key(second)


def repair_invite(table: Table, email: str, registry_id: str) -> None:
    """Have the registry list what the address has, which alone can be accepted. Raises InviteChanged."""
    first, second = _invited(table, email, registry_id)
    own, listed = keys.invite(email, registry_id), keys.registry_invite(registry_id, email)
    if first is None:
        same = writes.check(own, writes.NOT_STORED, {}, lambda _: InviteChanged())
        table.transact([same, writes.forget(listed)])
    elif second is None or _without_key(first) != _without_key(second):
        read = from_wire({"id": first["id"]})["id"] if "id" in first else None
        same = writes.check(own, invites.AS_READ, {"id": read}, lambda _: InviteChanged())
        table.transact([same, writes.put({**_without_key(first), **wire_key(listed)})])


def _invited(table: Table, email: str, registry_id: str) -> tuple[Item | None, Item | None]:
    """An invitation as the address has it, and as the registry lists it, at one instant."""
    own, listed = keys.invite(email, registry_id), keys.registry_invite(registry_id, email)
    found = snapshot(table, [own, listed])
    return found.get(own), found.get(listed)


def _without_key(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in {"PK", "SK"}}


def looked_after(table: Table, registry_id: str) -> bool:
    """Return whether the clock looks after a registry's days. Raises Unavailable."""
    return jobs.readable(table, JobKind.DIGEST, registry_id) is not None


def look_after(table: Table, registry_id: str, at: float) -> None:
    """Have the clock look after a registry's days from an instant on (seconds UTC), unless it does."""
    if not looked_after(table, registry_id):
        table.transact([registries.looked_after(table, registry_id, at)])
