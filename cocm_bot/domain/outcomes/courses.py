"""Following every measure over an episode: first, latest and best score, and the runs the rules rest on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.outcomes.progress import at_line, better, deciding, has_improved, remits, risen
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType


@dataclass(frozen=True)
class Followed:
    """The scores of an episode, and what they and its contacts say together."""

    courses: dict[str, MeasureCourse]
    remitted: float | None
    """Date of the score that first confirmed remission of all deciding measures."""
    relapsed: float | None
    """Date of the last score that showed a relapse after the patient was well."""
    planned: bool
    """True if a relapse prevention plan was written since that."""


def follow(logs: Iterable[TreatmentLog], policy: CarePolicy, since: date | None) -> Followed:
    """Follow the attended contacts that count, given in any order, from the local day `since` on if given.

    A measure the policy does not know is followed too, without runs; work that is no contact is not.
    """
    history = [log for log in in_order(logs, policy) if log.counts and log.is_contact and not log.no_show]
    episode = [
        (place, log)
        for place, log in enumerate(history)
        if since is None or policy.local_date(log.date) >= since
    ]
    consulted = max(_places(enumerate(history), ContactType.CONSULTATION), default=-1)
    points = _points(episode)
    courses = {
        name: _course(points[name], policy.measure(name), consulted, policy) for name in sorted(points)
    }
    decisive = [(measure, points.get(measure.name, [])) for measure in deciding(courses, policy)]
    remitted = _confirmed(decisive, policy.cadence.remission_scores)
    plans = _places(episode, ContactType.RELAPSE_PREVENTION)
    well = min([*([remitted.place] if remitted else []), *plans], default=None)
    relapsed = max(_relapses(decisive, well), default=None)
    return Followed(
        courses,
        remitted=remitted and remitted.date,
        relapsed=relapsed and relapsed.date,
        planned=any(relapsed is None or place >= relapsed.place for place in plans),
    )


class _Point(NamedTuple):
    place: int
    """Of its contact in the history."""
    date: float
    score: float


def _points(episode: Iterable[tuple[int, TreatmentLog]]) -> dict[str, list[_Point]]:
    points: defaultdict[str, list[_Point]] = defaultdict(list)
    for place, log in episode:
        for score in log.scores:
            points[score.score_name].append(_Point(place, log.date, score.score_value))
    return points


def _places(logs: Iterable[tuple[int, TreatmentLog]], contact_type: ContactType) -> list[int]:
    return [place for place, log in logs if log.contact_type is contact_type]


def _course(
    points: list[_Point], measure: Measure | None, consulted: int, policy: CarePolicy
) -> MeasureCourse:
    first, latest = points[0], points[-1]
    course = MeasureCourse(
        first=first.score,
        first_date=first.date,
        latest=latest.score,
        latest_date=latest.date,
        count=len(points),
    )
    if measure is None or not measure.outcome:
        return course
    stuck = _last_run(points, lambda score: has_improved(first.score, score, measure) is False)
    remission = _last_run(points, lambda score: remits(score, measure) is True)
    return course.model_copy(
        update={
            "best": min(points, key=lambda point: _rank(point, measure)).score,
            "not_improved_since": _nth(stuck, 1),
            "remission_since": _nth(remission, 1),
            "remission_confirmed": _nth(remission, policy.cadence.remission_scores),
            "worse_since": _unconsulted(_worse(points, measure), consulted),
            "relapse_since": _unconsulted(_relapse(points, measure), consulted),
        }
    )


def _rank(point: _Point, measure: Measure) -> float:
    return point.score if measure.higher_is_worse else -point.score


def _nth(points: Sequence[_Point], number: int) -> float | None:
    return points[number - 1].date if len(points) >= number else None


def _last_run(points: Sequence[_Point], holds: Callable[[float], bool]) -> list[_Point]:
    """The unbroken run up to the latest score for which it holds, oldest first."""
    return list(takewhile(lambda point: holds(point.score), reversed(points)))[::-1]


def _unconsulted(marked: Iterable[tuple[_Point, bool]], consulted: int) -> float | None:
    """The date of the first score of the last marked run that no consult has followed."""
    run = list(takewhile(lambda pair: pair[1], reversed(list(marked))))[::-1]
    return next((point.date for point, _ in run if point.place > consulted), None)


def _with_best(points: Sequence[_Point], measure: Measure) -> Iterator[tuple[_Point, float]]:
    """Each score with the best one up to it."""
    best = points[0].score if points else 0.0
    for point in points:
        best = better(best, point.score, measure)
        yield point, best


def _worse(points: Sequence[_Point], measure: Measure) -> Iterator[tuple[_Point, bool]]:
    """Each score, marked where it is a meaningful change above the first, or above the best at the line."""
    for point, best in _with_best(points, measure):
        above_best = risen(best, point.score, measure) and at_line(point.score, measure)
        yield point, risen(points[0].score, point.score, measure) or above_best


def _relapse(points: Sequence[_Point], measure: Measure) -> Iterator[tuple[_Point, bool]]:
    """Each score, marked where it would show a relapse of somebody who was well.

    It is at the line again, or a meaningful change above the best without being in remission.
    """
    for point, best in _with_best(points, measure):
        again = at_line(point.score, measure) and not at_line(best, measure)
        above_best = risen(best, point.score, measure) and not remits(point.score, measure)
        yield point, again or above_best


def _confirmed(decisive: Sequence[tuple[Measure, Sequence[_Point]]], needed: int) -> _Point | None:
    """The score at which every deciding measure that defines remission was first confirmed to be in it."""
    runs = {measure.name: 0 for measure, _ in decisive if measure.remission_below is not None}
    scores = [(point, measure) for measure, points in decisive if measure.name in runs for point in points]
    for point, measure in sorted(scores, key=lambda pair: pair[0].place):
        runs[measure.name] = runs[measure.name] + 1 if remits(point.score, measure) else 0
        if min(runs.values()) >= needed:
            return point
    return None


def _relapses(decisive: Iterable[tuple[Measure, Sequence[_Point]]], well: int | None) -> Iterator[_Point]:
    """The scores that showed a relapse after the patient was well."""
    for measure, points in decisive:
        for point, shows in _relapse(points, measure):
            if shows and well is not None and point.place > well:
                yield point
