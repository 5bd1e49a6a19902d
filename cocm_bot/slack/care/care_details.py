"""Editing a patient's care details: the modal and its submission."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import model_validator

from cocm_bot.domain.access import Action
from cocm_bot.domain.care.diagnoses import read_diagnoses
from cocm_bot.domain.fields import LONGEST_NAME, Line
from cocm_bot.domain.records.care_details import Clinician, SexAtBirth
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.registries.ehr_link import LONGEST_ID
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.care.care_details import LONGEST_INTERVAL, CareDetails, clinicians, edit_care
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card, patient_of
from cocm_bot.operations.patients.edit_patient import Overtaken
from cocm_bot.operations.roster import names
from cocm_bot.slack.care.care_view import CARE_CALLBACK, CARE_TITLE, care_view
from cocm_bot.slack.forms import (
    CheckboxInput,
    Choice,
    DateInput,
    FieldError,
    Form,
    NumberInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.patients.edit_view import merged_line, overtaken
from cocm_bot.slack.runtime.memo import VersionMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import CARE

NO_MEMBER, NOT_GIVEN = "none", "none"
"""Stand for nothing chosen: a menu can't be emptied."""
MOST_CLINICIANS = 98
"""Of a menu's hundred options two are other words."""
LONGEST_DIAGNOSES = 1200
LABELS = {
    "treating_clinician": "Treating clinician",
    "diagnoses": "Diagnoses",
    "date_referred": "Referred on",
    "sex_at_birth": "Sex at birth",
    "follow_up_days": "Own follow-up interval",
    "next_appointment": "Next appointment",
    "ehr_id": "Id in the health record",
}
CANCEL = "no_appointment"


class CareForm(Form):
    """The form for a patient's care."""

    treating_clinician: Annotated[
        str,
        SelectInput("Treating clinician", hint="Gets the recommendations, and is notified first of a risk."),
    ] = NO_MEMBER
    clinician_name: Annotated[
        Line,
        TextInput("… outside the team", hint="A name, if they do not use this bot.", max_length=LONGEST_NAME),
    ] = ""
    diagnoses: Annotated[
        str,
        TextInput(
            "Diagnoses",
            multiline=True,
            max_length=LONGEST_DIAGNOSES,
            hint="A line each, the principal one first: an ICD-10-CM code and a short label. "
            "Such as: F33.1 Recurrent depression, moderate",
        ),
    ] = ""
    date_referred: Annotated[date | None, DateInput("Referred on")] = None
    sex_at_birth: Annotated[
        str, SelectInput("Sex at birth", options=(Choice(NOT_GIVEN, "Not given"), *SexAtBirth))
    ] = NOT_GIVEN
    follow_up_days: Annotated[
        int | None,
        NumberInput(
            "Own follow-up interval (days)",
            hint="In place of the registry's. Leave empty to follow that.",
            minimum=1,
            maximum=LONGEST_INTERVAL,
        ),
    ] = None
    next_appointment: Annotated[
        date | None, DateInput("Next appointment", hint="No follow-up is due before it.")
    ] = None
    no_appointment: Annotated[bool, CheckboxInput("Appointment", text="Canceled: none is agreed now")] = False
    ehr_id: Annotated[
        Line,
        TextInput(
            "Id in the health record",
            hint="Makes the card's link, if your registry has set one up.",
            max_length=LONGEST_ID,
        ),
    ] = ""

    @model_validator(mode="after")
    def _one_clinician(self) -> Self:
        if self.treating_clinician != NO_MEMBER and self.clinician_name:
            raise FieldError("clinician_name", "Choose a member or write a name, not both.")
        return self


def register(router: Router) -> None:
    """The card's entry, and the modal's submission."""
    router.opens(CARE, CARE_TITLE, form)
    router.submission(CARE_CALLBACK, save)


def form(request: MemberRequest) -> Payload:
    """The modal with what is known now."""
    authorise(request.ctx, request.actor, Action.EDIT_CARE)
    patient = open_card(request.ctx, request.actor, request.value).patient
    memo = VersionMemo(handle=patient.handle, request_id=new_id(), version=patient.version)
    return care_view(
        patient, request.actor.registry, _blocks(request, patient, _initial(patient)), memo.packed()
    )


def save(request: MemberRequest) -> Payload:
    """Save what was changed and show the card; what somebody else changed in the same field comes first."""
    authorise(request.ctx, request.actor, Action.EDIT_CARE)
    memo = request.memo(VersionMemo)
    patient = patient_of(request.ctx, request.actor, memo.handle)
    members = _members(request, patient)
    entered = CareForm.read(request.answers, options={"treating_clinician": _choices(members)})
    try:
        card, merged = edit_care(
            request.ctx,
            request.actor,
            memo.handle,
            _details(entered, members),
            memo.request_id,
            read=memo.version,
            shown=memo.seen,
        )
    except Overtaken as other:
        now_known = memo.model_copy(update={"shown": other.patient.version})
        notice = overtaken(other.merged, names(request.ctx, request.actor), LABELS, request.actor.registry)
        return care_view(
            other.patient,
            request.actor.registry,
            _blocks(request, other.patient, entered),
            now_known.packed(),
            notice,
        )
    done = "Saved." if merged.changes else "Nothing to save: nothing was changed."
    return saved(request, card, f"{done}{merged_line(merged, card.names, LABELS, request.actor.registry)}")


def _blocks(request: MemberRequest, patient: Patient, initial: Any) -> list[Any]:
    hidden = () if patient.next_appointment else (CANCEL,)
    return CareForm.blocks(
        initial,
        options={"treating_clinician": _choices(_members(request, patient))},
        only=[name for name in CareForm.model_fields if name not in hidden],
    )


def _members(request: MemberRequest, patient: Patient) -> dict[str, str]:
    """Return who can be chosen, by user id: the registry's physicians, and who is named now."""
    named = patient.treating_clinician
    found = clinicians(request.ctx, request.actor)
    if named and named.user_id and named.user_id not in found:
        return {named.user_id: f"{named.name} (no longer a physician here)", **found}
    if named and named.user_id:
        # A menu shows a hundred: who is named now is among them.
        return {named.user_id: found[named.user_id], **found}
    return found


def _choices(members: Mapping[str, str]) -> list[Choice]:
    listed = [Choice(user_id, name) for user_id, name in members.items()][:MOST_CLINICIANS]
    return [Choice(NO_MEMBER, "Nobody of the team"), *listed]


def _initial(patient: Patient) -> dict[str, Any]:
    named = patient.treating_clinician
    referred, agreed = patient.date_referred, patient.next_appointment
    return {
        "treating_clinician": (named and named.user_id) or NO_MEMBER,
        "clinician_name": named.name if named and not named.user_id else "",
        "diagnoses": "\n".join(map(str, patient.diagnoses)),
        "date_referred": date.fromisoformat(referred) if referred else None,
        "sex_at_birth": patient.sex_at_birth or NOT_GIVEN,
        "follow_up_days": patient.follow_up_days,
        "next_appointment": date.fromisoformat(agreed) if agreed else None,
        "ehr_id": patient.ehr_id,
    }


def _details(entered: CareForm, members: Mapping[str, str]) -> CareDetails:
    user_id, name = entered.treating_clinician, entered.clinician_name
    clinician = Clinician(name=name) if name else None
    if user_id != NO_MEMBER:
        clinician = Clinician(name=members[user_id], user_id=user_id)
    return CareDetails(
        treating_clinician=clinician,
        diagnoses=read_diagnoses(entered.diagnoses),
        date_referred=entered.date_referred,
        sex_at_birth=None if entered.sex_at_birth == NOT_GIVEN else SexAtBirth(entered.sex_at_birth),
        follow_up_days=entered.follow_up_days,
        next_appointment=None if entered.no_appointment else entered.next_appointment,
        ehr_id=entered.ehr_id,
    )
