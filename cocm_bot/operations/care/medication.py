"""Recording what became of a patient's medication, apart from a contact with them."""

from datetime import date

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.care.medication import FIELD, check_changes
from cocm_bot.domain.contacts.contact import Contact, check, check_for
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.patients.derive import weeks_in_treatment
from cocm_bot.domain.records.care_details import MedicationChange
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import WorkKind
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts.log_contact import logged_as, treatment_log
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit


def record_medication(
    ctx: Context,
    actor: Actor,
    handle: str,
    day: date,
    changes: tuple[MedicationChange, ...],
    request_id: str,
) -> Card:
    """Record changes as care coordination of no minutes, once per request id.

    So they can be corrected like any entry, and count as no contact. Raises NotAllowed, InvalidInput with the
    field at fault, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.RECORD_MEDICATION)
    if not changes:
        raise InvalidInput("Say what changed, a line each.", FIELD)
    now, policy = ctx.now(), actor.registry.policy
    work = Contact(contact_type=WorkKind.CARE_COORDINATION, day=day, minutes=0, medication_changes=changes)
    check(work, policy, now)

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        check_for(patient, work, policy)
        check_changes(changes, day, history, policy)
        log = treatment_log(actor, patient, work, new_id(), now)
        weeks = weeks_in_treatment(patient, history, log, policy)
        log = log.model_copy(update={"flag": patient.patient_flag, "weeks_in_treatment": weeks})
        return edited(ctx, actor, patient, history, {}, action=logged_as(log), logs=(log,))

    after = changing.change(ctx.table, actor.registry.id, handle, add, request_id=request_id)
    return card_of(ctx, actor, after)
