"""The entered fields of one contact, and the rules it must keep before it is recorded."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.scoring import agreed, check_self_harm, self_harm
from cocm_bot.domain.records.agreements import RecommendationKind
from cocm_bot.domain.records.care_details import MedicationChange
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, EntryType, Status, VisitType, WorkKind

MOST_MINUTES = 480
"""A contact of more than a working day is a slip of the finger."""
DAYS_BEFORE_ENROLLMENT = 60
"""A contact further back than this is more likely a slip in the year."""
LONGEST_ACTION = 400
"""Characters of what was done about a self-harm item: it must fit into the reason of a flag."""

Trimmed = Annotated[str, StringConstraints(strip_whitespace=True)]


class Advice(BaseModel):
    """The recommendation of a consultation."""

    kinds: tuple[RecommendationKind, ...] = ()
    text: Trimmed = ""


class Contact(BaseModel):
    """The entered fields of one contact, or other work; fields that do not belong to its type stay empty."""

    contact_type: EntryType
    visit_type: VisitType | None = None
    day: date
    minutes: float = Field(ge=0, le=MOST_MINUTES)
    """They may be a fraction, as a timer gives them."""
    no_show: bool = False
    scores: dict[str, float] = Field(default_factory=dict)
    """Totals by measure."""
    answers: dict[str, tuple[int | None, ...]] = Field(default_factory=dict)
    """Answers to the items by measure, None for one that was left out."""
    self_harm: dict[str, int] = Field(default_factory=dict)
    """The answer to the self-harm item by measure, where only a total is entered."""
    difficulty: str | None = None
    safety_action: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_ACTION)] = ""
    """The action taken about a self-harm item above 0."""
    raise_safety_flag: bool = False
    advice: Advice | None = None
    medication_changes: tuple[MedicationChange, ...] = ()
    next_appointment: date | None = None
    """The local day agreed for the next contact."""
    next_consult: date | None = None
    """The local day that a consultation names for the next one."""
    note: str = ""
    resolve_review: bool = False
    """Resolve the review flag that the consultation settles; of a consultation only."""
    history: bool = False
    """Typed in from the past: a self-harm item above 0 pages nobody, and is shown on the card."""

    @property
    def is_consultation(self) -> bool:
        """Return whether it was between clinicians."""
        return self.contact_type is ContactType.CONSULTATION

    @property
    def with_patient(self) -> bool:
        """Return whether it is a contact with the patient."""
        return isinstance(self.contact_type, ContactType) and not self.is_consultation


def completed(contact: Contact, policy: CarePolicy) -> Contact:
    """The contact with the totals of its answers; raises InvalidInput naming the measure at fault."""
    scores: dict[str, float] = {}
    known: dict[str, int] = {}
    for name in dict.fromkeys((*contact.scores, *contact.answers, *contact.self_harm)):
        measure = policy.measure(name)
        if measure is None:
            raise InvalidInput(f"This registry does not use {name}.", name)
        answers = contact.answers.get(name)
        score = agreed(measure, contact.scores.get(name), answers)
        answer = contact.self_harm.get(name)
        if answers is not None and measure.self_harm_item is not None:
            answer = answers[measure.self_harm_item - 1]
        if answer is not None and not 0 <= answer <= measure.most_self_harm:
            raise InvalidInput(f"Answers to {name} run from 0 to {measure.most_self_harm}.", name)
        check_self_harm(measure, score, answer)
        if score is not None:
            scores[name] = score
        if answer is not None and measure.self_harm_item is not None:
            known[name] = answer
    return contact.model_copy(update={"scores": scores, "self_harm": known})


def at_risk(
    policy: CarePolicy,
    scores: Mapping[str, float],
    answers: Mapping[str, Sequence[int | None]],
    harm: Mapping[str, int],
) -> list[str]:
    """The measures whose self-harm item is, or must be, above 0, as far as the entered fields show.

    All by measure: totals, answers to the items, and the answer to the self-harm item where it comes alone.
    """
    found = []
    for measure in policy.about_self_harm:
        given, item, answer = answers.get(measure.name, ()), measure.self_harm_item, harm.get(measure.name)
        if item is not None and len(given) >= item:
            answer = given[item - 1]
        if self_harm(measure, scores.get(measure.name), answer):
            found.append(measure.name)
    return found


def check(contact: Contact, policy: CarePolicy, now: datetime) -> None:
    """Raise InvalidInput with the field (or measure) at fault unless a completed contact can be true."""
    if contact.day > policy.local_date(now.timestamp()):
        raise InvalidInput("The date can't be in the future.", "day")
    if contact.with_patient:
        _check_visit(contact)
    else:
        _check_work(contact)
    names = at_risk(policy, contact.scores, contact.answers, contact.self_harm)
    if names and not contact.safety_action:
        raise InvalidInput(
            f"{' and '.join(names)}: the self-harm item is above 0. Say what was done about it.",
            "safety_action",
        )
    if contact.history and contact.day == policy.local_date(now.timestamp()):
        raise InvalidInput("A contact of today is not history: the team must know now.", "history")


def _check_visit(contact: Contact) -> None:
    if contact.visit_type is None:
        raise InvalidInput("Say how the contact took place.", "visit_type")
    if contact.advice is not None or contact.resolve_review or contact.next_consult:
        raise InvalidInput("Only a consultation records a recommendation.", "contact_type")
    if contact.no_show and (contact.scores or contact.self_harm):
        raise InvalidInput("A no-show has no scores: clear the scores or the no-show.", "no_show")
    if contact.next_appointment is not None and contact.next_appointment <= contact.day:
        raise InvalidInput("The next appointment must be after this contact.", "next_appointment")


def _check_work(contact: Contact) -> None:
    """A consultation, or work that is no contact: nothing was done with the patient."""
    kind = contact.contact_type
    if contact.visit_type or contact.no_show or contact.next_appointment:
        raise InvalidInput(
            f"{kind} is not a visit: it has no visit type, no-show or next appointment.", "contact_type"
        )
    if contact.next_consult is not None and not contact.is_consultation:
        raise InvalidInput(f"{kind} plans no consult.", "contact_type")
    if contact.next_consult is not None and contact.next_consult <= contact.day:
        raise InvalidInput("The next consult must be after this one.", "next_consult")
    if contact.medication_changes and kind is not WorkKind.CARE_COORDINATION:
        raise InvalidInput(f"{kind} changes no medication.", "contact_type")
    measured = bool(contact.scores or contact.self_harm)
    if kind is WorkKind.OUTCOME_CHECK and not measured:
        raise InvalidInput("An outcome check needs at least one score.", "contact_type")
    if kind is not WorkKind.OUTCOME_CHECK and measured:
        raise InvalidInput(f"{kind} has no scores.", "contact_type")
    if not contact.is_consultation and (contact.advice is not None or contact.resolve_review):
        raise InvalidInput("Only a consultation records a recommendation.", "contact_type")


def check_for(patient: Patient, contact: Contact, policy: CarePolicy) -> None:
    """Raise InvalidInput unless a contact can be logged for this patient, on its day."""
    left = patient.status is Status.DEACTIVATED
    if contact.contact_type is WorkKind.OUTCOME_CHECK and not left:
        raise InvalidInput(
            "An outcome check is for a patient who has left the program. Log a contact instead.",
            "contact_type",
        )
    if contact.contact_type is not WorkKind.OUTCOME_CHECK and left:
        raise InvalidInput("This patient is deactivated: reopen the record before logging a contact.")
    ended = patient.episodes[-1].ended if left and patient.episodes else None
    if ended is not None and contact.day < policy.local_date(ended):
        raise InvalidInput("An outcome check comes after the patient has left the program.", "day")
    check_day(contact.day, patient, policy)


def check_day(day: date, patient: Patient, policy: CarePolicy) -> None:
    """Raise InvalidInput for a contact before the patient's birth, or long before the enrollment."""
    if patient.born is not None and day < patient.born:
        raise InvalidInput("The patient was not born yet on this day. Is the year right?", "day")
    enrolled = policy.local_date(patient.date_created)
    if day < enrolled - timedelta(days=DAYS_BEFORE_ENROLLMENT):
        raise InvalidInput(
            f"This is more than {DAYS_BEFORE_ENROLLMENT} days before the enrollment of "
            f"{enrolled.day} {enrolled:%b %Y}. Is the year right?",
            "day",
        )


def check_advice(advice: Advice | None) -> None:
    """Raise InvalidInput unless a consultation says what is recommended."""
    if advice is None or not advice.kinds:
        raise InvalidInput("Say what is recommended.", "kinds")
    if RecommendationKind.OTHER in advice.kinds and not advice.text:
        raise InvalidInput("Say in words what else is recommended.", "text")
