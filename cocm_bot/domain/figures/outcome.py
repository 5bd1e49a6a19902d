"""Judge a patient on a day by the scores of the episode so far, in the words of `outcomes.progress`.

It is asked of those whose first score of a measure was at its line or above. Every such measure decides, so
all must hold. A score of more than 90 days ago says nothing of the day.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord, Scored
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.outcomes.progress import Progress, at_line, moved
from cocm_bot.domain.settings.policy import CarePolicy

ESTABLISHED_DAYS = 70
"""From this many days after the enrollment on, outcome is judged."""
SCORE_DAYS = 90
"""A score counts up to this many days after it was taken."""


@dataclass(frozen=True)
class Outcome:
    """Return the verdict of the deciding measures together; None where none of them can tell."""

    improved: bool | None
    response: bool | None
    remission: bool | None


def day_70(record: OutcomeRecord) -> date:
    """Return the day from which outcome is judged."""
    return record.started + timedelta(days=ESTABLISHED_DAYS)


def deciding(record: OutcomeRecord, policy: CarePolicy, day: date) -> Sequence[Measure]:
    """Return the outcome measures whose first score, as known on a day, was at the line or above."""
    firsts: dict[str, float] = {}
    for each in _scores(record, day):
        firsts.setdefault(each.measure, each.score)
    return [
        measure
        for measure in policy.measures
        if measure.outcome and measure.name in firsts and at_line(firsts[measure.name], measure)
    ]


def outcome_on(record: OutcomeRecord, policy: CarePolicy, day: date) -> Outcome | None:
    """Return the outcome on a day; None where a deciding measure has no score of the last 90 days.

    Raises ValueError where no measure decides.
    """
    measures = deciding(record, policy, day)
    if not measures:
        raise ValueError("no measure decides for this episode")
    found = []
    for measure in measures:
        scores = [each for each in _scores(record, day) if each.measure == measure.name]
        if scores[-1].day < day - timedelta(days=SCORE_DAYS):
            return None
        found.append(moved(scores[0].score, scores[-1].score, measure))
    return Outcome(
        improved=_all(found, lambda each: each.improved),
        response=_all(found, lambda each: each.response),
        remission=_all(found, lambda each: each.remission),
    )


def _scores(record: OutcomeRecord, day: date) -> list[Scored]:
    """Return the scores of the episode up to a day, but for those taken after leaving."""
    return [each for each in record.scores if not each.check and each.day <= day]


def _all(found: Iterable[Progress], answer: Callable[[Progress], bool | None]) -> bool | None:
    answers = {answer(each) for each in found} - {None}
    return None if not answers else answers == {True}
