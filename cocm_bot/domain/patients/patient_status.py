"""Move a patient between referral and graduation."""

from collections.abc import Iterable, Mapping

from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.patients.derive import current_contacts
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, EntryType, Status


def status_after(status: Status, contact: TreatmentLog) -> Status:
    """The status once this contact is recorded.

    An attended initial assessment begins treatment; an attended relapse prevention contact begins
    relapse prevention. Nothing moves a patient back, and a no-show moves nobody.
    """
    if contact.no_show:
        return status
    if contact.contact_type is ContactType.INITIAL_ASSESSMENT and status is Status.ENROLLED:
        return Status.TREATMENT
    if contact.contact_type is ContactType.RELAPSE_PREVENTION and status is Status.TREATMENT:
        return Status.RELAPSE_PREVENTION
    return status


def status_with(patient: Patient, contact: TreatmentLog, policy: CarePolicy) -> tuple[Status, float]:
    """The status and its date once this contact is recorded; one of an earlier episode moves nothing."""
    status = status_after(patient.status, contact)
    if status is patient.status or not current_contacts(patient, [contact], policy):
        return patient.status, patient.status_since
    return status, contact.date


def status_without(
    patient: Patient, voided: TreatmentLog, others: Iterable[TreatmentLog], policy: CarePolicy
) -> tuple[Status, float]:
    """The status and its date once an entry no longer counts; `others` are the entries that do.

    It follows only where the status was this entry's doing: it is the one the entry brings, and it began with
    it. Then the other contacts of the episode decide. A patient does not fall behind Treatment by the loss of
    a relapse prevention contact alone, nor does one who was moved on by hand.
    """
    brought = _BRINGS.get(voided.contact_type)
    if voided.no_show or patient.status is not brought or patient.status_since != voided.date:
        return patient.status, patient.status_since
    status, since = Status.ENROLLED, patient.course.episode_started
    for log in in_order(current_contacts(patient, others, policy), policy):
        moved = status_after(status, log)
        status, since = (moved, log.date) if moved is not status else (status, since)
    if status is Status.ENROLLED and brought is Status.RELAPSE_PREVENTION:
        status = Status.TREATMENT
    return status, since


_BRINGS: Mapping[EntryType, Status] = {
    ContactType.INITIAL_ASSESSMENT: Status.TREATMENT,
    ContactType.RELAPSE_PREVENTION: Status.RELAPSE_PREVENTION,
}
