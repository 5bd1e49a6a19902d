"""Recording that a patient agreed to Collaborative Care."""

from datetime import date

from pydantic import BaseModel

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.agreements import Consent, ConsentKind
from cocm_bot.domain.records.history import Change, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.operations.patients.changes import edited
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit


class Consented(BaseModel):
    """The form and the date of a patient's consent."""

    kind: ConsentKind
    day: date


def consent(ctx: Context, actor: Actor, given: Consented, born: date | None) -> Consent:
    """The consent as it is recorded; raises InvalidInput for a day that can't be true."""
    policy, now = actor.registry.policy, ctx.now()
    if given.day > policy.local_date(now.timestamp()):
        raise InvalidInput("The date can't be in the future.", "consent_day")
    if born is not None and given.day < born:
        raise InvalidInput("The date is before the patient was born.", "consent_day")
    return Consent(kind=given.kind, date=policy.instant(given.day, now), recorded_by=actor.user_id)


def record_consent(ctx: Context, actor: Actor, handle: str, given: Consented, request_id: str) -> Card:
    """Record the patient's consent, or correct it, once per request id.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.RECORD_CONSENT)

    def record(patient: Patient, history: list[TreatmentLog]) -> Edit:
        agreed = consent(ctx, actor, given, patient.born)
        before, after = _worded(actor, patient.consent), _worded(actor, agreed)
        change = Change(attribute="consent", before=before, after=after)
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"consent": agreed},
            action=AuditAction.CONSENT_RECORDED,
            changes=[change],
        )

    after = changing.change(ctx.table, actor.registry.id, handle, record, request_id=request_id)
    return card_of(ctx, actor, after)


def _worded(actor: Actor, recorded: Consent | None) -> str:
    if recorded is None:
        return ""
    return f"{recorded.kind}, {actor.registry.policy.local_date(recorded.date)}"
