"""A registry at one moment: read once, for the digests of all its recipients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.records.patient import Patient, PatientSummary
from cocm_bot.operations.caseload.rows import Row
from cocm_bot.operations.caseload.worklist import due_rows
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import Gaps, all_gaps
from cocm_bot.store.patients import lists, patients
from cocm_bot.store.table.items import Listing
from cocm_bot.store.team import people


@dataclass(frozen=True)
class RegistrySnapshot:
    """A registry as it was read."""

    registry: Registry
    now: datetime
    day: date
    """The registry's local day."""
    rows: Sequence[Row]
    """Everybody with something due, in order of urgency."""
    gaps: Gaps
    """The part of them that can't be read."""
    everything: Callable[[], Gaps]
    """All that is not known of the registry, read once somebody is about to hear that nothing is left."""
    team: Sequence[RegistryUser]
    everyone: Callable[[], Listing[PatientSummary]]
    """The whole caseload, read once it is first asked for: on most days nobody does."""
    patient: Callable[[str], Patient | None]
    """A patient as a whole, by MRN, read once."""


def due_of(ctx: Context, registry: Registry) -> RegistrySnapshot:
    """Return what is due in a registry now: one query of the index, up to today. Raises Unavailable."""
    now = ctx.now()
    rows, gaps = due_rows(ctx, registry)
    return RegistrySnapshot(
        registry=registry,
        now=now,
        day=registry.policy.local_date(now.timestamp()),
        rows=rows,
        gaps=gaps,
        everything=cache(lambda: all_gaps(ctx, registry)),
        team=people.members(ctx.table, registry.id).records,
        everyone=cache(lambda: lists.caseload(ctx.table, registry.id)),
        patient=cache(lambda mrn: patients.get(ctx.table, registry.id, mrn)),
    )
