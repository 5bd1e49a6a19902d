"""The safety plan: the modal that takes it, the plan as text to print, and its line on the card."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.safety_plan import STEPS, SafetyPlan
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.shared_views.crisis import crisis_lines
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.formatting import who
from cocm_bot.slack.shared_views.lines.safety_lines import plan_line

CALLBACK = "safety-plan"
TITLE = "Safety plan"
ABOUT = "In the patient's own words. Saving it unchanged records that you went through it today."


def plan_view(
    patient: Patient,
    registry: Registry,
    inputs: Sequence[Block],
    memo: str,
    crisis_text: str,
    notice: Sequence[Block] = (),
) -> Payload:
    """The six steps, under what somebody else wrote meanwhile, if anybody did."""
    head = [context(subject(patient, registry)), *crisis_lines(crisis_text), context(ABOUT)]
    return modal(
        TITLE,
        [*head, *notice, *inputs],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def rewritten(card: Card, plan: SafetyPlan) -> list[Block]:
    """Return what somebody else wrote while this was being written."""
    head = f"⚠️ *{who(plan.reviewed_by, card.names)} wrote a safety plan meanwhile.* Yours is still here."
    then = "Save again to put your plan on top; the other one stays under Changes."
    return [section(f"{head} {then}"), *_steps(plan)]


def text_view(card: Card, plan: SafetyPlan, policy: CarePolicy, crisis_text: str) -> Payload:
    """The plan as text to copy or print for the patient; it names the patient nowhere."""
    return modal(
        TITLE,
        [
            *_steps(plan),
            *([section(f"*{_NOW}*\n{escape(crisis_text)}")] if crisis_text else []),
            context(plan_line(plan, card.names, policy)),
        ],
        "safety-plan-text",
    )


_NOW = "If I am in danger now"


def _steps(plan: SafetyPlan) -> list[Block]:
    numbered = enumerate(STEPS.items(), 1)
    return [
        section(f"*{number}. {title}*\n{escape(getattr(plan, name)) or '–'}")
        for number, (name, title) in numbered
    ]
