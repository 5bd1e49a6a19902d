"""Raising and resolving flags: the modals and their submissions."""

from typing import Annotated

from cocm_bot.domain.access import Action
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.safety.flags import open_types, raisable
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.safety.flags import LONGEST_REASON, Flagging, raise_flags, resolve_flags
from cocm_bot.slack.forms import CheckboxesInput, Form, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import ChangeMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts
from cocm_bot.slack.safety import flags_view as screen
from cocm_bot.slack.shared_views.card_actions import RAISE_FLAG, RESOLVE_FLAG


class RaiseForm(Form):
    """The flags to raise, and the reason."""

    flag_types: Annotated[tuple[Flag, ...], CheckboxesInput("Flag", options=tuple(Flag))]
    reason: Annotated[str, TextInput("Why", multiline=True, max_length=LONGEST_REASON)]


class ResolveForm(Form):
    """The flags to resolve, and the reason."""

    flag_types: Annotated[tuple[Flag, ...], CheckboxesInput("Flag to resolve", options=tuple(Flag))]
    reason: Annotated[str, TextInput("What was done", multiline=True, max_length=LONGEST_REASON)]


def register(router: Router) -> None:
    """The card's entries, and the modals' submissions."""
    router.opens(RAISE_FLAG, "Raise a flag", raising)
    router.opens(RESOLVE_FLAG, "Resolve a flag", resolving)
    router.submission(screen.RAISE, raise_them)
    router.submission(screen.RESOLVE, resolve_them)


def raising(request: MemberRequest) -> Payload:
    """The modal with the flags that are not open."""
    authorise(request.ctx, request.actor, Action.RAISE_FLAG)
    card = open_card(request.ctx, request.actor, request.value)
    offered = raisable(card.patient)
    if not offered:
        raise InvalidInput("There is no flag to raise: each is open, or the patient is deactivated.")
    inputs = RaiseForm.blocks(options={"flag_types": offered})
    memo = ChangeMemo(handle=card.patient.handle, request_id=new_id()).packed()
    return screen.raise_view(card.patient, request.actor.registry, card.names, inputs, memo)


def raise_them(request: MemberRequest) -> Payload:
    """Raise what was ticked and show the card; of a safety risk the team is notified."""
    entered = RaiseForm.read(request.answers)
    flagging = Flagging(flag_types=entered.flag_types, reason=entered.reason)
    memo = request.memo(ChangeMemo)
    card = raise_flags(request.ctx, request.actor, memo.handle, flagging, memo.request_id)
    banner = f"Raised: {', '.join(entered.flag_types)}."
    raised = (flag.created_date for flag in card.patient.flags if flag.flag_type is Flag.SAFETY_RISK)
    told = alerts.tell(request, card.patient, max(raised, default=0))
    return saved(request, card, f"{banner}\n{told}".rstrip())


def resolving(request: MemberRequest) -> Payload:
    """The modal with the flags that are open; the only one is ticked."""
    authorise(request.ctx, request.actor, Action.RESOLVE_FLAG)
    card = open_card(request.ctx, request.actor, request.value)
    offered = open_types(card.patient)
    if not offered:
        raise InvalidInput("No flag is open now.")
    ticked = {"flag_types": offered} if len(offered) == 1 else {}
    inputs = ResolveForm.blocks(ticked, options={"flag_types": offered})
    memo = ChangeMemo(handle=card.patient.handle, request_id=new_id()).packed()
    return screen.resolve_view(card.patient, request.actor.registry, card.names, inputs, memo)


def resolve_them(request: MemberRequest) -> Payload:
    """Resolve what was ticked and show the card."""
    entered = ResolveForm.read(request.answers)
    flagging = Flagging(flag_types=entered.flag_types, reason=entered.reason)
    memo = request.memo(ChangeMemo)
    card = resolve_flags(request.ctx, request.actor, memo.handle, flagging, memo.request_id)
    alerts.settle(request, card.patient)
    return saved(request, card, f"Resolved: {', '.join(entered.flag_types)}.")
