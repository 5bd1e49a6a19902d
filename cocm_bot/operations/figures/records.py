"""Derive the outcome records' writes of a patient's change, for the same transaction."""

from collections.abc import Iterable, Sequence

from cocm_bot.domain.figures.episodes.histories import records_from
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.episodes.turns import followed_by, turns_of
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.history import AuditLog, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.context import Context
from cocm_bot.store.figures import outcome_items
from cocm_bot.store.patients import history
from cocm_bot.store.table.writes import Write

MOST_EPISODES = 15
"""The latest episodes, as many as one transaction rewrites beside the months of the ledger. Nobody has so
many; of somebody who had, `check` puts the others right."""


def followed(ctx: Context, before: Patient, after: Patient, audit: AuditLog) -> Patient:
    """Return a changed patient with the turns that its audit entry adds to.

    Those of a patient who has none yet are made of the whole history. Raises Unavailable.
    """
    known = before.turns
    if known is None:
        trail = history.audit_trail(ctx.table, *before.histories)
        if trail.broken:
            return after
        known = turns_of(trail)
    return after.model_copy(update={"turns": followed_by(known, audit)})


def moved(
    registry: Registry,
    before: Patient,
    logs: Sequence[TreatmentLog],
    after: Patient,
    standing: Sequence[TreatmentLog],
) -> list[Write]:
    """The writes for the episodes that figures count otherwise after a change.

    `after` has its turns already; without them its records are left to the recalculation.
    """
    was = _records(registry, before, logs)
    return outcome_items.moved(registry.id, was, _records(registry, after, standing))[-MOST_EPISODES:]


def tracked(patient: Patient, audits: Iterable[AuditLog]) -> Patient:
    """Return a patient with the turns of all audit entries."""
    return patient.model_copy(update={"turns": turns_of(audits)})


def begun(registry: Registry, patient: Patient, logs: Sequence[TreatmentLog]) -> list[Write]:
    """The writes that add the records of a new patient, who has the turns, in the same transaction."""
    return outcome_items.moved(registry.id, (), _records(registry, patient, logs))[-MOST_EPISODES:]


def missing(ctx: Context, registry: Registry, patient: Patient, logs: Sequence[TreatmentLog]) -> list[Write]:
    """The writes that make a patient's stored records what follows from the history. Raises Unavailable."""
    stored = outcome_items.of_patient(ctx.table, registry.id, patient.id)
    right = _records(registry, patient, logs)
    return outcome_items.put_right(registry.id, stored, right)[-MOST_EPISODES:]


def taken_out(ctx: Context, registry: Registry, patient_id: str) -> list[Write]:
    """The writes that delete all records of a patient. Raises Unavailable."""
    return outcome_items.put_right(
        registry.id, outcome_items.of_patient(ctx.table, registry.id, patient_id), ()
    )


def retold(ctx: Context, patient: Patient, audits: Iterable[AuditLog]) -> Patient:
    """Return a patient with the turns of the whole history and of these new entries. Raises Unavailable.

    Without turns where a part of the history can't be read: the recalculation sees to the records then.
    """
    trail = history.audit_trail(ctx.table, *patient.histories)
    if trail.broken:
        return patient.model_copy(update={"turns": None})
    return tracked(patient, [*trail, *audits])


def _records(registry: Registry, patient: Patient, logs: Sequence[TreatmentLog]) -> Sequence[OutcomeRecord]:
    """Return the records of a patient; none of one without turns."""
    if patient.turns is None:
        return ()
    return records_from(patient, logs, patient.turns, registry.policy)
