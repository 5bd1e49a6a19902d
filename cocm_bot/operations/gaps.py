"""Decide whether all of a registry is known, before a screen says that nothing is left to do.

A list shows what can be read. What can't be read, what the index lacks and what reached nobody are its gaps:
every screen that lists patients says them, and none says "all clear" while there are any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cocm_bot.domain.damaged import says_risk
from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.handles import is_handle
from cocm_bot.domain.members import Registry
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.context import Context
from cocm_bot.store import counters, jobs, registries, sent_messages
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.repair.census import census
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import Item, key_of, readable


@dataclass(frozen=True)
class Gaps:
    """The patients a list does not show; false when all is known."""

    unread: int = 0
    """Records that can't be read."""
    missing: int = 0
    """Patients whom the registry counts or holds, and the list lacks."""
    undelivered: int = 0
    """Safety alerts that have reached nobody."""

    def __bool__(self) -> bool:
        return bool(self.unread or self.missing or self.undelivered)


NO_GAPS = Gaps()


class Found(Protocol):
    """The rows of a list, with those that can't be read."""

    @property
    def broken(self) -> int: ...

    @property
    def unread(self) -> Sequence[Item]: ...

    def __len__(self) -> int: ...


def gaps_of(
    ctx: Context,
    registry: Registry,
    found: Found,
    *,
    nothing_left: bool,
    whole: bool = True,
) -> Gaps:
    """Return what a list that was read from the index does not show. Raises Unavailable.

    With `nothing_left` a screen is about to say that there is nothing to do: then every record is read.
    `whole` is false for a list that was read up to today only. On the way the team is notified of a safety
    risk on a record that can't be read.
    """
    if nothing_left:
        return all_gaps(ctx, registry)
    report_risks(ctx, registry, found.unread)
    return Gaps(found.broken, _missing(ctx, registry, len(found) + found.broken) if whole else 0)


def all_gaps(ctx: Context, registry: Registry) -> Gaps:
    """Return all that is not known of a registry, from every record of it. Raises Unavailable."""
    found = census(ctx.table, registry.id)
    report_risks(ctx, registry, found.unread.values())
    for patient_id in found.risks.keys() - found.listed:
        tell_admins(ctx, registry.id, Notice.RISK_UNALERTED, found.risks[patient_id])
    unlisted = len(found.active - found.listed)
    uncounted = _missing(ctx, registry, len(found.active | found.listed) + len(found.unread))
    return Gaps(len(found.unread), unlisted + uncounted, len(undelivered(ctx, registry.id)))


def undelivered(ctx: Context, registry_id: str) -> list[str]:
    """Return the ids of a registry's safety alerts that have reached nobody yet. Raises Unavailable."""
    waiting = jobs.waiting(ctx.table, JobKind.ALERT, registry_id)
    return [alert_id for alert_id in waiting if not sent_messages.of(ctx.table, alert_id).records]


def report_risks(ctx: Context, registry: Registry, unread: Iterable[Item]) -> None:
    """Have the team notified, once a record, of safety risks that no list can show. Raises Unavailable."""
    for row in unread:
        # The index carries a part of the record only.
        item = ctx.table.get(key_of(row)) or row
        if says_risk(readable(row)) or says_risk(readable(item)):
            report_risk(ctx, registry.id, record_name(item))


def report_risk(ctx: Context, registry_id: str, name: str) -> None:
    """Have the team notified, once, of a safety risk on a record that can't be read. Raises Unavailable."""
    tell_admins(ctx, registry_id, Notice.RISK_UNREAD, name)


def record_name(item: Item) -> str:
    """Return what people find a damaged record by: its handle, or else the fingerprint of its key."""
    handle = item.get("handle", {}).get("S", "")
    return handle if is_handle(handle) and handle == handle.upper() else keys.fingerprint(key_of(item))


def _missing(ctx: Context, registry: Registry, found: int) -> int:
    if registry.active_patients <= found:
        return 0
    # Somebody may have left the program since the registry was read, or not be counted out yet.
    counters.settle(ctx.table, registry.id)
    try:
        current = registries.get(ctx.table, registry.id)
    except CocmError:
        current = None
    return max(0, (current or registry).active_patients - found)
