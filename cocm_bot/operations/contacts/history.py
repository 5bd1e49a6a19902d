"""Looking back on a patient: every contact, every change, and how the scores went."""

from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.patients.trend import Trend, trend
from cocm_bot.domain.records.history import AuditLog, TreatmentLog
from cocm_bot.operations.contacts.corrections import may_correct
from cocm_bot.operations.context import Context
from cocm_bot.operations.patients.card import Card, open_card
from cocm_bot.store.patients import history


@dataclass(frozen=True)
class History:
    """A patient's contacts, latest first, the voided ones marked."""

    card: Card
    logs: list[TreatmentLog]
    correctable: frozenset[str] = frozenset()
    """The ids of those that the actor may correct."""


@dataclass(frozen=True)
class Trail:
    """The changes of a patient, latest first, with who made them; `broken` entries could not be read."""

    card: Card
    entries: list[AuditLog]
    broken: int


def contacts(ctx: Context, actor: Actor, handle: str) -> History:
    """Every contact; the view is logged. Raises NotAllowed, NotFound or Unavailable."""
    card = open_card(ctx, actor, handle)
    logs = in_order(history.contacts(ctx.table, *card.patient.histories), actor.registry.policy)[::-1]
    theirs = may(actor.role, Action.CORRECT_CONTACT)
    correctable = {log.id for log in logs if theirs and log.counts and may_correct(actor, log)}
    return History(card, logs, frozenset(correctable))


def changes(ctx: Context, actor: Actor, handle: str) -> Trail:
    """The audit trail; the view is logged. Raises NotAllowed, NotFound or Unavailable."""
    card = open_card(ctx, actor, handle)
    found = history.audit_trail(ctx.table, *card.patient.histories)
    return Trail(card, found.records[::-1], found.broken)


def course(ctx: Context, actor: Actor, handle: str) -> tuple[Card, Trend]:
    """The patient with the trend of the current episode; the view is logged.

    Raises NotAllowed, NotFound or Unavailable.
    """
    card = open_card(ctx, actor, handle)
    logs = history.contacts(ctx.table, *card.patient.histories)
    return card, trend(card.patient, logs, actor.registry.policy)
