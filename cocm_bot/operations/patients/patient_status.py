"""Moving a patient on, ending an episode and beginning another."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import Conflict, InvalidInput
from cocm_bot.domain.patients.status_changes import (
    Update,
    deactivated,
    leaving_concerns,
    moved,
    reopened,
    resumed,
    undone,
)
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.records.history import Change, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit

LONGEST_NOTE = 500
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE)]


class Deactivation(BaseModel):
    """The reason a patient leaves the program."""

    reason: DeactivationReason
    note: Note = ""
    asked: bool = False
    """True if the person was asked about what speaks against it, and confirmed it."""


class Unsettled(Conflict):
    """Something speaks against letting the patient leave, and it was not asked about yet; nothing changed."""

    def __init__(self, patient: Patient, concerns: list[str]) -> None:
        super().__init__(f"Before the patient leaves: {'; '.join(concerns)}.")
        self.patient = patient
        self.concerns = concerns


def move(ctx: Context, actor: Actor, handle: str, to: Status, request_id: str) -> Card:
    """Move a patient to another status of the same episode, once per request id.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    return _changed(
        ctx, actor, handle, request_id, AuditAction.MOVED, lambda patient, at: moved(patient, to, at)
    )


def deactivate(ctx: Context, actor: Actor, handle: str, leaving: Deactivation, request_id: str) -> Card:
    """End a patient's episode, once per request id.

    Raises as `move`, and Unsettled where something speaks against it that was not asked about.
    """
    if leaving.reason is DeactivationReason.OTHER and not leaving.note:
        raise InvalidInput("Say in a few words why.", "note")

    def end(patient: Patient, at: float) -> Update:
        update = deactivated(patient, leaving.reason, leaving.note, actor.user_id, at)
        concerns = leaving_concerns(patient, actor.registry.policy)
        if concerns and not leaving.asked:
            raise Unsettled(patient, concerns)
        return update

    told = f"{leaving.reason}: {leaving.note}" if leaving.note else str(leaving.reason)
    return _changed(ctx, actor, handle, request_id, AuditAction.DEACTIVATED, end, told)


def undo(ctx: Context, actor: Actor, handle: str, request_id: str) -> Card:
    """Undo a patient's deactivation while it can be, once per request id. Raises as `move`."""

    def restore(patient: Patient, at: float) -> Update:
        return undone(patient, actor.registry.policy, at)

    return _changed(ctx, actor, handle, request_id, AuditAction.DEACTIVATION_UNDONE, restore)


def reopen(
    ctx: Context, actor: Actor, handle: str, why: str, request_id: str, *, same_episode: bool = False
) -> Card:
    """Take back a patient who left, once per request id: into a new episode or the same. Raises as `move`."""
    action, update = (
        (AuditAction.EPISODE_RESUMED, resumed) if same_episode else (AuditAction.REOPENED, reopened)
    )
    return _changed(ctx, actor, handle, request_id, action, update, why)


def _changed(
    ctx: Context,
    actor: Actor,
    handle: str,
    request_id: str,
    action: AuditAction,
    update: Callable[[Patient, float], Update],
    reason: str = "",
) -> Card:
    authorise(ctx, actor, Action.CHANGE_STATUS)
    at = ctx.now().timestamp()
    changes = [Change(attribute="reason", before="", after=reason)] if reason else []

    def apply(patient: Patient, history: list[TreatmentLog]) -> Edit:
        return edited(
            ctx,
            actor,
            patient,
            history,
            update(patient, at),
            action=action,
            changes=changes,
        )

    after = changing.change(ctx.table, actor.registry.id, handle, apply, request_id=request_id)
    return card_of(ctx, actor, after)
