"""Users and their memberships.

A membership is three facts that always agree: the registry's record of the user, the user's record of the
registry, and the user's `registeries`; the registry's `members` counts the first.
"""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import Registry, RegistryUser, SlackAccount, User, UserEmail, UserRegistry
from cocm_bot.domain.settings.registry_settings import Reminders
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store import counters
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import AlreadyMember, BrokenItem, UserChanged
from cocm_bot.store.table.items import Listing, R
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, wire_key
from cocm_bot.store.table.writes import Write

CHANGE_TRIES = 8
"""Times a change of a membership that met another change of the same user is tried."""

PARTITION = "PK = :partition"
"""All items of one partition."""

NOT_ANOTHERS = "attribute_not_exists(PK) OR user_id = :user"
"""Holds when the Slack account is no other user's."""

LISTED = "contains(registeries, :registry)"
"""Holds when the user exists and their `registeries` has the registry."""

SEEN_BEFORE = (
    "attribute_exists(PK) AND (attribute_not_exists(last_seen) OR last_seen = :never OR last_seen < :day)"
)
"""Holds when the membership exists and has no such day, or an earlier one."""

SAME_COVER = (
    "attribute_exists(PK)"
    " AND (attribute_not_exists(covered_by) OR covered_by = :read_by)"
    " AND (attribute_not_exists(cover_until) OR cover_until = :read_until)"
    " AND (attribute_not_exists(away_from) OR away_from = :read_from)"
)
"""Holds when the membership exists and its cover is what was read."""


def user(table: Table, user_id: str) -> User | None:
    """A user's profile."""
    item = table.get(keys.user(user_id))
    return items.read(User, item) if item else None


def user_by_email(table: Table, email: str) -> User | None:
    """The user with this e-mail address, however it is written.

    Raises BrokenItem when the table has several, as a table without locks may: none of them is let in.
    """
    found = table.query(PARTITION, {"partition": keys.user_emails(email)})
    holders = [item for item in found if item["SK"]["S"] != keys.LOCK]
    if len(holders) > 1:
        raise BrokenItem("user e-mail", ("user_id",))
    return user(table, items.read(UserEmail, holders[0]).user_id) if holders else None


def membership(table: Table, registry_id: str, user_id: str) -> RegistryUser | None:
    """A user's membership of a registry."""
    item = table.get(keys.registry_user(registry_id, user_id))
    return items.read(RegistryUser, item) if item else None


def members(table: Table, registry_id: str) -> Listing[RegistryUser]:
    """The members of a registry."""
    return _all(table, RegistryUser, keys.registry_users(registry_id))


def registries_of(table: Table, user_id: str) -> Listing[UserRegistry]:
    """The registries a user is a member of."""
    return _all(table, UserRegistry, keys.user_registries(user_id))


def choose_registry(table: Table, user_id: str, registry_id: str) -> None:
    """Remember which registry a user works in now; raises NotFound when they are not a member of it."""
    key, value = keys.user(user_id), {"registry": registry_id}
    choice = "SET current_registry = :registry"
    table.transact([writes.update(key, choice, LISTED, value, lambda _: _no_such_member())])


def actor_records(table: Table, registry_id: str, user_id: str) -> tuple[RegistryUser, Registry] | None:
    """A membership with its registry, read together as they are now; None when either is missing."""
    member, registry = keys.registry_user(registry_id, user_id), keys.registry(registry_id)
    return _actor_records(table.batch_get([member, registry]), member, registry)


def _actor_records(
    found: Mapping[Key, Item], member: Key, registry: Key
) -> tuple[RegistryUser, Registry] | None:
    if member not in found or registry not in found:
        return None
    return items.read(RegistryUser, found[member]), items.read(Registry, found[registry])


def actor_with_user(
    table: Table, registry_id: str, user_id: str
) -> tuple[User | None, tuple[RegistryUser, Registry] | None]:
    """A user's profile and `actor_records`, read together as they are now."""
    person, member, registry = (
        keys.user(user_id),
        keys.registry_user(registry_id, user_id),
        keys.registry(registry_id),
    )
    found = table.batch_get([person, member, registry])
    profile = items.read(User, found[person]) if person in found else None
    return profile, _actor_records(found, member, registry)


def add_member(table: Table, registry_id: str, person: User, role: Role, *, is_admin: bool, at: int) -> User:
    """Make a person a member, in one transaction; creates the user unless their e-mail address has one.

    Returns the user the address belongs to, who keeps their own id and names. `at` is in seconds UTC.
    Raises AlreadyMember, RegistryMissing, UserChanged or Unavailable.
    """
    for _ in tries(CHANGE_TRIES):
        after, joining = joined(table, registry_id, person, role, is_admin=is_admin, at=at)
        try:
            table.transact([*joining, counters.members(registry_id, 1)])
        except UserChanged:
            continue
        return after
    raise UserChanged


def cover(
    table: Table,
    before: RegistryUser,
    by: str | None,
    until: str | None,
    also: Sequence[Write] = (),
    *,
    since: str | None = None,
) -> None:
    """Store who covers a member, and the first and last local day; None for nobody, or no longer.

    `also` goes into the same transaction. Raises UserChanged when the member left, or is covered otherwise
    than was read; or Unavailable.
    """
    key = keys.registry_user(before.registry_id, before.user_id)
    read = {"read_by": before.covered_by, "read_until": before.cover_until, "read_from": before.away_from}
    values = {"by": by, "until": until, "since": since, **read}
    absence = "SET covered_by = :by, cover_until = :until, away_from = :since"
    absent = writes.update(key, absence, SAME_COVER, values, lambda _: UserChanged())
    table.transact([absent, *also])


def remind(table: Table, before: RegistryUser, reminders: Reminders, also: Sequence[Write] = ()) -> None:
    """Write down what a member decided for their own digest; `also` goes into the same transaction.

    Raises NotFound when they left, or Unavailable.
    """
    key, values = keys.registry_user(before.registry_id, before.user_id), {"own": reminders.model_dump()}
    decided = writes.update(key, "SET reminders = :own", writes.STORED, values, lambda _: _no_such_member())
    table.transact([decided, *also])


def seen(table: Table, registry_id: str, user_id: str, day: str) -> None:
    """Write down the local day (`YYYY-MM-DD`) on which a member was here; once a day is enough.

    Raises UserChanged when the member left, or was seen that day or later already; or Unavailable.
    """
    key, values = keys.registry_user(registry_id, user_id), {"day": day, "never": None}
    table.transact([writes.update(key, "SET last_seen = :day", SEEN_BEFORE, values, lambda _: UserChanged())])


def joined(
    table: Table, registry_id: str, person: User, role: Role, *, is_admin: bool, at: int
) -> tuple[User, list[Write]]:
    """The user this is, or the address belongs to, with the writes that make them a member.

    The count is the caller's. The writes are refused with AlreadyMember, or with UserChanged when they must
    be made again. A new user comes with the Slack account that is theirs, if that is known.
    """
    known = user(table, person.id) or user_by_email(table, person.email)
    before = known or person
    after = before.model_copy(update={"registeries": _with(before.registeries, registry_id)})
    member = RegistryUser(
        registry_id=registry_id,
        user_id=after.id,
        date_created=at,
        first_name=after.first_name,
        last_name=after.last_name,
        role=role,
        is_admin=is_admin,
    )
    seen_by_user = UserRegistry(user_id=after.id, registry_id=registry_id, date_created=at)
    member_item = items.to_item(keys.registry_user(registry_id, after.id), member)
    return after, [
        writes.add(member_item, lambda _: AlreadyMember()),
        writes.put(items.to_item(keys.user_registry(after.id, registry_id), seen_by_user)),
        *([_list_registry(known, registry_id)] if known else _new_user(after, at)),
    ]


def linking(user_id: str, team_id: str, slack_user_id: str) -> Write:
    """The write by which a Slack account is found to be a user's; refused with UserChanged."""
    item = items.to_item(keys.slack_account(team_id, slack_user_id), SlackAccount(user_id=user_id))
    return writes.replace(item, NOT_ANOTHERS, {"user": user_id}, lambda _: UserChanged())


def _all(table: Table, model: type[R], partition: str) -> Listing[R]:
    return items.read_all(model, table.query(PARTITION, {"partition": partition}))


def _new_user(person: User, at: int) -> list[Write]:
    email = normal_email(person.email)
    holder = UserEmail(email=email, user_id=person.id, date_created=at)
    return [
        writes.add(items.to_item(keys.user(person.id), person), lambda _: UserChanged()),
        writes.add(items.to_item(keys.user_email(email, person.id), holder), lambda _: UserChanged()),
        writes.add(wire_key(keys.email_lock(email)), lambda _: UserChanged()),
        *([linking(person.id, *account)] if (account := person.slack_account) else []),
    ]


def _list_registry(person: User, registry_id: str) -> Write:
    """Put a registry into the user's `registeries`; where it is there already, make sure that it stays."""
    key = keys.user(person.id)
    if registry_id in person.registeries:
        return writes.check(key, LISTED, {"registry": registry_id}, lambda _: UserChanged())
    # Only a new membership comes here, which nobody else can make in between.
    append = "SET registeries = list_append(registeries, :listed)"
    return writes.update(key, append, writes.STORED, {"listed": [registry_id]}, lambda _: UserChanged())


def _with(registeries: tuple[str, ...], registry_id: str) -> tuple[str, ...]:
    return registeries if registry_id in registeries else (*registeries, registry_id)


def _no_such_member() -> NotFound:
    return NotFound("This person is not a member of the registry.")
