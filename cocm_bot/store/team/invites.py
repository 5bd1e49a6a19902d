"""Invitations that were not accepted yet.

Each is stored twice, under the address it is for and under its registry, so that both can be listed; the two
are written and deleted together.
"""

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import DEFAULT_INVITE_SECONDS, UserInvite
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, InviteChanged
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

KEPT_SECONDS = 30 * 24 * 3600
"""Time for which an expired invitation is still listed, to be sent again."""

PARTITION = "PK = :partition"
"""All items of one partition."""

AS_READ = "attribute_exists(PK) AND (attribute_not_exists(id) OR id = :id)"
"""Holds while the invitation is the one that was read; an older system's has no id."""

OPEN = (
    f"{AS_READ} AND (valid_until > :now OR (date_created > :made"
    " AND (attribute_not_exists(valid_until) OR valid_until = :unsaid)))"
)
"""Holds, too, only while it is valid: DynamoDB deletes what has expired days later."""


def get(table: Table, email: str, registry_id: str) -> UserInvite | None:
    """The invitation of an address to a registry, expired or not."""
    if item := table.get(keys.invite(email, registry_id)):
        found = items.read(UserInvite, item)
    elif item := table.get(keys.bare_invite(email, registry_id)):
        found = _as_bare(items.read(UserInvite, item))
    else:
        return None
    return found if _in_place(found, item) else None


def of_address(table: Table, email: str) -> Listing[UserInvite]:
    """The invitations of an e-mail address, one to each registry; what names another address is broken."""
    listed: dict[str, UserInvite] = {}
    broken = 0
    # The later one counts: what an older system wrote gives way to what was written since.
    for item in sorted(table.query(PARTITION, {"partition": keys.invites(email)}), key=_bare_first):
        try:
            read = items.read(UserInvite, item)
        except BrokenItem:
            broken += 1
            continue
        found = _as_bare(read) if _bare_first(item) == 0 else read
        if _in_place(found, item):
            listed[found.registry_id] = found
        else:
            broken += 1
    return Listing(list(listed.values()), broken)


def of_registry(table: Table, registry_id: str) -> Listing[UserInvite]:
    """The invitations to a registry, by address."""
    return _all(table, keys.registry_invites(registry_id))


def storing(wanted: UserInvite, before: UserInvite | None) -> list[Write]:
    """The writes that store an invitation in place of the one that was read; refused with InviteChanged."""
    first, second = (_item(key, wanted) for key in _keys(wanted.model_copy(update={"bare": False})))
    if before is None or before.bare:
        moved = [writes.delete(_keys(before)[0], AS_READ, {"id": before.id}, _changed)] if before else []
        return [*moved, writes.add(first, _changed), writes.put(second)]
    return [writes.replace(first, AS_READ, {"id": before.id}, _changed), writes.put(second)]


def removing(read: UserInvite) -> list[Write]:
    """The writes that delete an invitation as it was read; refused with InviteChanged."""
    first, second = _keys(read)
    return [writes.delete(first, AS_READ, {"id": read.id}, _changed), writes.forget(second)]


def accepting(read: UserInvite, now: float) -> list[Write]:
    """The writes that delete an invitation as it was read, while it is valid; refused with InviteChanged."""
    first, second = _keys(read)
    values = {"id": read.id, "now": int(now), "made": int(now) - DEFAULT_INVITE_SECONDS, "unsaid": None}
    return [writes.delete(first, OPEN, values, _changed), writes.forget(second)]


def mark_notified(table: Table, read: UserInvite, *, told: bool) -> None:
    """Remember whether the person has the invitation as a message; raises InviteChanged."""
    values = {"id": read.id, "told": told}
    table.transact([writes.update(key, "SET told = :told", AS_READ, values, _changed) for key in _keys(read)])


def _keys(record: UserInvite) -> tuple[Key, Key]:
    first = keys.bare_invite if record.bare else keys.invite
    return (
        first(record.email, record.registry_id),
        keys.registry_invite(record.registry_id, record.email),
    )


def _item(key: Key, record: UserInvite) -> Item:
    own = {} if record.valid_until is None else {"expires_at": record.valid_until + KEPT_SECONDS}
    return items.to_item(key, record, own)


def _all(table: Table, partition: str) -> Listing[UserInvite]:
    return items.read_all(UserInvite, table.query(PARTITION, {"partition": partition}))


def _bare_first(item: Item) -> int:
    return int(key_of(item).sk.startswith(keys.REGISTRY_PREFIX))


def _in_place(record: UserInvite, item: Item) -> bool:
    """Return whether an invitation is stored under the address and the registry that it names."""
    return _keys(record)[0] == key_of(item)


def _as_bare(record: UserInvite) -> UserInvite:
    return record.model_copy(update={"bare": True})


def _changed(_stored: Item) -> CocmError:
    return InviteChanged()
