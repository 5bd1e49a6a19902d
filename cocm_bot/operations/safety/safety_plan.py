"""The risk screen and the safety plan of a patient: recorded, with what follows from them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction, AuditObject
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.records.history import Change, TreatmentLog
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.domain.records.risk_screen import (
    LONGEST_NOTE,
    TOPICS,
    URGENT,
    Behavior,
    RiskScreen,
    SafetyStep,
    check_screen,
)
from cocm_bot.domain.records.safety_plan import LONGEST_STEP, STEPS, SafetyPlan
from cocm_bot.domain.safety.alerts import is_paging
from cocm_bot.domain.safety.flags import open_types, with_raised
from cocm_bot.domain.vocabulary import Flag, Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import changes_since, edited
from cocm_bot.operations.safety.alerts import raising
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.writes import Write


class ScreenEntry(BaseModel):
    """The entered answers of a risk screen; what is asked only after thoughts is None where it was not."""

    wish: bool
    thoughts: bool
    method: bool | None = None
    intent: bool | None = None
    plan: bool | None = None
    behavior: Behavior
    done: tuple[SafetyStep, ...] = ()
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE)] = ""
    raise_flag: bool = False
    """Raise Safety Risk, unless it is open, where the result is high or moderate."""


Step = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_STEP)]


class SafetyPlanEntry(BaseModel):
    """The six steps as entered; at least one says something."""

    warning_signs: Step = ""
    alone: Step = ""
    distraction: Step = ""
    people: Step = ""
    professionals: Step = ""
    surroundings: Step = ""


class SafetyPlanRewritten(Conflict):
    """Somebody else wrote the plan after this one was begun; nothing was written."""

    def __init__(self, patient: Patient) -> None:
        super().__init__("Somebody else wrote the safety plan meanwhile.")
        self.patient = patient


def record_screen(ctx: Context, actor: Actor, handle: str, entry: ScreenEntry, request_id: str) -> Card:
    """Record a risk screen with what was done, once per request id.

    It answers a self-harm item that was not known. The flag the person asks for is raised with it, and the
    team alerted unless it is alerted already. Raises NotAllowed, InvalidInput with the field at fault,
    NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.SCREEN_RISK)
    now = ctx.now()
    screen = RiskScreen(**entry.model_dump(exclude={"raise_flag"}), by=actor.user_id, at=now.timestamp())
    check_screen(screen)

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        check_active(patient)
        flags, alerts, along = patient.flags, patient.alerts, list[Write]()
        if entry.raise_flag and screen.triage in URGENT and Flag.SAFETY_RISK not in open_types(patient):
            reason = f"Risk screen: {screen.triage}."
            flags = with_raised(patient, (Flag.SAFETY_RISK,), reason, actor.user_id, now.timestamp())
            if not any(map(is_paging, patient.alerts)):
                alerts, along = raising(actor, patient, now)
        raised = [
            Change(attribute="flag", before="", after=f"{Flag.SAFETY_RISK}: risk screen {screen.triage}")
        ]
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"risk_screens": (*patient.risk_screens, screen)[-TAIL:], "flags": flags, "alerts": alerts},
            action=AuditAction.SCREEN_RECORDED,
            changes=[*_screened(screen), *(raised if flags != patient.flags else [])],
            along=along,
        )

    after = changing.change(ctx.table, actor.registry.id, handle, add, request_id=request_id)
    return card_of(ctx, actor, after)


def write_safety_plan(
    ctx: Context, actor: Actor, handle: str, entry: SafetyPlanEntry, request_id: str, *, seen: int
) -> Card:
    """Write the safety plan, or record that it was gone through unchanged, once per request id.

    `seen` is the patient's version the plan was begun from. Raises NotAllowed, InvalidInput,
    SafetyPlanRewritten, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.SCREEN_RISK)
    if not any(entry.model_dump().values()):
        raise InvalidInput("Write at least one step.", "warning_signs")
    now = ctx.now()

    def write(patient: Patient, history: list[TreatmentLog]) -> Edit:
        check_active(patient)
        if any(each.object_name == AuditObject.SAFETY_PLAN for each in changes_since(ctx, patient, seen)):
            raise SafetyPlanRewritten(patient)
        before, after = patient.safety_plan, _plan(actor, patient.safety_plan, entry, now)
        changes = _rewritten(before, after)
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"safety_plan": after},
            action=_written(before, changes),
            changes=changes,
        )

    after = changing.change(ctx.table, actor.registry.id, handle, write, request_id=request_id)
    return card_of(ctx, actor, after)


def check_active(patient: Patient) -> None:
    """Raise InvalidInput for a patient who left the program."""
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record first.")


def _plan(actor: Actor, before: SafetyPlan | None, entry: SafetyPlanEntry, now: datetime) -> SafetyPlan:
    steps, at = entry.model_dump(), now.timestamp()
    same = before is not None and all(getattr(before, name) == text for name, text in steps.items())
    return SafetyPlan(
        **steps,
        written_by=before.written_by if before and same else actor.user_id,
        written_at=before.written_at if before and same else at,
        reviewed_by=actor.user_id,
        reviewed_at=at,
    )


def _written(before: SafetyPlan | None, changes: list[Change]) -> AuditAction:
    if before is None:
        return AuditAction.SAFETY_PLAN_WRITTEN
    return AuditAction.SAFETY_PLAN_REVISED if changes else AuditAction.SAFETY_PLAN_REVIEWED


def _rewritten(before: SafetyPlan | None, after: SafetyPlan) -> list[Change]:
    old = {name: getattr(before, name) if before else "" for name in STEPS}
    return [
        Change(attribute=name, before=old[name], after=getattr(after, name))
        for name in STEPS
        if old[name] != getattr(after, name)
    ]


def _screened(screen: RiskScreen) -> list[Change]:
    """The answers, the result and what was done, in words."""
    answers = {name: _said(getattr(screen, name)) for name in TOPICS}
    told = {**answers, "triage": str(screen.triage), "done": ", ".join(screen.done), "note": screen.note}
    return [Change(attribute=name, before="", after=text) for name, text in told.items() if text]


def _said(answer: bool | Behavior | None) -> str:
    if answer is None:
        return "not asked"
    return str(answer) if isinstance(answer, Behavior) else ("yes" if answer else "no")
