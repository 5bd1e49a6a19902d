"""Merging two records of one person: looked at first, then done in one transaction. `unmerging` undoes it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from cocm_bot.domain.access import AccessAction, Action, Actor, AdminRight, LoggedAction
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound, no_such_patient
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.patients.joining import MOST_DOUBLES, Joined, Side, join, marked
from cocm_bot.domain.records.history import AuditLog, Change
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.operations.access.access_logging import (
    authorise,
    authorise_admin,
    record_export,
    record_view,
    recorded,
    recorded_by_account,
)
from cocm_bot.operations.billing.ledger import moved_between
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.figures.records import missing, retold, taken_out
from cocm_bot.operations.patients.changes import compared
from cocm_bot.store import registries
from cocm_bot.store.billing import closings
from cocm_bot.store.billing.ledger import Months
from cocm_bot.store.patients import history, merges, patients
from cocm_bot.store.patients.merges import Entry, Merge, Records
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import BrokenItem, VersionConflict
from cocm_bot.store.table.writes import Write

TRIES = 20
"""Times a merge that met a change of either record is looked at again."""
BESIDE = 16
"""Writes of a merge beside the voids and the ledger."""
LARGEST_TRANSACTION = 100

Recorded = Callable[[LoggedAction, Iterable[str]], AbstractContextManager[list[Write]]]
Viewed = Callable[[Iterable[str]], None]


@dataclass(frozen=True)
class Comparison:
    """Two records beside each other, before they are merged."""

    kept: Side
    other: Side
    joined: Joined
    months: tuple[str, ...]
    """The other's months in the billing ledger."""
    closed: tuple[str, ...]
    """Those of them that are closed: their list will say that they changed since."""

    @property
    def seen(self) -> tuple[int, int]:
        """Return the versions that were looked at."""
        return self.kept.patient.version, self.other.patient.version

    @property
    def moves(self) -> Sequence[str]:
        """Return what the kept record gets from the other, counted, as `1 contact`."""
        patient, logs = self.other.patient, self.other.logs
        counts = (
            (sum(log.is_contact for log in logs), "contact", "contacts"),
            (sum(not log.is_contact for log in logs), "other piece of work", "other pieces of work"),
            (len(patient.flags), "flag", "flags"),
            (len(patient.alerts), "safety alert", "safety alerts"),
            (len(patient.recommendations), "recommendation", "recommendations"),
            (len(patient.risk_screens), "risk screen", "risk screens"),
            (len(self.months), "month of billing", "months of billing"),
            (len(self.joined.voids), "entry in both, counted once", "entries in both, counted once"),
        )
        return [f"{number} {one if number == 1 else many}" for number, one, many in counts if number]


@dataclass(frozen=True)
class Merging:
    """Merges in one registry, for somebody who may."""

    ctx: Context
    registry: Registry
    by: str
    recorded: Recorded
    viewed: Viewed

    def compare(self, kept_handle: str, other_handle: str) -> Comparison:
        """Return what a merge would do; nothing is written but the view.

        Raises InvalidInput for one record twice, NotFound, Conflict for one that can't be merged, or
        Unavailable.
        """
        kept, other = self.patient(kept_handle), self.patient(other_handle)
        if kept.id == other.id:
            if not _same(kept_handle, other_handle):
                raise Conflict("These two are one record already.")
            raise InvalidInput("Choose another record: this one can't be merged with itself.")
        self.viewed((kept.id, other.id))
        return self._compared(kept, other)

    def merge(self, kept_handle: str, other_handle: str, seen: tuple[int, int] | None = None) -> Patient:
        """Merge the other record into the kept one; return that.

        `seen` are the versions that were looked at. Done already, it changes nothing. Raises as `compare`,
        and Conflict where either record was changed since.
        """
        for _ in tries(TRIES):
            kept, other = self.patient(kept_handle), self.patient(other_handle)
            if kept.id == other.id and not _same(kept_handle, other_handle):
                return kept
            found = self.compare(kept_handle, other_handle)
            if seen is not None and seen != found.seen:
                raise Conflict("One of the records was changed since you looked. Look again, then merge.")
            try:
                return self._write(found)
            except VersionConflict:
                continue
        raise VersionConflict

    def patient(self, handle: str) -> Patient:
        """Return the patient whom a handle finds; raises NotFound."""
        patient = patients.by_handle(self.ctx.table, self.registry.id, handle.strip().upper())
        if patient is None:
            raise no_such_patient()
        return patient

    def _compared(self, kept: Patient, other: Patient) -> Comparison:
        if other.legal_hold is not None:
            raise Conflict("The other record is under legal hold. Keep that one, or lift the hold first.")
        mine, theirs = (
            Side(each, history.contacts(self.ctx.table, *each.histories)) for each in (kept, other)
        )
        joined = join(mine, theirs, self.registry.policy, self.by, self.ctx.now())
        if len(joined.voids) > MOST_DOUBLES:
            raise Conflict(
                f"More than {MOST_DOUBLES} entries are in both records: correct or undo the copy first."
            )
        months = sorted(ledger_of(other, theirs.logs, self.registry.policy))
        closed = tuple(filter(self._closed, months))
        return Comparison(mine, theirs, joined, tuple(months), closed)

    def _closed(self, month: str) -> bool:
        try:
            return closings.get(self.ctx.table, self.registry.id, month) is not None
        except BrokenItem:
            return True

    def _write(self, found: Comparison) -> Patient:
        kept, other, joined = found.kept.patient, found.other.patient, found.joined
        policy, now = self.registry.policy, self.ctx.now()
        shown = compared(as_of(kept, policy, now), joined.patient)
        mine = self.audit(AuditAction.MERGED, kept.version + 1, [*_told(found), *shown])
        gone = Change(attribute="record", before=other.handle, after=kept.handle)
        theirs = self.audit(AuditAction.MERGED_AWAY, other.version + 1, [gone])
        tail = (*kept.audit_logs, mine)[-TAIL:]
        after = retold(self.ctx, joined.patient.model_copy(update={"audit_logs": tail}), (mine, theirs))
        standing = marked([*found.kept.logs, *found.other.logs], joined.voids)
        months: dict[str, tuple[Months, Months]] = {
            kept.id: (ledger_of(kept, found.kept.logs, policy), ledger_of(after, standing, policy)),
            other.id: (ledger_of(other, found.other.logs, policy), {}),
        }
        counted = [
            *missing(self.ctx, self.registry, after, standing),
            *taken_out(self.ctx, self.registry, other.id),
        ]
        room = LARGEST_TRANSACTION - BESIDE - len(joined.voids) - len(counted)
        entries = [
            Entry(kept.id, mine, latest(kept.audit_logs), joined.voids),
            Entry(other.id, theirs, latest(other.audit_logs)),
        ]
        merge = Merge(
            id=new_id(),
            kept_id=kept.id,
            kept_handle=kept.handle,
            other_id=other.id,
            other_handle=other.handle,
            other_mrn=other.patient_mrn,
            by=self.by,
            at=now.timestamp(),
            audit_id=mine.id,
        )
        with self.recorded(AuditAction.MERGED, (kept.id, other.id)) as access:
            merges.store(
                self.ctx.table,
                self.registry.id,
                Records(kept, other),
                after,
                merge,
                entries,
                self.ctx.trail.keyring,
                [*access, *counted, *moved_between(self.ctx, self.registry, months, room)],
            )
        return self.patient(kept.handle)

    def audit(self, action: AuditAction, version: int, changes: Iterable[Change] = ()) -> AuditLog:
        """Return the audit entry of a change that makes a version of a record."""
        return AuditLog(
            id=new_id(),
            object_name=action.object_name,
            action=action,
            user_id=self.by,
            created_date=self.ctx.now().timestamp(),
            changes=tuple(changes),
            version=version,
        )


def latest(written: Sequence[AuditLog]) -> AuditLog | None:
    """Return the last of some audit entries in their order."""
    return written[-1] if written else None


def merging(ctx: Context, actor: Actor) -> Merging:
    """Return the merges of a registry; raises NotAllowed unless the actor is an admin who sees patients."""
    authorise(ctx, actor, Action.VIEW_PATIENT)
    authorise_admin(ctx, actor, AdminRight.MERGE)
    return Merging(
        ctx,
        actor.registry,
        actor.user_id,
        partial(recorded, ctx, actor),
        partial(record_view, ctx, actor, AdminRight.MERGE),
    )


def merging_by_account(ctx: Context, registry_id: str, account: str) -> Merging:
    """Return the merges of a registry for the operating system's account; raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")

    def by_account(action: LoggedAction, ids: Iterable[str]) -> AbstractContextManager[list[Write]]:
        return recorded_by_account(ctx, registry_id, action, account, ids)

    def viewed(ids: Iterable[str]) -> None:
        record_export(ctx, registry_id, AccessAction.COMPARE_RECORDS, account, ids)

    return Merging(ctx, registry, f"account {account}", by_account, viewed)


def _same(one: str, other: str) -> bool:
    return one.strip().upper() == other.strip().upper()


def _told(found: Comparison) -> list[Change]:
    """Return the merge in words for the kept record's history: what was true before, and what is since."""
    other = found.other.patient
    return [
        Change(attribute="record", before=other.handle, after=found.kept.patient.handle),
        *(
            Change(attribute=each.what, before=f"{each.kept} / {each.other}", after=each.after)
            for each in found.joined.differences
        ),
    ]
