"""The safety plan: the modal, its submission, and the plan as text to print."""

from typing import Annotated, Any

from cocm_bot.domain.access import Action
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.records.safety_plan import LONGEST_STEP, STEPS
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import card_of, open_card
from cocm_bot.operations.safety.safety_plan import (
    SafetyPlanEntry,
    SafetyPlanRewritten,
    check_active,
    write_safety_plan,
)
from cocm_bot.slack.forms import Form, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import VersionMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety.safety_plan_view import CALLBACK, TITLE, plan_view, rewritten, text_view
from cocm_bot.slack.shared_views.card_actions import SAFETY_PLAN, SHOW_SAFETY_PLAN


def _step(number: int, name: str, hint: str) -> TextInput:
    label = f"{number} · {STEPS[name]}"
    return TextInput(label, multiline=True, max_length=LONGEST_STEP, hint=hint)


class SafetyPlanForm(Form):
    """The six steps, one below the other."""

    warning_signs: Annotated[
        str, _step(1, "warning_signs", "Thoughts, moods, situations that come first.")
    ] = ""
    alone: Annotated[str, _step(2, "alone", "What to do without anybody else.")] = ""
    distraction: Annotated[str, _step(3, "distraction", "People to be with, places to go.")] = ""
    people: Annotated[str, _step(4, "people", "Names and numbers.")] = ""
    professionals: Annotated[str, _step(5, "professionals", "Clinic, crisis line, emergency number.")] = ""
    surroundings: Annotated[str, _step(6, "surroundings", "What is put away, and by whom.")] = ""


def register(router: Router) -> None:
    """The card's entries, and the modal's submission."""
    router.opens(SAFETY_PLAN, TITLE, form)
    router.opens(SHOW_SAFETY_PLAN, TITLE, text)
    router.submission(CALLBACK, save)


def form(request: MemberRequest) -> Payload:
    """The modal, with the plan there is."""
    return asked(request, request.value)


def asked(request: MemberRequest, handle: str, initial: dict[str, Any] | None = None) -> Payload:
    """The modal for one patient, with what was typed before, else the plan there is."""
    authorise(request.ctx, request.actor, Action.SCREEN_RISK)
    patient = open_card(request.ctx, request.actor, handle).patient
    check_active(patient)
    known = patient.safety_plan.model_dump(include=set(STEPS)) if patient.safety_plan else {}
    memo = VersionMemo(handle=patient.handle, request_id=new_id(), version=patient.version)
    inputs = SafetyPlanForm.blocks(known | (initial or {}))
    return plan_view(
        patient, request.actor.registry, inputs, memo.packed(), request.actor.registry.alerts.crisis_text
    )


def save(request: MemberRequest) -> Payload:
    """Write the plan and show the card; a plan written meanwhile is shown first, and asked about."""
    entered, memo = SafetyPlanForm.read(request.answers), request.memo(VersionMemo)
    entry = SafetyPlanEntry(**entered.model_dump())
    try:
        card = write_safety_plan(
            request.ctx, request.actor, memo.handle, entry, memo.request_id, seen=memo.seen
        )
    except SafetyPlanRewritten as other:
        now_known = memo.model_copy(update={"shown": other.patient.version})
        shown = card_of(request.ctx, request.actor, other.patient)
        notice = rewritten(shown, other.patient.safety_plan) if other.patient.safety_plan else []
        crisis = request.actor.registry.alerts.crisis_text
        return plan_view(
            other.patient,
            request.actor.registry,
            SafetyPlanForm.blocks(entered),
            now_known.packed(),
            crisis,
            notice,
        )
    return saved(request, card, "Safety plan saved, reviewed today.")


def text(request: MemberRequest) -> Payload:
    """The plan as text."""
    card = open_card(request.ctx, request.actor, request.value)
    if card.patient.safety_plan is None:
        raise NotFound("There is no safety plan yet.")
    registry = request.actor.registry
    return text_view(card, card.patient.safety_plan, registry.policy, registry.alerts.crisis_text)
