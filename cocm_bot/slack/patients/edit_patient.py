"""Editing what is known of a patient: the modal and its submission."""

from typing import Any

from cocm_bot.domain.access import Action
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.patients.edit_patient import Overtaken, edit, stored_details
from cocm_bot.operations.patients.enrolment import Details
from cocm_bot.operations.roster import names
from cocm_bot.slack.kit import Payload, context
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.patients.edit_view import CALLBACK, edit_view, merged_line, overtaken
from cocm_bot.slack.patients.enrolment import PAYERS, DetailsForm
from cocm_bot.slack.patients.replacing import KEPT, ReplacingForm
from cocm_bot.slack.runtime.memo import VersionMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import EDIT
from cocm_bot.slack.shared_views.identity import names_shown

LABELS = {
    "patient_mrn": "MRN",
    "first_name": "First name",
    "last_name": "Last name",
    "date_of_birth": "Birth date",
    "phone_number": "Phone",
    "email": "E-mail",
    "payer": "Payer",
}


def register(router: Router) -> None:
    """The card's entry, and the modal's submission."""
    router.opens(EDIT, "Edit details", form)
    router.submission(CALLBACK, save)


def form(request: MemberRequest) -> Payload:
    """The modal with what is known now."""
    authorise(request.ctx, request.actor, Action.EDIT_PATIENT)
    patient = open_card(request.ctx, request.actor, request.value).patient
    memo = VersionMemo(handle=patient.handle, request_id=new_id(), version=patient.version)
    registry = request.actor.registry
    if not names_shown(registry):
        inputs = ReplacingForm.blocks(_payer(patient))
        return edit_view(patient, registry, inputs, memo.packed(), [context(KEPT)])
    return edit_view(patient, request.actor.registry, DetailsForm.blocks(_initial(patient)), memo.packed())


def save(request: MemberRequest) -> Payload:
    """Save what was changed and show the card; what somebody else changed in the same field comes first."""
    memo = request.memo(VersionMemo)
    entered, details = _read(request, memo.handle)
    try:
        card, merged = edit(
            request.ctx,
            request.actor,
            memo.handle,
            details,
            memo.request_id,
            read=memo.version,
            shown=memo.seen,
        )
    except Overtaken as other:
        now_known = memo.model_copy(update={"shown": other.patient.version})
        notice = overtaken(other.merged, names(request.ctx, request.actor), LABELS, request.actor.registry)
        return edit_view(
            other.patient, request.actor.registry, type(entered).blocks(entered), now_known.packed(), notice
        )
    done = "Saved." if merged.changes else "Nothing to save: nothing was changed."
    return saved(request, card, f"{done}{merged_line(merged, card.names, LABELS, request.actor.registry)}")


def _read(request: MemberRequest, handle: str) -> tuple[DetailsForm | ReplacingForm, Details]:
    """Return what was entered, and the details that it makes."""
    if names_shown(request.actor.registry):
        entered = DetailsForm.read(request.answers)
        return entered, Details(**entered.details)
    replacing = ReplacingForm.read(request.answers)
    authorise(request.ctx, request.actor, Action.EDIT_PATIENT)
    stored = open_card(request.ctx, request.actor, handle).patient
    return replacing, replacing.details(stored_details(stored))


def _payer(patient: Patient) -> dict[str, Any]:
    """Return the payer as the form takes it; one that is not in the list goes into the field beside it."""
    payer = patient.payer or ""
    return {"payer": payer} if payer in PAYERS else {"payer": None, "other_payer": payer}


def _initial(patient: Patient) -> dict[str, Any]:
    """Return what is stored."""
    return {**stored_details(patient), "date_of_birth": patient.born, **_payer(patient)}
