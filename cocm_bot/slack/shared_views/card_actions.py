"""The actions on a patient's card: one table, from which the buttons and the menu are drawn."""

from collections.abc import Callable
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.caseload.snoozes import never_snoozed
from cocm_bot.domain.patients.status_changes import moves
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.alerts import is_open
from cocm_bot.domain.safety.flags import open_types, raisable
from cocm_bot.domain.vocabulary import Status
from cocm_bot.slack.kit import Block, actions, button, option, select

TAKE = "card-take"
RISK_SCREEN = "card-risk-screen"
SAFETY_PLAN = "card-safety-plan"
SHOW_SAFETY_PLAN = "card-safety-plan-text"
LOG_CONTACT = "card-log"
RAISE_FLAG = "card-flag"
RESOLVE_FLAG = "card-resolve"
CHANGE_STATUS = "card-status"
DEACTIVATE = "card-deactivate"
REOPEN = "card-reopen"
UNDO = "card-undo"
OUTCOME = "card-outcome"
CONSENT = "card-consent"
PLAN = "card-plan"
SHOW_PLAN = "card-plan-text"
EDIT = "card-edit"
CARE = "card-care"
MEDICATION = "card-medication"
ANSWER = "card-answer"
TIMER = "card-timer"
CORRECT = "card-correct"
TREND = "card-trend"
HISTORY = "card-history"
CHANGES = "card-changes"
PRINT = "card-print"
ASSIGN = "card-assign"
SNOOZE = "card-snooze"
END_SNOOZE = "card-snooze-end"
MERGE = "card-merge"
UNDO_MERGE = "card-merge-undo"
MORE = "card-more"

OPEN_CARD = "safety-open"
"""Opens the card from a direct message: of an alert, a recommendation."""


def _always(_patient: Patient) -> bool:
    return True


def _active(patient: Patient) -> bool:
    return patient.status is not Status.DEACTIVATED


def _in_care(patient: Patient) -> bool:
    return patient.status in (Status.TREATMENT, Status.RELAPSE_PREVENTION)


def _planned(patient: Patient) -> bool:
    return patient.plan is not None


def _safety_planned(patient: Patient) -> bool:
    return patient.safety_plan is not None


def _contacted(patient: Patient) -> bool:
    return bool(patient.treatment_logs)


def _snoozable(patient: Patient) -> bool:
    return _active(patient) and patient.snoozed is None and not never_snoozed(patient)


def _snoozed(patient: Patient) -> bool:
    return patient.snoozed is not None


def _alerted(patient: Patient) -> bool:
    return any(map(is_open, patient.alerts))


def _deactivated(patient: Patient) -> bool:
    return patient.status is Status.DEACTIVATED


def _merged(patient: Patient) -> bool:
    return bool(patient.joined)


def _left(patient: Patient) -> bool:
    """Return whether it is known how the record was before; whether it is not too late, the modal says."""
    return _deactivated(patient) and patient.departure is not None


@dataclass(frozen=True)
class CardAction:
    """One thing to do: offered to those who may, for the patients it fits."""

    label: str
    action_id: str
    action: Action
    fits: Callable[[Patient], object] = _always
    """Something true for a patient it fits."""
    button: bool = False
    """True for a button of its own; the others are in the menu beside the buttons, and each opens a modal."""
    admin: bool = False
    """True for what only an admin of those who may does."""

    def is_for(self, actor: Actor) -> bool:
        """Return whether a person may do this."""
        return may(actor.role, self.action) and (actor.is_admin or not self.admin)


CARD_ACTIONS = (
    CardAction("I have it", TAKE, Action.TAKE_ALERT, _alerted, button=True),
    CardAction("Log a contact", LOG_CONTACT, Action.LOG_CONTACT, _active, button=True),
    CardAction("Answer the recommendation", ANSWER, Action.ANSWER_RECOMMENDATION, still_open, button=True),
    CardAction("Reopen", REOPEN, Action.CHANGE_STATUS, _deactivated, button=True),
    CardAction("Undo the deactivation", UNDO, Action.CHANGE_STATUS, _left, button=True),
    CardAction("Outcome check", OUTCOME, Action.LOG_CONTACT, _deactivated),
    CardAction("Raise a flag", RAISE_FLAG, Action.RAISE_FLAG, raisable, button=True),
    CardAction("Timer", TIMER, Action.LOG_CONTACT, _active, button=True),
    CardAction("Risk screen", RISK_SCREEN, Action.SCREEN_RISK, _active),
    CardAction("Safety plan", SAFETY_PLAN, Action.SCREEN_RISK, _active),
    CardAction("Show the safety plan as text", SHOW_SAFETY_PLAN, Action.VIEW_PATIENT, _safety_planned),
    CardAction("Resolve a flag", RESOLVE_FLAG, Action.RESOLVE_FLAG, open_types),
    CardAction("Record consent", CONSENT, Action.RECORD_CONSENT),
    CardAction("Relapse prevention plan", PLAN, Action.WRITE_PLAN, _in_care),
    CardAction("Show the plan as text", SHOW_PLAN, Action.VIEW_PATIENT, _planned),
    CardAction("Medication", MEDICATION, Action.RECORD_MEDICATION, _active),
    CardAction("Care details", CARE, Action.EDIT_CARE),
    CardAction("Edit details", EDIT, Action.EDIT_PATIENT),
    CardAction("Trend", TREND, Action.VIEW_PATIENT, button=True),
    CardAction("History", HISTORY, Action.VIEW_PATIENT),
    CardAction("Changes", CHANGES, Action.VIEW_PATIENT),
    CardAction("Print summary", PRINT, Action.EXPORT_PATIENT),
    CardAction("Correct an entry", CORRECT, Action.CORRECT_CONTACT, _contacted),
    CardAction("Assign", ASSIGN, Action.ASSIGN, _active),
    CardAction("Snooze", SNOOZE, Action.SNOOZE, _snoozable),
    CardAction("End the snooze", END_SNOOZE, Action.SNOOZE, _snoozed),
    CardAction("Change status", CHANGE_STATUS, Action.CHANGE_STATUS, moves),
    CardAction("Deactivate", DEACTIVATE, Action.CHANGE_STATUS, _active),
    CardAction("Merge with another record", MERGE, Action.VIEW_PATIENT, admin=True),
    CardAction("Undo a merge", UNDO_MERGE, Action.VIEW_PATIENT, _merged, admin=True),
)
"""In the order shown; the first button is the primary one."""


def actions_bar(actor: Actor, patient: Patient) -> list[Block]:
    """The buttons and the menu for this person and patient; nothing when there is nothing they may do."""
    offered = [each for each in CARD_ACTIONS if each.is_for(actor) and each.fits(patient)]
    buttons = [button(each.label, each.action_id, patient.handle) for each in offered if each.button]
    if buttons:
        buttons[0]["style"] = "primary"
    others = [each for each in offered if not each.button]
    entries = [option(each.label, f"{each.action_id} {patient.handle}") for each in others]
    menu = [select(MORE, entries, placeholder="More…")] if entries else []
    return [actions(*buttons, *menu)] if buttons or menu else []
