"""The risk screen's modal, and how its result is told on the card. Modals only: they show the name."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.patient import Patient
from cocm_bot.domain.safety.risk_screen import TOPICS, Behavior, RiskScreen, Triage
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.contacts.contact_view import crisis_lines
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    button,
    clip,
    context,
    escape,
    modal,
    section,
)
from cocm_bot.slack.shared_views.card_actions import RISK_SCREEN
from cocm_bot.slack.shared_views.formatting import moment_of, subject, who

CALLBACK = "risk-screen"
TITLE = "Risk screen"
NOTE_SHOWN = 200
ABOUT = (
    "The six questions of the C-SSRS screener, by topic: ask them in the form's own words. Save shows how "
    "urgent the result is. It never says that somebody is safe."
)
_MARKS = {Triage.HIGH: "🔴", Triage.MODERATE: "🟠", Triage.LOW: "🟡", Triage.NOTHING: "⚪"}


def screen_view(patient: Patient, inputs: Sequence[Block], memo: str, crisis_text: str) -> Payload:
    """The questions and what was done, under what the institution says of a crisis."""
    head = [context(subject(patient)), *crisis_lines(crisis_text), context(ABOUT)]
    return modal(
        TITLE, [*head, *inputs], CALLBACK, submit="Save", close="Cancel", private_metadata=memo, draft=True
    )


def offered(handle: str) -> list[Block]:
    """The way on to the risk screen, after a self-harm answer above 0."""
    ask = "🔴 *A self-harm item is above 0.* Assess the risk today: six questions, and what was done."
    return [section(ask), actions(button("Risk screen", RISK_SCREEN, handle, style="primary"))]


def screen_lines(patient: Patient, names: Mapping[str, str], policy: CarePolicy) -> list[Block]:
    """The latest risk screen: its result, what was answered, what was done and by whom."""
    if not patient.risk_screens:
        return []
    latest = patient.risk_screens[-1]
    mark, triage = _MARKS[latest.triage], latest.triage
    head = f"{mark} *Risk screen: {triage}* · {moment_of(latest.at, policy)} · {who(latest.by, names)}"
    done = f"Done: {', '.join(latest.done)}" if latest.done else "Nothing is recorded as done."
    note = f"\n_{escape(clip(' '.join(latest.note.split()), NOTE_SHOWN))}_" if latest.note else ""
    return [section(f"{head}\n{_answered(latest)}\n{done}{note}")]


def _answered(screen: RiskScreen) -> str:
    """What was said yes to, by topic."""
    yes = [TOPICS[name] for name in TOPICS if name != "behavior" and getattr(screen, name)]
    if screen.behavior is not Behavior.NEVER:
        yes.append(f"{TOPICS['behavior']}: {screen.behavior.lower()}")
    return "; ".join(yes) or "No question was answered with yes."
