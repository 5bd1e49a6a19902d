"""Get the outcome records of a registry: the one place that knows where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cocm_bot.domain.figures.episodes.histories import outcome_records
from cocm_bot.domain.figures.episodes.outcome_record import FORM, OutcomeRecord
from cocm_bot.domain.figures.erased_counts import Counts
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs
from cocm_bot.store.figures import erased_items, outcome_items
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history, lists
from cocm_bot.store.table.errors import BrokenItem


@dataclass
class Outcomes:
    """The outcome records of a registry, and how many patients are not among them."""

    records: list[OutcomeRecord] = field(default_factory=list)
    unread: int = 0
    """Patients whose record or history can't be read, and years of counts of erased ones."""
    recalculating: bool = False
    """True while the clock derives them again: some may follow the policy from before."""
    erased: Mapping[str, Counts] = field(default_factory=dict)
    """The counts of erased patients, by period."""


def outcomes_of(ctx: Context, registry: Registry) -> Outcomes:
    """Return the records of every patient, those who left included, as stored: a query or a few.

    Where they are not filled yet, or of another form, the histories are counted. Raises Unavailable.
    """
    if registry.outcomes_form != FORM:
        found = counted_anew(ctx, registry)
    else:
        # Looked at first: one that ends while the records are read may have left some of them behind.
        running = jobs.readable(ctx.table, JobKind.RECALCULATION, registry.id) is not None
        stored = outcome_items.of_registry(ctx.table, registry.id)
        found = Outcomes(stored.records, len(stored.unread), running)
    kept = erased_items.of_registry(ctx.table, registry.id)
    found.erased = kept.by_period
    found.unread += len(kept.unread)
    return found


def counted_anew(ctx: Context, registry: Registry) -> Outcomes:
    """Return the same from the patients' histories: two requests and more for each. Raises Unavailable."""
    found = Outcomes()
    for page in lists.record_pages(ctx.table, registry.id):
        found.unread += page.broken
        for patient in page:
            _count(ctx, registry, patient, found)
    return found


def _count(ctx: Context, registry: Registry, patient: Patient, found: Outcomes) -> None:
    entries = history.everything(ctx.table, *patient.histories)
    try:
        logs, audits = history.read_contacts(entries), history.read_audits(entries)
    except BrokenItem:
        found.unread += 1
        return
    found.records += outcome_records(patient, logs, audits, registry.policy)
