"""Raising and resolving flags."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.history import Change, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.alerts import with_ended
from cocm_bot.domain.safety.flags import with_raised, with_resolved, with_taken_back
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.safety.alerts import ending, raising
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.table.writes import Write

LONGEST_REASON = 500


class Flagging(BaseModel):
    """The flags to raise or to resolve, and the reason."""

    flag_types: tuple[Flag, ...] = Field(min_length=1)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


def raise_flags(ctx: Context, actor: Actor, handle: str, flagging: Flagging, request_id: str) -> Card:
    """Raise flags of types that are not open, once per request id; of a safety risk the team is alerted.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.RAISE_FLAG)
    return card_of(ctx, actor, raise_on(ctx, actor, handle, flagging, request_id))


def flagging_for_discussion(reason: str) -> Flagging:
    """The flag of patients who need discussion; raises InvalidInput for an unusable reason."""
    try:
        return Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason=reason)
    except ValidationError:
        raise InvalidInput("Say what is to be discussed, in 500 characters at most.", "reason") from None


def raise_on(
    ctx: Context,
    actor: Actor,
    handle: str,
    flagging: Flagging,
    request_id: str,
    *,
    raised_with: str | None = None,
) -> Patient:
    """Raise flags on a patient once per request id, for an actor whose right was checked.

    `raised_with` is their part in a bulk change, by which `take_back` finds them.

    Raises InvalidInput, NotFound, Conflict or Unavailable.
    """
    now = ctx.now()

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        flags = with_raised(
            patient,
            flagging.flag_types,
            flagging.reason,
            actor.user_id,
            now.timestamp(),
            raised_with=raised_with,
        )
        alerts, along = patient.alerts, list[Write]()
        if Flag.SAFETY_RISK in flagging.flag_types:
            alerts, along = raising(actor, patient, now)
        changes = [
            Change(attribute="flag", before="", after=f"{flag}: {flagging.reason}")
            for flag in flagging.flag_types
        ]
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"flags": flags, "alerts": alerts},
            action=AuditAction.FLAG_RAISED,
            changes=changes,
            along=along,
        )

    return changing.change(ctx.table, actor.registry.id, handle, add, request_id=request_id)


def resolve_flags(ctx: Context, actor: Actor, handle: str, flagging: Flagging, request_id: str) -> Card:
    """Resolve open flags, once per request id; of a deactivated patient too. It ends a safety risk's alerts.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.RESOLVE_FLAG)
    at = ctx.now().timestamp()

    def settle(patient: Patient, history: list[TreatmentLog]) -> Edit:
        flags = with_resolved(patient, flagging.flag_types, flagging.reason, actor.user_id, at)
        safe = Flag.SAFETY_RISK in flagging.flag_types
        alerts = with_ended(patient, at) if safe else patient.alerts
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"flags": flags, "alerts": alerts},
            action=AuditAction.FLAG_RESOLVED,
            changes=_resolving(patient, flags),
            along=ending(actor.registry, patient, alerts, at),
        )

    after = changing.change(ctx.table, actor.registry.id, handle, settle, request_id=request_id)
    return card_of(ctx, actor, after)


def take_back(ctx: Context, actor: Actor, handle: str, raised_with: str, request_id: str) -> Patient:
    """Resolve the flag that a bulk change raised, once per request id, for an actor whose right was checked.

    Raises NotFound, Conflict where it is no longer open, or Unavailable.
    """
    at = ctx.now().timestamp()

    def settle(patient: Patient, history: list[TreatmentLog]) -> Edit:
        flags = with_taken_back(patient, raised_with, actor.user_id, at)
        changes = _resolving(patient, flags)
        action = AuditAction.FLAG_RESOLVED
        return edited(ctx, actor, patient, history, {"flags": flags}, action=action, changes=changes)

    return changing.change(ctx.table, actor.registry.id, handle, settle, request_id=request_id)


def _resolving(patient: Patient, flags: Sequence[PatientFlag]) -> list[Change]:
    """Return the words of an audit entry for the flags that are resolved now and were open before."""
    return [
        Change(
            attribute="flag",
            before=f"{flag.flag_type}: {flag.reason}",
            after=f"resolved: {flag.resolved_reason}",
        )
        for was, flag in zip(patient.flags, flags, strict=True)
        if was.resolved_date is None and flag.resolved_date is not None
    ]
