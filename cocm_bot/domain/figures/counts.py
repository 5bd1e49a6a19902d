"""Counts of a caseload: a care manager's own in numbers, and the program's figures, which name nobody.

Both are computed from what the index carries of the patients in the program now. Outcome and past months, for
which those who left count too, are in `program`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from cocm_bot.domain.billing.claims import current_claim
from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.figures.outcome import ESTABLISHED_DAYS, SCORE_DAYS
from cocm_bot.domain.figures.shares import Share
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.outcomes.progress import at_line, deciding, improved
from cocm_bot.domain.patients.derive import as_of, minutes_at
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status

CONTACT_DAYS = 14
WEEK_DAYS = 7
VISITS = frozenset({Reason.ASSESSMENT, Reason.APPOINTMENT, Reason.FOLLOW_UP})
"""Reasons for the care manager to meet the patient."""


@dataclass(frozen=True)
class Judged:
    """Those who improved, of those enrolled 70 days or more with a first score at the line or above."""

    improved: Share
    """Of those with a score of the last 90 days."""
    unmeasured: int
    """Those without one."""

    @property
    def told(self) -> str:
        """Like `12 of 27 (44 %) measured in the last 90 days, of 31 enrolled 70 days or more …`."""
        settled = self.improved.whole + self.unmeasured
        enrolled = f"enrolled {ESTABLISHED_DAYS} days or more with a first score at the line or above"
        if not settled:
            return f"nobody is {enrolled}"
        if not self.unmeasured:
            return f"{self.improved.told} {enrolled}"
        measured = f"measured in the last {SCORE_DAYS} days"
        if not self.improved.whole:
            return f"none of {settled} {enrolled} was {measured}"
        return f"{self.improved.told} {measured}, of {settled} {enrolled}"


@dataclass(frozen=True)
class Numbers:
    """A caseload in numbers."""

    patients: int
    by_status: Mapping[Status, int]
    due: int
    flagged: Mapping[Flag, int]
    judged: Judged


@dataclass(frozen=True)
class Figures:
    """The program in numbers, as far as the records of its current patients show."""

    patients: int
    by_status: Mapping[Status, int]
    by_care_manager: Mapping[str | None, int]
    """By user id; None for patients without one."""
    assessed: Share
    days_to_assessment: float | None
    """The median from enrolment to the initial assessment."""
    billable: Share
    """Those whose month gives a code: enough minutes after the consent."""
    minutes: int


@dataclass(frozen=True)
class Week:
    """The figures of the last week's work."""

    patients: int
    by_care_manager: Mapping[str | None, int]
    """By user id; None for patients without one."""
    contacted: Share
    """Of those in care: who was reached in the last two weeks."""
    judged: Judged
    overdue: Share
    """Those whose assessment or follow-up should have been before today."""
    consulted: int
    """Patients with a consult in the last seven days."""


def numbers(summaries: Sequence[PatientSummary], policy: CarePolicy, now: datetime) -> Numbers:
    """Count patients of a caseload."""
    return Numbers(
        patients=len(summaries),
        by_status=Counter(summary.status for summary in summaries),
        due=sum(bool(due(summary, policy, now)) for summary in summaries),
        flagged=Counter(summary.patient_flag for summary in summaries if summary.patient_flag),
        judged=judged(summaries, policy, now),
    )


def judged(summaries: Iterable[PatientSummary], policy: CarePolicy, now: datetime) -> Judged:
    """Count who improved, by the rule that `program` counts the outcome of any month by."""
    today = policy.local_date(now.timestamp())
    answers = []
    for summary in summaries:
        scores = summary.course.scores
        began = policy.local_date(summary.course.episode_started)
        cases = [each.name for each in deciding(scores, policy) if _was_case(scores, each)]
        if not cases or (today - began).days < ESTABLISHED_DAYS:
            continue
        old = any(_days_since(scores[name].latest_date, today, policy) > SCORE_DAYS for name in cases)
        answers.append(None if old else improved(scores, policy))
    return Judged(_share(answers), sum(answer is None for answer in answers))


def _was_case(scores: Mapping[str, MeasureCourse], measure: Measure) -> bool:
    return measure.name in scores and at_line(scores[measure.name].first, measure)


def figures(summaries: Sequence[PatientSummary], policy: CarePolicy, now: datetime) -> Figures:
    """Count the program's patients."""
    waits = [_days_to_assessment(summary, policy) for summary in summaries]
    assessed = [days for days in waits if days is not None]
    minutes = [minutes_at(summary, policy, now) for summary in summaries]
    claims = [current_claim(as_of(summary, policy, now), policy) for summary in summaries]
    return Figures(
        patients=len(summaries),
        by_status=Counter(summary.status for summary in summaries),
        by_care_manager=Counter(summary.care_manager for summary in summaries),
        assessed=Share(len(assessed), len(summaries)),
        days_to_assessment=median(assessed) if assessed else None,
        billable=_share([each.proposal.code is not None for each in claims]),
        minutes=sum(minutes),
    )


def week(summaries: Sequence[PatientSummary], policy: CarePolicy, now: datetime) -> Week:
    """Count the program's patients as its weekly figures do."""
    today = policy.local_date(now.timestamp())
    treated = [each for each in summaries if each.status is not Status.ENROLLED]
    lately = [_days_since(each.course.last_contact, today, policy) <= CONTACT_DAYS for each in treated]
    consults = [_days_since(each.last_psychiatric_consult, today, policy) < WEEK_DAYS for each in summaries]
    return Week(
        patients=len(summaries),
        by_care_manager=Counter(each.care_manager for each in summaries),
        contacted=_share(lately),
        judged=judged(summaries, policy, now),
        overdue=_share([_overdue(each, today, policy, now) for each in summaries]),
        consulted=sum(consults),
    )


def _days_since(seconds: float | None, today: date, policy: CarePolicy) -> float:
    return math.inf if seconds is None else (today - policy.local_date(seconds)).days


def _overdue(summary: PatientSummary, today: date, policy: CarePolicy, now: datetime) -> bool:
    found = due(summary, policy, now)
    return any(each.reason in VISITS and each.since < today for each in found)


def _share(answers: Sequence[bool | None]) -> Share:
    """Return how many of those that have an answer say yes."""
    return Share(sum(answer is True for answer in answers), sum(answer is not None for answer in answers))


def _days_to_assessment(summary: PatientSummary, policy: CarePolicy) -> int | None:
    if summary.initial_assessment is None:
        return None
    waited = policy.local_date(summary.initial_assessment) - policy.local_date(summary.course.episode_started)
    return max(0, waited.days)
