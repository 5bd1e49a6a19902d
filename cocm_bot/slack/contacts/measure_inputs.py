"""Inputs for a measure: its total, its answers typed as one word, or each item beside its answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any

from pydantic import create_model

from cocm_bot.domain.contacts.line_fields import FEWEST_TYPED_ITEMS, typed_answers
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.measures.scoring import item_unknown
from cocm_bot.domain.measures.topics import SELF_HARM
from cocm_bot.slack.forms import Choice, Form, FormErrors, NumberInput, RadioInput, SelectInput, TextInput
from cocm_bot.slack.forms.input import State, Unreadable

ITEM_CHOSEN = "contact-item"
SCORE = "score_"
HARM = "harm_"
ITEM = "item_"
TYPED = "typed_"
UNKNOWN = "unknown"
"""The answer of a self-harm item that nobody knows."""
MOST_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class AnswersInput(TextInput):
    """Every answer of a measure, typed as one word: a digit for each item."""

    measure: Measure = field()

    @property
    def wanted(self) -> str:
        most = self.measure.most_per_item
        return f"Type {self.measure.items} digits from 0 to {most}, one for each item, or leave this empty."

    def answer(self, state: State) -> str | None:
        text = super().answer(state)
        digits = re.sub(r"[\s,]", "", text or "")
        if digits and typed_answers(self.measure, digits) is None:
            raise Unreadable(self.wanted)
        return digits or None


def field_of(measure: Measure, kind: str = SCORE) -> str:
    """A measure's field of a kind: `score_phq_9`."""
    return kind + re.sub(r"\W", "_", measure.name.lower())


def item_fields(measure: Measure) -> list[str]:
    """The fields of a measure's items: `item_phq_9_1` and on."""
    return [f"{field_of(measure, ITEM)}_{number}" for number in range(1, max(measure.items, 1) + 1)]


@lru_cache(maxsize=256)
def measure_form(measure: Measure, by_item: bool) -> type[Form]:
    """A measure's total with each item, or with all answers as one word and the self-harm item.

    Any of them may be left empty.
    """
    fields: dict[str, Any] = {field_of(measure): (_total(measure), None)}
    if takes_typed(measure) and not by_item:
        fields[field_of(measure, TYPED)] = (_typed(measure), None)
    if by_item:
        labels = [f"{measure.name} · {number} {topic}" for number, topic in enumerate(measure.topics, 1)]
        for number, (name, label) in enumerate(zip(item_fields(measure), labels, strict=True), 1):
            fields[name] = (_answer(measure, label, dispatch=number == measure.self_harm_item), None)
    elif measure.self_harm_item is not None:
        fields[field_of(measure, HARM)] = (_self_harm(measure, measure.self_harm_item), None)
    return create_model("MeasureForm", __base__=Form, **fields)


def takes_typed(measure: Measure) -> bool:
    """Return whether its answers can be typed as one word that nobody takes for a total."""
    return measure.by_item and measure.items >= FEWEST_TYPED_ITEMS and measure.most_per_item < 10


def _typed(measure: Measure) -> Any:
    hint = f"Instead of the total: type the {measure.items} answers as one word, a digit for each item."
    longest = 2 * measure.items
    asked = AnswersInput(f"{measure.name} answers", measure=measure, hint=hint, max_length=longest)
    return Annotated[str | None, asked]


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
    """Raise FormErrors where a total leaves its self-harm item open, or two answers to it differ."""
    wrong: dict[str, str] = {}
    for measure in measures:
        beside, item = field_of(measure, HARM), measure.self_harm_item
        if beside not in values or item is None:
            continue
        chosen, typed = values[beside], typed_answers(measure, values.get(field_of(measure, TYPED)) or "")
        if typed is None and chosen is None and item_unknown(measure, values.get(field_of(measure)), None):
            wrong[beside] = f"The total alone does not say. Choose the answer to item {item}, or “Not known”."
        if typed and chosen not in (None, UNKNOWN, str(typed[item - 1])):
            wrong[beside] = (
                f"The answers you typed have {typed[item - 1]} for item {item}. Correct one of them."
            )
    if wrong:
        raise FormErrors(wrong)


def _answer(measure: Measure, label: str, *, dispatch: bool) -> Any:
    """One item, all answers in sight: one click for each instead of two."""
    choices = [Choice(str(points), measure.answer_words(points)) for points in range(len(measure.answers))]
    kind = RadioInput if len(choices) <= MOST_LISTED else SelectInput
    action_id = ITEM_CHOSEN if dispatch else "input"
    return Annotated[int | None, kind(label, options=choices, dispatch=dispatch, action_id=action_id)]


def measured(values: Mapping[str, Any], measures: Sequence[Measure]) -> dict[str, dict[str, Any]]:
    """The scores, answers and self-harm answers of the values, by measure, as a contact takes them."""
    scores: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    harm: dict[str, Any] = {}
    for measure in measures:
        typed = typed_answers(measure, values.get(field_of(measure, TYPED)) or "")
        items = typed or [_points(values.get(name)) for name in item_fields(measure)]
        if values.get(field_of(measure)) is not None:
            scores[measure.name] = float(values[field_of(measure)])
        if any(item is not None for item in items):
            answers[measure.name] = tuple(items)
        if values.get(field_of(measure, HARM)) not in (None, UNKNOWN):
            harm[measure.name] = _points(values[field_of(measure, HARM)])
    return {"scores": scores, "answers": answers, "self_harm": harm}


def typed_items(values: Mapping[str, Any], measures: Sequence[Measure]) -> dict[str, int]:
    """The answers that were typed as one word, by the fields of the items, to be shown there."""
    found: dict[str, int] = {}
    for measure in measures:
        typed = typed_answers(measure, values.get(field_of(measure, TYPED)) or "")
        found |= zip(item_fields(measure), typed or (), strict=False)
    return found


def _points(value: Any) -> int | None:
    return None if value is None else int(value)
