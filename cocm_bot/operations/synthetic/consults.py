"""Invent the recommendations of consultations, and their answers."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from random import Random

from cocm_bot.domain.records.agreements import Recommendation, RecommendationAnswer
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.vocabulary import ContactType
from cocm_bot.operations.synthetic.phrases import ANSWERS, RECOMMENDATIONS
from cocm_bot.operations.synthetic.stories import Story

ANSWER_HOURS = (1, 2, 17, 19, 22, 41, 44, 65)
"""Hours from a consultation, in the late afternoon, to an answer in somebody's working day."""


def given_in(
    logs: Iterable[TreatmentLog], by: str, addressed_to: tuple[str, ...], random: Random
) -> dict[str, Recommendation]:
    """Return what each consultation recommended, by its id, oldest first; nobody has answered yet."""
    given = {}
    for log in logs:
        if log.contact_type is ContactType.CONSULTATION:
            kinds, text = random.choice(RECOMMENDATIONS)
            given[log.id] = Recommendation(
                id=log.id, kinds=kinds, text=text, by=by, at=log.date, addressed_to=addressed_to
            )
    return given


def answered(
    given: Collection[Recommendation], story: Story, now: datetime, random: Random
) -> Iterator[Recommendation]:
    """All of them answered within days, but for the latest where the story says so."""
    for place, each in enumerate(given, start=1):
        latest = place == len(given)
        yield _asking(each) if latest and story.unanswered else _answered(each, now, random)


def _asking(given: Recommendation) -> Recommendation:
    """Return it as one that asks somebody: to go on as before asks nobody."""
    if not given.informs:
        return given
    kinds, text = RECOMMENDATIONS[0]
    return given.model_copy(update={"kinds": kinds, "text": text})


def _answered(given: Recommendation, now: datetime, random: Random) -> Recommendation:
    answer, reason = random.choice(ANSWERS)
    told = RecommendationAnswer(
        user_id=random.choice(given.addressed_to),
        answer=answer,
        reason=reason,
        at=min(given.at + random.choice(ANSWER_HOURS) * 3600, now.timestamp()),
    )
    return given.model_copy(update={"answers": (told,)})
