"""Correcting a contact that was recorded wrong: choosing it, the modal, and its submission."""

import re

from cocm_bot.domain.access import Action
from cocm_bot.domain.contacts.contact import Contact, at_risk
from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts.corrections import Correction, correct_contact, correctable
from cocm_bot.operations.contacts.log_contact import Logged
from cocm_bot.operations.context import new_id
from cocm_bot.slack.contacts.contact_form import CorrectionForm, Shape, recorded
from cocm_bot.slack.contacts.contact_modal import asked, at_the_measure, inputs
from cocm_bot.slack.contacts.correction_view import PAGE, PICK, TITLE, correction_view, entries_view
from cocm_bot.slack.contacts.log_contact import told
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.runtime.memo import ChangeMemo, Opaque
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts
from cocm_bot.slack.shared_views.card_actions import CORRECT
from cocm_bot.slack.shared_views.crisis import CORRECTION_FORM as CALLBACK


class CorrectionMemo(ChangeMemo):
    """The state of a correction's modal."""

    entry: Opaque
    """The entry of the history that is corrected."""


def register(router: Router) -> None:
    """The card's entry, the pages of entries and the buttons beside them, and the modal's submission."""
    router.opens(CORRECT, TITLE, choose)
    router.redraws(re.compile(f"^{PAGE}:"), choose)
    router.redraws(PICK, form)
    router.submission(CALLBACK, save)


def choose(request: MemberRequest) -> Payload:
    """The entries of a patient that the person may correct; the value is the handle, and a page's number."""
    handle, _, number = request.value.partition(" ")
    entries = correctable(request.ctx, request.actor, handle)
    page = int(number) if number.isdecimal() and len(number) < 6 else 1
    return entries_view(entries, request.actor.registry, page)


def form(request: MemberRequest) -> Payload:
    """The modal for one entry, as it was recorded."""
    match request.value.split():
        case [handle, log_id]:
            entries = correctable(request.ctx, request.actor, handle)
        case _:
            raise InvalidInput(OUT_OF_DATE)
    log = next((log for log in entries.logs if log.id == log_id), None)
    if log is None:
        raise NotFound(
            "This entry was corrected or voided in the meantime, or somebody else recorded it: then a Care "
            "Manager can correct it."
        )
    policy = request.actor.registry.policy
    memo = CorrectionMemo(handle=entries.patient.handle, request_id=new_id(), entry=log.id).packed()
    blocks = inputs(
        policy,
        _shape(log, policy),
        recorded(log, policy),
        request.actor.registry.alerts.crisis_text,
    )
    return correction_view(entries.patient, request.actor.registry, log, blocks, memo)


def save(request: MemberRequest) -> Payload:
    """Void the entry, record what it should have said, and show the card."""
    authorise(request.ctx, request.actor, Action.CORRECT_CONTACT)
    void = CorrectionForm.entered(request.answers).get("void") is True
    if void:
        reason = CorrectionForm.read(request.answers).reason
        logged = _correct(request, Correction(reason=reason))
        alerts.settle(request, logged.card.patient)
        recommendation.tell(request, logged.replaced)
        return saved(
            request, logged.card, "Voided. The entry stays in the history, marked, and counts for nothing."
        )
    contact = asked(request)
    if not isinstance(contact, Contact):
        return contact
    reason = CorrectionForm.read(request.answers).reason
    with at_the_measure(request):
        logged = _correct(request, Correction(reason=reason, contact=contact))
    return told(request, logged, contact)


def _correct(request: MemberRequest, correction: Correction) -> Logged:
    memo = request.memo(CorrectionMemo)
    return correct_contact(request.ctx, request.actor, memo.handle, memo.entry, correction, memo.request_id)


def _shape(log: TreatmentLog, policy: CarePolicy) -> Shape:
    scores = {score.score_name: score.score_value for score in log.scores}
    return Shape(
        kind=log.contact_type,
        by_item=frozenset(name for name in log.answers if policy.measure(name)),
        risky=frozenset(at_risk(policy, scores, log.answers, log.self_harm)),
        correction=True,
        bare=log.no_show and not log.minutes,
    )
