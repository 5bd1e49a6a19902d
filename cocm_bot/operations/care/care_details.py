"""Editing what a patient's care rests on: treating clinician, diagnoses, referral, appointment and more."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.care.referral import check_referral
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import Line
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.patients.merging import Fields, Merged
from cocm_bot.domain.people import full_name
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.care_details import AppointmentChange, Clinician, Diagnosis, SexAtBirth
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.registries.ehr_link import LONGEST_ID
from cocm_bot.domain.team.physicians import may_treat
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card
from cocm_bot.operations.patients.changes import edited, told
from cocm_bot.operations.patients.edit_patient import Wanted, change_fields
from cocm_bot.operations.recommendations.sending import sending
from cocm_bot.operations.roster import members
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.writes import Write

LONGEST_INTERVAL = 365
"""Days between a patient's follow-ups at most."""


class CareDetails(BaseModel):
    """A patient's care besides contacts and scores; all of it is optional."""

    treating_clinician: Clinician | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    date_referred: date | None = None
    sex_at_birth: SexAtBirth | None = None
    follow_up_days: Annotated[int, Field(ge=1, le=LONGEST_INTERVAL)] | None = None
    next_appointment: date | None = None
    ehr_id: Annotated[Line, Field(max_length=LONGEST_ID)] = ""


def clinicians(ctx: Context, actor: Actor) -> dict[str, str]:
    """Return the members who can be a treating clinician: user id → name, in the order of their names."""
    found = {each.user_id: full_name(each) for each in members(ctx, actor) if may_treat(each)}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def stored_care(patient: Patient) -> dict[str, str]:
    """Return a patient's care details as text, by field."""
    return {name: told(getattr(patient, name)) for name in CareDetails.model_fields}


def edit_care(
    ctx: Context, actor: Actor, handle: str, wanted: CareDetails, request_id: str, *, read: int, shown: int
) -> tuple[Card, Merged]:
    """Change what was entered differently from what was read, once per request id.

    `read` and `shown` are versions of the patient, as in `edit_patient.edit`. A new treating clinician is
    sent the recommendations nobody has answered. Raises NotAllowed, InvalidInput with the field at fault,
    Overtaken, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.EDIT_CARE)
    team = members(ctx, actor)

    def apply(patient: Patient, history: list[TreatmentLog], changes: Fields) -> Edit:
        _check(actor, patient, wanted, changes, team, ctx.now().timestamp())
        return edited(
            ctx,
            actor,
            patient,
            history,
            _update(actor, wanted, changes, ctx.now().timestamp()),
            action=AuditAction.CARE_EDITED,
            along=_sent_again(ctx, actor, patient, changes),
        )

    mine = {name: told(value) for name, value in wanted}
    return change_fields(ctx, actor, handle, Wanted(mine, stored_care, apply, read, shown), request_id)


def _update(actor: Actor, wanted: CareDetails, changes: Fields, now: float) -> Mapping[str, Any]:
    values = {name: getattr(wanted, name) for name in changes}
    if "next_appointment" in values:
        day = values.pop("next_appointment")
        values["appointment_change"] = AppointmentChange(
            day=day.isoformat() if day else None, by=actor.user_id, at=now
        )
    referred = values.get("date_referred")
    return values | ({"date_referred": referred.isoformat()} if referred else {})


def _check(
    actor: Actor,
    patient: Patient,
    wanted: CareDetails,
    changes: Fields,
    team: Sequence[RegistryUser],
    now: float,
) -> None:
    """Raise InvalidInput for a change that can't be true."""
    today = actor.registry.policy.local_date(now)
    referred, appointed, treating = wanted.date_referred, wanted.next_appointment, wanted.treating_clinician
    if "date_referred" in changes and referred:
        check_referral(referred, date.fromisoformat(patient.date_of_birth), today)
    if "next_appointment" in changes and appointed and appointed < today:
        raise InvalidInput("The next appointment can't be in the past.", "next_appointment")
    if "treating_clinician" in changes and treating and treating.user_id:
        physicians = [each.user_id for each in team if may_treat(each)]
        if treating.user_id not in physicians:
            raise InvalidInput("They are no longer a physician of this registry.", "treating_clinician")


def _sent_again(ctx: Context, actor: Actor, patient: Patient, changes: Fields) -> list[Write]:
    if "treating_clinician" not in changes:
        return []
    at = ctx.now().timestamp()
    unanswered = [each for each in still_open(patient) if each.unanswered]
    return [sending(actor.registry, patient, each.id, actor.user_id, at) for each in unanswered]
