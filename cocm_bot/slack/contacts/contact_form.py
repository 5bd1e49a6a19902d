"""The inputs of a contact: they follow its type, and each measure is a total or its items.

The modal is made of small forms, one below the other; the answers it sends show what is in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from cocm_bot.domain.care.medication import written
from cocm_bot.domain.contacts.contact import LONGEST_ACTION, MOST_MINUTES, at_risk
from cocm_bot.domain.contacts.line import ContactLine
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.scoring import item_unknown
from cocm_bot.domain.measures.topics import DIFFICULTY
from cocm_bot.domain.records.agreements import RecommendationKind
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.safety.self_harm import score_of
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ENTRY_TYPES, ContactType, EntryType, VisitType, WorkKind
from cocm_bot.slack.contacts.measure_inputs import (
    HARM,
    TYPED,
    UNKNOWN,
    field_of,
    item_fields,
    measure_form,
    measured,
)
from cocm_bot.slack.forms import (
    CheckboxesInput,
    CheckboxInput,
    DateInput,
    Form,
    FormErrors,
    NumberInput,
    RadioInput,
    SelectInput,
    TextInput,
)

TYPE_CHOSEN = "contact-type"
NO_SHOW_CHOSEN = "contact-no-show"
LONGEST_NOTE = 2000
LONGEST_MEDICATION = 1500
MEDICATION_HINT = (
    "A line each: started, changed, stopped or taking, the name, a comma, the dose. "
    "Such as: started Sertraline, 50 mg in the morning"
)
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
    no_show: Annotated[
        bool,
        CheckboxInput(
            "Attendance",
            text="No-show (missed visit or no answer)",
            dispatch=True,
            action_id=NO_SHOW_CHOSEN,
        ),
    ] = False


class AppointmentForm(Form):
    """The date agreed for the next contact."""

    next_appointment: Annotated[
        date | None,
        DateInput("Next appointment", hint="If one was agreed: no follow-up is due before it."),
    ] = None


class MedicationForm(Form):
    """The fields for changes of a patient's medication."""

    medication: Annotated[
        str,
        TextInput(
            "Medication changes",
            multiline=True,
            max_length=LONGEST_MEDICATION,
            hint=MEDICATION_HINT,
        ),
    ] = ""


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
        float,
        NumberInput(
            "Minutes", hint="Your time on this contact.", minimum=0, maximum=MOST_MINUTES, decimal=True
        ),
    ]


class NextConsultForm(Form):
    """The day the consultation names for the next one."""

    next_consult: Annotated[
        date | None,
        DateInput("Next consult", hint="If another day than the registry's interval gives."),
    ] = None


class OptionalTimeForm(Form):
    """The minutes it took, of a psychiatrist: billing does not count them."""

    minutes: Annotated[
        float | None,
        NumberInput(
            "Minutes",
            hint="If you keep them: a psychiatrist's minutes are not billed.",
            minimum=0,
            maximum=MOST_MINUTES,
            decimal=True,
        ),
    ] = None


class ReviewFlagForm(Form):
    """The review flag, which a consultation can settle."""

    resolve_review: Annotated[
        bool,
        CheckboxInput(
            "Review flag",
            text="Resolve it",
            description="The patient was flagged for review.",
        ),
    ] = False


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
    bare: bool = False
    """A no-show without minutes and scores: they are not asked for."""
    flagged: bool = False
    """The review flag is open, and a consultation may resolve it."""
    by_psychiatrist: bool = False
    """The minutes of a consultation may be left out."""

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
        return (self.request and not self.bare) or self.kind is WorkKind.OUTCOME_CHECK

    @classmethod
    def of(cls, answers: Mapping[str, Any], policy: CarePolicy, *, by_psychiatrist: bool = False) -> "Shape":
        """The shape that fits the answers a modal sends, whether it has that shape yet or not."""
        chosen = AboutForm.entered(answers).get("contact_type")
        shape = cls(
            kind=next((each for each in ENTRY_TYPES if each == chosen), ContactType.FOLLOW_UP),
            by_item=frozenset(each.name for each in policy.measures if item_fields(each)[0] in answers),
            correction="reason" in answers,
            flagged="resolve_review" in answers,
            by_psychiatrist=by_psychiatrist,
        )
        return shape.completed(entered(shape, policy.measures, answers), policy)

    def completed(self, values: Mapping[str, Any], policy: CarePolicy) -> "Shape":
        """The shape with what the values, by field, call for or make needless."""
        found = measured(values, policy.measures)
        risky = at_risk(policy, found["scores"], found["answers"], found["self_harm"])
        empty = values.get("minutes") is None and not any(found.values())
        bare = self.request and values.get("no_show") is True and empty
        return replace(self, risky=frozenset(risky), bare=bare)

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
        if self.consultation:
            yield NextConsultForm
        if self.consultation and self.flagged:
            yield ReviewFlagForm
        if self.request:
            yield VisitForm
        if not self.bare:
            yield OptionalTimeForm if self.consultation and self.by_psychiatrist else TimeForm
        if self.scored:
            yield from self._measured(measures)
        if self.request or self.kind is WorkKind.CARE_COORDINATION:
            yield MedicationForm
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
            if measure.name in risky[:1]:
                yield SafetyForm
            if measure.name in asking[-1:]:
                yield DifficultyForm


def asks_what_was_done(answers: Mapping[str, Any]) -> bool:
    """Return whether the modal that sent these answers asks what was done about a self-harm item."""
    return any(name in answers for name in SafetyForm.model_fields)


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
        "medication": written(log.medication_changes),
        "next_appointment": date.fromisoformat(log.next_appointment) if log.next_appointment else None,
        "next_consult": date.fromisoformat(log.next_consult) if log.next_consult else None,
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


def line_values(line: ContactLine, policy: CarePolicy) -> dict[str, Any]:
    """Return the values of the modal, by field, that a typed line gives; others are left out."""
    said: dict[str, Any] = {
        "contact_type": line.contact_type,
        "visit_type": line.visit_type,
        "day": line.day,
        "minutes": line.minutes,
        "next_appointment": line.next_appointment,
        "note": line.note or None,
        "no_show": line.no_show or None,
    }
    for measure in policy.measures:
        said[field_of(measure)] = line.scores.get(measure.name)
        said[field_of(measure, HARM)] = line.self_harm.get(measure.name)
        if measure.name in line.items_not_known:
            said[field_of(measure, HARM)] = UNKNOWN
        if measure.name in line.answers:
            said[field_of(measure, TYPED)] = "".join(map(str, line.answers[measure.name]))
    return {name: value for name, value in said.items() if value is not None}
