"""Snoozing: a patient nobody can do anything for just now is left out of the care managers' lists.

A safety risk never is, nor an answer about self-harm that is still missing. What happens meanwhile ends it:
a contact, a flag raised, a recommendation given, or another status.
"""

from collections.abc import Sequence
from datetime import date, datetime

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient, PatientSummary, Snooze
from cocm_bot.domain.safety.flags import open_types
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status

LONGEST_DAYS = 90
"""Nobody is left out of the lists for longer than this."""


def active_snooze(summary: PatientSummary, policy: CarePolicy, now: datetime) -> Snooze | None:
    """The snooze that leaves a patient out of the lists at `now`, if one does."""
    snooze, today = summary.snoozed, policy.local_date(now.timestamp())
    if snooze is None or today.isoformat() >= snooze.until or never_snoozed(summary):
        return None
    return snooze


def never_snoozed(summary: PatientSummary) -> bool:
    """Return whether a patient stays on the lists whatever anybody decides."""
    return Flag.SAFETY_RISK in summary.course.open_flags or bool(summary.course.self_harm_open)


def check_snooze(patient: Patient, until: date, today: date) -> None:
    """Raise InvalidInput unless the patient can be left out of the lists until that local day."""
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated, so nothing falls due.")
    if Flag.SAFETY_RISK in open_types(patient):
        raise InvalidInput("A safety risk is open: it can't be snoozed. Resolve the flag first.")
    if patient.course.self_harm_open:
        raise InvalidInput(
            "The answer about self-harm is still missing: it can't be snoozed. Ask for it first."
        )
    if not 0 < (until - today).days <= LONGEST_DAYS:
        raise InvalidInput(f"Choose a day from tomorrow on, {LONGEST_DAYS} days ahead at most.", "until")


def outlasting(before: Patient, after: Patient, logs: Sequence[TreatmentLog]) -> Snooze | None:
    """The snooze that is left after a change which added these contacts."""
    known = {recommendation.id for recommendation in before.recommendations}
    ended = (
        any(log.corrects is None and log.is_contact for log in logs)
        or len(after.flags) > len(before.flags)
        or any(recommendation.id not in known for recommendation in after.recommendations)
        or after.status is not before.status
    )
    return None if ended and after.snoozed == before.snoozed else after.snoozed
