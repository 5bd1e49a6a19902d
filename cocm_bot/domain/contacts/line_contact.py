"""Make the contact that a typed line is saved as, and list the reasons against saving it unseen."""

from collections.abc import Iterator
from datetime import date

from cocm_bot.domain.contacts.contact import Contact, at_risk
from cocm_bot.domain.contacts.line import ContactLine
from cocm_bot.domain.measures.scoring import item_unknown
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, EntryType, Status, WorkKind


def expected_type(patient: Patient) -> EntryType:
    """Return what is logged next: of somebody who has left an outcome check, else the contact that comes
    next.
    """
    if patient.status is Status.DEACTIVATED:
        return WorkKind.OUTCOME_CHECK
    first = patient.status is Status.ENROLLED and patient.initial_assessment is None
    return ContactType.INITIAL_ASSESSMENT if first else ContactType.FOLLOW_UP


def line_contact(line: ContactLine, today: date) -> Contact:
    """Return the contact that a line without such a reason is saved as: a follow-up unless it says more."""
    return Contact(
        contact_type=line.contact_type or ContactType.FOLLOW_UP,
        visit_type=line.visit_type,
        day=line.day or today,
        minutes=line.minutes or 0,
        no_show=line.no_show,
        scores=dict(line.scores),
        answers=dict(line.answers),
        self_harm=dict(line.self_harm),
        next_appointment=line.next_appointment,
        note=line.note,
    )


def in_the_way(line: ContactLine, expected: EntryType, policy: CarePolicy) -> str:
    """Return why a line must be looked at before it is saved, in one sentence; empty when nothing is.

    Whatever the form would ask for is missing here too: nothing is filled in unseen. A self-harm answer above
    0 is always looked at.
    """
    return next(_reasons(line, expected, policy), "")


def _reasons(line: ContactLine, expected: EntryType, policy: CarePolicy) -> Iterator[str]:
    kind = line.contact_type or ContactType.FOLLOW_UP
    if at_risk(policy, line.scores, line.answers, line.self_harm):
        yield "The self-harm item is above 0: say what was done about it."
    if line.unread:
        yield "I did not understand all of it."
    if line.contact_type is None and expected is not ContactType.FOLLOW_UP:
        yield f"The next entry for this patient would be {expected}: check what this is."
    if line.minutes is None and not line.no_show:
        yield "The minutes are missing, like 20m."
    if isinstance(kind, ContactType) and kind is not ContactType.CONSULTATION and line.visit_type is None:
        yield "How it took place is missing, like phone or clinic."
    for measure in policy.measures:
        told = measure.name in line.answers or measure.name in line.items_not_known
        score, answer = line.scores.get(measure.name), line.self_harm.get(measure.name)
        if not told and item_unknown(measure, score, answer):
            item = measure.self_harm_item
            yield f"{measure.name}: the answer to item {item} is missing, like item{item} 0."
