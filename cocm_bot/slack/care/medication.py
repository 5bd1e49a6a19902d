"""Recording what became of a patient's medication: the modal and its submission."""

from datetime import date
from typing import Annotated

from cocm_bot.domain.access import Action
from cocm_bot.domain.care.medication import read_changes
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.care.medication import record_medication
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.slack.care.care_view import MEDICATION_CALLBACK, MEDICATION_TITLE, medication_view
from cocm_bot.slack.contacts.contact_form import MedicationForm
from cocm_bot.slack.forms import DateInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import ChangeMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import MEDICATION


class MedicationChangesForm(MedicationForm):
    """The form for medication changes apart from a contact, which has the day too."""

    day: Annotated[date, DateInput("Day of the change")]


def register(router: Router) -> None:
    """The card's entry, and the modal's submission."""
    router.opens(MEDICATION, MEDICATION_TITLE, form)
    router.submission(MEDICATION_CALLBACK, save)


def form(request: MemberRequest) -> Payload:
    """The modal with what is taken now."""
    authorise(request.ctx, request.actor, Action.RECORD_MEDICATION)
    patient = open_card(request.ctx, request.actor, request.value).patient
    memo = ChangeMemo(handle=patient.handle, request_id=new_id())
    today = request.actor.registry.policy.local_date(request.ctx.now().timestamp())
    return medication_view(
        patient, request.actor.registry, MedicationChangesForm.blocks({"day": today}), memo.packed()
    )


def save(request: MemberRequest) -> Payload:
    """Record the changes and show the card."""
    entered, memo = MedicationChangesForm.read(request.answers), request.memo(ChangeMemo)
    changes = read_changes(entered.medication)
    card = record_medication(request.ctx, request.actor, memo.handle, entered.day, changes, memo.request_id)
    return saved(request, card, "Saved. It is in the history as care coordination of no minutes.")
