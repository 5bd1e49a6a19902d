"""Read a person and their memberships as they are at one instant, and repair what disagrees.

Every repair looks again first, and writes under conditions on what it saw: it raises UserChanged when
somebody changed that meanwhile, and takes nothing back.
"""

from dataclasses import dataclass

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.members import RegistryUser, User, UserEmail, UserRegistry
from cocm_bot.store.repair.survey import snapshot
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import UserChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of, wire_key
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people

HAS_THE_ADDRESS = "email = :email"
"""Holds while the user has the address that was read."""

SAME_REGISTRIES = "registeries = :read"
"""Holds while the user's registries are those that were read."""


@dataclass(frozen=True)
class Sides:
    """A membership from its three sides; what the registry says counts, since that is what lets people in."""

    registry_id: str
    user_id: str
    member: Item | None
    mirror: Item | None
    user: User | None

    @property
    def agree(self) -> bool:
        """Return whether all three say that there is a membership, or that there is none."""
        there = self.member is not None
        return (self.mirror is not None) == there and self._listed == there

    @property
    def _listed(self) -> int:
        """Return how often it is among the user's registries."""
        return self.user.registeries.count(self.registry_id) if self.user else int(self.member is not None)

    @property
    def registeries(self) -> tuple[str, ...]:
        """The user's registries as they should be."""
        before = self.user.registeries if self.user else ()
        others = tuple(each for each in before if each != self.registry_id)
        if self.member is None:
            return others
        return tuple(dict.fromkeys(before)) if self.registry_id in before else (*others, self.registry_id)


def sides(table: Table, registry_id: str, user_id: str) -> Sides:
    """A membership as it is now. Raises BrokenItem when the user can't be read, or Unavailable."""
    user = keys.user(user_id)
    member, mirror = keys.registry_user(registry_id, user_id), keys.user_registry(user_id, registry_id)
    found = snapshot(table, [user, member, mirror])
    person = items.read(User, found[user]) if user in found else None
    return Sides(registry_id, user_id, found.get(member), found.get(mirror), person)


def repair_membership(table: Table, registry_id: str, user_id: str) -> None:
    """Have the user's two sides follow the registry's. Raises UserChanged, BrokenItem or Unavailable."""
    now = sides(table, registry_id, user_id)
    if now.agree:
        return
    member = keys.registry_user(registry_id, user_id)
    as_seen = writes.STORED if now.member else writes.NOT_STORED
    wanted = [writes.check(member, as_seen, {}, _changed), _mirror(now)]
    if now.user and now.registeries != now.user.registeries:
        values = {"read": now.user.registeries, "after": now.registeries}
        listing = "SET registeries = :after"
        wanted.append(writes.update(keys.user(user_id), listing, SAME_REGISTRIES, values, _changed))
    table.transact(wanted)


def _mirror(now: Sides) -> Write:
    key = keys.user_registry(now.user_id, now.registry_id)
    if now.member is None:
        return writes.forget(key)
    if now.mirror is not None:
        return writes.check(key, writes.STORED, {}, _changed)
    since = items.read(RegistryUser, now.member).date_created
    mirror = UserRegistry(user_id=now.user_id, registry_id=now.registry_id, date_created=since)
    return writes.put(items.to_item(key, mirror))


@dataclass(frozen=True)
class Address:
    """The user an e-mail address is indexed to, and whether it is locked."""

    holders: tuple[str, ...]
    locked: bool


def address(table: Table, email: str) -> Address:
    """An address as it is now. Raises Unavailable."""
    found = table.query(people.PARTITION, {"partition": keys.user_emails(email)})
    stored = [key_of(item).sk for item in found]
    return Address(tuple(sk for sk in stored if sk != keys.LOCK), keys.LOCK in stored)


def repair_address(table: Table, person: User, at: int) -> None:
    """Have a user's address lead to them; nobody else may have it. `at` is in seconds UTC.

    Raises UserChanged, also when the address leads to somebody else by now, or Unavailable.
    """
    now = address(table, person.email)
    if set(now.holders) - {person.id}:
        raise UserChanged
    email = normal_email(person.email)
    wanted = [writes.check(keys.user(person.id), HAS_THE_ADDRESS, {"email": person.email}, _changed)]
    if not now.holders:
        record = UserEmail(email=email, user_id=person.id, date_created=at)
        wanted.append(writes.add(items.to_item(keys.user_email(email, person.id), record), _changed))
    if not now.locked:
        wanted.append(writes.add(wire_key(keys.email_lock(email)), _changed))
    table.transact(wanted)


def unlock_address(table: Table, email: str) -> None:
    """Let an address be had again that is locked for nobody.

    While it is locked nobody is given it, so that nobody has it still. Raises Unavailable.
    """
    now = address(table, email)
    if now.locked and not now.holders:
        table.transact([writes.forget(keys.email_lock(email))])


def account_holder(table: Table, account: tuple[str, str]) -> str | None:
    """The user id a Slack account leads to, given by workspace and id. Raises Unavailable."""
    item = table.get(keys.slack_account(*account))
    return str(item["user_id"]["S"]) if item else None


def repair_account(table: Table, person: User) -> None:
    """Have a user's Slack account lead to them. Raises UserChanged when it is another's, or Unavailable."""
    if person.slack_account is None:
        return
    values = {"team": person.slack_team_id, "account": person.slack_user_id}
    same = "slack_team_id = :team AND slack_user_id = :account"
    table.transact(
        [
            writes.check(keys.user(person.id), same, values, _changed),
            people.linking(person.id, *person.slack_account),
        ]
    )


def _changed(_stored: Item) -> UserChanged:
    return UserChanged()
