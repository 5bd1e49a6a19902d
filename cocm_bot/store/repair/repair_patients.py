"""A patient with everything that must agree with the record, and putting that right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from cocm_bot.domain.records.history import AuditLog, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.store.patients import change_log, history, lists, patients
from cocm_bot.store.patients.patient_items import UNCHANGED, directory_item, patient_item
from cocm_bot.store.repair.survey import snapshot
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, HandleTaken, VersionConflict
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

STILL_ANOTHERS = "patient_id = :read"
"""Holds while the entry of the directory names the patient it named when it was read."""

STILL_STALE = "patient_id = :patient AND patient_mrn = :mrn"
"""Holds while the entry names the patient, and where, as it was read."""

PLACE = ("GSI1PK", "GSI1SK")


@dataclass(frozen=True)
class Stored:
    """A patient as stored, at one instant, with the history of about then."""

    registry_id: str
    item: Item
    entry: Item | None
    """The directory's entry under the patient's handle."""
    patient: Patient
    logs: list[TreatmentLog]
    """All contacts, oldest first, the voided ones marked."""
    audits: list[AuditLog]
    """The changes of the record itself."""
    parts: dict[str, list[Item]]
    """The whole history as it is stored, by the ids of the records it was written for, the own one first."""

    @property
    def every_audit(self) -> list[AuditLog]:
        """Return the changes of all the records that are this one by now."""
        return history.read_audits(list(chain.from_iterable(self.parts.values())))

    @property
    def placed(self) -> bool:
        """Return whether the index has it where it belongs, or not at all if it does not."""
        stored = {name: self.item[name]["S"] for name in PLACE if name in self.item}
        return stored == keys.caseload_position(self.registry_id, self.patient)

    @property
    def listed(self) -> bool:
        """Return whether the directory has it as it is."""
        told = {"deactivated": {"BOOL": False}, **(self.entry or {})}
        return directory_item(self.registry_id, self.patient).items() <= told.items()


def pages(table: Table, registry_id: str) -> Iterator[list[Item]]:
    """All patients of a registry as stored, page by page. Raises Unavailable."""
    return table.pages(lists.EVERYONE, {"patients": keys.patients(registry_id)})


def directory_pages(table: Table, registry_id: str) -> Iterator[list[Item]]:
    """All entries of a registry's directory as stored, page by page. Raises Unavailable."""
    return table.pages(lists.DIRECTORY, {"directory": keys.directory(registry_id)})


def look(table: Table, registry_id: str, mrn: str) -> Stored | None:
    """A patient as it is now; None when there is none. Raises BrokenItem or Unavailable."""
    key = keys.patient(registry_id, mrn)
    item = table.get(key)
    if item is None:
        return None
    handle = keys.directory_entry(registry_id, items.read(Patient, item).handle)
    found = snapshot(table, [key, handle])
    if key not in found:
        return None
    patient = items.read(Patient, found[key])
    parts = {each: history.everything(table, each) for each in patient.histories}
    logs = history.read_contacts(list(chain.from_iterable(parts.values())))
    audits = history.read_audits(parts[patient.id])
    return Stored(registry_id, found[key], found.get(handle), patient, logs, audits, parts)


def unchanged(table: Table, seen: Stored) -> bool:
    """Return whether the patient is still in the version that was looked at, so that its history is of it."""
    item = table.get(keys.patient(seen.registry_id, seen.patient.patient_mrn))
    return item is not None and item.get("version") == seen.item.get("version")


def holds_handle(table: Table, registry_id: str, entry: Item) -> bool:
    """Return whether the patient whom an entry of the directory names has its handle, or had it once."""
    mrn, patient_id = entry.get("patient_mrn", {}).get("S"), entry.get("patient_id", {}).get("S")
    if "same_as" in entry:
        try:
            kept = patients.by_handle(table, registry_id, key_of(entry).sk)
        except BrokenItem:
            return True  # what it leads to is damaged: it is named apart, and nothing is lost by keeping this
        return kept is not None and patient_id in kept.joined
    item = table.get(keys.patient(registry_id, mrn)) if mrn else None
    if item is None:
        return False
    return (item.get("id", {}).get("S"), item.get("handle", {}).get("S")) == (patient_id, key_of(entry).sk)


def put_right(table: Table, seen: Stored, right: Patient, along: Sequence[Write] = ()) -> None:
    """Write a patient as it should be, with its entry in the directory and what else belongs to that.

    With another handle than before it gets an entry of its own, and the one it had is left to its patient.
    Raises VersionConflict when it was changed since it was looked at, HandleTaken or Unavailable.
    """
    after = right.model_copy(update={"version": seen.patient.version + 1})
    read = {"id": seen.patient.id, "version": seen.patient.version}
    item = patient_item(seen.registry_id, after)
    table.transact(
        [
            writes.replace(item, UNCHANGED, read, lambda _: VersionConflict()),
            *_entry(seen, after),
            *_noted(table, seen, after),
            *along,
        ]
    )


def _noted(table: Table, seen: Stored, after: Patient) -> list[Write]:
    """Note the change under the handle the patient has, and under the one it had."""
    handles = dict.fromkeys([after.handle, seen.patient.handle])
    return [change_log.noting(table, seen.registry_id, handle, after.version) for handle in handles]


def _entry(seen: Stored, after: Patient) -> list[Write]:
    wanted = directory_item(seen.registry_id, after)
    if after.handle != seen.patient.handle:
        return [writes.add(wanted, lambda _: HandleTaken())]
    if seen.entry is None:
        return [writes.add(wanted, lambda _: VersionConflict())]
    if seen.listed:
        return []
    named = seen.entry.get("patient_id", {}).get("S")
    if named is None:
        return [writes.replace(wanted, writes.STORED, {}, lambda _: VersionConflict())]
    return [writes.replace(wanted, STILL_ANOTHERS, {"read": named}, lambda _: VersionConflict())]


def drop_entry(table: Table, registry_id: str, handle: str) -> None:
    """Delete an entry of the directory whose patient does not have this handle.

    Raises VersionConflict when it names a patient by now, or Unavailable.
    """
    key = keys.directory_entry(registry_id, handle)
    entry = table.get(key)
    if entry is None or holds_handle(table, registry_id, entry):
        return
    named = [entry.get(name, {}).get("S") for name in ("patient_id", "patient_mrn")]
    values = dict(zip(("patient", "mrn"), named, strict=True))
    if None in named:
        gone = writes.delete(key, writes.STORED, {}, lambda _: VersionConflict())
    else:
        gone = writes.delete(key, STILL_STALE, values, lambda _: VersionConflict())
    table.transact([gone, change_log.noting(table, registry_id, handle, 0)])
