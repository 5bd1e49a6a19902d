"""Exporting patients with their whole history: a registry, or one patient."""

from collections.abc import Iterator
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction, Action, Actor
from cocm_bot.domain.errors import InvalidInput, NotFound, no_such_patient
from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.notes import Place
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import (
    Requester,
    authorise,
    record_for,
    record_view,
    refuse,
)
from cocm_bot.operations.context import Context
from cocm_bot.operations.usage import EXPORTS
from cocm_bot.store import registries
from cocm_bot.store.patients import history, lists, patients
from cocm_bot.store.team import people

MOST_IN_SLACK = 500
"""Patients of a file that is sent in Slack; more are written on the command line, where nobody waits."""


@dataclass(frozen=True)
class Export:
    """The patients of a registry, or one of them, that somebody is about to be given."""

    ctx: Context
    registry: Registry
    members: list[RegistryUser]
    requester: Requester
    handle: str
    total: int

    def records(self) -> Iterator[Arrival]:
        """Return each patient as it is now with the whole history, in the order of MRNs.

        A page of them is written to the access log before the first of it is returned. Raises Unavailable, or
        BrokenItem for one that can't be read: an export with a gap would pass for whole.
        """
        for page in self._pages():
            ids = [each.id for each in page]
            self._record(ids)
            for patient in page:
                yield self._with_history(patient)

    def _record(self, ids: list[str]) -> None:
        if isinstance(self.requester, Actor):
            record_view(self.ctx, self.requester, Action.EXPORT_PATIENT, ids)
        else:
            record_for(self.ctx, self.requester, self.registry.id, AccessAction.EXPORT_PATIENTS, ids)

    def _pages(self) -> Iterator[list[Patient]]:
        if not self.handle:
            yield from lists.whole(self.ctx.table, self.registry.id)
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


def prepare_export(ctx: Context, registry_id: str, requester: Requester, handle: str = "") -> Export:
    """Return what is to be exported; raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    entries = lists.directory(ctx.table, registry_id)
    if handle and handle.upper() not in {each.handle for each in entries}:
        raise no_such_patient()
    members = people.members(ctx.table, registry_id).records
    total = 1 if handle else sum(not each.same_as for each in entries)
    return Export(ctx, registry, members, requester, handle.upper(), total)


def check_export(ctx: Context, actor: Actor, handle: str) -> None:
    """Raise NotAllowed, logged, unless the actor may export a patient, or without a handle all of them."""
    authorise(ctx, actor, Action.EXPORT_PATIENT)
    if not handle and not actor.is_admin:
        refuse(ctx, actor, Action.EXPORT_PATIENT, "Only an admin of this registry may export all of it.")


def export_for(ctx: Context, actor: Actor, handle: str = "") -> Export:
    """Return what a member is about to be sent in Slack: one patient, or for an admin the registry.

    Raises NotAllowed, TooOften, NotFound, InvalidInput where it is too large, or Unavailable.
    """
    check_export(ctx, actor, handle)
    ctx.usage.take(EXPORTS, actor.user_id, ctx.now().timestamp())
    export = prepare_export(ctx, actor.registry.id, actor, handle)
    if export.total > MOST_IN_SLACK:
        raise InvalidInput(
            f"The registry has {export.total:,} patients, more than the {MOST_IN_SLACK} that fit a file sent "
            "in Slack. Whoever runs the bot can write them with `cocm-bot export`."
        )
    return export
