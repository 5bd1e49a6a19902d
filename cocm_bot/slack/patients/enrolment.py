"""Adding a patient: the modal and its submission."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self

from pydantic import model_validator

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import LONGEST_MRN, LONGEST_NAME, Email, Line, Mrn, PersonName
from cocm_bot.domain.records.agreements import ConsentKind
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.consents import Consented
from cocm_bot.operations.patients.enrolment import Details, Enrolment, alike, enrol
from cocm_bot.slack.forms import (
    DateInput,
    EmailInput,
    FieldError,
    Form,
    PhoneInput,
    SelectInput,
    TextInput,
)
from cocm_bot.slack.kit import Payload, actions, button
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.patients.enrolment_view import CALLBACK, enrolment_view
from cocm_bot.slack.runtime.memo import OnceMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import MERGE

PAYERS = (
    "Medicare",
    "Medicare Advantage",
    "Medicaid",
    "Blue Cross Blue Shield",
    "Aetna",
    "Cigna",
    "Humana",
    "UnitedHealthcare",
    "Tricare",
    "Self-pay",
)


MERGE_OFFER = "It is the same person: merge"


class DetailsForm(Form):
    """The inputs about the person."""

    patient_mrn: Annotated[Mrn, TextInput("MRN", max_length=LONGEST_MRN)]
    first_name: Annotated[PersonName, TextInput("First name", max_length=LONGEST_NAME)]
    last_name: Annotated[PersonName, TextInput("Last name", max_length=LONGEST_NAME)]
    date_of_birth: Annotated[date, DateInput("Birth date")]
    phone_number: Annotated[Line, PhoneInput("Phone")] = ""
    email: Annotated[Email, EmailInput("E-mail")] = ""
    payer: Annotated[str | None, SelectInput("Payer", options=PAYERS)] = None
    other_payer: Annotated[
        Line, TextInput("Another payer", hint="If it is not in the list.", max_length=100)
    ] = ""

    @property
    def details(self) -> dict[str, Any]:
        """Return what was entered, by field of the record."""
        typed = {name: getattr(self, name) for name in Details.model_fields}
        return typed | {"payer": self.other_payer or self.payer or ""}


class EnrolmentForm(DetailsForm):
    """The inputs for a patient who is referred."""

    date_referred: Annotated[date | None, DateInput("Referred on")] = None
    consent_kind: Annotated[
        ConsentKind | None,
        SelectInput("Consent", options=tuple(ConsentKind), hint="Needed before billable time."),
    ] = None
    consent_day: Annotated[date | None, DateInput("Consent given on")] = None

    @model_validator(mode="after")
    def _kind_with_its_day(self) -> Self:
        if self.consent_kind and not self.consent_day:
            raise FieldError("consent_day", "Say when the patient agreed.")
        return self

    def check_consent(self, offered: str | None) -> None:
        """Raise InvalidInput for a day that somebody chose without saying how the patient agreed.

        `offered` is the day that the modal was drawn with: left as it is, it says nothing.
        """
        if self.consent_day and str(self.consent_day) != offered and not self.consent_kind:
            raise InvalidInput("Say how the patient agreed.", "consent_kind")

    @property
    def consent(self) -> Consented | None:
        """Return how and when the patient agreed, if that was entered."""
        if self.consent_kind is None or self.consent_day is None:
            return None
        return Consented(kind=self.consent_kind, day=self.consent_day)


class EnrolmentMemo(OnceMemo):
    """The memo of the enrollment modal."""

    asked: bool = False
    """True once it has shown who may be the same person."""
    today: str | None = None
    """The day it offers for the consent."""


def register(router: Router) -> None:
    """The modal's submission."""
    router.submission(CALLBACK, save)


def form(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The modal, empty but for the day of a consent, for those who may add a patient."""
    del words
    authorise(request.ctx, request.actor, Action.ENROL_PATIENT)
    today = request.actor.registry.policy.local_date(request.ctx.now().timestamp())
    memo = EnrolmentMemo(request_id=new_id(), today=str(today)).packed()
    return enrolment_view(request.actor, EnrolmentForm.blocks({"consent_day": today}), memo)


def save(request: MemberRequest) -> Payload:
    """Enrol the patient and show the new card; who may be the same person is shown once before."""
    entered, memo = EnrolmentForm.read(request.answers), request.memo(EnrolmentMemo)
    entered.check_consent(memo.today)
    enrolment = Enrolment(**entered.details, consent=entered.consent, date_referred=entered.date_referred)
    found = [] if memo.asked else alike(request.ctx, request.actor, enrolment, memo.request_id)
    if found:
        asked = memo.model_copy(update={"asked": True}).packed()
        return enrolment_view(request.actor, EnrolmentForm.blocks(entered), asked, found)
    card = enrol(request.ctx, request.actor, enrolment, memo.request_id)
    banner = f"Added. Handle *{card.patient.handle}*: use it wherever names are not shown."
    # Whoever was warned of somebody alike, and may, is offered to make the two one.
    merges = memo.asked and request.actor.is_admin and may(request.actor.role, Action.VIEW_PATIENT)
    offer = [actions(button(MERGE_OFFER, MERGE, card.patient.handle))] if merges else []
    return saved(request, card, banner, offer)
