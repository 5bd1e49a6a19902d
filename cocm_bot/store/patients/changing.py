"""Change a patient: what is edited, and what follows from the history, saved with all that goes along."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from cocm_bot.domain.errors import no_such_patient
from cocm_bot.domain.patients.packed_history import PackedHistory, all_whole, unpacked
from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Voided
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.store import counters, requests
from cocm_bot.store.audit.history_seals import Sealing, vouch
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.patients import history, patients
from cocm_bot.store.patients.patient_items import (
    active,
    packed_in,
    replaced,
    unchanged,
)
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import (
    AlreadyApplied,
    VersionConflict,
)
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

FULL = 40
"""As many writes beside a patient, or more, mean that there may be others to come."""
CHANGE_TRIES = 20
"""Times a change that met another one is applied again."""


@dataclass(frozen=True)
class Edit:
    """A changed patient with what goes into its history along with the change."""

    after: Patient
    audit: AuditLog
    logs: Sequence[TreatmentLog] = ()
    voids: Sequence[Voided] = ()
    access: AbstractContextManager[Sequence[Write]] = field(default_factory=lambda: nullcontext(()))
    """Gives what goes into the access log along with it, and learns whether it was written."""
    along: Sequence[Write] = ()
    """Further writes of the same transaction: the jobs that it calls for."""
    ring: Keyring | None = None
    """The keys that seal its entries in the history."""
    packed: PackedHistory | None = None
    """The history after the change, to be kept beside the record; None where it is too long, or unsealed."""


Apply = Callable[[Patient, list[TreatmentLog]], Edit]
"""Makes an edit of a patient and its contacts, oldest first; may be called again with a newer patient."""

Follows = Callable[[Sequence[TreatmentLog]], bool]
"""Returns True if the entries that a change adds come after all that count."""


class Remembering(Protocol):
    """The process's memory of a registry's patients, as far as a change of one makes use of it."""

    def where(self, handle: str) -> Key | None:
        """Return where a patient was last; None where that is not known."""
        ...

    def learn(self, item: Item, note: Key) -> None:
        """Take in a patient as it was just written, with the note of that change."""
        ...


Compute = Callable[[Patient, list[TreatmentLog]], Patient]
"""Makes a patient again from its contacts, oldest first; may be called again with a newer one."""

Beside = Callable[[Patient, list[TreatmentLog]], Sequence[Write]]
"""Makes what else is to be written for a patient as computed again; nothing where all is right."""


def save(
    table: Table,
    registry_id: str,
    before: Patient,
    after: Patient,
    audit: AuditLog,
    *,
    logs: Sequence[TreatmentLog] = (),
    voids: Sequence[Voided] = (),
    along: Sequence[Write] = (),
    sealing: Sealing | None = None,
    request_id: str,
) -> Patient:
    """Write a changed patient and its new entries in one transaction, once per request id.

    Returns the patient as written, in its next version. `id` and `handle` stay as they were.
    Raises AlreadyApplied (its result is the handle), VersionConflict, MrnTaken or Unavailable.
    """
    edit = Edit(after, audit, logs, voids, along=along)
    return _saved(table, registry_id, before, edit, sealing, request_id, along)


def _saved(
    table: Table,
    registry_id: str,
    before: Patient,
    edit: Edit,
    sealing: Sealing | None,
    request_id: str,
    along: Sequence[Write],
    memory: Remembering | None = None,
) -> Patient:
    """Write an edit, with what goes along with it; see `save`."""
    after = edit.after.model_copy(
        update={"id": before.id, "handle": before.handle, "version": before.version + 1},
    )
    by = active(after) - active(before)
    counted = counters.patient_counted(registry_id, after.handle, after.version, by)
    record, note, *others = replaced(table, registry_id, before, after, edit.packed)
    table.transact(
        [
            requests.mark(request_id, after.handle, edit.audit.created_date),
            *(record, note, *others),
            *counted,
            *history.added(after.id, edit.logs, (edit.audit,), edit.voids, sealing),
            *along,
        ]
    )
    if counted:
        counters.settle(table, registry_id)
    if memory is not None and after.patient_mrn == before.patient_mrn:
        memory.learn(record.parameters["Item"], key_of(note.parameters["Item"]))
    return after


def change(
    table: Table,
    registry_id: str,
    handle: str,
    apply: Apply,
    *,
    request_id: str,
    follows: Follows | None = None,
    memory: Remembering | None = None,
) -> Patient:
    """Read a patient with its contacts, apply a change and save it; again when another change came between.

    A change that `follows` all contacts is applied to them as they are packed beside the record; where they
    are not, or what is made of them is not whole, the history is read. `memory` saves looking the patient up,
    and reading again what is written here.

    Returns the patient as saved; when an earlier delivery of the same request was applied, the patient as it
    is now. Raises NotFound, VersionConflict when it can't get through, Unavailable, BrokenItem, and what
    `apply` raises.
    """
    for _ in tries(CHANGE_TRIES):
        try:
            return _change_once(table, registry_id, handle, apply, request_id, follows, memory)
        except VersionConflict:
            continue
    raise VersionConflict


def _change_once(
    table: Table,
    registry_id: str,
    handle: str,
    apply: Apply,
    request_id: str,
    follows: Follows | None,
    memory: Remembering | None,
) -> Patient:
    request = keys.request(request_id)
    item, applied = _found_with(table, registry_id, handle, request, memory)
    before = items.read(Patient, item)
    if applied:
        # The earlier delivery may have ended before it was counted.
        counters.settle(table, registry_id)
        return before
    edit, sealing = _from_packed(item, before, apply, follows) or _from_history(table, before, apply)
    try:
        with edit.access as access:
            along = (*access, *edit.along)
            return _saved(table, registry_id, before, edit, sealing, request_id, along, memory)
    except AlreadyApplied:
        counters.settle(table, registry_id)
        return patients.by_handle(table, registry_id, handle) or before


def _found_with(
    table: Table, registry_id: str, handle: str, request: Key, memory: Remembering | None
) -> tuple[Item, bool]:
    """Return a patient as it is stored, and whether a request was applied.

    It is looked for where it was last; who has the handle there is the patient. Raises NotFound, or
    VersionConflict.
    """
    if where := memory.where(handle) if memory else None:
        found = table.batch_get([where, request])
        if found.get(where, {}).get("handle", {}).get("S") == handle:
            return found[where], request in found
    entry = keys.directory_entry(registry_id, handle)
    found = table.batch_get([entry, request])
    if entry not in found:
        raise no_such_patient()
    item = patients.item_of(table, registry_id, found[entry])
    if item is None:
        raise VersionConflict
    return item, request in found


def _from_history(table: Table, before: Patient, apply: Apply) -> tuple[Edit, Sealing | None]:
    """Apply a change to the contacts as the history has them."""
    entries = history.contact_items(table, *before.histories)
    edit = apply(before, history.read_contacts(entries))
    return edit, _sealing(edit, before, entries)


def _from_packed(
    item: Item, before: Patient, apply: Apply, follows: Follows | None
) -> tuple[Edit, Sealing | None] | None:
    """Apply a change to the contacts as they are packed beside the record; None where they must be read."""
    kept = packed_in(item) if follows else None
    logs = unpacked(kept, before) if kept else None
    if logs is None or follows is None or not follows(logs):
        return None
    edit = apply(before, logs)
    if not all_whole((*edit.after.treatment_logs, *edit.after.work_logs)):
        return None
    # What is packed was sealed by then, or vouched for.
    return edit, _sealing(edit, before, ())


def _sealing(edit: Edit, before: Patient, entries: Sequence[Item]) -> Sealing | None:
    if edit.ring is None:
        return None
    last = before.audit_logs[-1] if before.audit_logs else None
    return Sealing(edit.ring, vouched=vouch(entries, edit.ring), follows=last)


def _nothing(_patient: Patient, _logs: list[TreatmentLog]) -> Sequence[Write]:
    return ()


def recompute(
    table: Table, registry_id: str, entry: DirectoryEntry, compute: Compute, beside: Beside = _nothing
) -> tuple[Patient, Patient]:
    """Compute again what follows from a patient's history; where it differs write it, with no entry about it.

    What `beside` gives is written with it, under the same version of the patient. Returns the patient as
    read and as it is now: the same record if nothing differs. What somebody changes meanwhile stays.
    Raises NotFound, VersionConflict when it can't get through, Unavailable, BrokenItem.
    """
    read: Patient | None = None
    for _ in tries(CHANGE_TRIES):
        before = patients.get(table, registry_id, entry.patient_mrn)
        if before is None or before.id != entry.patient_id:
            # The MRN was corrected since the entry was read.
            before = patients.by_handle(table, registry_id, entry.handle)
        if before is None:
            raise no_such_patient()
        logs = history.contacts(table, *before.histories)
        after, read = compute(before, logs), read or before
        also = beside(after, logs)
        if after == before and not also:
            return read, before
        as_read = [unchanged(registry_id, before)]
        if after != before:
            after = after.model_copy(update={"version": before.version + 1})
            as_read = replaced(table, registry_id, before, after)
        try:
            table.transact([*as_read, *also])
        except VersionConflict:
            continue
        if len(also) < FULL:
            return read, after
        # What one transaction did not hold follows in the next.
    raise VersionConflict
