"""Safety alerts at the screens: said to be on their way, and taken from the message or the card."""

from contextlib import suppress

from cocm_bot.domain.access import Action
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.alerts import is_open, is_paging
from cocm_bot.domain.safety.self_harm import quiet_alerts
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.roster import members
from cocm_bot.operations.safety import alerts as operation
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients import card as patient
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety.alert_view import TAKE, alert_message
from cocm_bot.slack.shared_views.card_actions import OPEN_CARD
from cocm_bot.slack.shared_views.card_actions import TAKE as TAKE_ON_CARD
from cocm_bot.store.jobs import JobKind

BEING_TOLD = "The psychiatrist is being notified now, by direct message."
TEAM_TOLD = "The team is being notified now, by direct message."
NOT_PAGED = (
    "Nobody is paged: this is an entry from the past. It is shown on the card until somebody takes it."
)
NOBODY = "⚠️ This registry has no psychiatrist I can notify: please call one now."


def register(router: Router) -> None:
    """The message's buttons, and the card's."""
    router.opens(OPEN_CARD, "Patient", lambda request: patient.card(request, request.value))
    router.redraws(TAKE, take, changes=True)
    router.redraws(TAKE_ON_CARD, take_on_card, changes=True)


def tell(request: MemberRequest, about: Patient, at: float) -> str:
    """Have the clock send the alert that was raised at an instant (seconds UTC), and say so.

    The alert was saved with what called for it, and is sent whatever happens here; empty if there is none.
    """
    raised = [each for each in about.alerts if each.at == at and is_paging(each)]
    for alert in raised:
        request.run_soon(JobKind.ALERT, alert.id)
    if not raised:
        return NOT_PAGED if any(each.at == at for each in quiet_alerts(about.alerts)) else ""
    others = [
        each.role for each in members(request.ctx, request.actor) if each.user_id != request.actor.user_id
    ]
    if Role.PSYCHIATRIST in others:
        return BEING_TOLD
    return TEAM_TOLD if request.actor.role is Role.PSYCHIATRIST else NOBODY


def settle(request: MemberRequest, about: Patient) -> None:
    """Have the clock say in all messages what became of the patient's alerts."""
    for alert in about.alerts:
        if not is_paging(alert):
            request.run_soon(JobKind.ALERT, alert.id)


def take(request: MemberRequest) -> Payload:
    """Take the alert by the button of its message, and draw that again: it says who has it."""
    match request.value.split():
        case [handle, alert_id]:
            with suppress(Conflict):  # the message says who was first
                settle(request, operation.take(request.ctx, request.actor, handle, alert_id))
            case = operation.case_for(request.ctx, request.actor, handle, alert_id)
            return alert_message(case, request.actor.role, request.ctx.now().timestamp())
    raise InvalidInput(OUT_OF_DATE)


def take_on_card(request: MemberRequest) -> Payload:
    """Take the patient's open alert by the card's button, and draw the card again."""
    authorise(request.ctx, request.actor, Action.TAKE_ALERT)
    handle = request.value
    card = open_card(request.ctx, request.actor, handle)
    raised = next((each for each in card.patient.alerts if is_open(each)), None)
    said = "Already taken by somebody, or over."
    if raised is not None:
        try:
            settle(request, operation.take(request.ctx, request.actor, handle, raised.id))
            said = "You have this one. The others are being notified."
        except Conflict as refused:
            said = str(refused)
        card = open_card(request.ctx, request.actor, handle)
    return patient.saved(request, card, said)
