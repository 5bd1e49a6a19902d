"""The relapse prevention plan: the modal that takes it, and the plan as text to copy."""

from collections.abc import Sequence
from datetime import date

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.agreements import RelapsePlan
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.formatting import day, day_of, who

CALLBACK = "plan"
TITLE = "Relapse prevention plan"


def plan_view(
    patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str, notice: Sequence[Block] = ()
) -> Payload:
    """The inputs, under what somebody else wrote meanwhile, if anybody did."""
    return modal(
        TITLE,
        [context(subject(patient, registry)), *notice, *inputs],
        CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def rewritten(card: Card, plan: RelapsePlan) -> list[Block]:
    """Return what somebody else wrote while this was being written."""
    head = f"⚠️ *{who(plan.written_by, card.names)} wrote a plan meanwhile.* What you typed is still here."
    then = "Save again to put your plan on top; the other one stays in the history."
    return [section(f"{head} {then}"), *_parts(plan)]


def text_view(card: Card, plan: RelapsePlan, policy: CarePolicy) -> Payload:
    """The plan as text to copy or print for the patient; it names the patient nowhere."""
    written = f"Written {day_of(plan.written_at, policy)} by {who(plan.written_by, card.names)}"
    return modal(TITLE, [*_parts(plan), context(written)], "plan-text")


def _parts(plan: RelapsePlan) -> list[Block]:
    parts = {
        "My warning signs": plan.warning_signs,
        "What helps me": plan.what_helps,
        "My medication": plan.medication or "None",
        "Who to call": plan.whom_to_call,
        "Next check": day(date.fromisoformat(plan.next_check)),
    }
    return [section(f"*{name}*\n{escape(text)}") for name, text in parts.items()]
