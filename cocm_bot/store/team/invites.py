"""Invitations that were not accepted yet.

Each is stored twice, under the address it is for and under its registry, so that both can be listed; the two
are written and deleted together.
"""

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import UserInvite
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import InviteChanged
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

KEPT_SECONDS = 30 * 24 * 3600
"""How long an invitation that expired is still listed, to be sent again."""

PARTITION = "PK = :partition"
"""All items of one partition."""

AS_READ = "attribute_exists(PK) AND (attribute_not_exists(id) OR id = :id)"
"""Holds while the invitation is the one that was read; an older system's has no id."""

OPEN = f"{AS_READ} AND (attribute_not_exists(valid_until) OR valid_until > :now)"
"""Holds, too, only while it is valid: DynamoDB deletes what has expired days later."""


def get(table: Table, email: str, registry_id: str) -> UserInvite | None:
    """The invitation of an address to a registry, expired or not."""
    item = table.get(keys.invite(email, registry_id))
    return items.read(UserInvite, item) if item else None


def of_address(table: Table, email: str) -> Listing[UserInvite]:
    """The invitations of an e-mail address."""
    return _all(table, keys.invites(email))


def of_registry(table: Table, registry_id: str) -> Listing[UserInvite]:
    """The invitations to a registry, by address."""
    return _all(table, keys.registry_invites(registry_id))


def storing(wanted: UserInvite, before: UserInvite | None) -> list[Write]:
    """The writes that store an invitation in place of the one that was read; refused with InviteChanged."""
    first, second = (_item(key, wanted) for key in _keys(wanted))
    if before is None:
        return [writes.add(first, _changed), writes.put(second)]
    return [writes.replace(first, AS_READ, {"id": before.id}, _changed), writes.put(second)]


def removing(read: UserInvite) -> list[Write]:
    """The writes that delete an invitation as it was read; refused with InviteChanged."""
    first, second = _keys(read)
    return [writes.delete(first, AS_READ, {"id": read.id}, _changed), writes.forget(second)]


def accepting(read: UserInvite, now: float) -> list[Write]:
    """The writes that delete an invitation as it was read, while it is valid; refused with InviteChanged."""
    first, second = _keys(read)
    return [writes.delete(first, OPEN, {"id": read.id, "now": int(now)}, _changed), writes.forget(second)]


def mark_told(table: Table, read: UserInvite, *, told: bool) -> None:
    """Remember whether the person has the invitation as a message; raises InviteChanged."""
    values = {"id": read.id, "told": told}
    table.transact([writes.update(key, "SET told = :told", AS_READ, values, _changed) for key in _keys(read)])


def _keys(record: UserInvite) -> tuple[Key, Key]:
    return (
        keys.invite(record.email, record.registry_id),
        keys.registry_invite(record.registry_id, record.email),
    )


def _item(key: Key, record: UserInvite) -> Item:
    own = {} if record.valid_until is None else {"expires_at": record.valid_until + KEPT_SECONDS}
    return items.to_item(key, record, own)


def _all(table: Table, partition: str) -> Listing[UserInvite]:
    return items.read_all(UserInvite, table.query(PARTITION, {"partition": partition}))


def _changed(_stored: Item) -> CocmError:
    return InviteChanged()
