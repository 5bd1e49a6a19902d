"""Judge how a patient's scores move: improved, response, remission and worse are four different words.

Improved: of a first score at the measure's line or above, below it now, or at least 50 % below the first; of
one below the line, at least 50 % below the first or in remission. A score that rose is never improved.
Response: at least 50 % below the first score. Remission: below the measure's remission line. Worse: risen by
the measure's meaningful change. Of a measure where higher is better all directions are turned around. A
measure that only screens has none of these words.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.records.course import MeasureCourse
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
    worse: bool | None


def progress(course: MeasureCourse, measure: Measure) -> Progress:
    """Read a course by the measure's rules."""
    return moved(course.first, course.latest, measure)


def moved(first: float, latest: float, measure: Measure) -> Progress:
    """Read the way from a first score to the latest by the measure's rules."""
    change = latest - first
    percent = 100 * change / first if first > 0 else None
    if not measure.outcome:
        return Progress(change, percent, None, None, None, None)
    return Progress(
        change=change,
        percent=percent,
        improved=has_improved(first, latest, measure),
        response=_response(first, latest, measure),
        remission=remits(latest, measure),
        worse=None if measure.meaningful_change is None else risen(first, latest, measure),
    )


def word(found: Progress) -> str:
    """Return the word that matters most: worse, remission, response, improved, not improved; or nothing."""
    if found.worse:
        return "worse"
    if found.remission:
        return "remission"
    if found.response:
        return "response"
    return {True: "improved", False: "not improved", None: ""}[found.improved]


def deciding(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> list[Measure]:
    """Return the measures that decide for a patient, in the registry's order.

    They are the outcome measures whose first score of the episode was at the line or above; if none was, the
    registry's first outcome measure, scored or not. Empty where the registry has no outcome measure.
    """
    outcomes = [measure for measure in policy.measures if measure.outcome]
    cases = [
        measure
        for measure in outcomes
        if measure.name in courses and at_line(courses[measure.name].first, measure)
    ]
    return cases or outcomes[:1]


def in_remission(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool:
    """Return whether every deciding measure that defines remission is in it, and there is at least one."""
    return _all(_progress_of(courses, policy), lambda found: found.remission) is True


def improved(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool | None:
    """Return whether every deciding measure has improved; None where none can say."""
    return _all(_progress_of(courses, policy), lambda found: found.improved)


def responded(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool | None:
    """Return whether every deciding measure has come 50 % below its first score; None where none can say."""
    return _all(_progress_of(courses, policy), lambda found: found.response)


def worse(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> bool:
    """Return whether one of the deciding measures has risen by its meaningful change."""
    return any(found.worse for found in _progress_of(courses, policy))


def has_improved(first: float, latest: float, measure: Measure) -> bool | None:
    """Return whether a score has improved on the first one; None where the measure can't say."""
    line = measure.improved_below
    if line is None:
        return None
    if _rise(first, latest, measure) > 0:
        return False
    if at_line(first, measure):
        return not at_line(latest, measure) or bool(_response(first, latest, measure))
    answers = {_response(first, latest, measure), remits(latest, measure)} - {None}
    return True in answers if answers else None


def remits(score: float, measure: Measure) -> bool | None:
    """Return whether a score is in remission; None where the measure defines none."""
    line = measure.remission_below
    return None if line is None else _beyond(score, line, measure)


def at_line(score: float, measure: Measure) -> bool:
    """Return whether a score is at the measure's line or above; False of a measure without a line."""
    line = measure.improved_below
    return line is not None and not _beyond(score, line, measure)


def risen(before: float, after: float, measure: Measure) -> bool:
    """Return whether a score is a meaningful change above another; False where the measure defines none."""
    change = measure.meaningful_change
    return change is not None and _rise(before, after, measure) >= change


def better(one: float, other: float, measure: Measure) -> float:
    """Return the better of two scores."""
    return min(one, other) if measure.higher_is_worse else max(one, other)


def _progress_of(courses: Mapping[str, MeasureCourse], policy: CarePolicy) -> list[Progress]:
    scored = [measure for measure in deciding(courses, policy) if measure.name in courses]
    return [progress(courses[measure.name], measure) for measure in scored]


def _all(found: Iterable[Progress], answer: Callable[[Progress], bool | None]) -> bool | None:
    answers = {answer(each) for each in found} - {None}
    return None if not answers else answers == {True}


def _response(first: float, latest: float, measure: Measure) -> bool | None:
    """Return whether the latest score is at least 50 % better; a first score of 0 or less has no
    percentage.
    """
    if first <= 0:
        return None
    return latest <= first / 2 if measure.higher_is_worse else latest >= first * 1.5


def _beyond(score: float, line: float, measure: Measure) -> bool:
    """Return whether a score is on the better side of a line; the line itself is not."""
    return score < line if measure.higher_is_worse else score > line


def _rise(before: float, after: float, measure: Measure) -> float:
    """By how much a score got worse; below 0 where it got better."""
    return after - before if measure.higher_is_worse else before - after
