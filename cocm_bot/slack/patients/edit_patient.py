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
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.patients.edit_view import CALLBACK, edit_view, merged_line, overtaken
from cocm_bot.slack.patients.enrolment import PAYERS, DetailsForm
from cocm_bot.slack.runtime.memo import VersionMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import EDIT

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
    return edit_view(patient, DetailsForm.blocks(_initial(patient)), memo.packed())


def save(request: MemberRequest) -> Payload:
    """Save what was changed and show the card; what somebody else changed in the same field comes first."""
    entered, memo = DetailsForm.read(request.answers), request.memo(VersionMemo)
    details = Details(**entered.details)
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
        notice = overtaken(other.merged, names(request.ctx, request.actor), LABELS)
        return edit_view(other.patient, DetailsForm.blocks(entered), now_known.packed(), notice)
    done = "Saved." if merged.changes else "Nothing to save: nothing was changed."
    return saved(request, card, f"{done}{merged_line(merged, card.names, LABELS)}")


def _initial(patient: Patient) -> dict[str, Any]:
    """Return what is stored; a payer that is not in the list goes into the field beside it."""
    details: dict[str, Any] = {**stored_details(patient), "date_of_birth": patient.born}
    listed = details["payer"] in PAYERS
    return details | ({} if listed else {"payer": None, "other_payer": details["payer"]})
