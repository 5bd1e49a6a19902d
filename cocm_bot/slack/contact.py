"""Logging a contact: the ways into the modal, the modal as it follows what is entered, and its submission."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cocm_bot.operations import patients
from cocm_bot.operations.contacts import Logged, log_contact
from cocm_bot.operations.desk import new_id
from cocm_bot.operations.oversight import authorise
from cocm_bot.registry.access import Action
from cocm_bot.registry.contact import Advice, Contact, at_risk
from cocm_bot.registry.errors import InvalidInput
from cocm_bot.registry.policy import CarePolicy
from cocm_bot.registry.vocabulary import ContactType, Status
from cocm_bot.slack import recommendation, review, safety
from cocm_bot.slack.caseload import redrawn
from cocm_bot.slack.contact_form import (
    HARM,
    ITEM_CHOSEN,
    SCORE,
    TYPE_CHOSEN,
    NoteForm,
    Shape,
    entered,
    field_of,
    item_fields,
    measured,
    read,
)
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.kit import Block, Payload
from cocm_bot.slack.patient import found, saved, suggest
from cocm_bot.slack.screens.card import saved_banner
from cocm_bot.slack.screens.card_actions import LOG_CONTACT
from cocm_bot.slack.screens.contact import (
    BY_ITEM,
    CALLBACK,
    contact_view,
    redrawn_view,
    risk_notice,
    ways_to_enter,
)
from cocm_bot.slack.screens.review import RECORD
from cocm_bot.slack.visit import OUT_OF_DATE, Memo, Visit

FIND = "find-contact"


def register(entry: Entry) -> None:
    """The ways into the modal, what redraws it, and its submission."""
    entry.redraws(FIND, lambda visit: form(visit, visit.value))
    entry.suggestions(FIND, suggest)
    entry.opens(LOG_CONTACT, "Log a contact", lambda visit: form(visit, visit.value))
    entry.opens(RECORD, "Log a contact", consultation)
    entry.redraws(TYPE_CHOSEN, follow)
    entry.redraws(ITEM_CHOSEN, follow)
    entry.redraws(re.compile(f"^{BY_ITEM}:"), follow_items)
    entry.submission(CALLBACK, save)


def find(visit: Visit, words: Sequence[str]) -> Payload:
    """The modal for the patient the words mean."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return found(visit, " ".join(words), "Log a contact", FIND, form)


def consultation(visit: Visit) -> Payload:
    """The modal for a consultation about the patient a caseload review is at."""
    match visit.value.split():
        case [handle, session]:
            return form(visit, handle, contact_type=ContactType.CONSULTATION, session=session)
    raise InvalidInput(OUT_OF_DATE)


def form(
    visit: Visit,
    handle: str,
    behind: str | None = None,
    *,
    contact_type: ContactType | None = None,
    session: str | None = None,
) -> Payload:
    """The modal for one patient.

    `behind` names the list it was opened from, to be redrawn after; `session` is the caseload review's.
    Without a contact type it is the one that comes next.
    """
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    patient = patients.open_card(visit.desk, visit.actor, handle).patient
    if patient.status is Status.DEACTIVATED:
        raise InvalidInput("This patient is deactivated: reopen the record before logging a contact.")
    policy, now = visit.actor.registry.policy, visit.desk.now()
    first = patient.status is Status.ENROLLED and patient.initial_assessment is None
    following = ContactType.INITIAL_ASSESSMENT if first else ContactType.FOLLOW_UP
    initial = {
        "contact_type": contact_type or following,
        "day": policy.local_date(now.timestamp()),
    }
    memo = Memo(
        handle=patient.handle,
        request_id=new_id(),
        behind=behind,
        answer_url=visit.answer_url if behind else None,
        review=session,
    )
    shape = Shape(consultation=initial["contact_type"] is ContactType.CONSULTATION)
    return contact_view(patient, policy, inputs(policy, shape, initial), memo.packed())


def inputs(policy: CarePolicy, shape: Shape, initial: Mapping[str, Any]) -> list[Block]:
    """The modal's inputs, with a button per measure that can be entered item by item."""
    blocks: list[Block] = risk_notice(sorted(shape.risky)) if shape.risky else []
    for part in shape.forms(policy.measures):
        if part is NoteForm and not shape.consultation:
            blocks += ways_to_enter(policy.measures, shape.by_item)
        known = {name: value for name, value in initial.items() if name in part.model_fields}
        blocks += part.blocks(known)
    return blocks


def follow(visit: Visit) -> Payload:
    """The modal again, with what belongs to the contact type and the answers chosen now."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return _again(visit, Shape.of(visit.answers, visit.actor.registry.policy))


def follow_items(visit: Visit) -> Payload:
    """The modal again, with the items of a measure shown or hidden."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return _again(visit, Shape.of(visit.answers, visit.actor.registry.policy).turned(visit.value))


def _again(visit: Visit, shape: Shape) -> Payload:
    policy = visit.actor.registry.policy
    shown = Shape.of(visit.answers, policy)
    values = entered(shown, policy.measures, visit.answers)
    for measure in policy.measures:
        if measure.self_harm_item is not None:
            # The same answer stands in one place with the items, and in another without them.
            places = field_of(measure, HARM), item_fields(measure)[measure.self_harm_item - 1]
            answer = next((values[name] for name in places if values.get(name) is not None), None)
            values |= dict.fromkeys(places, answer)
    return redrawn_view(visit.body["view"], inputs(policy, shape, values))


def asked(visit: Visit) -> Contact | Payload:
    """The contact as entered; or the modal again, when something that belongs to it was not asked yet.

    Raises FormErrors, or InvalidInput with the field at fault.
    """
    policy, answers = visit.actor.registry.policy, visit.answers
    measures = policy.measures
    known = {field_of(measure) for measure in measures}
    if any(name.startswith(SCORE) and name not in known for name in answers):
        raise InvalidInput("The registry's measures changed meanwhile. Close this window and open it again.")
    shape = Shape.of(answers, policy)
    if not shape.fits(answers, measures):
        return _again(visit, shape)
    values = read(shape, measures, answers)
    contact = Contact.model_validate(
        {
            **{name: values[name] for name in Contact.model_fields if name in values},
            **measured(values, measures),
            "advice": Advice(kinds=values["kinds"], text=values["text"]) if shape.consultation else None,
        }
    )
    return contact if shape.risky else contact.model_copy(update={"raise_safety_flag": False})


def save(visit: Visit) -> Payload:
    """Log the contact and show the card with what changed."""
    contact, memo = asked(visit), visit.memo
    if not isinstance(contact, Contact):
        return contact
    with at_the_measure(visit):
        logged = log_contact(visit.desk, visit.actor, visit.handle, contact, visit.request_id)
    if memo.answer_url and memo.behind:
        visit.redraw_message(memo.answer_url, lambda: redrawn(visit, memo.behind or ""))
    return told(visit, logged, contact)


def told(visit: Visit, logged: Logged, contact: Contact) -> Payload:
    """The card with what was saved; those who must know of it are told once it is shown."""
    policy, patient = visit.actor.registry.policy, logged.card.patient
    parts = [saved_banner(logged.before, patient, policy)]

    def redraw(sentence: str) -> Payload:
        return review.after_contact(visit, contact, sentence) or saved(
            visit, logged.card, f"{parts[0]}\n{sentence}"
        )

    risky = at_risk(policy, contact.scores, contact.answers, contact.self_harm)
    if risky:
        parts.append(safety.tell(visit, patient, risky, contact.safety_action, redraw))
    if contact.is_consultation:
        recommendation.announce(visit, patient, redraw)
    return review.after_contact(visit, contact) or saved(visit, logged.card, "\n".join(filter(None, parts)))


@contextmanager
def at_the_measure(visit: Visit) -> Iterator[None]:
    """Show what is wrong with a measure at its total."""
    try:
        yield
    except InvalidInput as wrong:
        measure = visit.actor.registry.policy.measure(wrong.field or "")
        field = field_of(measure) if measure else wrong.field
        raise InvalidInput(str(wrong), field) from None
