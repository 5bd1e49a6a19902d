"""The registries themselves."""

from collections.abc import Sequence

from cocm_bot.domain.digests.digest_schedule import CATCH_UP, retimed
from cocm_bot.domain.figures.episodes.outcome_record import FORM
from cocm_bot.domain.members import Registry, User
from cocm_bot.domain.registries.setting_table import ATTRIBUTES
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import AlreadyStored, RegistryChanged, UserChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import key_of, wire_key
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people

SETTABLE = ("name", *ATTRIBUTES)
"""The registry's settings that admins change; its measures apart."""

UNCHANGED = "modified_date = :read"
"""Holds while the registry's settings are as they were read."""


def create_registry(
    table: Table, registry: Registry, person: User, role: Role, *, is_admin: bool, also: Sequence[Write] = ()
) -> User:
    """Create a registry with its first member, in one transaction; the user too, unless the address has one.

    Returns the user the address belongs to. The counts start at one member and no patient, and the clock
    begins to look after its days. `also` goes first into the same transaction, and may name the person's id.
    Raises AlreadyStored for a registry id in use, UserChanged or Unavailable.
    """
    empty = registry.model_copy(update={"members": 1, "active_patients": 0})
    created = [
        *also,
        writes.add(items.to_item(keys.registry(registry.id), empty), lambda _: AlreadyStored("registry")),
        *channel_writes(None, registry),
        looked_after(table, registry.id, registry.created_date),
    ]
    at = int(registry.created_date)
    for _ in tries(people.CHANGE_TRIES):
        member, joining = people.joined(table, registry.id, person, role, is_admin=is_admin, at=at)
        if also and member.id != person.id:
            raise UserChanged
        try:
            table.transact([*created, *joining])
        except UserChanged:
            continue
        return member
    raise UserChanged


def save_measures(table: Table, before: Registry, after: Registry, also: Sequence[Write] = ()) -> Registry:
    """Write a registry's measures, unless somebody changed it since it was read; its counts stay as they are.

    `also` goes into the same transaction: what has the patients computed again. Raises RegistryChanged or
    Unavailable.
    """
    written = after.model_dump(include={"questionnaires", "own_measures", "measure_rules"})
    values = written | {"read": before.modified_date, "now": after.modified_date}
    expression = (
        "SET questionnaires = :questionnaires, own_measures = :own_measures, "
        "measure_rules = :measure_rules, modified_date = :now"
    )
    key, changed = keys.registry(after.id), RegistryChanged()
    table.transact([writes.update(key, expression, UNCHANGED, values, lambda _: changed), *also])
    return after


def save(table: Table, before: Registry, after: Registry, also: Sequence[Write] = ()) -> Registry:
    """Write a registry's name and settings, unless somebody changed it since it was read.

    Its measures and counts stay as they are. When digests fall due otherwise from now on, the clock looks
    after it at once. `also` goes into the same transaction. Raises RegistryChanged or Unavailable.
    """
    after = retimed(before, after, after.modified_date)
    due_otherwise = after.timed_since != before.timed_since
    written = [*SETTABLE, "timed_since", "zone_before"]
    values = after.model_dump(include={*written})
    expression = ", ".join(f"#{name} = :{name}" for name in written)
    now = {"read": before.modified_date, "now": after.modified_date}
    changed = writes.update(
        keys.registry(after.id),
        f"SET {expression}, modified_date = :now",
        UNCHANGED,
        values | now,
        lambda _: RegistryChanged(),
    )
    day = [looked_after(table, after.id, after.modified_date)] if due_otherwise else []
    table.transact([changed, *channel_writes(before, after), *day, *also])
    return after


def filled(registry_id: str) -> Write:
    """The write that says that a registry's billing ledger and outcome records hold all of its history."""
    key, values = keys.registry(registry_id), {"all": True, "form": FORM}
    expression = "SET ledgered = :all, outcomes_form = :form"
    return writes.update(key, expression, writes.STORED, values, lambda _: RegistryChanged())


def begun_at(registry_id: str, at: float) -> Write:
    """The write that has a registry's digests begin at an instant (seconds UTC): earlier days are not due."""
    since = {"due_at": at - CATCH_UP.total_seconds()}
    return jobs.adding(jobs.new_job(JobKind.DIGEST, registry_id, registry_id, at).model_copy(update=since))


def looked_after(table: Table, registry_id: str, at: float) -> Write:
    """The write that has the clock look after a registry's day at an instant (seconds UTC), and from then on.

    It takes the place of the look that was to come: what that one was to make up for is made up for then,
    however long it is overdue. Raises Unavailable.
    """
    # A look that is done meanwhile only moves on: nobody is served twice for being looked at again.
    # One that can't be read is replaced like any other.
    before = jobs.readable(table, JobKind.DIGEST, registry_id)
    since = at - CATCH_UP.total_seconds()
    overdue = {
        "due_at": min(since, before.due_at) if before else since,
        "asked_at": min(at, before.late_since) if before else at,
    }
    return jobs.adding(jobs.new_job(JobKind.DIGEST, registry_id, registry_id, at).model_copy(update=overdue))


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
