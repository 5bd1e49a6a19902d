"""The one way a patient is changed: an audit entry says how, and every derived field is computed again.

The access log says that it was, and the billing ledger and the outcome records follow, in one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cocm_bot.domain.access import Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.caseload.snoozes import outlasting
from cocm_bot.domain.patients.derive import as_of, derive
from cocm_bot.domain.patients.packed_history import packed
from cocm_bot.domain.records.history import AuditLog, Change, TreatmentLog, Voided
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.operations.access.access_logging import recorded
from cocm_bot.operations.billing import ledger
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.figures import records
from cocm_bot.operations.figures.records import followed
from cocm_bot.store.patients import history as entries
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.writes import Write


def edited(
    ctx: Context,
    actor: Actor,
    before: Patient,
    history: Sequence[TreatmentLog],
    update: Mapping[str, Any],
    *,
    action: AuditAction,
    changes: Iterable[Change] = (),
    logs: Sequence[TreatmentLog] = (),
    voids: Sequence[Voided] = (),
    along: Sequence[Write] = (),
) -> Edit:
    """The patient with the update applied, the contacts counted again, and who did it written down.

    `changes` puts in words what the update does to attributes too rich to be shown as they are stored;
    the plain ones in `SHOWN` are compared here. `along` is written in the same transaction.
    """
    now = ctx.now()
    changed = before.model_copy(update={**update, "date_modified": now.timestamp()})
    changed = changed.model_copy(update={"snoozed": outlasting(before, changed, logs)})
    voided = {void.log_id for void in voids}
    standing = [log for log in (*history, *logs) if log.id not in voided]
    after = derive(changed, standing, actor.registry.policy, now)
    audit = AuditLog(
        id=new_id(),
        object_name=action.object_name,
        action=action,
        user_id=actor.user_id,
        created_date=now.timestamp(),
        changes=(*changes, *compared(as_of(before, actor.registry.policy, now), after)),
        version=before.version + 1,
    )
    tail = (*before.audit_logs, audit)[-TAIL:]
    access = recorded(ctx, actor, action, (before.id,))
    after = followed(ctx, before, after.model_copy(update={"audit_logs": tail}), audit)
    billed = ledger.moved(ctx, actor.registry, before, history, after, standing)
    counted = records.moved(actor.registry, before, history, after, standing)
    return Edit(
        after,
        audit,
        logs,
        voids,
        access,
        (*along, *billed, *counted),
        ctx.trail.keyring,
        None if ctx.trail.keyring.empty else packed(standing, before.version + 1),
    )


def known_as(edit: Edit, entry_id: str) -> Edit:
    """Return an edit whose audit entry has this id, by which it is known again later."""
    audit = edit.audit.model_copy(update={"id": entry_id})
    tail = (*edit.after.audit_logs[:-1], audit)
    return replace(edit, after=edit.after.model_copy(update={"audit_logs": tail}), audit=audit)


def changes_since(ctx: Context, patient: Patient, version: int) -> list[AuditLog]:
    """The audit entries of the changes that made a newer version of the patient; none if there was none."""
    if patient.version <= version:
        return []
    trail = entries.audit_trail(ctx.table, patient.id)
    return [entry for entry in trail if entry.version is not None and entry.version > version]


SHOWN = (
    "patient_mrn",
    "first_name",
    "last_name",
    "date_of_birth",
    "phone_number",
    "email",
    "payer",
    "status",
    "care_manager",
    "total_sessions",
    "minutes_this_month",
    "patient_flag",
    "snoozed",
    "treating_clinician",
    "diagnoses",
    "date_referred",
    "sex_at_birth",
    "follow_up_days",
    "next_appointment",
    "medications",
    "ehr_id",
)
"""The attributes whose change every audit entry names."""


def compared(before: Patient, after: Patient) -> list[Change]:
    """Return what changed of the attributes that every audit entry names."""
    return [
        Change(attribute=name, before=told(getattr(before, name)), after=told(getattr(after, name)))
        for name in SHOWN
        if told(getattr(before, name)) != told(getattr(after, name))
    ]


def told(value: object) -> str:
    """Return an attribute as an audit entry says it; nothing is empty text."""
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
