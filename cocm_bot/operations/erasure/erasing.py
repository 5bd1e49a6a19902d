"""Erasing a patient once a second person confirmed it: run again after a kill, it goes on.

First the record goes, with its count, in one transaction, which adds what past figures keep: from then on
nobody sees the patient. Then its
months in the ledger, then all that a sweep of the whole table finds, until a sweep finds nothing. What to
look for is kept with the erasure until then, and dropped with the last step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.errors import Conflict, NotFound
from cocm_bot.domain.figures.episodes.histories import outcome_records
from cocm_bot.domain.figures.erased_counts import Counts, counts_left
from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.erasure import (
    Erasure,
    ErasureState,
    Traces,
    check_hold,
    check_ready,
    tombstone,
)
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import record_export, recorded_by_account
from cocm_bot.operations.billing.ledger import put_right
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store import counters, jobs, registries
from cocm_bot.store.erasure import erasures
from cocm_bot.store.erasure.sweep import Found, Sweep
from cocm_bot.store.figures import erased_items
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import change_log, history, merges, patients
from cocm_bot.store.patients.patient_items import UNCHANGED, active
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import VersionConflict
from cocm_bot.store.table.writes import Write

TRIES = 20
"""Times a record that others change is read again before it goes."""
SWEEPS = 5
"""Times the table is swept: what somebody wrote during one is found by the next."""
MOST_AT_ONCE = 25
"""Items that one transaction takes out."""


@dataclass
class Erasing:
    """One erasure that is being carried out, by an account of the operating system."""

    ctx: Context
    registry: Registry
    erasure: Erasure
    account: str

    def run(self) -> Iterator[int]:
        """Erase the patient; yield how many items are gone so far.

        Raises Conflict for one that is not confirmed, or under legal hold, or of which something can't be
        taken out, or Unavailable: run again, it goes on.
        """
        check_ready(self.erasure, self.ctx.now().timestamp())
        record_export(
            self.ctx, self.registry.id, AccessAction.ERASE, self.account, (self.erasure.patient_id,)
        )
        traces = self._take_the_record()
        self._take_out_of_the_ledger(traces)
        # What an earlier change still has to add is counted, and names the patient no more.
        counters.settle(self.ctx.table, self.registry.id)
        gone = 0
        for _ in range(SWEEPS):
            left = 0
            for number in self._sweep(traces):
                left += number
                yield gone + left
            gone += left
            if left == 0:
                self._finish(gone)
                return
        raise Conflict("Something is still written about this patient. Run the erasure again.")

    def _take_the_record(self) -> Traces:
        """Write down what to look for, then delete the record; return what to look for."""
        for _ in tries(TRIES):
            patient = patients.by_handle(self.ctx.table, self.registry.id, self.erasure.handle)
            if patient is None or patient.id != self.erasure.patient_id:
                if self.erasure.traces is None:
                    raise Conflict("The record was changed meanwhile. Ask for the erasure again.")
                return self.erasure.traces
            check_hold(patient)
            traces, left = self._traces(patient), self._counts_left(patient)
            begun = self.erasure.model_copy(update={"state": ErasureState.ERASING, "traces": traces})
            self.ctx.table.transact([erasures.storing(self.registry.id, self.erasure, begun)])
            self.erasure = begun
            try:
                self._delete(patient, traces, left)
            except VersionConflict:
                continue
            return traces
        raise VersionConflict

    def _counts_left(self, patient: Patient) -> Mapping[str, Mapping[str, Counts]]:
        """Return what figures keep counting of the patient, by year and period."""
        table, policy = self.ctx.table, self.registry.policy
        logs = history.contacts(table, *patient.histories)
        audits = history.audit_trail(table, *patient.histories)
        records = outcome_records(patient, logs, audits, policy)
        return counts_left(records, policy, policy.local_date(self.ctx.now().timestamp()))

    def _delete(self, patient: Patient, traces: Traces, left: Mapping[str, Mapping[str, Counts]]) -> None:
        registry_id, read = self.registry.id, {"id": patient.id, "version": patient.version}
        by = active(patient)
        place = keys.patient(registry_id, patient.patient_mrn)
        with recorded_by_account(
            self.ctx, registry_id, AccessAction.ERASE, self.account, (patient.id,)
        ) as access:
            self.ctx.table.transact(
                [
                    writes.delete(place, UNCHANGED, read, lambda _: VersionConflict()),
                    *(writes.forget(keys.directory_entry(registry_id, each)) for each in traces.handles),
                    *self._noted(patient, traces),
                    *erased_items.adding(self.ctx.table, registry_id, left),
                    *([counters.active_patients(registry_id, -by)] if by else []),
                    *access,
                ]
            )

    def _noted(self, patient: Patient, traces: Traces) -> list[Write]:
        """Return the writes by which processes that remember the patient forget them."""
        table, version = self.ctx.table, patient.version + 1
        return [change_log.noting(table, self.registry.id, each, version) for each in traces.handles]

    def _traces(self, patient: Patient) -> Traces:
        """Return the ids and numbers by which everything of the patient is found."""
        table, registry_id = self.ctx.table, self.registry.id
        logs = history.contacts(table, *patient.histories)
        merged = [each for each in merges.of_registry(table, registry_id) if each.other_id in patient.joined]
        changes = [
            change
            for audit in history.audit_trail(table, *patient.histories)
            for change in audit.changes
            if change.attribute == "patient_mrn"
        ]
        mrns = {patient.patient_mrn, *(each.other_mrn for each in merged)}
        mrns |= {text for change in changes for text in (change.before, change.after) if text}
        return Traces(
            ids=patient.histories,
            handles=tuple(sorted({patient.handle, *(each.other_handle for each in merged)})),
            mrns=tuple(sorted(mrns)),
            subjects=tuple(
                sorted(
                    {
                        *(log.id for log in logs),
                        *(each.id for each in patient.alerts),
                        *(each.id for each in patient.recommendations),
                    }
                )
            ),
            words=tuple(filter(None, (patient.last_name, patient.phone_number, patient.email))),
            merges=tuple(each.id for each in merged),
            months=tuple(sorted(ledger_of(patient, logs, self.registry.policy))),
        )

    def _take_out_of_the_ledger(self, traces: Traces) -> None:
        for patient_id in traces.ids:
            while found := put_right(self.ctx, self.registry, patient_id, {}, traces.months):
                self.ctx.table.transact(found)

    def _sweep(self, traces: Traces) -> Iterator[int]:
        """Take out what one sweep finds; yield the number of items of each step."""
        for page in Sweep(self.registry.id, traces).found(self.ctx.table):
            for first in range(0, len(page), MOST_AT_ONCE):
                some = page[first : first + MOST_AT_ONCE]
                self.ctx.table.transact([*self._emptying(some), *(each.write for each in some)])
                yield len(some)

    def _emptying(self, found: list[Found]) -> list[writes.Write]:
        """The clock's work that empties messages in Slack, in the transaction that forgets where they are."""
        messages = [list(message) for each in found for message in each.messages]
        if not messages:
            return []
        at = self.ctx.now().timestamp()
        job = jobs.new_job(JobKind.ERASED, new_id(), self.registry.id, at, {"messages": messages})
        return [jobs.adding(job)]

    def _finish(self, items: int) -> None:
        done = tombstone(self.erasure, f"account {self.account}", self.ctx.now().timestamp(), items)
        self.ctx.table.transact([erasures.storing(self.registry.id, self.erasure, done)])
        self.erasure = done


def prepare_erasure(ctx: Context, registry_id: str, handle: str, account: str) -> Erasing:
    """Return an erasure that is to be carried out, or to go on; raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    wanted = handle.strip().upper()
    patient = patients.by_handle(ctx.table, registry_id, wanted) if wanted else None
    if patient is not None:
        found = erasures.get(ctx.table, registry_id, patient.id)
    else:
        waiting = erasures.of_registry(ctx.table, registry_id)
        found = next((each for each in waiting if wanted and each.handle == wanted), None)
    if found is None or found.state is ErasureState.ERASED:
        raise NotFound("Nobody has asked for the erasure of a patient with this handle.")
    return Erasing(ctx, registry, found, account)
