"""What is due for a patient, since when and why: one rule per reason, counted in local calendar days.

Each rule names the day from which its reason holds if nothing else happens; a day in the future means
not yet. So the earliest day of all rules is the day the patient next needs somebody.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from types import MappingProxyType

from cocm_bot.domain.outcomes.progress import in_remission
from cocm_bot.domain.patient import MeasureCourse, PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status


class Reason(StrEnum):
    """Why a patient needs somebody, gravest first."""

    SAFETY_RISK = "Safety risk"
    SELF_HARM_OPEN = "Self-harm item open"
    NOT_IMPROVING = "Consult due: not improving"
    FLAGGED = "Consult due: flagged"
    NEVER_REVIEWED = "Consult due: never reviewed"
    STALE_CONSULT = "Consult due: stale"
    FOLLOW_UP = "Follow-up due"
    ASSESSMENT = "Assessment due"
    PLAN = "Plan due"
    RECOMMENDATION = "Recommendation unanswered"
    TO_DISCUSS = "To discuss"
    LOST = "Lost to contact"

    @property
    def gravity(self) -> int:
        """The place in the order of gravity; 0 is the gravest."""
        return list(Reason).index(self)


@dataclass(frozen=True)
class Due:
    """One reason, the local day it has held since, and the facts behind it, told as of today."""

    reason: Reason
    since: date
    why: str


def due(summary: PatientSummary, policy: CarePolicy, now: datetime) -> list[Due]:
    """What is due at `now`, gravest first."""
    today = policy.local_date(now.timestamp())
    return [
        Due(reason, cause.since, cause.told(today))
        for reason, cause in _causes(summary, policy)
        if cause.since <= today
    ]


def next_due(summary: PatientSummary, policy: CarePolicy) -> date | None:
    """The local day of the earliest reason, past or to come; None when nothing ever falls due."""
    return min((cause.since for _, cause in _causes(summary, policy)), default=None)


@dataclass(frozen=True)
class _Cause:
    """The day a reason holds from, and the facts: words, and dates that are told relative to today."""

    since: date
    facts: tuple[str | date, ...]

    def told(self, today: date) -> str:
        return "".join(fact if isinstance(fact, str) else ago(fact, today) for fact in self.facts)


def _causes(summary: PatientSummary, policy: CarePolicy) -> Iterator[tuple[Reason, _Cause]]:
    if summary.status is Status.DEACTIVATED:
        return
    for reason in Reason:
        if cause := _RULES[reason](summary, policy):
            yield reason, cause


def _open_flag(flag: Flag, summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    raised = _day(summary.course.open_flags.get(flag), policy)
    return _Cause(raised, ("flag raised ", raised)) if raised else None


def _self_harm_open(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    """Due from the day of a score that leaves its self-harm answer open, until that is answered."""
    open_since = summary.course.self_harm_open
    days = {
        each: policy.local_date(open_since[each.name]) for each in policy.measures if each.name in open_since
    }
    if not days:
        return None
    facts: list[str | date] = []
    for measure, day in days.items():
        course = summary.course.scores.get(measure.name)
        score = f" {course.latest:g}" if course else ""
        facts += [f"{measure.name}{score} of ", day, f", answer to item {measure.self_harm_item} not known; "]
    facts[-1] = str(facts[-1]).removesuffix("; ")
    return _Cause(min(days.values()), tuple(facts))


def _flagged(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    raised = _day(summary.course.review_flagged, policy)
    return _Cause(raised, ("review flag raised ", raised, ", no consult since")) if raised else None


def _not_improving(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    scores = summary.course.scores
    stuck = {
        measure.name: policy.local_date(since)
        for measure in policy.measures
        if measure.name in scores and (since := scores[measure.name].not_improved_since) is not None
    }
    assessed = _day(summary.initial_assessment, policy)
    if assessed is None or not stuck:
        return None
    days = [assessed + timedelta(weeks=policy.cadence.not_improving_weeks), min(stuck.values())]
    facts = [fact for name in stuck for fact in (*_movement(name, scores[name], policy), ", ")]
    if consult := latest_consult(summary, policy):
        days.append(consult + timedelta(weeks=policy.cadence.recent_consult_weeks))
        return _Cause(max(days), (*facts, "last consult ", consult))
    return _Cause(max(days), (*facts, "no consult yet"))


def _never_reviewed(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    if summary.status is not Status.TREATMENT or latest_consult(summary, policy):
        return None
    # A back-dated assessment began treatment before the status did; a repeated one begins nothing anew.
    started = min(_treatment_start(summary, policy), policy.local_date(summary.status_since))
    since = started + timedelta(weeks=policy.cadence.never_reviewed_weeks)
    return _Cause(since, ("no consult yet, treatment began ", started))


def _stale_consult(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    consult = latest_consult(summary, policy)
    treated = summary.status is Status.TREATMENT and not in_remission(summary.course.scores, policy)
    if consult is None or not treated:
        return None
    # The rule says "more than" so many weeks ago: the day itself is not yet late.
    since = consult + timedelta(weeks=policy.cadence.stale_consult_weeks, days=1)
    return _Cause(since, ("last consult ", consult, ", not in remission"))


def _follow_up(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    if summary.status not in (Status.TREATMENT, Status.RELAPSE_PREVENTION):
        return None
    contact, no_show = summary.course.last_contact, summary.course.last_no_show
    anchor = summary.status_since if contact is None else contact
    last = policy.local_date(anchor)
    since = last + timedelta(days=_follow_up_days(last, summary, policy))
    begun = "prevention" if summary.status is Status.RELAPSE_PREVENTION else "treatment"
    facts = (f"no contact since {begun} began " if contact is None else "last contact ", last)
    if no_show is None or no_show <= anchor:
        return _Cause(since, facts)
    # A missed appointment brings the next attempt forward; it never excuses one already late.
    missed = policy.local_date(no_show)
    sooner = missed + timedelta(days=policy.cadence.no_show_days)
    return _Cause(min(since, sooner), (*facts, ", no-show ", missed))


def _assessment(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    if summary.status is not Status.ENROLLED or summary.initial_assessment is not None:
        return None
    enrolled = policy.local_date(summary.status_since)
    since = enrolled + timedelta(days=policy.cadence.assessment_days)
    return _Cause(since, ("no initial assessment, enrolled ", enrolled))


def _plan(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    scores = summary.course.scores
    planned = _in_episode(summary.relapse_prevention_plan, summary, policy)
    if summary.status is not Status.TREATMENT or planned or not in_remission(scores, policy):
        return None
    repeated = {
        measure.name: scores[measure.name]
        for measure in policy.measures
        if measure.remission_below is not None and measure.name in scores and scores[measure.name].count > 1
    }
    confirmed = [course.remission_confirmed for course in repeated.values()]
    days = [policy.local_date(seconds) for seconds in confirmed if seconds is not None]
    if not days or len(days) < len(repeated):
        return None
    latest = ", ".join(f"{name} {course.latest:g}" for name, course in repeated.items())
    return _Cause(max(days), (f"{latest}: in remission at two measures in a row, no plan yet",))


def _recommendation(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    given = _day(summary.course.recommended, policy)
    if given is None:
        return None
    since = given + timedelta(days=policy.cadence.recommendation_days)
    return _Cause(since, ("recommended ", given, ", not answered"))


def _lost(summary: PatientSummary, policy: CarePolicy) -> _Cause | None:
    contact = summary.course.last_contact
    last = policy.local_date(summary.course.episode_started if contact is None else contact)
    since = last + timedelta(days=policy.cadence.lost_days)
    return _Cause(since, ("never met, enrolled " if contact is None else "last contact ", last))


_RULES: Mapping[Reason, Callable[[PatientSummary, CarePolicy], _Cause | None]] = MappingProxyType(
    {
        Reason.SAFETY_RISK: partial(_open_flag, Flag.SAFETY_RISK),
        Reason.SELF_HARM_OPEN: _self_harm_open,
        Reason.NOT_IMPROVING: _not_improving,
        Reason.FLAGGED: _flagged,
        Reason.NEVER_REVIEWED: _never_reviewed,
        Reason.STALE_CONSULT: _stale_consult,
        Reason.FOLLOW_UP: _follow_up,
        Reason.ASSESSMENT: _assessment,
        Reason.PLAN: _plan,
        Reason.RECOMMENDATION: _recommendation,
        Reason.TO_DISCUSS: partial(_open_flag, Flag.NEEDS_DISCUSSION),
        Reason.LOST: _lost,
    }
)


def _follow_up_days(last: date, summary: PatientSummary, policy: CarePolicy) -> int:
    cadence = policy.cadence
    if summary.status is Status.RELAPSE_PREVENTION:
        return cadence.follow_up_days_prevention
    early_until = _treatment_start(summary, policy) + timedelta(weeks=cadence.early_weeks)
    return cadence.follow_up_days_early if last < early_until else cadence.follow_up_days


def _treatment_start(summary: PatientSummary, policy: CarePolicy) -> date:
    """The initial assessment's day; of a patient in Treatment without one, the day the status changed."""
    return policy.local_date(
        summary.status_since if summary.initial_assessment is None else summary.initial_assessment
    )


def latest_consult(summary: PatientSummary, policy: CarePolicy) -> date | None:
    """The local day of the latest consult of the current episode."""
    return _in_episode(summary.last_psychiatric_consult, summary, policy)


def _in_episode(seconds: float | None, summary: PatientSummary, policy: CarePolicy) -> date | None:
    """The local day of something that counts for the current episode, else None.

    An episode begins with enrolment, or with an assessment recorded from before it.
    """
    day = _day(seconds, policy)
    started = policy.local_date(summary.course.episode_started)
    assessed = _day(summary.initial_assessment, policy) or started
    return day if day and day >= min(started, assessed) else None


def _day(seconds: float | None, policy: CarePolicy) -> date | None:
    return None if seconds is None else policy.local_date(seconds)


def _movement(name: str, course: MeasureCourse, policy: CarePolicy) -> tuple[str | date, ...]:
    first, latest = policy.local_date(course.first_date), policy.local_date(course.latest_date)
    if course.count == 1:
        return (f"{name} {course.latest:g} scored once, ", latest)
    days = (latest - first).days
    span = f"{days // 7} weeks" if days >= 14 else f"{days} days"
    return (f"{name} {course.first:g} → {course.latest:g} in {span}",)


def ago(day: date, today: date) -> str:
    """A date as a clinician checks it: `12 days ago (9 Mar)`, with the year where it is not this one."""
    days = (today - day).days
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    written = f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"
    return f"{when} ({written})"
