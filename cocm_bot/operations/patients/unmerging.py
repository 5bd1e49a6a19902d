"""Undoing a merge: both records as they were, within 30 days, unless the kept one was changed since."""

from datetime import datetime

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.errors import Conflict, NotFound
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.records.history import AuditLog
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.operations.billing.ledger import moved_between
from cocm_bot.operations.figures.records import missing, retold
from cocm_bot.operations.patients.changes import compared
from cocm_bot.operations.patients.merging import BESIDE, LARGEST_TRANSACTION, TRIES, Merging, latest
from cocm_bot.operations.registries.recalculation import recalculated
from cocm_bot.store.billing.ledger import Months
from cocm_bot.store.patients import history, merges, patients
from cocm_bot.store.patients.merges import UNDO_SECONDS, Entry, Merge, Records
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import VersionConflict
from cocm_bot.store.table.writes import Write

_MERGED = frozenset({AuditAction.MERGED, AuditAction.MERGED_AWAY})
MOST_TOLD = 5
"""Changes since a merge that are named."""


def undo_merge(merging: Merging, other_handle: str) -> Patient:
    """Undo the merge of a record, named by the handle it had; return that record as it is again.

    Raises NotFound, Conflict once 30 days are over or the kept record was changed since (it says how), or
    Unavailable.
    """
    for _ in tries(TRIES):
        try:
            return _undo(merging, _merge_of(merging, other_handle))
        except VersionConflict:
            continue
    raise VersionConflict


def undoable(merging: Merging, patient: Patient) -> list[str]:
    """Return the handles that records merged into this one had, of merges not older than 30 days."""
    since = merging.ctx.now().timestamp() - UNDO_SECONDS
    found = merges.of_registry(merging.ctx.table, merging.registry.id)
    return sorted(each.other_handle for each in found if each.kept_id == patient.id and each.at >= since)


def _merge_of(merging: Merging, other_handle: str) -> Merge:
    table, registry_id, wanted = merging.ctx.table, merging.registry.id, other_handle.strip().upper()
    entries = patients.entries(table, registry_id, [wanted]) if wanted else []
    found = merges.get(table, registry_id, entries[0].patient_mrn) if entries and entries[0].same_as else None
    if found is None:
        raise NotFound("No record with this handle was merged into another one.")
    if merging.ctx.now().timestamp() > found.at + UNDO_SECONDS:
        raise Conflict("A merge can be undone for 30 days, and these are over.")
    return found


def _undo(merging: Merging, merge: Merge) -> Patient:
    table, policy, at = merging.ctx.table, merging.registry.policy, merging.ctx.now()
    before, now = merges.before(table, merge), merging.patient(merge.kept_handle)
    if now.id != merge.kept_id:
        raise Conflict("The record was merged into another one since. Undo that merge first.")
    if before is None:
        raise Conflict("What the two records were before is no longer kept: this merge can't be undone.")
    written = [_written(merging, each.id) for each in (now, before.other)]
    _require_unchanged(merging, written[0], merge)
    whole = history.contacts(table, *now.histories)
    versions = (now.version + 1, before.other.version + 2)
    restored: list[Patient] = []
    entries: list[Entry] = []
    counted: list[Write] = []
    months: dict[str, tuple[Months, Months]] = {}
    for patient, audits, version in zip((before.kept, before.other), written, versions, strict=True):
        logs = history.contacts(table, *patient.histories)
        was_now = now if patient.id == now.id else before.other
        shown = compared(as_of(was_now, policy, at), as_of(patient, policy, at))
        audit = merging.audit(AuditAction.MERGE_UNDONE, version, shown)
        own = {
            "audit_logs": (*audits, audit)[-TAIL:],
            "date_modified": at.timestamp(),
            "version": version,
        }
        again = recalculated(policy, at)(patient, logs).model_copy(update=own)
        restored.append(retold(merging.ctx, again, [audit]))
        counted += missing(merging.ctx, merging.registry, restored[-1], logs)
        entries.append(Entry(patient.id, audit, latest(audits)))
        was = ledger_of(now, whole, policy) if patient.id == now.id else {}
        months[patient.id] = (was, ledger_of(patient, logs, policy))
    with merging.recorded(AuditAction.MERGE_UNDONE, (merge.kept_id, merge.other_id)) as access:
        room = LARGEST_TRANSACTION - BESIDE - len(counted)
        billed = moved_between(merging.ctx, merging.registry, months, room)
        merges.undo(
            table,
            merging.registry.id,
            now,
            Records(*restored),
            merge,
            entries,
            merging.ctx.trail.keyring,
            [*access, *counted, *billed],
        )
    return merging.patient(merge.other_handle)


def _written(merging: Merging, patient_id: str) -> list[AuditLog]:
    """The entries of a record's own history, in the order in which they were written."""
    found = history.audit_trail(merging.ctx.table, patient_id).records
    return sorted(found, key=lambda each: (each.version or 0, each.created_date, each.id))


def _require_unchanged(merging: Merging, written: list[AuditLog], merge: Merge) -> None:
    """Raise Conflict, saying what was done since, unless the merge was the kept record's last change."""
    since: list[AuditLog] = []
    for each in written[next((at for at, each in enumerate(written, 1) if each.id == merge.audit_id), 0) :]:
        if each.action == AuditAction.MERGE_UNDONE and since and since[-1].action in _MERGED:
            since.pop()
        else:
            since.append(each)
    if not since:
        return
    zone = merging.registry.policy.zone
    told = [
        f"{each.action} on {datetime.fromtimestamp(each.created_date, zone).date().isoformat()}"
        for each in since[:MOST_TOLD]
    ]
    more = f" and {len(since) - MOST_TOLD} more" if len(since) > MOST_TOLD else ""
    raise Conflict(
        f"The record was changed since the merge, so it can't be undone: {', '.join(told)}{more}."
        " Nothing was changed now."
    )
