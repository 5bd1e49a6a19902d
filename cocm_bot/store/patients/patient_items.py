"""A patient as the items it consists of besides its history: the record, and its entry in the directory."""

from collections.abc import Sequence
from contextlib import suppress

from pydantic import ValidationError

from cocm_bot.domain.fields import phone_end
from cocm_bot.domain.patients.packed_history import PackedHistory
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.store.patients import change_log
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, MrnTaken, VersionConflict
from cocm_bot.store.table.keys import PACKED
from cocm_bot.store.table.packed_rows import with_row
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, from_wire, to_wire, wire_key
from cocm_bot.store.table.writes import Write

_NEEDED = 5
"""The first fields of an entry, without which it is none."""
UNCHANGED = "id = :id AND version = :version"
"""Holds when the item is still the patient that was read, in the version that was read."""

FREE = "attribute_not_exists(PK) OR kept_id = :id"
"""Holds when an MRN was merged away by nobody, or into this very record."""


def patient_item(registry_id: str, patient: Patient, packed: PackedHistory | None = None) -> Item:
    """The record with its place in the index and its row there; its history beside it where that is given."""
    key, own = keys.patient(registry_id, patient.patient_mrn), keys.caseload_position(registry_id, patient)
    return with_row(items.to_item(key, patient, {**own, **({PACKED: packed.model_dump()} if packed else {})}))


def packed_in(item: Item) -> PackedHistory | None:
    """Return the history that is packed beside a record; None where there is none that can be read."""
    try:
        return PackedHistory.model_validate(from_wire({PACKED: item[PACKED]})[PACKED])
    except (KeyError, ValidationError, TypeError, ValueError):
        return None


def directory_item(registry_id: str, patient: Patient) -> Item:
    """Return what finds the patient by handle, MRN or name."""
    entry = DirectoryEntry(
        handle=patient.handle,
        patient_id=patient.id,
        patient_mrn=patient.patient_mrn,
        first_name=patient.first_name,
        last_name=patient.last_name,
        deactivated=not active(patient),
        date_of_birth=patient.date_of_birth,
        phone_end=phone_end(patient.phone_number),
        email=patient.email,
    )
    stored = {name: value for name, value in entry._asdict().items() if name != "same_as"}
    return to_wire(stored) | wire_key(keys.directory_entry(registry_id, patient.handle))


def merged_item(registry_id: str, patient: Patient, kept_handle: str) -> Item:
    """Return what finds another record by the handle, MRN or name of one that was merged into it."""
    return {**directory_item(registry_id, patient), **to_wire({"same_as": kept_handle})}


def directory_entry(item: Item) -> DirectoryEntry:
    """The entry that an item of the directory holds; raises BrokenItem."""
    try:
        return DirectoryEntry(
            item["handle"]["S"],
            item["patient_id"]["S"],
            item["patient_mrn"]["S"],
            item["first_name"]["S"],
            item["last_name"]["S"],
            "deactivated" in item and item["deactivated"]["BOOL"],
            item.get("date_of_birth", {}).get("S", ""),
            item.get("phone_end", {}).get("S", ""),
            item.get("email", {}).get("S", ""),
            item.get("same_as", {}).get("S", ""),
        )
    except KeyError:
        broken = [name for name in DirectoryEntry._fields[:_NEEDED] if "S" not in item.get(name, {})]
    raise BrokenItem("patient directory", broken or ["deactivated"])


def directory_entries(found: Sequence[Item]) -> list[DirectoryEntry]:
    """The entries of the directory that can be read."""
    entries = []
    for item in found:
        with suppress(BrokenItem):
            entries.append(directory_entry(item))
    return entries


def active(patient: Patient) -> int:
    """Return what the patient adds to the registry's count: 1, or 0 for a deactivated one."""
    return 0 if patient.status is Status.DEACTIVATED else 1


def unmerged(registry_id: str, patient: Patient) -> Write:
    """Require that an MRN is no other record's that was merged away; refused with MrnTaken."""
    key = keys.merged(registry_id, patient.patient_mrn)
    return writes.check(key, FREE, {"id": patient.id}, lambda _: MrnTaken())


def unchanged(registry_id: str, before: Patient) -> Write:
    """Require that a patient is still in the version that was read; refused with VersionConflict."""
    key = keys.patient(registry_id, before.patient_mrn)
    return writes.check(
        key, UNCHANGED, {"id": before.id, "version": before.version}, lambda _: VersionConflict()
    )


def replaced(
    table: Table, registry_id: str, before: Patient, after: Patient, packed: PackedHistory | None = None
) -> list[Write]:
    """The patient in the place of what was read, and a note that it was changed; a corrected MRN moves it.

    Without its history packed, none is kept. The writes are refused with VersionConflict or MrnTaken.
    """
    read = {"id": before.id, "version": before.version}
    if after.patient_mrn == before.patient_mrn:
        item = patient_item(registry_id, after, packed)
        patient = [writes.replace(item, UNCHANGED, read, lambda _: VersionConflict())]
    else:
        old = keys.patient(registry_id, before.patient_mrn)
        patient = [
            writes.delete(old, UNCHANGED, read, lambda _: VersionConflict()),
            writes.add(patient_item(registry_id, after, packed), lambda _: MrnTaken()),
            unmerged(registry_id, after),
        ]
    entry = directory_item(registry_id, after)
    same = entry == directory_item(registry_id, before)
    note = change_log.noting(table, registry_id, after.handle, after.version, found_otherwise=not same)
    if same:
        return [*patient, note]
    return [*patient, note, writes.replace(entry, writes.STORED, {}, lambda _: VersionConflict())]
