"""A patient's full history, append-only: every contact and every audit entry is an item of its own."""

from collections.abc import Iterable

from cocm_bot.registry.patient import AuditLog, TreatmentLog
from cocm_bot.store import items, keys, writes
from cocm_bot.store.errors import AlreadyStored
from cocm_bot.store.items import Listing
from cocm_bot.store.table import Table
from cocm_bot.store.writes import Write

ENTRIES = "PK = :history AND begins_with(SK, :kind)"
"""The entries of one kind in a patient's history, oldest first."""


def contacts(table: Table, patient_id: str) -> list[TreatmentLog]:
    """All contacts, oldest first; raises BrokenItem, since what is derived from part of them is wrong."""
    values = {"history": keys.patient_log(patient_id), "kind": keys.TREATMENTS}
    return [items.read(TreatmentLog, item) for item in table.query(ENTRIES, values)]


def audit_trail(table: Table, patient_id: str) -> Listing[AuditLog]:
    """All audit entries, oldest first."""
    values = {"history": keys.patient_log(patient_id), "kind": keys.AUDITS}
    return items.read_all(AuditLog, table.query(ENTRIES, values))


def added(patient_id: str, logs: Iterable[TreatmentLog], audits: Iterable[AuditLog]) -> list[Write]:
    """The writes that add entries to a history; refused with AlreadyStored."""
    contact_items = [items.to_item(keys.treatment_log(patient_id, log.date, log.id), log) for log in logs]
    audit_items = [items.to_item(keys.audit_log(patient_id, log.created_date, log.id), log) for log in audits]
    return [
        *(writes.add(item, lambda _: AlreadyStored("contact")) for item in contact_items),
        *(writes.add(item, lambda _: AlreadyStored("audit entry")) for item in audit_items),
    ]
