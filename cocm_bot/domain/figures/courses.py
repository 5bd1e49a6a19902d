"""The courses of one measure over a period's patients, for a picture that names nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.outcomes.progress import better, risen


@dataclass(frozen=True)
class Course:
    """The scores of one episode, each with the days since the enrollment (none below 0), oldest first."""

    points: Sequence[tuple[int, float]]
    rising: bool
    """The latest is a meaningful change above the best before it."""


def courses_of(records: Iterable[OutcomeRecord], measure: Measure, period: Period) -> Sequence[Course]:
    """Return the course of everybody of a period with a score by its end, the rising ones first."""
    found = []
    for record in records:
        if record.last_day(period) is None:
            continue
        points = [
            (max((each.day - record.started).days, 0), each.score)
            for each in record.scores
            if each.measure == measure.name and not each.check and each.day <= period.last
        ]
        if points:
            found.append(Course(points, _rising([score for _, score in points], measure)))
    return sorted(found, key=lambda course: (not course.rising, -len(course.points)))


def _rising(scores: Sequence[float], measure: Measure) -> bool:
    best = scores[0]
    for score in scores[:-1]:
        best = better(best, score, measure)
    return risen(best, scores[-1], measure)
