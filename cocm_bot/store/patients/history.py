"""A patient's full history, append-only: every contact and every audit entry is an item of its own.

A contact that no longer counts is not changed either: an item beside it says so.
"""

from collections.abc import Iterable

from cocm_bot.domain.ordering import placed
from cocm_bot.domain.patient import AuditLog, TreatmentLog, Voided
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import AlreadyStored
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

ENTRIES = "PK = :history AND begins_with(SK, :kind)"
"""The entries of one kind in a patient's history, oldest first."""

CONTACTS = "PK = :history AND SK BETWEEN :first AND :last"
"""All contacts, what says which entries no longer count, and the work that is no contact."""


def contacts(table: Table, patient_id: str) -> list[TreatmentLog]:
    """All contacts, oldest first, then all other work, the voided ones marked.

    Raises BrokenItem, since what is derived from part of them is wrong.
    """
    values = {"history": keys.patient_log(patient_id), "first": keys.TREATMENTS, "last": f"{keys.WORK}~"}
    found = table.query(CONTACTS, values)
    voids = [items.read(Voided, item) for item in found if _is(keys.VOIDS, item)]
    voided = {void.log_id: void for void in voids}
    logs = [
        items.read(TreatmentLog, item) for item in found if _is(keys.TREATMENTS, item) or _is(keys.WORK, item)
    ]
    return [log.model_copy(update={"voided": voided.get(log.id)}) for log in placed(logs)]


def audit_trail(table: Table, patient_id: str) -> Listing[AuditLog]:
    """All audit entries, oldest first."""
    return items.read_all(AuditLog, audit_items(table, patient_id))


def audit_items(table: Table, patient_id: str) -> list[Item]:
    """The same as they are stored, readable or not."""
    return table.query(ENTRIES, {"history": keys.patient_log(patient_id), "kind": keys.AUDITS})


def added(
    patient_id: str,
    logs: Iterable[TreatmentLog],
    audits: Iterable[AuditLog],
    voids: Iterable[Voided] = (),
) -> list[Write]:
    """The writes that add entries to a history; refused with AlreadyStored."""
    contact_items = [items.to_item(_key(patient_id, log), log) for log in logs]
    audit_items = [items.to_item(keys.audit_log(patient_id, log.created_date, log.id), log) for log in audits]
    void_items = [items.to_item(keys.voided(patient_id, void.log_id), void) for void in voids]
    return [
        *(writes.add(item, lambda _: AlreadyStored("contact")) for item in contact_items),
        *(writes.add(item, lambda _: AlreadyStored("audit entry")) for item in audit_items),
        *(writes.add(item, lambda _: AlreadyStored("voided entry")) for item in void_items),
    ]


def _key(patient_id: str, log: TreatmentLog) -> keys.Key:
    """Work that is no contact stands apart from the contacts, whose types the older system knows."""
    place = keys.treatment_log if log.is_contact else keys.other_work
    return place(patient_id, log.date, log.id)


def _is(kind: str, item: Item) -> bool:
    return key_of(item).sk.startswith(kind)
