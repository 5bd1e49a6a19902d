"""Undoing an import while nobody has changed its patients since."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.domain.errors import Conflict, NotFound
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import Requester, record_for, recorded_for
from cocm_bot.operations.billing.ledger import put_right
from cocm_bot.operations.context import Context
from cocm_bot.operations.figures import records
from cocm_bot.store import counters, registries
from cocm_bot.store.exchange import imports
from cocm_bot.store.exchange.imports import Import, ImportedPatient, State
from cocm_bot.store.patients import history, patients

MOST_NAMED = 10
COUNTED_EVERY = 50
"""Patients after which those taken back are taken off the registry's count."""


class AlreadyUndone(Conflict):
    """The import is taken back: there is nothing left to undo."""


@dataclass(frozen=True)
class Undoing:
    """An import that is to be undone, with those it brought."""

    ctx: Context
    registry: Registry
    run: Import
    brought: Sequence[ImportedPatient]
    requester: Requester

    def changed(self) -> list[str]:
        """Return the handles of those whom somebody changed since; one who is gone was taken back before."""
        return [each.handle for each in self.brought if self._as_brought(each) is False]

    def take_back(self) -> Generator[None, None, None]:
        """Delete each patient with its history; run again it goes on.

        Raises Conflict, naming handles, before anything is deleted where somebody changed a patient; or
        VersionConflict where that happens meanwhile, or Unavailable.
        """
        if handles := self.changed():
            named = ", ".join(handles[:MOST_NAMED])
            more = f" and {len(handles) - MOST_NAMED:,} more" if len(handles) > MOST_NAMED else ""
            raise Conflict(
                f"Somebody changed patients of this import since: {named}{more}. Nothing was undone."
            )
        record_for(self.ctx, self.requester, self.run.registry_id, AccessAction.UNDO_IMPORT)
        table = self.ctx.table
        for each in self.brought[:1]:
            imports.check_deletable(table, each.patient_id)
        imports.put(table, self.run.model_copy(update={"state": State.UNDOING}))
        try:
            for number, each in enumerate(self.brought, 1):
                self._take_back(each)
                if number % COUNTED_EVERY == 0:
                    counters.settle(table, self.run.registry_id)
                yield
        finally:
            counters.settle(table, self.run.registry_id)
        imports.put(table, self.run.model_copy(update={"state": State.UNDONE}))

    def _take_back(self, each: ImportedPatient) -> None:
        table, registry_id = self.ctx.table, self.registry.id
        patient = self._stored(each)
        if patient is None:
            imports.finish_taking_back(table, self.run.id, each.patient_id)
            return
        self._take_out_of_the_figures(patient)
        with recorded_for(
            self.ctx, self.requester, registry_id, AccessAction.UNDO_IMPORT, (patient.id,)
        ) as access:
            imports.take_back(table, registry_id, self.run.id, patient, access)

    def _take_out_of_the_figures(self, patient: Patient) -> None:
        """Delete a patient's months in the billing ledger, some at a time, and the outcome records."""
        table = self.ctx.table
        months = ledger_of(patient, history.contacts(table, patient.id), self.registry.policy)
        while found := put_right(self.ctx, self.registry, patient.id, {}, months):
            table.transact(found)
        if found := records.taken_out(self.ctx, self.registry, patient.id):
            table.transact(found)

    def _as_brought(self, each: ImportedPatient) -> bool | None:
        """Return whether the record's last change is still the import; None where there is no record."""
        patient = self._stored(each)
        if patient is None:
            # A record that was merged into another has no handle of its own, but its history is that one's.
            entries = patients.entries(self.ctx.table, self.run.registry_id, [each.handle])
            return False if entries and entries[0].same_as else None
        return bool(patient.audit_logs) and patient.audit_logs[-1].id == each.audit_id

    def _stored(self, each: ImportedPatient) -> Patient | None:
        # By handle, because a corrected MRN is a change too.
        patient = patients.by_handle(self.ctx.table, self.run.registry_id, each.handle)
        return patient if patient is not None and patient.id == each.patient_id else None


def prepare_undo(ctx: Context, registry_id: str, import_id: str, requester: Requester) -> Undoing:
    """Return an import that is to be undone; raises NotFound, AlreadyUndone or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    run = imports.get(ctx.table, registry_id, import_id)
    if registry is None or run is None:
        raise NotFound("There is no import with this id in this registry.")
    if run.state is State.UNDONE:
        raise AlreadyUndone("This import is undone already.")
    return Undoing(ctx, registry, run, imports.patients_of(ctx.table, import_id), requester)
