"""Proving the access log whole: by its own seals, its checkpoints, and copies kept outside of the table."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.operations.access.access_logging import NO_REGISTRY
from cocm_bot.operations.access.audit import days_between
from cocm_bot.operations.access.checkpoints import newest
from cocm_bot.operations.context import Context
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log, audit_proof, checkpoint_proof, checkpoints
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_proof import MISSING, Fault
from cocm_bot.store.audit.audit_trail import DAYS_OF_A_YEAR, beginning
from cocm_bot.store.audit.checkpoint_proof import CHECKPOINTS, Chain
from cocm_bot.store.table.errors import BrokenItem

EXPIRY_DAYS = 3
"""Days before its expiry a day is no longer proved: DynamoDB takes its entries one by one, in no order."""
COPY = re.compile(r"(\d{8})-(\d{1,12})-([0-9a-f]{24,64})")
REGISTRY = "registry"
"""The writer named in a fault that concerns the registry itself."""
MOVED_BEGINNING = "has another beginning than it was created with"
EDITED_EXPORT = "was altered in the export: its seal does not fit"
NOT_COPIED = "is not the one of the copy, or gone"


@dataclass(frozen=True)
class Proof:
    """The ranges that were compared, and the faults found."""

    entries: int
    writers: int
    checkpoints: int
    heads: int
    """Writers whose end a checkpoint names."""
    exported: int
    """Lines of the export that are of this registry and these days."""
    foreign: int
    """Its other lines, with which nothing was compared."""
    since: date
    until: date
    faults: Sequence[Fault]


def prove(
    ctx: Context,
    registry_id: str,
    since: date | None,
    until: date | None,
    exported: Sequence[str] | None = None,
    copy: str | None = None,
) -> Proof:
    """Check a registry's entries of these UTC days, by default of all that are kept.

    Their seals, numbers and places; the ends of writers against the checkpoints, and those among each other.
    `exported` are lines of an earlier export: each of these days must be in the table as it was then. `copy`
    is a checkpoint as it was shown. Raises NotFound, InvalidInput where there is nothing to compare, or
    Unavailable.
    """
    today, ring = ctx.now().date(), ctx.trail.keyring
    kept = today - timedelta(days=ctx.trail.years * DAYS_OF_A_YEAR - EXPIRY_DAYS)
    lines = None if exported is None else _entries(exported)
    begun, found = _beginning(ctx, registry_id)
    first, last = since or max(kept, begun or kept), until or today
    if last < first:
        raise InvalidInput(f"There is no day from {first} to {last}. Nothing was compared.")
    found += [] if copy is None else _copied(ctx, copy)
    chain = _chain(ctx, first, today, kept)
    stored = [
        item for day in days_between(first, last) for item in access_log.stored(ctx.table, registry_id, day)
    ]
    log = audit_proof.read_log(stored, ring, first)
    heads = checkpoint_proof.heads(chain, registry_id, first, last)
    concerned = [each for each in lines or () if _concerns(each, registry_id, first, last)]
    if lines is not None and not concerned:
        raise InvalidInput("The export has no entry of this registry and these days. Nothing was compared.")
    if not stored and not heads and not concerned:
        raise InvalidInput(f"There is no entry from {first} to {last}. Nothing was compared.")
    found += log.faults
    found += chain.faults
    found += checkpoint_proof.faults(log, heads, first)
    number, gone = _latest(ctx, chain)
    found += gone
    found += checkpoint_proof.cut_short(log, number)
    found += _lost(ctx, log, concerned)
    return Proof(
        entries=len(stored),
        writers=len(log.by_writer),
        checkpoints=len(chain.read),
        heads=len(heads),
        exported=len(concerned),
        foreign=len(lines or ()) - len(concerned),
        since=first,
        until=last,
        faults=audit_proof.in_order(found),
    )


def _beginning(ctx: Context, registry_id: str) -> tuple[date | None, list[Fault]]:
    """The registry's first day, where its seal holds it; and whether that was changed.

    Of a registry without the seal nobody knows: then all days are looked at.
    """
    if registry_id == NO_REGISTRY:
        return None, []
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    text = beginning(registry_id, registry.created_date)
    if ctx.trail.keyring.signed(text, registry.created_seal):
        return datetime.fromtimestamp(registry.created_date, UTC).date(), []
    if not registry.created_seal:
        return None, []
    return None, [Fault(MOVED_BEGINNING, ctx.now().date(), REGISTRY)]


def _chain(ctx: Context, first: date, today: date, kept: date) -> Chain:
    """The checkpoints from a day on, with what is wrong with them, the one before the first included."""
    days = days_between(first, today + timedelta(days=1))
    stored = [item for day in days for item in checkpoints.stored(ctx.table, day)]
    chain = checkpoint_proof.read_chain(stored, ctx.trail.keyring)
    if not chain.read or not chain.read[0].previous_day or chain.read[0].previous_day < kept.isoformat():
        return chain
    opening = chain.read[0]
    try:
        before = checkpoints.get(ctx.table, date.fromisoformat(opening.previous_day), opening.number - 1)
    except BrokenItem:
        before = None
    return Chain(chain.read, [*chain.faults, *checkpoint_proof.unheld(opening, before)])


def _latest(ctx: Context, chain: Chain) -> tuple[int, list[Fault]]:
    """The number of the last checkpoint that there is or was, and whether it is missing.

    The copy of the latest, which is sealed as well, shows it.
    """
    latest = newest(ctx)
    if latest is None or latest.number <= chain.last:
        return chain.last, []
    there = None
    with suppress(BrokenItem):
        there = checkpoints.get(ctx.table, latest.day, latest.number)
    gone = [] if there else [Fault(MISSING, latest.day, CHECKPOINTS, chain.last + 1, latest.number)]
    return latest.number, gone


def _copied(ctx: Context, copy: str) -> list[Fault]:
    """Return whether a checkpoint that was kept outside of the table is there still."""
    shown = COPY.fullmatch(copy.strip())
    try:
        day = datetime.strptime(shown[1], "%Y%m%d").replace(tzinfo=UTC).date() if shown else None
    except ValueError:
        day = None
    if shown is None or day is None:
        raise InvalidInput("That is not a checkpoint. One looks like 20260301-1204-3fa9c1d2e4f5a6b7c8d9e0f1.")
    number = int(shown[2])
    try:
        found = checkpoints.get(ctx.table, day, number)
    except BrokenItem:
        found = None
    if found and checkpoints.genuine(found, ctx.trail.keyring) and found.mac.startswith(shown[3]):
        return []
    return [Fault(NOT_COPIED, day, CHECKPOINTS, number, number)]


def _concerns(entry: AccessEntry, registry_id: str, first: date, last: date) -> bool:
    return entry.registry_id == registry_id and first <= _day(entry) <= last


def _lost(ctx: Context, log: audit_proof.Log, exported: Sequence[AccessEntry]) -> Iterator[Fault]:
    """Yield what an earlier export has and the table lacks, or no longer has as it was."""
    there = {entry.mac for entries in log.by_writer.values() for entry in entries}
    for entry in exported:
        if not ctx.trail.keyring.knows(entry.key_id):
            yield Fault(audit_proof.UNKNOWN_KEY, _day(entry), entry.writer, entry.sequence, entry.sequence)
        elif not audit_proof.genuine(entry, ctx.trail.keyring):
            yield Fault(EDITED_EXPORT, _day(entry), entry.writer, entry.sequence, entry.sequence)
        elif entry.mac not in there:
            yield Fault(audit_proof.GONE, _day(entry), entry.writer, entry.sequence, entry.sequence)


def _entries(lines: Sequence[str]) -> list[AccessEntry]:
    try:
        read = [AccessEntry.model_validate_json(line) for line in lines if line.strip()]
        _ = [_day(entry) for entry in read]
    except (ValueError, OverflowError):
        # The error would quote the line.
        raise InvalidInput("The file is not an export of the access log.") from None
    if not read:
        raise InvalidInput("The export is empty. Nothing was compared.")
    return read


def _day(entry: AccessEntry) -> date:
    return datetime.fromtimestamp(entry.at, UTC).date()
