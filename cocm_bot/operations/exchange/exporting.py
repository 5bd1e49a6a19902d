"""Exporting patients with their whole history: a registry, or one patient."""

from collections.abc import Iterator
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import NotFound, no_such_patient
from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.operations.access.access_logging import record_export
from cocm_bot.operations.context import Context
from cocm_bot.store import registries
from cocm_bot.store.patients import history, patients
from cocm_bot.store.team import people


@dataclass(frozen=True)
class Export:
    """The patients of a registry, or one of them, that somebody is about to be given."""

    ctx: Context
    registry: Registry
    members: list[RegistryUser]
    account: str
    handle: str
    total: int

    def records(self) -> Iterator[Arrival]:
        """Return each patient as it is now with the whole history, in the order of MRNs.

        A page of them is written to the access log before the first of it is returned. Raises Unavailable, or
        BrokenItem for one that can't be read: an export with a gap would pass for whole.
        """
        for page in self._pages():
            ids = [each.id for each in page]
            record_export(self.ctx, self.registry.id, AccessAction.EXPORT_PATIENTS, self.account, ids)
            for patient in page:
                yield self._with_history(patient)

    def _pages(self) -> Iterator[list[Patient]]:
        if not self.handle:
            yield from patients.whole(self.ctx.table, self.registry.id)
            return
        found = patients.by_handle(self.ctx.table, self.registry.id, self.handle)
        if found is None:
            raise no_such_patient()
        yield [found]

    def _with_history(self, patient: Patient) -> Arrival:
        found = history.everything(self.ctx.table, *patient.histories)
        return Arrival(
            Place("registry", patient.handle),
            # One record to whoever reads it: the histories are joined here already.
            as_of(patient, self.registry.policy, self.ctx.now()).model_copy(update={"joined": ()}),
            history.read_logs(found),
            history.read_audits(found),
            history.read_voids(found),
        )


def prepare_export(ctx: Context, registry_id: str, account: str, handle: str = "") -> Export:
    """Return what is to be exported; raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    entries = patients.directory(ctx.table, registry_id)
    if handle and handle.upper() not in {each.handle for each in entries}:
        raise no_such_patient()
    members = people.members(ctx.table, registry_id).records
    total = 1 if handle else sum(not each.same_as for each in entries)
    return Export(ctx, registry, members, account, handle.upper(), total)
