"""The inputs of a contact: they follow its type, and each measure is a total or its items.

The modal is made of small forms, one below the other; the answers it sends show what is in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import create_model

from cocm_bot.domain.agreements import RecommendationKind
from cocm_bot.domain.contacts.contact import LONGEST_ACTION, MOST_MINUTES, at_risk
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.scoring import item_unknown
from cocm_bot.domain.measures.topics import DIFFICULTY, SELF_HARM
from cocm_bot.domain.patient import TreatmentLog
from cocm_bot.domain.safety.self_harm import score_of
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ENTRY_TYPES, ContactType, EntryType, VisitType, WorkKind
from cocm_bot.slack.forms import (
    CheckboxesInput,
    CheckboxInput,
    Choice,
    DateInput,
    Form,
    FormErrors,
    NumberInput,
    RadioInput,
    SelectInput,
    TextInput,
)

TYPE_CHOSEN = "contact-type"
ITEM_CHOSEN = "contact-item"
SCORE = "score_"
HARM = "harm_"
ITEM = "item_"
UNKNOWN = "unknown"
"""The answer of a self-harm item that nobody knows."""
MOST_LISTED = 10
LONGEST_NOTE = 2000
LONGEST_REASON = 500


class AboutForm(Form):
    """The contact's type and date."""

    contact_type: Annotated[
        EntryType,
        SelectInput("Contact type", options=ENTRY_TYPES, dispatch=True, action_id=TYPE_CHOSEN),
    ]
    day: Annotated[date, DateInput("Date")]


class VisitForm(Form):
    """The way the patient was met."""

    visit_type: Annotated[VisitType, SelectInput("Visit type", options=tuple(VisitType))] = VisitType.PHONE
    no_show: Annotated[bool, CheckboxInput("Attendance", text="No-show (missed visit or no answer)")] = False


class AppointmentForm(Form):
    """The date agreed for the next contact."""

    next_appointment: Annotated[
        date | None,
        DateInput("Next appointment", hint="If one was agreed: no follow-up is due before it."),
    ] = None


class AdviceForm(Form):
    """The recommendation of a consultation; whether that is needed is for the operation to say."""

    kinds: Annotated[
        tuple[RecommendationKind, ...],
        CheckboxesInput("Recommendation", options=tuple(RecommendationKind)),
    ] = ()
    text: Annotated[
        str,
        TextInput("In words", multiline=True, max_length=LONGEST_NOTE, hint="What, how much, until when."),
    ] = ""


class TimeForm(Form):
    """The minutes it took."""

    minutes: Annotated[
        int, NumberInput("Minutes", hint="Your time on this contact.", minimum=0, maximum=MOST_MINUTES)
    ]


class NoteForm(Form):
    """Anything else."""

    note: Annotated[
        str, TextInput("Note", multiline=True, max_length=LONGEST_NOTE, hint="Short; this is not the chart.")
    ] = ""


class DifficultyForm(Form):
    """The question beside the items of PHQ-9 and GAD-7."""

    difficulty: Annotated[str | None, RadioInput("Problems make daily life…", options=DIFFICULTY)] = None


class SafetyForm(Form):
    """The action taken about a self-harm item above 0, and the flag that is proposed."""

    safety_action: Annotated[
        str,
        TextInput(
            "What did you do about it?",
            multiline=True,
            max_length=LONGEST_ACTION,
            hint="Needed before this is saved. The psychiatrist is notified at once.",
        ),
    ]
    raise_safety_flag: Annotated[
        bool, CheckboxInput("Flag", text="Raise Safety Risk", description="One that is open stays as it is.")
    ] = True
    history: Annotated[
        bool,
        CheckboxInput(
            "From the past",
            text="This is history: page nobody",
            description="For an old contact entered late. The card shows it until somebody takes it.",
        ),
    ] = False


class CorrectionForm(Form):
    """The reason an entry is wrong, and whether it should be there at all."""

    reason: Annotated[
        str, TextInput("Why is the old entry wrong?", multiline=True, max_length=LONGEST_REASON)
    ]
    void: Annotated[
        bool,
        CheckboxInput(
            "Void",
            text="This never happened: void it",
            description="The entry stays in the history, marked, and counts for nothing.",
        ),
    ] = False


@dataclass(frozen=True)
class Shape:
    """The choice of inputs the modal shows."""

    kind: EntryType = ContactType.FOLLOW_UP
    by_item: frozenset[str] = frozenset()
    """The names of the measures entered item by item."""
    risky: frozenset[str] = frozenset()
    """The measures whose self-harm item is above 0: what was done is asked below the first."""
    correction: bool = False

    @property
    def consultation(self) -> bool:
        """Return whether it asks what is recommended."""
        return self.kind is ContactType.CONSULTATION

    @property
    def request(self) -> bool:
        """Return whether it asks how the patient was met."""
        return isinstance(self.kind, ContactType) and not self.consultation

    @property
    def scored(self) -> bool:
        """Return whether it asks for scores."""
        return self.request or self.kind is WorkKind.OUTCOME_CHECK

    @classmethod
    def of(cls, answers: Mapping[str, Any], policy: CarePolicy) -> "Shape":
        """The shape that fits the answers a modal sends, whether it has that shape yet or not."""
        chosen = AboutForm.entered(answers).get("contact_type")
        shape = cls(
            kind=next((each for each in ENTRY_TYPES if each == chosen), ContactType.FOLLOW_UP),
            by_item=frozenset(each.name for each in policy.measures if item_fields(each)[0] in answers),
            correction="reason" in answers,
        )
        found = measured(entered(shape, policy.measures, answers), policy.measures)
        risky = at_risk(policy, found["scores"], found["answers"], found["self_harm"])
        return replace(shape, risky=frozenset(risky))

    def turned(self, measure: str) -> "Shape":
        """The shape with a measure's items shown if they are hidden, hidden if they are shown."""
        return replace(self, by_item=self.by_item ^ {measure})

    def fits(self, answers: Mapping[str, Any], measures: Sequence[Measure]) -> bool:
        """Return whether a modal that sent these answers shows everything that belongs to the shape."""
        return all(name in answers for form in self.forms(measures) for name in form.model_fields)

    def forms(self, measures: Sequence[Measure]) -> Iterator[type[Form]]:
        """The forms from top to bottom."""
        yield AboutForm
        if self.consultation:
            yield AdviceForm
        if self.request:
            yield VisitForm
        yield TimeForm
        if self.scored:
            yield from self._measured(measures)
        if self.request:
            yield AppointmentForm
        yield NoteForm
        if self.correction:
            yield CorrectionForm

    def _measured(self, measures: Sequence[Measure]) -> Iterator[type[Form]]:
        asking = [each.name for each in measures if each.asks_difficulty and each.name in self.by_item]
        risky = [each.name for each in measures if each.name in self.risky]
        for measure in measures:
            yield measure_form(measure, measure.name in self.by_item)
            if measure.name in asking[-1:]:
                yield DifficultyForm
            if measure.name in risky[:1]:
                yield SafetyForm


def asks_what_was_done(answers: Mapping[str, Any]) -> bool:
    """Return whether the modal that sent these answers asks what was done about a self-harm item."""
    return any(name in answers for name in SafetyForm.model_fields)


def field_of(measure: Measure, kind: str = SCORE) -> str:
    """A measure's field of a kind: `score_phq_9`."""
    return kind + re.sub(r"\W", "_", measure.name.lower())


def item_fields(measure: Measure) -> list[str]:
    """The fields of a measure's items: `item_phq_9_1` and on."""
    return [f"{field_of(measure, ITEM)}_{number}" for number in range(1, max(measure.items, 1) + 1)]


@lru_cache(maxsize=256)
def measure_form(measure: Measure, by_item: bool) -> type[Form]:
    """A measure's total, and its items or the self-harm item alone; each may be left empty."""
    fields: dict[str, Any] = {field_of(measure): (_total(measure), None)}
    if by_item:
        labels = [f"{measure.name} · {number} {topic}" for number, topic in enumerate(measure.topics, 1)]
        for number, (name, label) in enumerate(zip(item_fields(measure), labels, strict=True), 1):
            fields[name] = (_answer(measure, label, dispatch=number == measure.self_harm_item), None)
    elif measure.self_harm_item is not None:
        fields[field_of(measure, HARM)] = (_self_harm(measure, measure.self_harm_item), None)
    return create_model("MeasureForm", __base__=Form, **fields)


def _total(measure: Measure) -> Any:
    least, most = measure.minimum, measure.maximum
    hint = f"{least:g} to {most:g}; leave empty if it was not asked."
    asked = NumberInput(f"{measure.name} total", minimum=least, maximum=most, hint=hint)
    return Annotated[int | None, asked]


def _self_harm(measure: Measure, item: int) -> Any:
    """The self-harm item beside a total; a total that does not settle it needs an answer, or "not known"."""
    topic = measure.topics[item - 1] if measure.topics else SELF_HARM
    choices = [
        Choice(str(points), measure.answer_words(points)) for points in range(measure.most_self_harm + 1)
    ]
    return Annotated[
        str | None,
        SelectInput(
            f"{measure.name} item {item} · {topic}",
            options=[*choices, Choice(UNKNOWN, "Not known")],
            hint="Needed beside a total: the answer on the form, or “Not known”.",
            dispatch=True,
            action_id=ITEM_CHOSEN,
        ),
    ]


def check_items_asked(values: Mapping[str, Any], measures: Sequence[Measure]) -> None:
    """Raise FormErrors where a total leaves its self-harm item open, and nothing is said of that."""
    unasked = {
        field: f"The total does not tell. Choose the answer to item {measure.self_harm_item}, or “Not known”."
        for measure in measures
        if (field := field_of(measure, HARM)) in values
        and values[field] is None
        and item_unknown(measure, values.get(field_of(measure)), None)
    }
    if unasked:
        raise FormErrors(unasked)


def _answer(measure: Measure, label: str, *, dispatch: bool) -> Any:
    """One item, all answers in sight: one click for each instead of two."""
    choices = [Choice(str(points), measure.answer_words(points)) for points in range(len(measure.answers))]
    kind = RadioInput if len(choices) <= MOST_LISTED else SelectInput
    action_id = ITEM_CHOSEN if dispatch else "input"
    return Annotated[int | None, kind(label, options=choices, dispatch=dispatch, action_id=action_id)]


def read(shape: Shape, measures: Sequence[Measure], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Everything entered, by field; raises FormErrors for all forms at once."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for form in shape.forms(measures):
        try:
            found |= dict(form.read(answers))
        except FormErrors as refused:
            wrong |= refused.errors
    if wrong:
        raise FormErrors(wrong)
    return found


def entered(shape: Shape, measures: Sequence[Measure], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what can be read of a modal still being filled in, by field."""
    found: dict[str, Any] = {}
    for form in shape.forms(measures):
        found |= form.entered(answers)
    return found


def measured(values: Mapping[str, Any], measures: Sequence[Measure]) -> dict[str, dict[str, Any]]:
    """The scores, answers and self-harm answers of the values, by measure, as a contact takes them."""
    scores: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    harm: dict[str, Any] = {}
    for measure in measures:
        items = [_points(values.get(name)) for name in item_fields(measure)]
        if values.get(field_of(measure)) is not None:
            scores[measure.name] = float(values[field_of(measure)])
        if any(item is not None for item in items):
            answers[measure.name] = tuple(items)
        if values.get(field_of(measure, HARM)) not in (None, UNKNOWN):
            harm[measure.name] = _points(values[field_of(measure, HARM)])
    return {"scores": scores, "answers": answers, "self_harm": harm}


def _points(value: Any) -> int | None:
    return None if value is None else int(value)


def recorded(log: TreatmentLog, policy: CarePolicy) -> dict[str, Any]:
    """An entry of the history as values of the modal, by field."""
    given = log.recommendation
    values: dict[str, Any] = {
        "contact_type": log.contact_type,
        "day": policy.local_date(log.date),
        "visit_type": log.visit_type,
        "no_show": log.no_show,
        "kinds": given.kinds if given else (),
        "text": given.text if given else "",
        "minutes": log.minutes,
        "next_appointment": date.fromisoformat(log.next_appointment) if log.next_appointment else None,
        "note": log.note,
        "difficulty": log.difficulty,
        "safety_action": log.safety_action,
        "raise_safety_flag": False,
        "history": log.history,
    }
    for measure in policy.measures:
        if measure.name in log.answers:
            values |= zip(item_fields(measure), log.answers[measure.name], strict=False)
        if measure.name in log.self_harm:
            values[field_of(measure, HARM)] = log.self_harm[measure.name]
        elif item_unknown(measure, score_of(log, measure), None):
            values[field_of(measure, HARM)] = UNKNOWN
        for score in log.scores:
            if score.score_name == measure.name and measure.name not in log.answers:
                values[field_of(measure)] = score.score_value
    return values
