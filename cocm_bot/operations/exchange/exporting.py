"""Exporting patients with their whole history: a registry, or one patient."""

from collections.abc import Iterator
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import NotFound, no_such_patient
from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.patient import DirectoryEntry
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.operations.access.access_logging import record_export
from cocm_bot.operations.context import Context
from cocm_bot.store import registries
from cocm_bot.store.patients import history, patients
from cocm_bot.store.team import people

LOGGED_AT_ONCE = 1000
"""Patients that one entry of the access log names."""


@dataclass(frozen=True)
class Export:
    """The patients of a registry that somebody is about to be given; logged when it was made."""

    ctx: Context
    registry: Registry
    members: list[RegistryUser]
    entries: list[DirectoryEntry]

    def records(self) -> Iterator[Arrival]:
        """Return each patient as it is now with the whole history, one at a time, in the order of handles.

        Raises BrokenItem for one that can't be read: an export with a gap would pass for whole. Unavailable.
        """
        for entry in self.entries:
            patient = patients.by_handle(self.ctx.table, self.registry.id, entry.handle)
            if patient is None:
                continue
            found = history.everything(self.ctx.table, patient.id)
            now = as_of(patient, self.registry.policy, self.ctx.now())
            yield Arrival(
                Place("registry", entry.handle),
                now,
                history.read_logs(found),
                history.read_audits(found),
                history.read_voids(found),
            )


def prepare_export(ctx: Context, registry_id: str, account: str, handle: str = "") -> Export:
    """Return what is to be exported, once the access log says who is given whom.

    Raises NotFound or Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    entries = patients.directory(ctx.table, registry_id)
    if handle:
        entries = [each for each in entries if each.handle == handle.upper()]
        if not entries:
            raise no_such_patient()
    for first in range(0, max(len(entries), 1), LOGGED_AT_ONCE):
        ids = [each.patient_id for each in entries[first : first + LOGGED_AT_ONCE]]
        record_export(ctx, registry_id, AccessAction.EXPORT_PATIENTS, account, ids)
    return Export(ctx, registry, people.members(ctx.table, registry_id).records, entries)
