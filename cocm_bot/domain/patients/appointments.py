"""The next appointment: agreed at contacts, or set, moved and canceled apart from one."""

from collections.abc import Sequence
from datetime import date

from cocm_bot.domain.ordering import recorded_first
from cocm_bot.domain.records.care_details import AppointmentChange
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy

Agreed = tuple[str | None, float | None]
"""The local day agreed for the next contact, and when that was agreed (seconds UTC)."""
NONE_AGREED: Agreed = (None, None)


def agreed(
    patient: Patient, current: Sequence[TreatmentLog], policy: CarePolicy, episode_day: date | None
) -> Agreed:
    """The day agreed last for the next contact, and when that was, until an attended contact on it or later.

    It was agreed at a contact, or set apart from one: then after the contacts known by then of that day.
    """
    change, found = _standing_change(patient, policy, episode_day), NONE_AGREED
    for log in current:
        if change and _place(log, policy) > _changed_place(change, policy):
            found, change = _agreed_by(change), None
        found = _after(found, log, policy)
    return _agreed_by(change) if change else found


def _after(before: Agreed, log: TreatmentLog, policy: CarePolicy) -> Agreed:
    day = policy.local_date(log.date).isoformat()
    if (log.next_appointment or "") > day:
        return log.next_appointment, log.date
    met = before[0] is not None and not log.no_show and day >= before[0]
    return NONE_AGREED if met else before


def _agreed_by(change: AppointmentChange) -> Agreed:
    return (change.day, change.at) if change.day else NONE_AGREED


def _standing_change(
    patient: Patient, policy: CarePolicy, episode_day: date | None
) -> AppointmentChange | None:
    """The change of the appointment apart from a contact, unless it was of an earlier episode."""
    change = patient.appointment_change
    if change and episode_day and policy.local_date(change.at) < episode_day:
        return None
    return change


def _place(log: TreatmentLog, policy: CarePolicy) -> tuple[date, float]:
    return policy.local_date(log.date), recorded_first(log)


def _changed_place(change: AppointmentChange, policy: CarePolicy) -> tuple[date, float]:
    return policy.local_date(change.at), change.at
