"""The patients of a registry: enrolled, and found by their MRN or handle."""

from collections.abc import Sequence

from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.store import counters, requests
from cocm_bot.store.audit.history_seals import Sealing
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.patients import change_log, history
from cocm_bot.store.patients.patient_items import (
    active,
    directory_entries,
    directory_entry,
    directory_item,
    patient_item,
    unmerged,
)
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import (
    AlreadyApplied,
    HandleTaken,
    MrnTaken,
    RegistryMissing,
)
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.packed_rows import MOST_READ
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

LARGEST_TRANSACTION = 100
MOST_MERGED = 20
"""Merges one after another that a handle is followed through."""


def create(
    table: Table,
    registry_id: str,
    patient: Patient,
    audit: AuditLog,
    *,
    logs: Sequence[TreatmentLog] = (),
    along: Sequence[Write] = (),
    ring: Keyring | None = None,
    request_id: str,
) -> None:
    """Add a patient to a registry that exists, as `add` does, and to its count.

    Raises RegistryMissing, and what `add` does.
    """
    if table.get(keys.registry(registry_id)) is None:
        raise RegistryMissing
    try:
        add(table, registry_id, patient, audit, logs=logs, along=along, ring=ring, request_id=request_id)
    except AlreadyApplied:
        # The earlier delivery may have ended before it was counted.
        counters.settle(table, registry_id)
        raise
    counters.settle(table, registry_id)


def add(
    table: Table,
    registry_id: str,
    patient: Patient,
    audit: AuditLog,
    *,
    logs: Sequence[TreatmentLog] = (),
    voids: Sequence[Voided] = (),
    extra_audits: Sequence[AuditLog] = (),
    along: Sequence[Write] = (),
    ring: Keyring | None = None,
    request_id: str,
) -> None:
    """Add a patient with its history and what goes along with it, in one transaction, once per request id.

    `counters.settle` is to follow, after one or several. Raises AlreadyApplied (its result is the handle),
    MrnTaken, HandleTaken or Unavailable. Entries beyond what one transaction holds go ahead of it: nobody
    sees them before the patient exists.
    """
    sealing = Sealing(ring) if ring else None
    entries = history.added(patient.id, logs, (audit, *extra_audits), voids, sealing)
    head = [
        requests.mark(request_id, patient.handle, audit.created_date),
        *counters.patient_counted(registry_id, patient.handle, patient.version, active(patient)),
        writes.add(patient_item(registry_id, patient), lambda _: MrnTaken()),
        writes.add(directory_item(registry_id, patient), lambda _: HandleTaken()),
        unmerged(registry_id, patient),
        change_log.noting(table, registry_id, patient.handle, patient.version),
        *along,
    ]
    room = LARGEST_TRANSACTION - len(head)
    for entry in entries[room:]:
        table.put(entry)
    table.transact([*head, *entries[:room]])


def get(table: Table, registry_id: str, mrn: str) -> Patient | None:
    """The patient with this MRN, as it is now; nobody has an empty one, as a damaged entry may say."""
    item = table.get(keys.patient(registry_id, mrn)) if mrn else None
    return items.read(Patient, item) if item else None


def by_handle(table: Table, registry_id: str, handle: str) -> Patient | None:
    """The patient with this handle, as it is now."""
    # A second look, because the MRN may be corrected between the two reads.
    for _ in tries(2):
        item = table.get(keys.directory_entry(registry_id, handle))
        patient = _of_entry(table, registry_id, item)
        if patient or not item:
            return patient
    return None


def entries(table: Table, registry_id: str, handles: Sequence[str]) -> list[DirectoryEntry]:
    """Return what the registry knows under these handles, in their order.

    Those it does not have, or that can't be read, are left out.
    """
    wanted = [keys.directory_entry(registry_id, handle) for handle in dict.fromkeys(handles)]
    found: dict[Key, Item] = {}
    for start in range(0, len(wanted), MOST_READ):
        found |= table.batch_get(wanted[start : start + MOST_READ])
    return directory_entries([found[key] for key in wanted if key in found])


def exactly(table: Table, registry_id: str, words: str) -> list[DirectoryEntry]:
    """Return those whose handle or MRN this is, by handle; read by key. Raises Unavailable."""
    if not words:
        return []
    handle, mrn = keys.directory_entry(registry_id, words.upper()), keys.patient(registry_id, words)
    found = table.batch_get([handle, mrn])
    handles = {found[mrn].get("handle", {}).get("S", "")} - {"", words.upper()} if mrn in found else set()
    told = [found[handle]] if handle in found else []
    named = [*directory_entries(told), *entries(table, registry_id, sorted(handles))]
    return sorted(named, key=lambda each: each.handle)


def _of_entry(table: Table, registry_id: str, entry: Item | None) -> Patient | None:
    item = item_of(table, registry_id, entry) if entry else None
    return items.read(Patient, item) if item else None


def item_of(table: Table, registry_id: str, item: Item) -> Item | None:
    """Return the record that an entry of the directory leads to, as it is stored."""
    entry = directory_entry(item)
    # Each merge leads on to a record that was kept; a table that says otherwise keeps nobody waiting.
    for _ in range(MOST_MERGED):
        if not entry.same_as:
            return table.get(keys.patient(registry_id, entry.patient_mrn)) if entry.patient_mrn else None
        kept = table.get(keys.directory_entry(registry_id, entry.same_as))
        if kept is None:
            return None
        entry = directory_entry(kept)
    return None
