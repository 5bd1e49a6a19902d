"""How a patient's scores move: improved, response and remission are three different words.

Improved: below the measure's own line, or at most half of a first score that was not below it.
Response: at least 50 % better than the first score. Remission: below the measure's remission line.
Of a measure where higher is better, the lines are passed upwards and scores grow by half.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.patient import MeasureCourse, TreatmentLog
from cocm_bot.domain.settings.policy import CarePolicy


@dataclass(frozen=True)
class Progress:
    """One measure from first to latest score; None where the measure or a first score of 0 defines no answer.

    `change` and `percent` (of the first score) carry the sign of the movement, whatever its meaning.
    """

    change: float
    percent: float | None
    improved: bool | None
    response: bool | None
    remission: bool | None


def progress(course: MeasureCourse, measure: Measure) -> Progress:
    """Read a course by the measure's rules."""
    return moved(course.first, course.latest, measure)


def moved(first: float, latest: float, measure: Measure) -> Progress:
    """Read the way from a first score to the latest by the measure's rules."""
    change = latest - first
    percent = 100 * change / first if first else None
    return Progress(
        change=change,
        percent=percent,
        improved=_improved(first, latest, measure),
        response=_response(first, latest, measure),
        remission=_in_remission(latest, measure),
    )


def word(found: Progress) -> str:
    """The strongest word that holds: remission, response, improved, not improved; or nothing."""
    if found.remission:
        return "remission"
    if found.response:
        return "response"
    return {True: "improved", False: "not improved", None: ""}[found.improved]


def in_remission(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool:
    """Whether every scored measure that defines remission is in remission, and there is at least one."""
    answers = {
        _in_remission(courses[measure.name].latest, measure)
        for measure in policy.measures
        if measure.name in courses
    } - {None}
    return answers == {True}


def improved(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool | None:
    """Whether every scored measure that defines improvement has improved; None without such a score."""
    return _all(_progress_of(courses, policy), lambda found: found.improved)


def responded(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool | None:
    """Whether every scored measure has come at least 50 % from its first score; None where none can say."""
    return _all(_progress_of(courses, policy), lambda found: found.response)


def _progress_of(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> list[Progress]:
    scored = [measure for measure in policy.measures if measure.name in courses]
    return [progress(courses[measure.name], measure) for measure in scored]


def _all(found: Iterable[Progress], answer: Callable[[Progress], bool | None]) -> bool | None:
    answers = {answer(each) for each in found} - {None}
    return None if not answers else answers == {True}


def measure_courses(
    logs: Iterable[TreatmentLog], policy: CarePolicy, since: date | None
) -> dict[str, MeasureCourse]:
    """Follow every measure over the attended contacts that stand, from the local day `since` on if given.

    A measure the policy does not know is followed too, without runs.
    """
    points: defaultdict[str, list[_Point]] = defaultdict(list)
    for log in in_order(logs):
        if log.counts and not log.no_show and (since is None or policy.local_date(log.date) >= since):
            for score in log.scores:
                points[score.score_name].append(_Point(log.date, score.score_value))
    return {name: _course(points[name], policy.measure(name)) for name in sorted(points)}


def in_order(logs: Iterable[TreatmentLog]) -> list[TreatmentLog]:
    """The contacts from oldest to latest; of two at one instant the one recorded later counts as later."""
    return sorted(logs, key=lambda log: (log.date, log.recorded_at, log.id))


class _Point(NamedTuple):
    date: float
    score: float


def _course(points: list[_Point], measure: Measure | None) -> MeasureCourse:
    first, latest = points[0], points[-1]
    not_improved: list[_Point] = []
    remission: list[_Point] = []
    if measure is not None:
        not_improved = _last_run(points, lambda score: _improved(first.score, score, measure) is False)
        remission = _last_run(points, lambda score: _in_remission(score, measure) is True)
    return MeasureCourse(
        first=first.score,
        first_date=first.date,
        latest=latest.score,
        latest_date=latest.date,
        count=len(points),
        not_improved_since=not_improved[0].date if not_improved else None,
        remission_since=remission[0].date if remission else None,
        remission_confirmed=remission[1].date if len(remission) > 1 else None,
    )


def _last_run(points: list[_Point], holds: Callable[[float], bool]) -> list[_Point]:
    """The unbroken run up to the latest score for which it holds, oldest first."""
    return list(takewhile(lambda point: holds(point.score), reversed(points)))[::-1]


def _improved(first: float, latest: float, measure: Measure) -> bool | None:
    line = measure.improved_below
    if line is None:
        return None
    return _beyond(latest, line, measure) or (
        not _beyond(first, line, measure) and bool(_response(first, latest, measure))
    )


def _response(first: float, latest: float, measure: Measure) -> bool | None:
    """Whether the latest score is at least 50 % better than the first; None when that is 0."""
    if not first:
        return None
    return latest <= first / 2 if measure.higher_is_worse else latest >= first * 1.5


def _in_remission(score: float, measure: Measure) -> bool | None:
    line = measure.remission_below
    return None if line is None else _beyond(score, line, measure)


def _beyond(score: float, line: float, measure: Measure) -> bool:
    """Whether a score is on the better side of a line; the line itself is not."""
    return score < line if measure.higher_is_worse else score > line
