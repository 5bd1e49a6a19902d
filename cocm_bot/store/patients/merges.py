"""Merges of two records: which went into which, and for a while what both were before, to undo it.

A merge is one transaction, and so is its undoing: there is nothing to resume between them. No entry of a
history moves, so every seal stays valid; the kept record names the other's history as its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.records.history import AuditLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.record import Record
from cocm_bot.store import counters
from cocm_bot.store.audit.history_seals import Sealing, vouch
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.patients import change_log, history
from cocm_bot.store.patients.patient_items import (
    UNCHANGED,
    active,
    directory_item,
    merged_item,
    patient_item,
    replaced,
)
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import MrnTaken, VersionConflict
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

UNDO_SECONDS = 30 * 24 * 3600.0
"""Seconds in which a merge can be undone; what undoing needs is deleted after them."""
KEPT, OTHER = "kept", "other"
OF_REGISTRY = "PK = :merged"
"""All records of a registry that were merged into others."""
SAME_MERGE = "id = :id"
"""Holds while the merge is the one that was read."""


class Merge(Record):
    """One record that was merged into another."""

    id: str
    kept_id: str
    kept_handle: str
    other_id: str
    other_handle: str
    other_mrn: str
    by: str
    """The user id of who merged them, or the account of the operating system."""
    at: float
    audit_id: str
    """The audit entry of the merge: the kept record's last while nobody changed it since."""


@dataclass(frozen=True)
class Records:
    """Two records, as they were read or are to be."""

    kept: Patient
    other: Patient


@dataclass(frozen=True)
class Entry:
    """An audit entry for one of the histories, and the one before it."""

    patient_id: str
    audit: AuditLog
    follows: AuditLog | None
    voids: Sequence[Voided] = ()


def store(
    table: Table,
    registry_id: str,
    before: Records,
    after: Patient,
    merge: Merge,
    entries: Sequence[Entry],
    ring: Keyring,
    along: Sequence[Write],
) -> None:
    """Write a merge in one transaction.

    `along` are the ledger, jobs and access log. Raises VersionConflict when either record changed since it
    was read, or Unavailable.
    """
    kept, other = before.kept, before.other
    changed = after.model_copy(update={"version": kept.version + 1})
    read = {"id": other.id, "version": other.version}
    own = {"expires_at": int(merge.at + UNDO_SECONDS)}
    by = active(after) - active(kept) - active(other)
    table.transact(
        [
            *replaced(table, registry_id, kept, changed),
            change_log.noting(table, registry_id, other.handle, other.version + 1),
            writes.delete(
                keys.patient(registry_id, other.patient_mrn), UNCHANGED, read, lambda _: VersionConflict()
            ),
            writes.put(merged_item(registry_id, other, kept.handle)),
            writes.add(items.to_item(keys.merged(registry_id, other.patient_mrn), merge), _changed),
            writes.put(items.to_item(keys.before_merge(merge.id, KEPT), kept, own)),
            writes.put(items.to_item(keys.before_merge(merge.id, OTHER), other, own)),
            counters.active_patients(registry_id, by),
            *_added(table, entries, ring),
            *along,
        ]
    )


def undo(
    table: Table,
    registry_id: str,
    now: Patient,
    restored: Records,
    merge: Merge,
    entries: Sequence[Entry],
    ring: Keyring,
    along: Sequence[Write],
) -> None:
    """Put two records back in one transaction; `now` is the kept one as it was read.

    Raises VersionConflict, MrnTaken when the other's number is another's by now, or Unavailable.
    """
    kept, other = restored.kept, restored.other
    by = active(kept) + active(other) - active(now)
    table.transact(
        [
            *replaced(table, registry_id, now, kept),
            change_log.noting(table, registry_id, other.handle, other.version),
            writes.add(patient_item(registry_id, other), lambda _: MrnTaken()),
            writes.put(directory_item(registry_id, other)),
            writes.delete(keys.merged(registry_id, merge.other_mrn), SAME_MERGE, {"id": merge.id}, _changed),
            writes.forget(keys.before_merge(merge.id, KEPT)),
            writes.forget(keys.before_merge(merge.id, OTHER)),
            counters.active_patients(registry_id, by),
            *_added(table, entries, ring),
            *along,
        ]
    )


def get(table: Table, registry_id: str, mrn: str) -> Merge | None:
    """Return the merge of the record that had an MRN. Raises BrokenItem or Unavailable."""
    item = table.get(keys.merged(registry_id, mrn))
    return items.read(Merge, item) if item else None


def of_registry(table: Table, registry_id: str) -> Listing[Merge]:
    """Return the merges of a registry that were not undone. Raises Unavailable."""
    return items.read_all(Merge, table.query(OF_REGISTRY, {"merged": keys.all_merged(registry_id)}))


def before(table: Table, merge: Merge) -> Records | None:
    """Return both records as they were; None once they are no longer kept. Raises BrokenItem, Unavailable."""
    wanted = [keys.before_merge(merge.id, which) for which in (KEPT, OTHER)]
    found = table.batch_get(wanted)
    if any(key not in found for key in wanted):
        return None
    return Records(*(items.read(Patient, found[key]) for key in wanted))


def _added(table: Table, entries: Sequence[Entry], ring: Keyring) -> list[Write]:
    """The writes of the entries, each sealed in its own history."""
    found = []
    for each in entries:
        stored = history.contact_items(table, each.patient_id)
        known = {void.log_id for void in history.read_voids(stored)}
        # Undone and merged once more, the copies are void already.
        voids = [void for void in each.voids if void.log_id not in known]
        sealing = Sealing(ring, vouched=vouch(stored, ring), follows=each.follows)
        found += history.added(each.patient_id, (), (each.audit,), voids, sealing)
    return found


def _changed(_stored: Item) -> Conflict:
    return VersionConflict()
