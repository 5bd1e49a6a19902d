"""Patients whose record, place in the index, directory entry and history disagree.

The record and its history count: what follows from them is made again. Neither is changed itself. Of a
history that was tampered with nothing is derived, unless a person takes it for right: that is an entry of
its own.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.figures.episodes.outcome_record import FORM
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.packed_history import is_current, packed
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.records.history import AuditLog, Change
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.domain.safety.alerts import is_paging
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.billing import ledger as months
from cocm_bot.operations.checking.findings import Finding, Kind
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.figures import records
from cocm_bot.operations.gaps import record_name
from cocm_bot.operations.patients.enrolment import new_handle
from cocm_bot.operations.registries.recalculation import recalculated
from cocm_bot.operations.safety import alerts
from cocm_bot.store import jobs
from cocm_bot.store.audit import history_seals
from cocm_bot.store.audit.history_seals import Flaw, Flawed, Sealing
from cocm_bot.store.billing import ledger
from cocm_bot.store.figures import outcome_items
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history
from cocm_bot.store.patients.patient_items import packed_in
from cocm_bot.store.repair import repair_patients
from cocm_bot.store.repair.recount import is_active
from cocm_bot.store.repair.repair_patients import Stored
from cocm_bot.store.table import keys
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import BrokenItem, HandleTaken, VersionConflict
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

LOOK_TRIES = 5
"""Times a patient is looked at, or repaired, whom others change at that moment."""
FOLLOWING = frozenset({Kind.LEDGER, Kind.OUTCOMES})
"""Items of their own that follow from a history: of one that was tampered with nothing is derived."""
FLAWS = {
    Flaw.ALTERED: Kind.ENTRY_ALTERED,
    Flaw.UNSEALED: Kind.ENTRY_UNSEALED,
    Flaw.GONE: Kind.ENTRY_GONE,
}
PHANTOM = 3
"""The attributes of an item that holds its two keys and one more."""


@dataclass
class Patients:
    """The patients of one registry, as they are checked; what stays in memory is ids."""

    ctx: Context
    registry: Registry
    members: Set[str]
    """The user ids of the registry's members."""
    since: float | None
    """Since when histories are sealed (seconds UTC); None where they are not yet."""
    accept_as: str | None
    """The account that accepts tampered histories as right; None to leave them."""
    deriving: bool
    """True while the clock recalculates them: values that follow from the policy are in flux then."""
    months: Set[str] = frozenset()
    """The months (`YYYY-MM`) in which the registry's ledger holds anything."""
    ids: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)
    """The ids of the records that were merged into others: what is left of them are histories."""
    handles: set[str] = field(default_factory=set)
    active: int = 0

    def check(self) -> Iterator[Finding]:
        """Yield what is wrong with each. Raises Unavailable."""
        for page in repair_patients.pages(self.ctx.table, self.registry.id):
            for item in page:
                yield from self._check(item)

    def check_directory(self) -> Iterator[Finding]:
        """Yield what the directory has that is no patient's, once all patients were checked."""
        table, registry_id = self.ctx.table, self.registry.id
        for page in repair_patients.directory_pages(table, registry_id):
            for entry in page:
                handle = key_of(entry).sk
                if handle in self.handles or repair_patients.holds_handle(table, registry_id, entry):
                    continue
                repair = partial(repair_patients.drop_entry, table, registry_id, handle)
                yield self._found(Kind.STALE_ENTRY, handle, repair)

    def check_ledger(self) -> Iterator[Finding]:
        """Yield what the ledger holds of nobody, once all patients were checked."""
        table, registry_id = self.ctx.table, self.registry.id
        for month in sorted(self.months):
            for patient_id in ledger.patients_of(table, registry_id, month):
                if patient_id not in self.ids:
                    mend = partial(ledger.forget, table, registry_id, patient_id, month)
                    yield self._found(Kind.STALE_MONTH, f"{patient_id} {month}", mend)

    def check_outcomes(self) -> Iterator[Finding]:
        """Yield the outcome records of nobody, once all patients were checked."""
        for key in outcome_items.patients_of(self.ctx.table, self.registry.id):
            if key.sk.partition("#")[0] not in self.ids:
                yield self._found(
                    Kind.STALE_OUTCOMES, key.sk, partial(outcome_items.forget, self.ctx.table, key)
                )

    def _check(self, item: Item) -> Iterator[Finding]:
        self.active += is_active(item)
        patient_id = item.get("id", {}).get("S", "")
        if len(item) <= PHANTOM:
            yield Finding(Kind.PHANTOM, self.registry.id, keys.fingerprint(key_of(item)))
            return
        self.handles.add(item.get("handle", {}).get("S", ""))
        if patient_id in self.ids:
            yield Finding(Kind.SHARED_ID, self.registry.id, patient_id)
            return
        self.ids.add(patient_id)
        mrn = key_of(item).sk
        if item.get("patient_mrn", {}).get("S") != mrn:
            yield Finding(Kind.MRN, self.registry.id, patient_id)
            return
        try:
            seen, _, kinds, flaws = self._look(mrn)
        except (BrokenItem, ValueError, ArithmeticError):
            # What can be read may still be beyond any calendar or count.
            yield Finding(Kind.BROKEN, self.registry.id, f"{patient_id} {record_name(item)}".strip())
            return
        if seen is None:
            return
        self.joined |= set(seen.patient.joined)
        if seen.patient.status is not Status.DEACTIVATED and self._adrift(seen.patient):
            yield Finding(Kind.CARE_MANAGER, self.registry.id, patient_id)
        for each in flaws:
            accept = partial(self._accept, mrn) if self.accept_as else None
            yield Finding(FLAWS[each.flaw], self.registry.id, f"{patient_id} {each.entry_id}", accept)
        for kind in kinds:
            yield self._found(kind, patient_id, partial(self._repair, mrn))
        if self._unsent(seen.patient) and repair_patients.unchanged(self.ctx.table, seen):
            yield self._found(Kind.ALERT, patient_id, partial(self._send, mrn))

    def _look(self, mrn: str) -> tuple[Stored | None, Patient | None, list[Kind], list[Flawed]]:
        """A patient, as it should be, and what is wrong; looks until nobody changes it meanwhile."""
        table = self.ctx.table
        for _ in tries(LOOK_TRIES):
            seen = repair_patients.look(table, self.registry.id, mrn)
            if seen is None:
                break
            flaws = [
                flaw
                for entries in seen.parts.values()
                for flaw in history_seals.flaws(entries, self.ctx.trail.keyring, self.since)
            ]
            right = seen.patient if flaws else self._right(seen)
            kinds = [kind for kind in self._kinds(seen, right) if not (flaws and kind in FOLLOWING)]
            if not (flaws or self.deriving or Kind.DERIVED in kinds) and _packed_otherwise(seen):
                kinds.append(Kind.DERIVED)
            if not (kinds or flaws) or repair_patients.unchanged(table, seen):
                return seen, right, kinds, flaws
        return None, None, [], []

    def _right(self, seen: Stored) -> Patient:
        """The patient as it follows from its history."""
        computed = recalculated(self.registry.policy, self.ctx.now())(seen.patient, seen.logs)
        if self._kept(seen.patient):
            computed = records.tracked(computed, seen.every_audit)
        latest = sorted(seen.audits, key=_written)[-TAIL:]
        if _same(computed.audit_logs, latest, seen.audits):
            return computed
        return computed.model_copy(update={"audit_logs": tuple(latest)})

    def _kinds(self, seen: Stored, right: Patient) -> Iterator[Kind]:
        tails = {"treatment_logs": right.treatment_logs, "audit_logs": right.audit_logs, "turns": right.turns}
        with_tails = seen.patient.model_copy(update=tails)
        if with_tails != seen.patient:
            yield Kind.TAIL
        if with_tails != right and not self.deriving:
            yield Kind.DERIVED
        if not self.deriving and self._billed(right, seen):
            yield Kind.LEDGER
        if not self.deriving and self._counted(right, seen):
            yield Kind.OUTCOMES
        if not seen.placed:
            yield Kind.POSITION
        if not seen.listed:
            yield Kind.HANDLE if self._another_has_handle(seen) else Kind.DIRECTORY

    def _billed(self, right: Patient, seen: Stored) -> list[Write]:
        """The writes that put the patient's months in the ledger right; none where they are."""
        now = ledger_of(right, seen.logs, self.registry.policy)
        return months.put_right(self.ctx, self.registry, right.id, now, {*self.months, *now})

    def _kept(self, patient: Patient) -> bool:
        """Return whether a patient is to have outcome records already."""
        return patient.turns is not None or self.registry.outcomes_form == FORM

    def _counted(self, right: Patient, seen: Stored) -> list[Write]:
        """The writes that put the patient's outcome records right; none where they are, or are to come."""
        if not self._kept(seen.patient):
            return []
        return records.missing(self.ctx, self.registry, right, seen.logs)

    def _followed(self, right: Patient, seen: Stored) -> list[Write]:
        """The writes that put right whatever follows from a patient's history in items of its own."""
        return [*self._billed(right, seen), *self._counted(right, seen)]

    def _another_has_handle(self, seen: Stored) -> bool:
        entry = seen.entry
        if entry is None or entry.get("patient_id", {}).get("S") == seen.patient.id:
            return False
        return repair_patients.holds_handle(self.ctx.table, self.registry.id, entry)

    def _repair(self, mrn: str) -> None:
        """Put a patient right, as it is now; does nothing when all is right by now."""
        for _ in tries(LOOK_TRIES):
            seen, right, kinds, _ = self._look(mrn)
            if seen is None or right is None or not kinds:
                return
            handle = new_handle() if Kind.HANDLE in kinds else seen.patient.handle
            try:
                mended = right.model_copy(update={"handle": handle})
                repair_patients.put_right(self.ctx.table, seen, mended, self._followed(mended, seen))
            except (VersionConflict, HandleTaken):
                continue
            self.handles.add(handle)
            return
        raise VersionConflict

    def _accept(self, mrn: str) -> None:
        """Take a patient's history for right as it is now, in an audit entry, and derive from it."""
        for _ in tries(LOOK_TRIES):
            seen, _, _, flaws = self._look(mrn)
            if seen is None or not flaws:
                return
            right, added = self._right(seen), list[Write]()
            for patient_id, entries in seen.parts.items():
                if audit := self._accepting(patient_id, entries, seen.patient.version + 1, added):
                    own = patient_id == seen.patient.id
                    tail = (*right.audit_logs, audit)[-TAIL:] if own else right.audit_logs
                    right = right.model_copy(update={"audit_logs": tail})
            try:
                repair_patients.put_right(self.ctx.table, seen, right, [*added, *self._followed(right, seen)])
            except VersionConflict:
                continue
            return
        raise VersionConflict

    def _accepting(
        self, patient_id: str, entries: Sequence[Item], version: int, added: list[Write]
    ) -> AuditLog | None:
        """Return the entry that accepts a history as it is, its write added; None where nothing is wrong."""
        ring, by_key = self.ctx.trail.keyring, {key_of(each).sk: each for each in entries}
        flaws = history_seals.flaws(entries, ring, self.since)
        if not flaws:
            return None
        audit = AuditLog(
            id=new_id(),
            object_name=AuditAction.HISTORY_ACCEPTED.object_name,
            action=AuditAction.HISTORY_ACCEPTED,
            user_id=f"account {self.accept_as}",
            created_date=self.ctx.now().timestamp(),
            changes=(Change(attribute="flawed entries", before=str(len(flaws)), after="accepted"),),
            version=version,
        )
        sealing = Sealing(
            ring,
            accepted=[history_seals.digest(by_key[each.sk], ring) for each in flaws if each.sk in by_key],
            given_up=[each.sk for each in flaws if each.sk not in by_key],
        )
        added += history.added(patient_id, (), (audit,), sealing=sealing)
        return audit

    def _unsent(self, patient: Patient) -> list[Alert]:
        """Return the open alerts that wait in no queue."""
        table = self.ctx.table
        return [
            each
            for each in patient.alerts
            if is_paging(each) and not jobs.readable(table, JobKind.ALERT, each.id)
        ]

    def _send(self, mrn: str) -> None:
        """Have the clock send a patient's alerts."""
        seen = repair_patients.look(self.ctx.table, self.registry.id, mrn)
        if seen is None:
            return
        at = self.ctx.now().timestamp()
        for each in self._unsent(seen.patient):
            self.ctx.table.put(alerts.sending(self.registry, seen.patient, each.id, at))

    def _adrift(self, patient: Patient) -> bool:
        return patient.care_manager is not None and patient.care_manager not in self.members

    def _found(self, kind: Kind, subject: str, repair: partial[None]) -> Finding:
        return Finding(kind, self.registry.id, subject, repair)


def _packed_otherwise(seen: Stored) -> bool:
    """Return whether what a contact dated last would be derived from is not the history."""
    kept = packed_in(seen.item)
    if kept is None or not is_current(kept, seen.patient):
        return False
    return kept != packed(seen.logs, kept.version)


def _written(entry: AuditLog) -> tuple[int, float, str]:
    """The order in which entries were written: versions count them, whatever the clocks of replicas say."""
    return entry.version or 0, entry.created_date, entry.id


def _same(tail: tuple[AuditLog, ...], latest: list[AuditLog], trail: list[AuditLog]) -> bool:
    """Return whether a patient's latest audit entries are those of the history.

    Of several written at one instant any may be the last.
    """
    known = {entry.id: entry for entry in trail}
    moments = [(_written(entry)[:2]) for entry in latest]
    stored = sorted(_written(entry)[:2] for entry in tail)
    return stored == moments and all(known.get(entry.id) == entry for entry in tail)
