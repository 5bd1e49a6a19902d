"""Logging a contact: the ways into the modal, the modal and its submission."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import create_model

from cocm_bot.operations import patients
from cocm_bot.operations.contacts import log_contact
from cocm_bot.operations.desk import new_id
from cocm_bot.operations.oversight import authorise
from cocm_bot.registry.access import Action
from cocm_bot.registry.contact import MOST_MINUTES, Contact
from cocm_bot.registry.errors import InvalidInput
from cocm_bot.registry.measures import Measure
from cocm_bot.registry.vocabulary import ContactType, Status, VisitType
from cocm_bot.slack.caseload import redrawn
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.forms import CheckboxInput, DateInput, Form, NumberInput, SelectInput, TextInput
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patient import found, suggest
from cocm_bot.slack.screens.card import card_view, saved_banner
from cocm_bot.slack.screens.card_actions import LOG_CONTACT
from cocm_bot.slack.screens.contact import CALLBACK, contact_view
from cocm_bot.slack.visit import Memo, Visit

FIND = "find-contact"
SCORE = "score_"
LONGEST_NOTE = 2000


class ContactForm(Form):
    """What is asked about every contact; a registry's measures are added to it."""

    contact_type: Annotated[ContactType, SelectInput("Contact type", options=tuple(ContactType))]
    visit_type: Annotated[VisitType, SelectInput("Visit type", options=tuple(VisitType))] = VisitType.PHONE
    day: Annotated[date, DateInput("Date")]
    minutes: Annotated[
        int, NumberInput("Minutes", hint="Your time on this contact.", minimum=0, maximum=MOST_MINUTES)
    ]
    no_show: Annotated[bool, CheckboxInput("Attendance", text="The patient did not come")] = False
    note: Annotated[
        str, TextInput("Note", multiline=True, max_length=LONGEST_NOTE, hint="Short; this is not the chart.")
    ] = ""


def register(entry: Entry) -> None:
    """The ways into the modal, and its submission."""
    entry.redraws(FIND, lambda visit: form(visit, visit.value))
    entry.suggestions(FIND, suggest)
    entry.opens(LOG_CONTACT, "Log a contact", lambda visit: form(visit, visit.value))
    entry.submission(CALLBACK, save)


def find(visit: Visit, words: Sequence[str]) -> Payload:
    """The modal for the patient the words mean."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    return found(visit, " ".join(words), "Log a contact", FIND, form)


def form(visit: Visit, handle: str, behind: str | None = None) -> Payload:
    """The modal for one patient; `behind` names the list it was opened from, to be redrawn after."""
    authorise(visit.desk, visit.actor, Action.LOG_CONTACT)
    patient = patients.open_card(visit.desk, visit.actor, handle).patient
    policy, now = visit.actor.registry.policy, visit.desk.now()
    first = patient.status is Status.ENROLLED and patient.initial_assessment is None
    initial = {
        "contact_type": ContactType.INITIAL_ASSESSMENT if first else ContactType.FOLLOW_UP,
        "day": policy.local_date(now.timestamp()),
    }
    memo = Memo(
        handle=patient.handle,
        request_id=new_id(),
        behind=behind,
        answer_url=visit.answer_url if behind else None,
    )
    return contact_view(patient, policy, contact_form(policy.measures).blocks(initial), memo.packed())


def save(visit: Visit) -> Payload:
    """Log the contact and show the card with what changed."""
    actor, memo = visit.actor, visit.memo
    fields = score_fields(actor.registry.policy.measures)
    entered = contact_form(actor.registry.policy.measures).read(visit.answers)
    if any(name.startswith(SCORE) and name not in fields for name in visit.answers):
        raise InvalidInput("The registry's measures changed meanwhile. Close this window and open it again.")
    values = entered.model_dump()
    scores = {measure.name: values[name] for name, measure in fields.items() if values[name] is not None}
    contact = Contact(
        contact_type=entered.contact_type,
        visit_type=entered.visit_type,
        day=entered.day,
        minutes=entered.minutes,
        no_show=entered.no_show,
        scores=scores,
        note=entered.note,
    )
    try:
        logged = log_contact(visit.desk, actor, visit.handle, contact, visit.request_id)
    except InvalidInput as wrong:
        at = next((name for name, measure in fields.items() if measure.name == wrong.field), wrong.field)
        raise InvalidInput(str(wrong), at) from None
    if memo.answer_url and memo.behind:
        visit.redraw_message(memo.answer_url, lambda: redrawn(visit, memo.behind or ""))
    card = logged.card
    banner = saved_banner(logged.before, card.patient, actor.registry.policy)
    return card_view(actor, card, Memo(handle=card.patient.handle).packed(), visit.desk.now(), banner=banner)


def score_fields(measures: Sequence[Measure]) -> dict[str, Measure]:
    """The form's field for each measure: `score_phq_9`."""
    return {SCORE + re.sub(r"\W", "_", measure.name.lower()): measure for measure in measures}


@lru_cache(maxsize=256)
def contact_form(measures: tuple[Measure, ...]) -> type[ContactForm]:
    """The contact form of a registry that uses these measures: a whole number, or nothing, for each."""
    scores: dict[str, Any] = {
        name: (Annotated[int | None, NumberInput(f"{measure.name} total", **_bounds(measure))], None)
        for name, measure in score_fields(measures).items()
    }
    return create_model("RegistryContactForm", __base__=ContactForm, **scores)


def _bounds(measure: Measure) -> dict[str, Any]:
    return {
        "minimum": measure.minimum,
        "maximum": measure.maximum,
        "hint": f"{measure.minimum:g} to {measure.maximum:g}; leave empty if it was not asked.",
    }
