"""Assigning a patient from the card, and handing a care manager's patients over."""

from collections.abc import Sequence
from typing import Annotated

from cocm_bot.domain.access import Action
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.bulk import propose_handover
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.roster import care_managers
from cocm_bot.operations.team import assignment as operation
from cocm_bot.slack.caseload import bulk_view as screen
from cocm_bot.slack.caseload.bulk import SeveralMemo, asked
from cocm_bot.slack.forms import Choice, Form, SelectInput
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import ChangeMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import ASSIGN
from cocm_bot.slack.shared_views.list_lines import patients_told
from cocm_bot.slack.team.assignment_view import ASSIGN as ASSIGN_VIEW
from cocm_bot.slack.team.assignment_view import assign_view
from cocm_bot.slack.team.team_view import HAND_OVER

TITLE = "Hand over"


class AssignForm(Form):
    """To whom."""

    to: Annotated[str, SelectInput("Care manager")]


class HandoverForm(Form):
    """From whom, and to whom."""

    giver: Annotated[str, SelectInput("From")]
    receiver: Annotated[str, SelectInput("To")]


def register(router: Router) -> None:
    """The card's entry, and the modals' submissions."""
    router.opens(ASSIGN, "Assign", assigning)
    router.submission(ASSIGN_VIEW, assign)
    router.opens(HAND_OVER, TITLE, lambda request: _form(request, request.value))
    router.submission(screen.HANDOVER, hand_over)


def assigning(request: MemberRequest) -> Payload:
    """The modal with the registry's care managers."""
    authorise(request.ctx, request.actor, Action.ASSIGN)
    card = open_card(request.ctx, request.actor, request.value)
    inputs = AssignForm.blocks({"to": card.patient.care_manager}, options={"to": _offered(request)})
    memo = ChangeMemo(handle=card.patient.handle, request_id=new_id()).packed()
    return assign_view(card.patient, request.actor.registry, card.names, inputs, memo)


def assign(request: MemberRequest) -> Payload:
    """Assign the patient and show the card."""
    entered = AssignForm.read(request.answers)
    memo = request.memo(ChangeMemo)
    card = operation.assign_one(request.ctx, request.actor, memo.handle, entered.to, memo.request_id)
    return saved(request, card, f"Assigned to {escape(card.names.get(entered.to, ''))}.")


def form(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The modal that hands over, from the person's own patients if they have any."""
    del words
    return _form(request, request.actor.user_id)


def _form(request: MemberRequest, giver: str) -> Payload:
    counts = operation.patients_by_manager(request.ctx, request.actor)
    offered = _offered(request)
    nobodys = counts[operation.NOBODY]
    givers = [
        *(Choice(each.value, each.text, patients_told(counts.get(each.value, 0))) for each in offered),
        *([Choice(operation.NOBODY, f"Nobody: {nobodys} without a care manager")] if nobodys else []),
    ]
    inputs = HandoverForm.blocks({"giver": giver}, options={"giver": givers, "receiver": offered})
    return screen.handover_view(inputs, SeveralMemo(request_id=new_id()).packed())


def hand_over(request: MemberRequest) -> Payload:
    """Ask whether that many patients are to be handed over; the clock does it."""
    entered, memo = HandoverForm.read(request.answers), request.memo(SeveralMemo)
    change = propose_handover(request.ctx, request.actor, entered.giver, entered.receiver, memo.request_id)
    return asked(request, change, memo)


def _offered(request: MemberRequest) -> list[Choice]:
    return [Choice(user_id, name) for user_id, name in care_managers(request.ctx, request.actor).items()]
