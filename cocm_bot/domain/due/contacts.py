"""Rules for when the care manager should meet or measure a patient."""

from datetime import date, timedelta

from cocm_bot.domain.due.cause import Cause, Fact, day_of, scored_day, treatment_start
from cocm_bot.domain.due.consults import relapse_signs
from cocm_bot.domain.outcomes.progress import deciding
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status


def appointment(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """The next contact as it was agreed at the last one, until it took place or was missed."""
    agreed = _appointment(summary)
    if summary.status is Status.DEACTIVATED or agreed is None or _missed(summary, policy) is not None:
        return None
    return Cause(agreed, ("agreed for ", agreed))


def follow_up(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """Some days after the last attended contact; an appointment puts it off, a no-show brings it forward."""
    if summary.status not in (Status.TREATMENT, Status.RELAPSE_PREVENTION):
        return None
    contact = summary.course.last_contact
    last = policy.local_date(summary.status_since if contact is None else contact)
    since = last + timedelta(days=_interval(last, summary, policy))
    begun = "prevention" if summary.status is Status.RELAPSE_PREVENTION else "treatment"
    facts: tuple[Fact, ...] = (
        f"no contact since {begun} began " if contact is None else "last contact ",
        last,
    )
    facts = (*facts, *_attempts(summary))
    agreed, missed = _appointment(summary), _no_show(summary, policy)
    # Until the day agreed the interval does not apply: nothing is late before it.
    since = since if agreed is None else max(since, agreed)
    if missed is None:
        return Cause(since, facts)
    sooner = missed + timedelta(days=policy.cadence.no_show_days)
    # A missed contact brings the next attempt forward; it never excuses one already late.
    return Cause(sooner if missed == agreed else min(since, sooner), (*facts, ", no-show ", missed))


def measure(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """No deciding measure was scored for some days; never scored counts from the initial assessment."""
    prevention = summary.status is Status.RELAPSE_PREVENTION
    decisive = deciding(summary.course.scores, policy)
    if not decisive or not (prevention or summary.status is Status.TREATMENT):
        return None
    scored = scored_day(decisive, summary, policy)
    began = treatment_start(summary, policy)
    days = policy.cadence.measure_days_prevention if prevention else policy.cadence.measure_days
    names = " or ".join(each.name for each in decisive)
    facts = (
        (f"{names} last scored ", scored) if scored else (f"{names} never scored, treatment began ", began)
    )
    return Cause(max(began, (scored or began) + timedelta(days=days)), facts)


def assessment(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """Enrolled for some days with no initial assessment."""
    if summary.status is not Status.ENROLLED or summary.initial_assessment is not None:
        return None
    enrolled = policy.local_date(summary.status_since)
    since = enrolled + timedelta(days=policy.cadence.assessment_days)
    return Cause(since, ("no initial assessment, enrolled ", enrolled, *_attempts(summary)))


def lost(summary: PatientSummary, policy: CarePolicy) -> Cause | None:
    """No attended contact for so long that outreach or deactivation is suggested."""
    course = summary.course
    last = policy.local_date(course.episode_started if course.last_contact is None else course.last_contact)
    # Who has just come back was not lost meanwhile.
    counted = max(filter(None, (last, day_of(course.resumed, policy))))
    since = counted + timedelta(days=policy.cadence.lost_days)
    told = "never met, enrolled " if course.last_contact is None else "last contact "
    return Cause(since, (told, last, *_attempts(summary)))


def _appointment(summary: PatientSummary) -> date | None:
    agreed = summary.course.appointment
    return date.fromisoformat(agreed) if agreed else None


def _no_show(summary: PatientSummary, policy: CarePolicy) -> date | None:
    """The local day of a no-show that nothing has made good: no contact since, and no day agreed since."""
    course = summary.course
    if course.last_no_show is None:
        return None
    contact = summary.status_since if course.last_contact is None else course.last_contact
    settled = max(contact, course.appointment_agreed or 0)
    missed = policy.local_date(course.last_no_show)
    if course.last_no_show <= settled:
        return None
    agreed = _appointment(summary)
    return missed if agreed is None or missed >= agreed else None


def _missed(summary: PatientSummary, policy: CarePolicy) -> date | None:
    """The local day on which the patient did not come to the appointment that was agreed."""
    return _no_show(summary, policy) if _appointment(summary) else None


def _interval(last: date, summary: PatientSummary, policy: CarePolicy) -> int:
    """The days between follow-ups: the patient's own or the registry's, and the early ones in a relapse."""
    cadence = policy.cadence
    early_until = treatment_start(summary, policy) + timedelta(weeks=cadence.early_weeks)
    if summary.status is Status.RELAPSE_PREVENTION:
        usual = cadence.follow_up_days_prevention
    else:
        usual = cadence.follow_up_days_early if last < early_until else cadence.follow_up_days
    days = summary.course.follow_up_days or usual
    return min(days, cadence.follow_up_days_early) if relapse_signs(summary, policy) else days


def _attempts(summary: PatientSummary) -> tuple[str, ...]:
    attempts = summary.course.attempts
    return (f", {attempts} attempt{'' if attempts == 1 else 's'} since",) if attempts else ()
