"""Consult rules: relapse, worse, not improving, flagged, never or long ago reviewed."""

from collections.abc import Callable
from datetime import date, timedelta

from cocm_bot.domain.due.cause import Cause, Fact, day_of, latest_consult, scores_told, treatment_start
from cocm_bot.domain.outcomes.progress import deciding, in_remission
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status


def relapse_signs(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """Somebody who was well has a score at the line again, or a meaningful change above their best."""
    well = [summary.course.remitted]
    if summary.status is Status.RELAPSE_PREVENTION:
        well.append(summary.status_since)
    known = [policy.local_date(seconds) for seconds in well if seconds is not None]
    signs = _since(summary, policy, lambda course: course.relapse_since)
    if not known or not signs:
        return None
    since = max(min(known), min(signs.values()))
    return Cause(since, (*scores_told(list(signs), summary, policy), ", ", *_consulted(summary, policy)))


def worsening(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """In treatment, a score a meaningful change above the first, or above the best while at the line."""
    found = _since(summary, policy, lambda course: course.worse_since)
    if summary.status is not Status.TREATMENT or not found:
        return None
    facts = (*scores_told(list(found), summary, policy), ", ", *_consulted(summary, policy))
    return Cause(min(found.values()), facts)


def not_improving(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """Not improved some weeks after the initial assessment, and not consulted lately."""
    stuck = _since(summary, policy, lambda course: course.not_improved_since)
    assessed = day_of(summary.initial_assessment, policy)
    if assessed is None or not stuck:
        return None
    days = [assessed + timedelta(weeks=policy.cadence.not_improving_weeks), min(stuck.values())]
    facts = (*scores_told(list(stuck), summary, policy), ", ")
    if consult := latest_consult(summary, policy):
        days.append(consult + timedelta(weeks=policy.cadence.recent_consult_weeks))
        return Cause(max(days), (*facts, "last consult ", consult))
    return Cause(max(days), (*facts, "no consult yet"))


def flagged(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """A review flag is open, and no consult of that local day or later was recorded after it was raised."""
    raised = day_of(summary.course.review_flagged, policy)
    return Cause(raised, ("review flag raised ", raised, ", no consult since")) if raised else None


def never_reviewed(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """In treatment for some weeks without a consult."""
    if summary.status is not Status.TREATMENT or latest_consult(summary, policy):
        return None
    # A back-dated assessment began treatment before the status did; a reassessment begins nothing again.
    started = min(treatment_start(summary, policy), policy.local_date(summary.status_since))
    since = started + timedelta(weeks=policy.cadence.never_reviewed_weeks)
    return Cause(since, ("no consult yet, treatment began ", started))


def stale_consult(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """The last consult is long ago: in treatment without remission, in prevention where a registry asks.

    A day that the last consult named for the next one takes the interval's place.
    """
    cadence, consult = policy.cadence, latest_consult(summary, policy)
    if consult is None:
        return None
    if summary.course.next_consult:
        planned = date.fromisoformat(summary.course.next_consult)
        return Cause(planned, ("planned for ", planned, " at the last consult"))
    told: tuple[Fact, ...]
    if summary.status is Status.RELAPSE_PREVENTION and cadence.stale_consult_weeks_prevention:
        weeks, told = cadence.stale_consult_weeks_prevention, (", in relapse prevention",)
    elif summary.status is Status.TREATMENT and not in_remission(summary.course.scores, policy):
        weeks, told = cadence.stale_consult_weeks, (", not in remission", *_latest_scores(summary, policy))
    else:
        return None
    # The rule says "more than" so many weeks ago: the day itself is not yet late.
    return Cause(consult + timedelta(weeks=weeks, days=1), ("last consult ", consult, *told))


def _latest_scores(summary: PatientSummary, policy: CarePolicy) -> tuple[Fact, ...]:
    scores = summary.course.scores
    names = [measure.name for measure in deciding(scores, policy) if measure.name in scores]
    return (": ", *scores_told(names, summary, policy)) if names else ()


def _since(
    summary: PatientSummary, policy: CarePolicy, run: Callable[[MeasureCourse], float | None]
) -> dict[str, date]:
    """The deciding measures that are in a run of scores, with the local day it began."""
    scores = summary.course.scores
    began = {each.name: run(scores[each.name]) for each in deciding(scores, policy) if each.name in scores}
    return {name: policy.local_date(seconds) for name, seconds in began.items() if seconds is not None}


def _consulted(summary: PatientSummary, policy: CarePolicy) -> tuple[str | date, ...]:
    """Return what is said of the last consult where none has followed a score."""
    consult = latest_consult(summary, policy)
    return ("no consult since, the last was ", consult) if consult else ("no consult yet",)
