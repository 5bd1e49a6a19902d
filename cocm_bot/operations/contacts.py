"""Logging a contact with a patient."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, Field

from cocm_bot.operations.desk import Desk, new_id
from cocm_bot.operations.edits import edited
from cocm_bot.operations.oversight import authorise
from cocm_bot.operations.patients import Card, card_of
from cocm_bot.registry.access import Action, Actor
from cocm_bot.registry.derive import derive
from cocm_bot.registry.errors import InvalidInput
from cocm_bot.registry.patient import Patient, Score, TreatmentLog
from cocm_bot.registry.policy import CarePolicy
from cocm_bot.registry.status import status_after
from cocm_bot.registry.vocabulary import ContactType, Status, VisitType
from cocm_bot.store import patients
from cocm_bot.store.patients import Edit

MOST_MINUTES = 480
"""A contact of more than a working day is a slip of the finger."""


class Contact(BaseModel):
    """What is entered about one contact."""

    contact_type: ContactType
    visit_type: VisitType
    day: date
    minutes: int = Field(ge=0, le=MOST_MINUTES)
    no_show: bool = False
    scores: dict[str, float] = Field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Logged:
    """The patient's card after the contact, and what the patient was before it."""

    before: Patient | None
    """None when the contact had been saved already by an earlier delivery of the same request."""
    card: Card


def log_contact(desk: Desk, actor: Actor, handle: str, contact: Contact, request_id: str) -> Logged:
    """Record a contact and everything that follows from it, once per request id.

    Raises NotAllowed, InvalidInput with the field at fault, NotFound, Conflict or Unavailable.
    """
    authorise(desk, actor, Action.LOG_CONTACT)
    now, policy = desk.now(), actor.registry.policy
    _check(contact, policy, now)
    read: list[Patient] = []

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        if patient.status is Status.DEACTIVATED:
            raise InvalidInput("This patient is deactivated: reopen the record before logging a contact.")
        read.append(patient)
        log = _treatment_log(actor, patient, contact, now)
        update = _moved(patient, log)
        started = derive(patient.model_copy(update=update), (*history, log), policy, now).initial_assessment
        log = log.model_copy(update={"weeks_in_treatment": policy.weeks(started, log.date)})
        action = "no-show logged" if log.no_show else "contact logged"
        return edited(
            desk, actor, patient, history, update, object_name="treatment_log", action=action, logs=(log,)
        )

    after = patients.change(desk.table, actor.registry.id, handle, add, request_id=request_id)
    return Logged(read[-1] if read else None, card_of(desk, actor, after))


def _check(contact: Contact, policy: CarePolicy, now: datetime) -> None:
    if contact.day > policy.local_date(now.timestamp()):
        raise InvalidInput("The date can't be in the future.", "day")
    if contact.no_show and contact.scores:
        raise InvalidInput("A patient who did not come has no scores: clear them or the no-show.", "no_show")
    for name, value in contact.scores.items():
        measure = policy.measure(name)
        if measure is None:
            raise InvalidInput(f"This registry does not use {name}.", name)
        if not measure.accepts(value):
            raise InvalidInput(f"{name} runs from {measure.minimum:g} to {measure.maximum:g}.", name)


def _treatment_log(actor: Actor, patient: Patient, contact: Contact, now: datetime) -> TreatmentLog:
    return TreatmentLog(
        id=new_id(),
        patient_mrn=patient.patient_mrn,
        provider=actor.user_id,
        provider_role=actor.role,
        no_show=contact.no_show,
        flag=patient.patient_flag,
        weeks_in_treatment=0,
        contact_type=contact.contact_type,
        visit_type=contact.visit_type,
        scores=tuple(Score(score_name=name, score_value=value) for name, value in contact.scores.items()),
        minutes=contact.minutes,
        date=actor.registry.policy.instant(contact.day, now),
        note=contact.note,
        recorded_at=now.timestamp(),
    )


def _moved(patient: Patient, log: TreatmentLog) -> dict[str, object]:
    status = status_after(patient.status, log)
    return {} if status is patient.status else {"status": status, "status_since": log.date}
