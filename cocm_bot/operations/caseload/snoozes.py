"""Leaving a patient out of the care managers' lists for a while, and taking them in again."""

from datetime import date

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.caseload.snoozes import check_snooze
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient, Snooze
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit

LONGEST_REASON = 200
"""The index carries it with each patient."""


def snooze(ctx: Context, actor: Actor, handle: str, until: date, reason: str, request_id: str) -> Card:
    """Leave a patient out until a local day, when they are back; once per request id.

    In the place of an earlier snooze. Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.SNOOZE)
    why, now = reason.strip(), ctx.now()
    if not 0 < len(why) <= LONGEST_REASON:
        raise InvalidInput(f"Say why, in {LONGEST_REASON} characters at most.", "reason")
    wanted = Snooze(until=until.isoformat(), by=actor.user_id, at=now.timestamp(), reason=why)

    def leave_out(patient: Patient, history: list[TreatmentLog]) -> Edit:
        check_snooze(patient, until, actor.registry.policy.local_date(now.timestamp()))
        update = {"snoozed": wanted}
        return edited(ctx, actor, patient, history, update, action=AuditAction.SNOOZED)

    return card_of(
        ctx,
        actor,
        changing.change(ctx.table, actor.registry.id, handle, leave_out, request_id=request_id),
    )


def end_snooze(ctx: Context, actor: Actor, handle: str, request_id: str) -> Card:
    """Take a patient in again before the day, once per request id.

    Raises NotAllowed, InvalidInput when nothing is snoozed now, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.SNOOZE)

    def take_in(patient: Patient, history: list[TreatmentLog]) -> Edit:
        if patient.snoozed is None:
            raise InvalidInput("This patient is no longer snoozed.")
        update = {"snoozed": None}
        return edited(ctx, actor, patient, history, update, action=AuditAction.SNOOZE_ENDED)

    return card_of(
        ctx,
        actor,
        changing.change(ctx.table, actor.registry.id, handle, take_in, request_id=request_id),
    )
