"""Imports of patients: which there were, and whom each brought, so that one can go on, or be undone."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.record import Record
from cocm_bot.store import counters
from cocm_bot.store.patients import change_log, history
from cocm_bot.store.patients.patient_items import UNCHANGED, active
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import VersionConflict
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import key_of
from cocm_bot.store.table.writes import Write

OF_PARTITION = "PK = :partition"
"""All items of one partition."""
ROOM = 90
"""Entries of a history that go in the same transaction as their patient; the others follow it."""


class State(StrEnum):
    """The progress of an import."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Import(Record):
    """One import of one source into a registry."""

    id: str
    registry_id: str
    kind: str
    """The form of the source; its name, which may name somebody, is not kept."""
    at: float
    """The time it first began (seconds UTC); what it writes carries this time, however often it goes on."""
    by: str
    """The user id of who imports; empty for the command line."""
    state: Annotated[State, Field(strict=False)]
    run: int = 1
    """Counted on when it begins again after it was undone."""


class ImportedPatient(Record):
    """A patient that came with an import, with the audit entry that is the record's last while unchanged."""

    patient_id: str
    patient_mrn: str
    handle: str
    audit_id: str


def get(table: Table, registry_id: str, import_id: str) -> Import | None:
    """Return an import, as it is now. Raises Unavailable."""
    item = table.get(keys.import_of(registry_id, import_id))
    return items.read(Import, item) if item else None


def of_registry(table: Table, registry_id: str) -> Listing[Import]:
    """Return the imports of a registry. Raises Unavailable."""
    return items.read_all(Import, table.query(OF_PARTITION, {"partition": keys.imports(registry_id)}))


def put(table: Table, each: Import) -> None:
    """Write how far an import is. Raises Unavailable."""
    table.put(writes.put(items.to_item(keys.import_of(each.registry_id, each.id), each)))


def brought(import_id: str, patient: Patient, audit_id: str) -> Write:
    """The write that remembers whom an import brought, for the transaction that adds them."""
    record = ImportedPatient(
        patient_id=patient.id, patient_mrn=patient.patient_mrn, handle=patient.handle, audit_id=audit_id
    )
    return writes.put(items.to_item(keys.imported_patient(import_id, patient.id), record))


def patients_of(table: Table, import_id: str) -> list[ImportedPatient]:
    """Return whom an import brought. Raises Unavailable or BrokenItem."""
    found = table.query(OF_PARTITION, {"partition": keys.imported_patients(import_id)})
    return [items.read(ImportedPatient, item) for item in found]


def check_deletable(table: Table, patient_id: str) -> None:
    """Raise Unavailable where histories can't be deleted, with DynamoDB's reason, before anything is.

    Deletes what is not there: IAM decides by the key alone.
    """
    table.transact([writes.forget(keys.voided(patient_id, "-"))])


def take_back(
    table: Table, registry_id: str, import_id: str, patient: Patient, access: Sequence[Write]
) -> None:
    """Delete an imported patient that is still in the version that was read, then its history.

    `finish_taking_back` does the rest where this ends in between; `counters.settle` is to follow, after one
    patient or several. Raises VersionConflict or Unavailable.
    """
    read = {"id": patient.id, "version": patient.version}
    entries = history.everything(table, patient.id)
    table.transact(
        [
            writes.delete(
                keys.patient(registry_id, patient.patient_mrn), UNCHANGED, read, lambda _: VersionConflict()
            ),
            writes.forget(keys.directory_entry(registry_id, patient.handle)),
            change_log.noting(table, registry_id, patient.handle, patient.version + 1),
            *counters.patient_counted(registry_id, patient.handle, patient.version + 1, -active(patient)),
            *access,
            *(writes.forget(key_of(item)) for item in entries[:ROOM]),
        ]
    )
    finish_taking_back(table, import_id, patient.id)


def finish_taking_back(table: Table, import_id: str, patient_id: str) -> None:
    """Delete what is left of the history of a patient who is gone, and that they came with the import."""
    entries = history.everything(table, patient_id)
    for first in range(0, len(entries), ROOM):
        table.transact([writes.forget(key_of(item)) for item in entries[first : first + ROOM]])
    table.transact([writes.forget(keys.imported_patient(import_id, patient_id))])
