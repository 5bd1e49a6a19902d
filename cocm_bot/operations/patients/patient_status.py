"""Moving a patient on, ending an episode and beginning another."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.agreements import DeactivationReason
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.patient import Change, Patient, TreatmentLog
from cocm_bot.domain.patients.status_changes import Update, deactivated, moved, reopened
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.store.patients import patients
from cocm_bot.store.patients.patients import Edit

LONGEST_NOTE = 500
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE)]


class Deactivation(BaseModel):
    """Why a patient leaves the program."""

    reason: DeactivationReason
    note: Note = ""


def move(ctx: Context, actor: Actor, handle: str, to: Status, request_id: str) -> Card:
    """Move a patient to another status of the same episode, once per request id.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    return _changed(
        ctx, actor, handle, request_id, AuditAction.MOVED, lambda patient, at: moved(patient, to, at)
    )


def deactivate(ctx: Context, actor: Actor, handle: str, leaving: Deactivation, request_id: str) -> Card:
    """End a patient's episode, once per request id. Raises as `move`."""
    if leaving.reason is DeactivationReason.OTHER and not leaving.note:
        raise InvalidInput("Say in a few words why.", "note")

    def end(patient: Patient, at: float) -> Update:
        return deactivated(patient, leaving.reason, leaving.note, actor.user_id, at)

    told = f"{leaving.reason}: {leaving.note}" if leaving.note else str(leaving.reason)
    return _changed(ctx, actor, handle, request_id, AuditAction.DEACTIVATED, end, told)


def reopen(ctx: Context, actor: Actor, handle: str, why: str, request_id: str) -> Card:
    """Begin a new episode of a patient who left, once per request id. Raises as `move`."""
    return _changed(ctx, actor, handle, request_id, AuditAction.REOPENED, reopened, why)


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

    after = patients.change(ctx.table, actor.registry.id, handle, apply, request_id=request_id)
    return card_of(ctx, actor, after)
