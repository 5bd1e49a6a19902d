"""A patient's full history, append-only: every contact and every audit entry is an item of its own.

A contact that no longer counts is not changed either: an item beside it says so. Each entry is sealed
(`history_seals`).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from cocm_bot.domain.ordering import placed
from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.store.audit.history_seals import Sealing, seal_all
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import AlreadyStored
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.keys import key_kind
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

ENTRIES = "PK = :history AND begins_with(SK, :kind)"
"""The entries of one kind in a patient's history, oldest first."""

EVERYTHING = "PK = :history"
"""All entries of a patient's history, by kind and time."""

CONTACTS = "PK = :history AND SK BETWEEN :first AND :last"
"""All contacts, what says which entries no longer count, and the work that is no contact."""


def contacts(table: Table, *patient_ids: str) -> list[TreatmentLog]:
    """All contacts, oldest first, then all other work, the voided ones marked.

    Of a patient whose record others were merged into, `patient_ids` are all of `Patient.histories`. Raises
    BrokenItem, since what is derived from part of them is wrong.
    """
    return read_contacts(contact_items(table, *patient_ids))


def contact_items(table: Table, *patient_ids: str) -> list[Item]:
    """All contacts and voided entries as they are stored."""
    bounds = {"first": keys.TREATMENTS, "last": f"{keys.WORK}~"}
    return _joined(table, CONTACTS, patient_ids, bounds)


def read_contacts(found: Sequence[Item]) -> list[TreatmentLog]:
    """The contacts of a history's items, in their order, the voided ones marked. Raises BrokenItem."""
    voids = [items.read(Voided, item) for item in found if _is(keys.VOIDS, item)]
    voided = {void.log_id: void for void in voids}
    logs = [
        items.read(TreatmentLog, item) for item in found if _is(keys.TREATMENTS, item) or _is(keys.WORK, item)
    ]
    return [log.model_copy(update={"voided": voided.get(log.id)}) for log in placed(logs)]


def audit_trail(table: Table, *patient_ids: str) -> Listing[AuditLog]:
    """All audit entries, oldest first."""
    return items.read_all(AuditLog, _joined(table, ENTRIES, patient_ids, {"kind": keys.AUDITS}))


def everything(table: Table, *patient_ids: str) -> list[Item]:
    """All entries as they are stored, readable or not."""
    return _joined(table, EVERYTHING, patient_ids, {})


def _joined(
    table: Table, condition: str, patient_ids: Sequence[str], bounds: Mapping[str, str]
) -> list[Item]:
    """The entries of several histories as if they were one: by kind and time."""
    parts = [table.query(condition, {"history": keys.patient_log(each), **bounds}) for each in patient_ids]
    return (
        parts[0] if len(parts) == 1 else sorted(chain.from_iterable(parts), key=lambda item: key_of(item).sk)
    )


def read_audits(found: Sequence[Item]) -> list[AuditLog]:
    """The audit entries of a history's items, in their order. Raises BrokenItem."""
    return [items.read(AuditLog, item) for item in found if _is(keys.AUDITS, item)]


def read_logs(found: Sequence[Item]) -> list[TreatmentLog]:
    """The contacts, then the other work, of a history's items just as they are stored. Raises BrokenItem."""
    return [
        items.read(TreatmentLog, item) for item in found if _is(keys.TREATMENTS, item) or _is(keys.WORK, item)
    ]


def read_voids(found: Sequence[Item]) -> list[Voided]:
    """The words of a history's items that entries no longer count. Raises BrokenItem."""
    return [items.read(Voided, item) for item in found if _is(keys.VOIDS, item)]


def added(
    patient_id: str,
    logs: Iterable[TreatmentLog],
    audits: Iterable[AuditLog],
    voids: Iterable[Voided] = (),
    sealing: Sealing | None = None,
) -> list[Write]:
    """The writes that add the entries of one change to a history; refused with AlreadyStored.

    They are sealed, unless they are in place of entries another writer of the table adds.
    """
    contact_items = [items.to_item(_key(patient_id, log), log) for log in logs]
    audit_items = [items.to_item(keys.audit_log(patient_id, log.created_date, log.id), log) for log in audits]
    void_items = [items.to_item(keys.voided(patient_id, void.log_id), void) for void in voids]
    entries = [*contact_items, *audit_items, *void_items]
    sealed = seal_all(entries, sealing) if sealing else entries
    return [_adding(item) for item in sealed]


def _adding(item: Item) -> Write:
    return writes.add(item, lambda _: AlreadyStored(key_kind(*key_of(item))))


def _key(patient_id: str, log: TreatmentLog) -> keys.Key:
    """Work that is not a contact is stored apart from the contacts, whose types the older system knows."""
    place = keys.treatment_log if log.is_contact else keys.other_work
    return place(patient_id, log.date, log.id)


def _is(kind: str, item: Item) -> bool:
    return key_of(item).sk.startswith(kind)
