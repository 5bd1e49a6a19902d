"""Show in what two records of one person differ, before they are merged. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cocm_bot.domain.records.agreements import Consent
from cocm_bot.domain.records.course import Alert, Episode, PatientFlag
from cocm_bot.domain.records.history import TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.records.safety_plan import SafetyPlan
from cocm_bot.domain.safety.alerts import is_open
from cocm_bot.domain.settings.policy import CarePolicy

LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "date_of_birth": "Birth date",
    "phone_number": "Phone",
    "email": "E-mail",
    "payer": "Payer",
    "sex_at_birth": "Sex at birth",
    "ehr_id": "Health record id",
    "treating_clinician": "Treating clinician",
    "diagnoses": "Diagnoses",
    "medications": "Medications",
    "date_referred": "Referred",
    "status": "Status",
    "care_manager": "Care manager",
    "consent": "Consent",
    "flags": "Flags",
    "alerts": "Safety alerts",
    "recommendations": "Recommendations",
    "risk_screens": "Risk screens",
    "safety_plan": "Safety plan",
    "follow_up_days": "Own interval (days)",
    "appointment_change": "Appointment",
    "snoozed": "Snooze",
}
"""The attributes whose difference a person sees, with their labels."""
NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """One thing in which two records differ, in words: what each says, and what is true afterwards."""

    what: str
    kept: str
    other: str
    after: str


def differences(mine: Patient, theirs: Patient, after: Patient, policy: CarePolicy) -> Iterable[Difference]:
    """Yield in what the records differ, with what the merged one says."""
    yield Difference(
        "MRN", mine.patient_mrn, theirs.patient_mrn, f"{mine.patient_mrn}; both find the patient"
    )
    for name, label in LABELS.items():
        before, other, then = (_said(getattr(each, name), policy) for each in (mine, theirs, after))
        if before != other:
            yield Difference(label, before, other, then)
    if _overlap(mine.episodes, theirs.episodes):
        yield Difference(
            "Episodes that overlap", str(len(mine.episodes)), str(len(theirs.episodes)), "made one"
        )


def same_days(
    mine: Sequence[TreatmentLog], theirs: Sequence[TreatmentLog], voids: Sequence[Voided], policy: CarePolicy
) -> Iterable[Difference]:
    """Yield the other's entries of local days on which the kept record has some as well."""
    doubles = {each.log_id for each in voids}
    for log in theirs:
        day = policy.local_date(log.date)
        there = [each for each in mine if each.counts and policy.local_date(each.date) == day]
        if log.counts and there:
            after = "the same in both: counted once" if log.id in doubles else "both count"
            yield Difference(
                f"Entries of {day.isoformat()}", "; ".join(map(_short, there)), _short(log), after
            )


def _said(value: object, policy: CarePolicy) -> str:
    """Return a value as a person reads it beside another."""
    if isinstance(value, tuple):
        return _all_said(value) if value else NOTHING
    if isinstance(value, Consent):
        return f"{value.kind}, {policy.local_date(value.date).isoformat()}"
    if isinstance(value, SafetyPlan):
        return f"of {policy.local_date(value.written_at).isoformat()}"
    return NOTHING if value is None or value == "" else str(value)


def _all_said(values: tuple[object, ...]) -> str:
    flags = [each for each in values if isinstance(each, PatientFlag)]
    if flags:
        still = [each.flag_type.value for each in flags if each.resolved_date is None]
        return f"{len(flags)}, open: {', '.join(still) or 'none'}"
    if alerts := [each for each in values if isinstance(each, Alert)]:
        return f"{len(alerts)}, open: {sum(map(is_open, alerts))}"
    if all(hasattr(each, "at") for each in values):
        return str(len(values))
    return "; ".join(map(str, values))


def _overlap(mine: Sequence[Episode], theirs: Sequence[Episode]) -> bool:
    def until(each: Episode) -> float:
        return float("inf") if each.ended is None else each.ended

    return any(one.started <= until(two) and two.started <= until(one) for one in mine for two in theirs)


def _short(log: TreatmentLog) -> str:
    scores = ", ".join(f"{each.score_name} {each.score_value:g}" for each in log.scores)
    return " · ".join(filter(None, (log.contact_type.value, f"{log.minutes:g} min", scores)))
