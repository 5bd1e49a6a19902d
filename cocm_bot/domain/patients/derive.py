"""Every field of a patient that follows from the history: computed here and nowhere else."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from cocm_bot.domain.billing.minutes import billing_month, rolled
from cocm_bot.domain.care.medication import taken
from cocm_bot.domain.caseload.snoozes import active_snooze
from cocm_bot.domain.due.rules import next_due
from cocm_bot.domain.ordering import in_order, recorded_first
from cocm_bot.domain.outcomes.courses import follow
from cocm_bot.domain.patients.appointments import agreed
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.agreements import RelapsePlan
from cocm_bot.domain.records.billing_month import BillingMonth
from cocm_bot.domain.records.course import LONGEST_REASON_LISTED, Course, PatientFlag
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import TAIL, Patient, PatientSummary
from cocm_bot.domain.safety.self_harm import open_items
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import GRAVEST_FIRST, ContactType, Flag, WorkKind

AnyPatient = TypeVar("AnyPatient", bound=PatientSummary)

NOTHING_YET: Mapping[str, Any] = MappingProxyType(
    {
        "patient_flag": None,
        "treatment_logs": (),
        "initial_assessment": None,
        "last_follow_up": None,
        "last_psychiatric_consult": None,
        "relapse_prevention_plan": None,
        "total_sessions": 0,
        "weeks_since_initial_assessment": None,
        "minutes_this_month": 0,
        "minutes_month": "",
    }
)
"""The derived fields of a patient without a history."""


def derive(patient: Patient, logs: Iterable[TreatmentLog], policy: CarePolicy, now: datetime) -> Patient:
    """The patient with every derived field computed from the full history, given in any order.

    Voided entries count for nothing, and are not among the latest contacts.
    """
    entries = in_order((log for log in logs if log.counts), policy)
    history = [log for log in entries if log.is_contact]
    attended = [log for log in history if not log.no_show]
    month = billing_month(patient, entries, policy, policy.month(now.timestamp()))
    course = _course(patient, entries, policy, month)
    derived = patient.model_copy(
        update={
            "patient_flag": next((flag for flag in GRAVEST_FIRST if flag in course.open_flags), None),
            "initial_assessment": _first_assessment(current_contacts(patient, attended, policy)),
            "last_follow_up": _latest(attended, ContactType.FOLLOW_UP),
            "last_psychiatric_consult": _latest(attended, ContactType.CONSULTATION),
            "relapse_prevention_plan": _latest(attended, ContactType.RELAPSE_PREVENTION),
            "total_sessions": sum(log.with_patient for log in attended),
            "minutes_this_month": month.minutes_worked,
            "minutes_month": month.month,
            "plan": _latest_plan(history),
            "medications": taken(entries, policy),
            "treatment_logs": tuple(history[-TAIL:]),
            "work_logs": tuple([log for log in entries if not log.is_contact][-TAIL:]),
            "course": course,
        }
    )
    falls_due = next_due(derived, policy)
    return derived.model_copy(
        update={
            "weeks_since_initial_assessment": weeks_at(derived, policy, now),
            "next_due": falls_due.isoformat() if falls_due else None,
            "snoozed": active_snooze(derived, policy, now),
        }
    )


def weeks_at(summary: PatientSummary, policy: CarePolicy, now: datetime) -> int | None:
    """Whole weeks of the registry's calendar from the initial assessment to `now`."""
    assessed = summary.initial_assessment
    return None if assessed is None else policy.weeks(assessed, now.timestamp())


def minutes_at(summary: PatientSummary, policy: CarePolicy, now: datetime) -> int:
    """Billable minutes in the local month of `now`; 0 once the month they were counted for is over."""
    counted = summary.minutes_month == policy.month(now.timestamp())
    return (summary.minutes_this_month or 0) if counted else 0


def as_of(patient: AnyPatient, policy: CarePolicy, now: datetime) -> AnyPatient:
    """A copy whose weeks, month and snooze are true at `now`, however long ago it was written."""
    month = policy.month(now.timestamp())
    update: dict[str, object] = {
        "minutes_this_month": minutes_at(patient, policy, now),
        "minutes_month": month,
        "snoozed": active_snooze(patient, policy, now),
    }
    if patient.course.month is not None:
        facts = rolled(patient.course.month, month, policy)
        update["course"] = patient.course.model_copy(update={"month": facts})
    if isinstance(patient, Patient):
        update["weeks_since_initial_assessment"] = weeks_at(patient, policy, now)
    return patient.model_copy(update=update)


def current_contacts(
    patient: Patient, logs: Iterable[TreatmentLog], policy: CarePolicy
) -> list[TreatmentLog]:
    """The contacts of the current episode; the first takes in what came before it."""
    start = _episode_day(patient, policy)
    return [log for log in logs if start is None or policy.local_date(log.date) >= start]


def weeks_in_treatment(
    patient: Patient, logs: Iterable[TreatmentLog], contact: TreatmentLog, policy: CarePolicy
) -> int:
    """Whole weeks to a contact from the first initial assessment of its episode by then.

    So a contact recorded late counts for its own day; 0 without such an assessment.
    """
    day = policy.local_date(contact.date)
    starts = [policy.local_date(episode.started) for episode in patient.episodes[1:]]
    start = max((start for start in starts if start <= day), default=date.min)
    assessed = [
        log.date
        for log in (*logs, contact)
        if log.counts
        and not log.no_show
        and log.contact_type is ContactType.INITIAL_ASSESSMENT
        and start <= policy.local_date(log.date) <= day
    ]
    return policy.weeks(min(assessed, default=None), contact.date)


def _course(patient: Patient, entries: list[TreatmentLog], policy: CarePolicy, month: BillingMonth) -> Course:
    history = [log for log in entries if log.is_contact]
    current = [log for log in current_contacts(patient, history, policy) if log.with_patient]
    attended = [log for log in current if not log.no_show]
    episode_day, plan = _episode_day(patient, policy), _latest_plan(current)
    followed = follow(history, policy, episode_day)
    raised = {flag: _raised(patient.flags, flag) for flag in GRAVEST_FIRST}
    unanswered = [when for when in raised[Flag.REVIEW] if not _consulted_since(when, history, policy)]
    appointment, agreed_at = agreed(patient, current, policy, episode_day)
    return Course(
        episode_started=_episode_started(patient),
        last_contact=_last(attended),
        last_no_show=_last_no_show(current),
        open_flags={flag.value: min(dates) for flag, dates in raised.items() if dates},
        flag_reasons=_flag_reasons(patient.flags),
        review_flagged=min(unanswered, default=None),
        recommended=min((each.at for each in still_open(patient) if each.unanswered), default=None),
        month=month,
        self_harm_open=open_items(
            [log for log in current_contacts(patient, entries, policy) if not log.no_show],
            patient.risk_screens,
            policy,
        ),
        scores=followed.courses,
        attempts=_attempts(current_contacts(patient, entries, policy)),
        appointment=appointment,
        appointment_agreed=agreed_at,
        plan_check=_unless_met(plan.next_check, attended, policy) if plan else None,
        relapsed=followed.relapsed,
        planned=followed.planned,
        remitted=followed.remitted,
        follow_up_days=patient.follow_up_days,
        resumed=patient.episodes[-1].resumed if patient.episodes else None,
        born=patient.birth_year,
        next_consult=_next_consult(current_contacts(patient, history, policy)),
    )


def _consulted_since(raised: float, history: Iterable[TreatmentLog], policy: CarePolicy) -> bool:
    """Return whether a consult of a flag's local day or later was recorded after the flag was raised."""
    return any(
        log.contact_type is ContactType.CONSULTATION
        and not log.no_show
        and recorded_first(log) > raised
        and policy.local_date(log.date) >= policy.local_date(raised)
        for log in history
    )


def _attempts(current: Sequence[TreatmentLog]) -> int:
    """Outreach attempts since the last attended contact with the patient."""
    attempts = 0
    for log in current:
        if log.contact_type is WorkKind.OUTREACH:
            attempts += 1
        elif log.with_patient and not log.no_show:
            attempts = 0
    return attempts


def _last_no_show(current: Sequence[TreatmentLog]) -> float | None:
    """The date of the last no-show that no attended contact follows, not even one typed in for its day."""
    last = current[-1] if current else None
    return last.date if last and last.no_show else None


def _unless_met(day: str, attended: Iterable[TreatmentLog], policy: CarePolicy) -> str | None:
    """A local day that was agreed, unless there was an attended contact on it or later."""
    return None if any(policy.local_date(log.date).isoformat() >= day for log in attended) else day


def _episode_started(patient: Patient) -> float:
    return patient.episodes[-1].started if patient.episodes else patient.date_created


def _episode_day(patient: Patient, policy: CarePolicy) -> date | None:
    """The local day the current episode began; None for the first, which takes in what came before it."""
    return policy.local_date(_episode_started(patient)) if len(patient.episodes) > 1 else None


def _first_assessment(current: Iterable[TreatmentLog]) -> int | None:
    """The date of an episode's first attended initial assessment; a later one is a reassessment."""
    dates = [log.date for log in current if log.contact_type is ContactType.INITIAL_ASSESSMENT]
    return math.floor(min(dates)) if dates else None


def _last(logs: Iterable[TreatmentLog]) -> float | None:
    return max((log.date for log in logs), default=None)


def _latest_plan(history: Iterable[TreatmentLog]) -> RelapsePlan | None:
    """The plan written last, whenever the contact was."""
    plans = [log.plan for log in history if log.plan is not None]
    return max(plans, key=lambda plan: plan.written_at, default=None)


def _latest(logs: Iterable[TreatmentLog], contact_type: ContactType) -> int | None:
    """The date of the latest contact of this type, in whole seconds."""
    last = _last(log for log in logs if log.contact_type is contact_type)
    return None if last is None else math.floor(last)


def _next_consult(current: Iterable[TreatmentLog]) -> str | None:
    """Return the day that the last of these consultations, in order, names for the next one."""
    consults = [log for log in current if log.contact_type is ContactType.CONSULTATION]
    return consults[-1].next_consult if consults else None


def _flag_reasons(flags: Iterable[PatientFlag]) -> dict[str, str]:
    """Return why the oldest open flag of each type was raised, where that was said."""
    open_ones = sorted(
        (flag for flag in flags if flag.resolved_date is None), key=lambda each: -each.created_date
    )
    found = {flag.flag_type.value: " ".join(flag.reason.split()) for flag in open_ones}
    return {
        name: reason if len(reason) <= LONGEST_REASON_LISTED else f"{reason[: LONGEST_REASON_LISTED - 1]}…"
        for name, reason in found.items()
        if reason
    }


def _raised(flags: Iterable[PatientFlag], flag_type: Flag) -> list[float]:
    """Return when the open flags of this type were raised."""
    return [flag.created_date for flag in flags if flag.flag_type is flag_type and flag.resolved_date is None]
