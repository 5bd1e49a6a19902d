"""What is entered about one contact, and the rules it must keep before it is recorded."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cocm_bot.domain.agreements import RecommendationKind
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.measures.scoring import agreed, check_self_harm, self_harm
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, VisitType

MOST_MINUTES = 480
"""A contact of more than a working day is a slip of the finger."""
LONGEST_ACTION = 400
"""Characters of what was done about a self-harm item: it must fit into the reason of a flag."""

Trimmed = Annotated[str, StringConstraints(strip_whitespace=True)]


class Advice(BaseModel):
    """What a consultation recommends."""

    kinds: tuple[RecommendationKind, ...] = ()
    text: Trimmed = ""


class Contact(BaseModel):
    """What is entered about one contact; the fields that do not belong to its type stay empty."""

    contact_type: ContactType
    visit_type: VisitType | None = None
    day: date
    minutes: int = Field(ge=0, le=MOST_MINUTES)
    no_show: bool = False
    scores: dict[str, float] = Field(default_factory=dict)
    """Totals by measure."""
    answers: dict[str, tuple[int | None, ...]] = Field(default_factory=dict)
    """Answers to the items by measure, None for one that was left out."""
    self_harm: dict[str, int] = Field(default_factory=dict)
    """The answer to the self-harm item by measure, where only a total is entered."""
    difficulty: str | None = None
    safety_action: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_ACTION)] = ""
    """What was done about a self-harm item above 0."""
    raise_safety_flag: bool = False
    advice: Advice | None = None
    note: str = ""
    history: bool = False
    """Typed in from the past: a self-harm item above 0 pages nobody, and is shown on the card."""

    @property
    def is_consultation(self) -> bool:
        """Whether it was between clinicians."""
        return self.contact_type is ContactType.CONSULTATION


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
    """The measures whose self-harm item is, or must be, above 0, as far as what is entered tells.

    All by measure: totals, answers to the items, and the answer to the self-harm item where it stands alone.
    """
    found = []
    for measure in policy.measures:
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
    measured = bool(contact.scores or contact.self_harm)
    if contact.is_consultation:
        if measured or contact.no_show or contact.visit_type:
            raise InvalidInput(
                "A consultation is between clinicians: it has no visit type, no-show or scores.",
                "contact_type",
            )
        return
    if contact.visit_type is None:
        raise InvalidInput("Say how the contact took place.", "visit_type")
    if contact.advice is not None:
        raise InvalidInput("Only a consultation records a recommendation.", "contact_type")
    if contact.no_show and measured:
        raise InvalidInput("A patient who did not come has no scores: clear them or the no-show.", "no_show")
    names = at_risk(policy, contact.scores, contact.answers, contact.self_harm)
    if names and not contact.safety_action:
        raise InvalidInput(
            f"{' and '.join(names)}: the self-harm item is above 0. Say what was done about it.",
            "safety_action",
        )
    if contact.history and contact.day == policy.local_date(now.timestamp()):
        raise InvalidInput("A contact of today is not history: the team must know now.", "history")


def check_advice(advice: Advice | None) -> None:
    """Raise InvalidInput unless a consultation says what is recommended."""
    if advice is None or not advice.kinds:
        raise InvalidInput("Say what is recommended.", "kinds")
    if RecommendationKind.OTHER in advice.kinds and not advice.text:
        raise InvalidInput("Say in words what else is recommended.", "text")
