"""The risk screen's modal, and its result on the card. Modals only: they show the name."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    button,
    context,
    modal,
    section,
)
from cocm_bot.slack.shared_views.card_actions import RISK_SCREEN
from cocm_bot.slack.shared_views.crisis import RISK_SCREEN_FORM as CALLBACK
from cocm_bot.slack.shared_views.crisis import crisis_lines
from cocm_bot.slack.shared_views.identity import subject

TITLE = "Risk screen"
ABOUT = (
    "The six questions of the C-SSRS screener, by topic: ask them in the form's own words. Save shows how "
    "urgent the result is. It never says that a patient is safe."
)


def screen_view(
    patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str, crisis_text: str
) -> Payload:
    """The questions and what was done, under what the institution says of a crisis."""
    head = [context(subject(patient, registry)), *crisis_lines(crisis_text), context(ABOUT)]
    return modal(
        TITLE, [*head, *inputs], CALLBACK, submit="Save", close="Cancel", private_metadata=memo, draft=True
    )


def offered(handle: str) -> list[Block]:
    """The way on to the risk screen, after a self-harm answer above 0."""
    ask = "🔴 *A self-harm item is above 0.* Assess the risk today: six questions, and what was done."
    return [section(ask), actions(button("Risk screen", RISK_SCREEN, handle, style="primary"))]
