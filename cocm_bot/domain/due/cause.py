"""The day a reason holds from, the facts behind it in words, and how long ago each of them was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy


@dataclass(frozen=True)
class Age:
    """A day that is shown by its age alone: `10 weeks ago`."""

    day: date


Fact = str | date | Age
"""Words, a day with its age and its date, or its age alone."""


@dataclass(frozen=True)
class Cause:
    """The local day a reason holds from, and the facts; their days are worded relative to today."""

    since: date
    facts: tuple[Fact, ...]

    def told(self, today: date) -> str:
        """Return the facts as one sentence, worded as of a local day."""
        return "".join(_told(fact, today) for fact in self.facts)


def scores_told(names: Sequence[str], summary: PatientSummary, policy: CarePolicy) -> Iterator[Fact]:
    """Yield how these measures moved, and how old the scores are; neighbors of one age share its mention."""
    courses = [(name, summary.course.scores[name]) for name in names]
    aged = groupby(courses, key=lambda each: policy.local_date(each[1].latest_date))
    for number, (day, group) in enumerate(aged):
        same = list(group)
        once = all(course.count == 1 for _, course in same)
        moves = ", ".join(_movement(name, course, policy) for name, course in same)
        yield f"{', ' if number else ''}{moves}, {'scored once,' if once else 'last scored'} "
        yield Age(day)


def scored_day(measures: Sequence[Measure], summary: PatientSummary, policy: CarePolicy) -> date | None:
    """Return the local day of the latest score of any of these measures."""
    scores = summary.course.scores
    latest = (scores[measure.name].latest_date for measure in measures if measure.name in scores)
    return day_of(max(latest, default=None), policy)


def day_of(seconds: float | None, policy: CarePolicy) -> date | None:
    """Return the local day of an instant (seconds UTC), or None."""
    return None if seconds is None else policy.local_date(seconds)


def in_episode(seconds: float | None, summary: PatientSummary, policy: CarePolicy) -> date | None:
    """Return the local day of something that counts for the current episode, else None.

    An episode begins with enrollment, or with an assessment recorded from before it.
    """
    day = day_of(seconds, policy)
    started = policy.local_date(summary.course.episode_started)
    assessed = day_of(summary.initial_assessment, policy) or started
    return day if day and day >= min(started, assessed) else None


def latest_consult(summary: PatientSummary, policy: CarePolicy) -> date | None:
    """Return the local day of the latest consult of the current episode."""
    return in_episode(summary.last_psychiatric_consult, summary, policy)


def treatment_start(summary: PatientSummary, policy: CarePolicy) -> date:
    """Return the initial assessment's day; of a patient without one, the day the status changed."""
    assessed = summary.initial_assessment
    return policy.local_date(summary.status_since if assessed is None else assessed)


def ago(day: date, today: date) -> str:
    """A date as a clinician checks it: `12 days ago (9 Mar)`, with the year where it is not this one."""
    days = (today - day).days
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    written = f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"
    return f"{when} ({written})"


def age(day: date, today: date) -> str:
    """The age of a score: `today`, `12 days ago`, `10 weeks ago`."""
    days = (today - day).days
    if days < 2:
        return "today" if days < 1 else "yesterday"
    return f"{_span(days)} ago"


def _told(fact: Fact, today: date) -> str:
    if isinstance(fact, Age):
        return age(fact.day, today)
    return fact if isinstance(fact, str) else ago(fact, today)


def _movement(name: str, course: MeasureCourse, policy: CarePolicy) -> str:
    """Like `PHQ-9 18 → 16 in 9 weeks`, with the best score where it is neither of the two."""
    if course.count == 1:
        return f"{name} {course.latest:g}"
    days = (policy.local_date(course.latest_date) - policy.local_date(course.first_date)).days
    best = "" if course.best in (None, course.first, course.latest) else f" (best {course.best:g})"
    return f"{name} {course.first:g} → {course.latest:g} in {_span(days)}{best}"


def _span(days: int) -> str:
    if days >= 14:
        return f"{days // 7} weeks"
    return "1 day" if days == 1 else f"{days} days"
