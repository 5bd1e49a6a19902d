"""Answering what a psychiatrist recommended, and whom to tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cocm_bot.operations.desk import Desk
from cocm_bot.operations.edits import edited
from cocm_bot.operations.oversight import authorise, record_view
from cocm_bot.operations.patients import Card, card_of, open_card
from cocm_bot.operations.roster import names
from cocm_bot.registry.access import Action, Actor, may
from cocm_bot.registry.care import Answer, Recommendation, RecommendationAnswer
from cocm_bot.registry.errors import Conflict
from cocm_bot.registry.patient import Change, Patient, TreatmentLog
from cocm_bot.registry.recommendations import meanwhile, recommendation_of, state_of, with_answer
from cocm_bot.store import deliveries, patients, people
from cocm_bot.store.deliveries import Delivery
from cocm_bot.store.patients import Edit

LONGEST_REASON = 500
DIRECT_MESSAGE = "direct message"


@dataclass(frozen=True)
class Letter:
    """A recommendation on its way to one addressee."""

    user_id: str
    name: str
    email: str | None
    """None for somebody who may no longer be told: they left the registry, or have another role."""


def answer(
    desk: Desk,
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
    authorise(desk, actor, Action.ANSWER_RECOMMENDATION)
    at = desk.now().timestamp()
    response = RecommendationAnswer(user_id=actor.user_id, answer=given, reason=reason.strip(), at=at)

    def add(patient: Patient, history: list[TreatmentLog]) -> Edit:
        asked = recommendation_of(patient, recommendation_id)
        if state_of(asked) != seen:
            raise Conflict(meanwhile(asked, names(desk, actor)))
        return edited(
            desk,
            actor,
            patient,
            history,
            {"recommendations": with_answer(patient, recommendation_id, response)},
            object_name="recommendation",
            action=f"recommendation {given.lower()}",
            changes=[_change(asked, response)],
        )

    after = patients.change(desk.table, actor.registry.id, handle, add, request_id=request_id)
    return card_of(desk, actor, after)


def asked(desk: Desk, actor: Actor, handle: str) -> Card:
    """The card of a patient whose recommendation is about to be answered; the view is logged.

    Raises NotAllowed, NotFound or Unavailable.
    """
    authorise(desk, actor, Action.ANSWER_RECOMMENDATION)
    return open_card(desk, actor, handle)


def letters(desk: Desk, actor: Actor, recommendation: Recommendation) -> Iterator[Letter]:
    """The addressees who have not been sent the recommendation yet. Raises Unavailable."""
    known = names(desk, actor)
    reached = {delivery.user_id for delivery in sent(desk, recommendation.id)}
    for user_id in recommendation.addressed_to:
        if user_id not in reached:
            email = _address(desk, actor, user_id)
            yield Letter(user_id, known.get(user_id, "a former member"), email)


def record_sending(desk: Desk, actor: Actor, letter: Letter, slack_user_id: str, patient: Patient) -> None:
    """Log that an addressee is about to be shown the patient. Raises Unavailable."""
    reader = replace(actor, user_id=letter.user_id, slack_user_id=slack_user_id, surface=DIRECT_MESSAGE)
    record_view(desk, reader, Action.VIEW_PATIENT, (patient.id,))


def record_sent(desk: Desk, letter: Letter, recommendation_id: str, channel: str, ts: str) -> None:
    """Remember the message an addressee was sent, so that it can show what becomes of it."""
    at = desk.now().timestamp()
    deliveries.record(
        desk.table, recommendation_id, Delivery(user_id=letter.user_id, channel=channel, ts=ts, at=at)
    )


def sent(desk: Desk, recommendation_id: str) -> list[Delivery]:
    """The messages the addressees were sent. Raises Unavailable."""
    return deliveries.of(desk.table, recommendation_id).records


def _address(desk: Desk, actor: Actor, user_id: str) -> str | None:
    member = people.membership(desk.table, actor.registry.id, user_id)
    if member is None or not may(member.role, Action.ANSWER_RECOMMENDATION):
        return None
    person = people.user(desk.table, user_id)
    return person.email if person else None


def _change(asked: Recommendation, response: RecommendationAnswer) -> Change:
    before = asked.latest.answer if asked.latest else ""
    why = f": {response.reason}" if response.reason else ""
    return Change(attribute="answer", before=before, after=f"{response.answer}{why}")
