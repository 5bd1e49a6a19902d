"""The relapse prevention plan: the modal, its submission, and the plan as text."""

from datetime import date
from typing import Annotated

from cocm_bot.domain.access import Action
from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.vocabulary import VisitType
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.contacts.plans import LONGEST_PART, PlanEntry, Rewritten, check_status, write_plan
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import card_of, open_card
from cocm_bot.slack.contacts.plan_view import CALLBACK, TITLE, plan_view, rewritten, text_view
from cocm_bot.slack.forms import DateInput, Form, NumberInput, SelectInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import VersionMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import PLAN, SHOW_PLAN


def _part(label: str, hint: str) -> TextInput:
    return TextInput(label, multiline=True, max_length=LONGEST_PART, hint=hint)


class PlanForm(Form):
    """The plan to stay well, and the contact in which it was agreed."""

    warning_signs: Annotated[str, _part("Warning signs", "What the patient notices first.")]
    what_helps: Annotated[str, _part("What helps", "What the patient does then.")]
    medication: Annotated[str, _part("Medication", "What is taken, how long; empty if none.")] = ""
    whom_to_call: Annotated[str, _part("Who to call", "In the clinic, at home, in a crisis.")]
    next_check: Annotated[date, DateInput("Next check")]
    day: Annotated[date, DateInput("Agreed on")]
    visit_type: Annotated[VisitType, SelectInput("Visit type", options=tuple(VisitType))]
    minutes: Annotated[
        int, NumberInput("Minutes", hint="Your time on this contact.", minimum=0, maximum=MOST_MINUTES)
    ]


def register(router: Router) -> None:
    """The card's entries, and the modal's submission."""
    router.opens(PLAN, TITLE, form)
    router.opens(SHOW_PLAN, TITLE, text)
    router.submission(CALLBACK, save)


def form(request: MemberRequest) -> Payload:
    """The modal, with the plan there is; saving it is a contact of its own."""
    authorise(request.ctx, request.actor, Action.WRITE_PLAN)
    patient = open_card(request.ctx, request.actor, request.value).patient
    check_status(patient)
    today = request.actor.registry.policy.local_date(request.ctx.now().timestamp())
    plan = patient.plan.model_dump() if patient.plan else {}
    inputs = PlanForm.blocks(plan | {"day": today, "visit_type": VisitType.PHONE})
    memo = VersionMemo(handle=patient.handle, request_id=new_id(), version=patient.version)
    return plan_view(patient, request.actor.registry, inputs, memo.packed())


def save(request: MemberRequest) -> Payload:
    """Write the plan and show the card; a plan written meanwhile is shown first, and asked about."""
    entered = PlanForm.read(request.answers)
    entry, memo = PlanEntry(**entered.model_dump()), request.memo(VersionMemo)
    try:
        card = write_plan(request.ctx, request.actor, memo.handle, entry, memo.request_id, seen=memo.seen)
    except Rewritten as other:
        now_known = memo.model_copy(update={"shown": other.patient.version})
        card = card_of(request.ctx, request.actor, other.patient)
        notice = rewritten(card, other.patient.plan) if other.patient.plan else []
        return plan_view(
            other.patient, request.actor.registry, PlanForm.blocks(entered), now_known.packed(), notice
        )
    return saved(request, card, f"Plan saved. Status is {card.patient.status}.")


def text(request: MemberRequest) -> Payload:
    """The plan as text."""
    card = open_card(request.ctx, request.actor, request.value)
    if card.patient.plan is None:
        raise NotFound("There is no relapse prevention plan yet.")
    return text_view(card, card.patient.plan, request.actor.registry.policy)
