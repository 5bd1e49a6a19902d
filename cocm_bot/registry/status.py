"""How a patient moves between referral and graduation."""

from cocm_bot.registry.patient import TreatmentLog
from cocm_bot.registry.vocabulary import ContactType, Status


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
