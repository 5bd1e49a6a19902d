"""A registry whose counts, lookups or work of the clock disagree with what they are about."""

from collections.abc import Iterator
from functools import partial

from cocm_bot.domain.members import Registry
from cocm_bot.operations.access.checkpoints import newest
from cocm_bot.operations.checking.findings import Finding, Kind
from cocm_bot.operations.checking.patients import Patients
from cocm_bot.operations.context import Context
from cocm_bot.store import counters, jobs, registries
from cocm_bot.store.figures import erased_items
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.repair import recount, repair_lookups
from cocm_bot.store.repair.recount import Count
from cocm_bot.store.repair.survey import Survey
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import BrokenItem, RegistryChanged
from cocm_bot.store.table.wire import key_of
from cocm_bot.store.team import people

_COUNTS: dict[Count, Kind] = {"members": Kind.MEMBERS, "active_patients": Kind.ACTIVE_PATIENTS}


def read_registry(ctx: Context, registry_id: str) -> Registry | Kind:
    """A registry that can be worked with, or what is wrong with it. Raises Unavailable."""
    try:
        registry = registries.get(ctx.table, registry_id)
        if registry is None:
            return Kind.NO_REGISTRY
        _ = registry.policy
    except (BrokenItem, LookupError, ValueError):
        # A time zone or a measure that nobody knows is as bad as an attribute that can't be read.
        return Kind.BROKEN
    return registry


def check_registry(
    ctx: Context, registry: Registry, found: Survey, ids: set[str], accept_as: str | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with one registry and its patients, whose ids are added. Raises Unavailable."""
    table, registry_id = ctx.table, registry.id
    members = people.members(table, registry_id)
    yield from (Finding(Kind.BROKEN, registry_id, keys.fingerprint(key_of(each))) for each in members.unread)
    if not members.unread and not any(member.is_admin for member in members):
        yield Finding(Kind.NO_ADMIN, registry_id)
    yield from _lookups(ctx, registry, found)
    deriving = jobs.readable(table, JobKind.RECALCULATION, registry_id) is not None
    latest = newest(ctx)
    since = latest.since if latest else None
    of_team = {member.user_id for member in members}
    months = frozenset(month for owner, month in found.billed if owner == registry_id)
    patients = Patients(ctx, registry, of_team, since, accept_as, deriving, months)
    yield from patients.check()
    yield from patients.check_directory()
    yield from patients.check_ledger()
    yield from patients.check_outcomes()
    kept = erased_items.of_registry(table, registry_id)
    yield from (Finding(Kind.BROKEN, registry_id, keys.fingerprint(each)) for each in kept.unread)
    ids |= patients.ids | patients.joined
    # What a process that was ended had still to add is no mistake.
    counters.settle(table, registry_id)
    there: dict[Count, int] = {
        "members": len(members) + members.broken,
        "active_patients": patients.active,
    }
    for count, number in there.items():
        yield from _count(ctx, registry, count, number)


def _count(ctx: Context, registry: Registry, count: Count, number: int) -> Iterator[Finding]:
    """Yield whether a count is right; where it seems not, by a closer look that holds though others go on."""
    current = registries.get(ctx.table, registry.id)
    if current is None or getattr(current, count) == number:
        return
    try:
        now = recount.counted(ctx.table, registry.id, count)
    except RegistryChanged:
        # Too much goes on to be sure: it is reported as it seems.
        now = None
    if now is None or now.stored != now.found:
        repair = partial(recount.recount, ctx.table, registry.id, count)
        yield Finding(_COUNTS[count], registry.id, repair=repair)


def _lookups(ctx: Context, registry: Registry, found: Survey) -> Iterator[Finding]:
    table, registry_id, now = ctx.table, registry.id, ctx.now().timestamp()
    if not repair_lookups.looked_after(table, registry_id):
        yield Finding(
            Kind.CLOCK, registry_id, repair=partial(repair_lookups.look_after, table, registry_id, now)
        )
    leading = {channel for channel, owner in found.channels if owner == registry_id}
    for channel in sorted(leading | ({registry.team_channel} if registry.team_channel else set())):
        if not repair_lookups.channel_agrees(table, channel, registry_id):
            repair = partial(repair_lookups.repair_channel, table, channel, registry_id)
            yield Finding(Kind.CHANNEL, registry_id, channel, repair)
    for email in sorted(email for email, owner in found.invites if owner == registry_id):
        if not repair_lookups.invite_agrees(table, email, registry_id, now):
            repair = partial(repair_lookups.repair_invite, table, email, registry_id)
            yield Finding(Kind.INVITE, registry_id, repair=repair)
