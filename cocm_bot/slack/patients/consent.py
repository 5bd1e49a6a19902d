"""A patient's consent: the modal and its submission."""

from datetime import date
from typing import Annotated

from cocm_bot.domain.access import Action
from cocm_bot.domain.records.agreements import ConsentKind
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.patients.consents import Consented, record_consent
from cocm_bot.slack.forms import DateInput, Form, RadioInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.patients.consent_view import CALLBACK, consent_view
from cocm_bot.slack.runtime.memo import ChangeMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import CONSENT


class ConsentForm(Form):
    """The form and date of the patient's consent."""

    consent_kind: Annotated[ConsentKind, RadioInput("Consent", options=tuple(ConsentKind))]
    consent_day: Annotated[
        date, DateInput("Given on", hint="The first day they agreed: minutes before it give no code.")
    ]


def register(router: Router) -> None:
    """The card's entry, and the modal's submission."""
    router.opens(CONSENT, "Consent", form)
    router.submission(CALLBACK, save)


def form(request: MemberRequest) -> Payload:
    """The modal, with what is on record, or else verbal consent today."""
    authorise(request.ctx, request.actor, Action.RECORD_CONSENT)
    patient, policy = (
        open_card(request.ctx, request.actor, request.value).patient,
        request.actor.registry.policy,
    )
    at = patient.consent.date if patient.consent else request.ctx.now().timestamp()
    initial = {
        "consent_kind": patient.consent.kind if patient.consent else ConsentKind.VERBAL,
        "consent_day": policy.local_date(at),
    }
    memo = ChangeMemo(handle=patient.handle, request_id=new_id()).packed()
    return consent_view(patient, request.actor.registry, ConsentForm.blocks(initial), memo)


def save(request: MemberRequest) -> Payload:
    """Record the consent and show the card."""
    entered = ConsentForm.read(request.answers)
    given = Consented(kind=entered.consent_kind, day=entered.consent_day)
    memo = request.memo(ChangeMemo)
    card = record_consent(request.ctx, request.actor, memo.handle, given, memo.request_id)
    return saved(request, card, "Consent recorded.")
