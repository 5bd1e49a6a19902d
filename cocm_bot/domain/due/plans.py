"""Rules for agreements that have to be kept: plans, their checks, recommendations, and open flags."""

from datetime import date, timedelta

from cocm_bot.domain.due.cause import Age, Cause, day_of
from cocm_bot.domain.outcomes.progress import deciding
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status


def open_flag(flag: Flag, summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """A flag of this type is open: due every day until it is resolved."""
    raised = day_of(summary.course.open_flags.get(flag), policy)
    return Cause(raised, ("flag raised ", raised)) if raised else None


def plan(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """In remission at some measures in a row with no plan written since the episode's last relapse signs."""
    if summary.status not in (Status.TREATMENT, Status.RELAPSE_PREVENTION) or summary.course.planned:
        return None
    # Who was moved to relapse prevention has a plan; after a relapse it needs another.
    if summary.status is Status.RELAPSE_PREVENTION and summary.course.relapsed is None:
        return None
    scores = summary.course.scores
    names = [measure.name for measure in deciding(scores, policy) if measure.remission_below is not None]
    courses = {name: scores[name] for name in names if name in scores}
    confirmed = [course.remission_confirmed for course in courses.values()]
    days = [policy.local_date(seconds) for seconds in confirmed if seconds is not None]
    if not days or len(days) < len(names):
        return None
    latest = ", ".join(f"{name} {course.latest:g}" for name, course in courses.items())
    scored = policy.local_date(max(course.latest_date for course in courses.values()))
    number = {2: "two"}.get(policy.cadence.remission_scores, str(policy.cadence.remission_scores))
    missing = "no plan since the relapse" if summary.relapse_prevention_plan else "no plan yet"
    told = f": in remission at {number} measures in a row, {missing}"
    return Cause(max(days), (f"{latest}, last scored ", Age(scored), told))


def plan_check(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """The day the plan names as its next check, until the patient was met on it or later."""
    del policy
    if summary.course.plan_check is None:
        return None
    day = date.fromisoformat(summary.course.plan_check)
    return Cause(day, ("the plan's next check was set for ", day))


def recommendation(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """A recommendation that nobody has answered for some days."""
    given = day_of(summary.course.recommended, policy)
    if given is None:
        return None
    since = given + timedelta(days=policy.cadence.recommendation_days)
    return Cause(since, ("recommended ", given, ", not answered"))
