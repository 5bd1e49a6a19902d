"""Writing a relapse prevention plan. A revision is a contact of its own: no plan is ever lost."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction, AuditObject
from cocm_bot.domain.contacts.contact import MOST_MINUTES, Contact, check, check_day
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.patients.derive import weeks_in_treatment
from cocm_bot.domain.patients.patient_status import status_with
from cocm_bot.domain.records.agreements import RelapsePlan
from cocm_bot.domain.records.history import Change, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Status, VisitType
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts.log_contact import treatment_log
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import changes_since, edited
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit

LONGEST_PART = 1000
"""Characters of one part of the plan."""

Part = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_PART)]
NeededPart = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PART)]


class PlanEntry(BaseModel):
    """The entered fields of a plan, and of the contact it was made in."""

    warning_signs: NeededPart
    what_helps: NeededPart
    medication: Part = ""
    whom_to_call: NeededPart
    next_check: date
    day: date
    visit_type: VisitType
    minutes: int = Field(ge=0, le=MOST_MINUTES)


class Rewritten(Conflict):
    """Somebody else wrote the plan after this one was begun; nothing was written."""

    def __init__(self, patient: Patient) -> None:
        super().__init__("Somebody else wrote the plan meanwhile.")
        self.patient = patient


def write_plan(
    ctx: Context, actor: Actor, handle: str, entry: PlanEntry, request_id: str, *, seen: int
) -> Card:
    """Record a relapse prevention contact with the plan made in it, once per request id.

    `seen` is the patient's version the plan was begun from. Raises NotAllowed, InvalidInput with the field
    at fault, Rewritten, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.WRITE_PLAN)
    now, policy = ctx.now(), actor.registry.policy
    contact = Contact(
        contact_type=ContactType.RELAPSE_PREVENTION,
        visit_type=entry.visit_type,
        day=entry.day,
        minutes=entry.minutes,
    )
    check(contact, policy, now)
    if entry.next_check < policy.local_date(now.timestamp()):
        raise InvalidInput("The next check can't be in the past.", "next_check")
    plan = _plan(actor, entry, now)

    def write(patient: Patient, history: list[TreatmentLog]) -> Edit:
        check_status(patient)
        check_day(contact.day, patient, policy)
        if any(each.object_name == AuditObject.PLAN for each in changes_since(ctx, patient, seen)):
            raise Rewritten(patient)
        log = treatment_log(actor, patient, contact, new_id(), now)
        weeks = weeks_in_treatment(patient, history, log, policy)
        log = log.model_copy(update={"flag": patient.patient_flag, "weeks_in_treatment": weeks, "plan": plan})
        status, since = status_with(patient, log, policy)
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"status": status, "status_since": since},
            action=AuditAction.PLAN_REVISED if patient.plan else AuditAction.PLAN_WRITTEN,
            changes=_changes(patient.plan, plan),
            logs=(log,),
        )

    after = changing.change(ctx.table, actor.registry.id, handle, write, request_id=request_id)
    return card_of(ctx, actor, after)


def _plan(actor: Actor, entry: PlanEntry, now: datetime) -> RelapsePlan:
    return RelapsePlan(
        warning_signs=entry.warning_signs,
        what_helps=entry.what_helps,
        medication=entry.medication,
        whom_to_call=entry.whom_to_call,
        next_check=entry.next_check.isoformat(),
        written_by=actor.user_id,
        written_at=now.timestamp(),
    )


def check_status(patient: Patient) -> None:
    """Raise InvalidInput unless a plan can be written for the patient now."""
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record before writing a plan.")
    if patient.status is Status.ENROLLED:
        raise InvalidInput("Treatment has not begun yet: log the initial assessment before a plan.")


def _changes(before: RelapsePlan | None, after: RelapsePlan) -> list[Change]:
    parts = ("warning_signs", "what_helps", "medication", "whom_to_call", "next_check")
    old = {part: getattr(before, part) if before else "" for part in parts}
    return [
        Change(attribute=part, before=old[part], after=getattr(after, part))
        for part in parts
        if old[part] != getattr(after, part)
    ]
