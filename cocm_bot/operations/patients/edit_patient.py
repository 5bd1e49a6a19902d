"""Editing what is known of a patient, whoever else edits it at the same time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.patients.merging import Fields, Merged, merge
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of, patient_of
from cocm_bot.operations.patients.changes import changes_since, edited
from cocm_bot.operations.patients.enrolment import Details, check_birth_date, check_phone
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.errors import MrnTaken


class Overtaken(Conflict):
    """Somebody else changed the same field to something else; nothing was written."""

    def __init__(self, patient: Patient, merged: Merged) -> None:
        super().__init__("Somebody else changed the same field meanwhile.")
        self.patient = patient
        self.merged = merged


def edit(
    ctx: Context, actor: Actor, handle: str, details: Details, request_id: str, *, read: int, shown: int
) -> tuple[Card, Merged]:
    """Change what was entered differently from what was read, once per request id.

    `read` is the patient's version the edit was begun from, `shown` the one up to which the person knows
    what others changed. What others changed in other fields stays. A corrected MRN moves the record; the
    contacts before it keep the number they were recorded under. Raises NotAllowed, InvalidInput with the
    field at fault, Overtaken, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.EDIT_PATIENT)
    check_birth_date(ctx, actor, details.date_of_birth)

    def apply(patient: Patient, history: list[TreatmentLog], changes: Fields) -> Edit:
        # A number that was taken as it is, from another system, stays so until somebody changes it.
        check_phone(actor, changes.get("phone_number", ""))
        update = {name: value or _empty(name) for name, value in changes.items()}
        return edited(ctx, actor, patient, history, update, action=AuditAction.EDITED)

    wanted = Wanted(_as_text(details), stored_details, apply, read, shown)
    try:
        return change_fields(ctx, actor, handle, wanted, request_id)
    except MrnTaken:
        raise InvalidInput("This MRN is already in the registry.", "patient_mrn") from None


@dataclass(frozen=True)
class Wanted:
    """Fields of a patient as somebody wants them, and how they are stored."""

    mine: Fields
    stored: Callable[[Patient], Fields]
    """Returns the same fields as they are stored."""
    apply: Callable[[Patient, list[TreatmentLog], Fields], Edit]
    """Makes the edit of those that change."""
    read: int
    """The patient's version the edit was begun from."""
    shown: int
    """The version up to which the person knows what others changed."""

    def merged(self, ctx: Context, patient: Patient) -> Merged:
        """Return what to change; raises Overtaken where somebody else changed the same to something else."""
        found = merge(self.mine, self.stored(patient), changes_since(ctx, patient, self.read), self.shown)
        if found.overtaken:
            raise Overtaken(patient, found)
        return found


def change_fields(
    ctx: Context, actor: Actor, handle: str, wanted: Wanted, request_id: str
) -> tuple[Card, Merged]:
    """Change what is wanted otherwise than it was read, once per request id; the caller checks access.

    Raises Overtaken, NotFound, Conflict or Unavailable, and what `wanted.apply` raises.
    """

    def write(patient: Patient, history: list[TreatmentLog]) -> Edit:
        return wanted.apply(patient, history, wanted.merged(ctx, patient).changes)

    patient = patient_of(ctx, actor, handle)
    found = wanted.merged(ctx, patient)
    if not found.changes:
        return card_of(ctx, actor, patient), found
    after = changing.change(ctx.table, actor.registry.id, handle, write, request_id=request_id)
    return card_of(ctx, actor, after), found


def stored_details(patient: Patient) -> dict[str, str]:
    """Return what can be edited of a patient, as text by field."""
    return {name: str(getattr(patient, name) or "") for name in Details.model_fields}


def _as_text(details: Details) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in details.model_dump().items()
    }


def _empty(name: str) -> str | None:
    """Return the stored form of nothing: the schema has no payer as null, the others as empty text."""
    return None if name == "payer" else ""
