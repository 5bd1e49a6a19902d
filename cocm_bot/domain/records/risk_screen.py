"""The risk screen after a self-harm answer: six questions, their triage, and what was done.

The questions and the triage are those of the screener version of the Columbia Suicide Severity Rating Scale
(C-SSRS, recent/triage form for primary care), by topics in words of our own. The triage says how urgent
somebody's judgment is; it never says that a patient is safe.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.record import Record

LONGEST_NOTE = 1000


class Behavior(StrEnum):
    """The time since the patient last did something to end their life, or prepared to."""

    NEVER = "Never"
    LONGER_AGO = "Longer than 3 months ago"
    RECENT = "In the last 3 months"


class Triage(StrEnum):
    """The urgency of the result, most urgent first."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    NOTHING = "nothing reported"


class SafetyStep(StrEnum):
    """An action taken about a risk."""

    PLAN = "Safety plan made or reviewed"
    MEANS = "Means talked about"
    HANDED_OVER = "Handed over in person"
    CRISIS_LINE = "Crisis line given"
    EMERGENCY = "Emergency services"
    PSYCHIATRIST = "Psychiatrist reached"
    OTHER = "Other"


URGENT = frozenset({Triage.HIGH, Triage.MODERATE})
"""The results that call for a Safety Risk flag."""


class RiskScreen(Record):
    """One risk screen; method, intent and plan are None where they were not asked: without thoughts."""

    wish: bool
    """A wish to be dead."""
    thoughts: bool
    """Thoughts of ending one's life."""
    method: bool | None = None
    """Thoughts of a way to do it."""
    intent: bool | None = None
    """Some intention of acting on the thoughts."""
    plan: bool | None = None
    """A plan in its details, with the intention of carrying it out."""
    behavior: Annotated[Behavior, Field(strict=False)]
    done: tuple[Annotated[SafetyStep, Field(strict=False)], ...] = Field(default=(), strict=False)
    note: str = ""
    by: str
    """The user id of whoever asked and acted."""
    at: float
    """Seconds UTC."""

    @property
    def triage(self) -> Triage:
        """Return how urgent the result is."""
        return triage(self)


TOPICS = {
    "wish": "Wish to be dead",
    "thoughts": "Thoughts of suicide",
    "method": "Thought of a method",
    "intent": "Some intent to act",
    "plan": "Plan with intent",
    "behavior": "Suicidal behavior",
}
"""The questions in their order, by topics of our own."""
ONLY_WITH_THOUGHTS = ("method", "intent", "plan")


def triage(screen: RiskScreen) -> Triage:
    """Return how urgent a screen's result is, as published with the screener.

    High: behavior in the last 3 months, intent, or a plan. Moderate: a method, or behavior longer ago. Low: a
    wish to be dead or thoughts alone.
    """
    if screen.behavior is Behavior.RECENT or screen.intent or screen.plan:
        return Triage.HIGH
    if screen.behavior is Behavior.LONGER_AGO or screen.method:
        return Triage.MODERATE
    return Triage.LOW if screen.wish or screen.thoughts else Triage.NOTHING


def check_screen(screen: RiskScreen) -> None:
    """Raise InvalidInput with the field at fault unless everything was asked that had to be, and acted on."""
    for name in ONLY_WITH_THOUGHTS:
        answer = getattr(screen, name)
        if screen.thoughts and answer is None:
            raise InvalidInput("There are thoughts: this must be asked too.", name)
        if not screen.thoughts and answer:
            raise InvalidInput("Without thoughts this can't be: correct one of the two.", name)
    if screen.triage in URGENT and not screen.done:
        raise InvalidInput(f"The result is {screen.triage}: say what was done.", "done")
    if SafetyStep.OTHER in screen.done and not screen.note:
        raise InvalidInput("Say in words what else was done.", "note")
