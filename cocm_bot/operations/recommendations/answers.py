"""Answer what a psychiatrist recommended."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.recommendations.recommendations import (
    meanwhile,
    recommendation_of,
    state_of,
    with_answer,
)
from cocm_bot.domain.records.agreements import Answer, Recommendation, RecommendationAnswer
from cocm_bot.domain.records.history import Change, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, card_of, open_card
from cocm_bot.operations.patients.changes import edited
from cocm_bot.operations.recommendations.sending import sending
from cocm_bot.operations.roster import names
from cocm_bot.store.patients import changing
from cocm_bot.store.patients.changing import Edit

LONGEST_REASON = 500
DONE: Mapping[Answer, AuditAction] = MappingProxyType(
    {
        Answer.ACCEPTED: AuditAction.RECOMMENDATION_ACCEPTED,
        Answer.DECLINED: AuditAction.RECOMMENDATION_DECLINED,
        Answer.DONE: AuditAction.RECOMMENDATION_DONE,
    }
)


def answer(
    ctx: Context,
    actor: Actor,
    handle: str,
    recommendation_id: str,
    given: Answer,
    reason: str,
    request_id: str,
    *,
    seen: str,
) -> Card:
    """Answer a recommendation, once per request id; `seen` is the state the person knew of.

    Raises NotAllowed, InvalidInput, NotFound, Unavailable, or Conflict that says what was answered meanwhile.
    """
    authorise(ctx, actor, Action.ANSWER_RECOMMENDATION)
    at = ctx.now().timestamp()
    response = RecommendationAnswer(user_id=actor.user_id, answer=given, reason=reason.strip(), at=at)

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        asked = recommendation_of(patient, recommendation_id)
        if state_of(asked) != seen:
            raise Conflict(meanwhile(asked, names(ctx, actor)))
        return edited(
            ctx,
            actor,
            patient,
            history,
            {"recommendations": with_answer(patient, recommendation_id, response)},
            action=DONE[given],
            changes=[_change(asked, response)],
            along=[sending(actor.registry, patient, recommendation_id, actor.user_id, at)],
        )

    after = changing.change(ctx.table, actor.registry.id, handle, add, request_id=request_id)
    return card_of(ctx, actor, after)


def asked(ctx: Context, actor: Actor, handle: str) -> Card:
    """Return the card of a patient whose recommendation is about to be answered; the view is logged.

    Raises NotAllowed, NotFound or Unavailable.
    """
    authorise(ctx, actor, Action.ANSWER_RECOMMENDATION)
    return open_card(ctx, actor, handle)


def _change(asked: Recommendation, response: RecommendationAnswer) -> Change:
    before = asked.latest.answer if asked.latest else ""
    why = f": {response.reason}" if response.reason else ""
    return Change(attribute="answer", before=before, after=f"{response.answer}{why}")
