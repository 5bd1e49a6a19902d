"""The risk screen: offered after a self-harm answer and from the card, and its submission."""

from typing import Annotated, Any

from cocm_bot.domain.access import Action
from cocm_bot.domain.records.risk_screen import LONGEST_NOTE, TOPICS, Behavior, SafetyStep
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import new_id
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.safety.safety_plan import ScreenEntry, check_active, record_screen
from cocm_bot.slack.forms import CheckboxesInput, CheckboxInput, Choice, Form, RadioInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.card import saved
from cocm_bot.slack.runtime.memo import ChangeMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts
from cocm_bot.slack.safety.risk_screen_view import TITLE, screen_view
from cocm_bot.slack.shared_views.card_actions import RISK_SCREEN
from cocm_bot.slack.shared_views.crisis import RISK_SCREEN_FORM as CALLBACK

_YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
_LAST_MONTH = "In the last month."
_IF_THOUGHTS = "Only after a yes to question 2."


def _asked(number: int, name: str, hint: str) -> RadioInput:
    return RadioInput(f"{number} · {TOPICS[name]}", options=_YES_NO, hint=hint)


class ScreenForm(Form):
    """The six questions, and what was done."""

    wish: Annotated[bool, _asked(1, "wish", _LAST_MONTH)]
    thoughts: Annotated[bool, _asked(2, "thoughts", _LAST_MONTH)]
    method: Annotated[bool | None, _asked(3, "method", _IF_THOUGHTS)] = None
    intent: Annotated[bool | None, _asked(4, "intent", _IF_THOUGHTS)] = None
    plan: Annotated[bool | None, _asked(5, "plan", _IF_THOUGHTS)] = None
    behavior: Annotated[
        Behavior,
        RadioInput(
            f"6 · {TOPICS['behavior']}", options=tuple(Behavior), hint="Acts and preparations, ever in life."
        ),
    ]
    done: Annotated[tuple[SafetyStep, ...], CheckboxesInput("What was done", options=tuple(SafetyStep))] = ()
    note: Annotated[
        str, TextInput("In words", multiline=True, max_length=LONGEST_NOTE, hint="What else matters now.")
    ] = ""
    raise_flag: Annotated[
        bool,
        CheckboxInput(
            "Flag",
            text="Raise Safety Risk if the result is high or moderate",
            description="One that is open stays as it is.",
        ),
    ] = True


def register(router: Router) -> None:
    """The card's entry, which the card after a self-harm answer offers too, and the modal's submission."""
    router.opens(RISK_SCREEN, TITLE, form)
    router.submission(CALLBACK, save)


def form(request: MemberRequest, initial: dict[str, Any] | None = None) -> Payload:
    """The questions for the patient whose card it was opened from."""
    return asked(request, request.value, initial)


def asked(request: MemberRequest, handle: str, initial: dict[str, Any] | None = None) -> Payload:
    """The questions for one patient, with what was typed before if anything was."""
    authorise(request.ctx, request.actor, Action.SCREEN_RISK)
    patient = open_card(request.ctx, request.actor, handle).patient
    check_active(patient)
    memo = ChangeMemo(handle=patient.handle, request_id=new_id())
    crisis = request.actor.registry.alerts.crisis_text
    return screen_view(patient, request.actor.registry, ScreenForm.blocks(initial), memo.packed(), crisis)


def save(request: MemberRequest) -> Payload:
    """Record the screen and show the card with its result; the team is notified of a flag that was raised."""
    entered = ScreenForm.read(request.answers)
    entry = ScreenEntry(**entered.model_dump())
    memo = request.memo(ChangeMemo)
    card = record_screen(request.ctx, request.actor, memo.handle, entry, memo.request_id)
    latest = card.patient.risk_screens[-1]
    told = alerts.tell(request, card.patient, latest.at)
    return saved(request, card, f"Risk screen saved: {latest.triage}.\n{told}".rstrip())
