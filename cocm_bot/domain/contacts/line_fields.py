"""Read the words of one typed line: each reader takes the words that begin with something it knows.

A reader never guesses: words that could mean two things, or a value that can't be true, are found without a
value, with a sentence that says why.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.contacts.day_words import coming_day, past_day
from cocm_bot.domain.fields import folded
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.vocabulary import ContactType, VisitType, WorkKind

DAY, NEXT, MINUTES, NO_SHOW = "day", "next_appointment", "minutes", "no_show"
CONTACT_TYPE, VISIT_TYPE = "contact_type", "visit_type"
SCORE, ANSWERS, ITEM = "score", "answers", "item"
NOT_KNOWN = "not known"
"""The value of a self-harm item that the line says nobody knows."""
FEWEST_TYPED_ITEMS = 5
"""From this many items on, as many digits can't be taken for a total."""

_WORDS: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(("phone", "call", "called", "tel", "telephone"), (VISIT_TYPE, VisitType.PHONE)),
    **dict.fromkeys(("clinic", "office"), (VISIT_TYPE, VisitType.CLINIC)),
    **dict.fromkeys(
        ("in-person", "inperson", "in person", "f2f", "face to face"), (VISIT_TYPE, VisitType.IN_PERSON)
    ),
    **dict.fromkeys(("video", "zoom"), (VISIT_TYPE, VisitType.VIDEO)),
    **dict.fromkeys(("telehealth", "tele-health"), (VISIT_TYPE, VisitType.TELEHEALTH)),
    "group": (VISIT_TYPE, VisitType.GROUP),
    **dict.fromkeys(("home visit", "home-visit"), (VISIT_TYPE, VisitType.HOME_VISIT)),
    **dict.fromkeys(
        ("follow-up", "followup", "follow up", "fu", "f/u"), (CONTACT_TYPE, ContactType.FOLLOW_UP)
    ),
    **dict.fromkeys(
        ("initial", "initial assessment", "assessment", "intake"),
        (CONTACT_TYPE, ContactType.INITIAL_ASSESSMENT),
    ),
    **dict.fromkeys(
        ("consult", "consultation", "psychiatric consultation"), (CONTACT_TYPE, ContactType.CONSULTATION)
    ),
    **dict.fromkeys(
        ("relapse prevention", "relapse prevention plan"), (CONTACT_TYPE, ContactType.RELAPSE_PREVENTION)
    ),
    **dict.fromkeys(
        ("coordination", "care coordination", "coord"), (CONTACT_TYPE, WorkKind.CARE_COORDINATION)
    ),
    **dict.fromkeys(
        ("outreach", "outreach attempt", "voicemail", "vm", "lvm"), (CONTACT_TYPE, WorkKind.OUTREACH)
    ),
    **dict.fromkeys(("outcome check", "outcome"), (CONTACT_TYPE, WorkKind.OUTCOME_CHECK)),
    **dict.fromkeys(("no-show", "noshow", "no show", "dna"), (NO_SHOW, True)),
}
_MOST_WORDS = max(len(words.split()) for words in _WORDS)
_NEXT = re.compile(r"(next appointment|next appt|next visit|next|nxt|rtc)(?= |$)")
_MINUTES = re.compile(r"(\d{1,3}) ?(?:m|mins?|minutes?)")
_HOURS = re.compile(r"(\d) ?(?:h|hrs?|hours?)(?: ?([0-5]?\d) ?(?:m|mins?|minutes?)?)?")
_NUMBER = re.compile(r"-?\d+(?:[./]\d+)?")
_DIGITS = re.compile(r"\d+")
_ITEM = re.compile(r"(?:item|i|#) ?(?P<item>\d{1,3})|q ?(?P<question>\d{1,2})")
"""An item by its number; `Q429` is a handle."""
_NOT_KNOWN = frozenset({"?", "unknown", "nk"})
_BESIDE = frozenset({"is", "=", ":", "score", "total"})
"""Words between a measure and its score that change nothing."""


@dataclass(frozen=True)
class Found:
    """The first `taken` words name this, with a value; without one, `why` says what is wrong with it."""

    taken: int
    name: str
    value: Any = None
    why: str = ""
    measure: str = ""
    """The measure it is about, by name."""
    item: int = 0
    """The self-harm item it is about, counted from 1."""


@dataclass(frozen=True)
class Reading:
    """The context of the readers: the registry's measures, and the contact's day."""

    measures: Sequence[Measure]
    today: date
    day: date
    """The day of the contact, from which the next appointment is counted."""


Reader = Callable[[Sequence[str], Reading], Found | None]


def read_kind(words: Sequence[str], _reading: Reading) -> Found | None:
    """Read the kind of contact, how the patient was met, or that they did not come."""
    for taken in range(min(_MOST_WORDS, len(words)), 0, -1):
        known = _WORDS.get(folded(" ".join(words[:taken])))
        if known:
            return Found(taken, *known)
    return None


def read_minutes(words: Sequence[str], _reading: Reading) -> Found | None:
    """Read `20m`, `20 min`, `1h15`."""
    for taken in range(min(2, len(words)), 0, -1):
        text = folded(" ".join(words[:taken]))
        found, hours = _MINUTES.fullmatch(text), _HOURS.fullmatch(text)
        if not (found or hours):
            continue
        minutes = int(found[1]) if found else int(hours[1]) * 60 + int(hours[2] or 0) if hours else 0
        if minutes > MOST_MINUTES:
            return Found(taken, MINUTES, why=f"a contact has at most {MOST_MINUTES} minutes")
        return Found(taken, MINUTES, minutes)
    return None


def read_day(words: Sequence[str], reading: Reading) -> Found | None:
    """Read the day of the contact."""
    found = past_day(words, reading.today)
    if found is None:
        return None
    why = "" if found.day else "this could be more than one day, or none: write it with its year"
    return Found(found.taken, DAY, found.day, why)


def read_next(words: Sequence[str], reading: Reading) -> Found | None:
    """Read `next 2w`, `next 12/8`: the next appointment, counted from the contact's day."""
    begun = _NEXT.match(folded(" ".join(words[:2])))
    if begun is None:
        return None
    said = len(begun[1].split())
    found = coming_day(words[said:], reading.day)
    if found is None:
        unclear = words[said : said + 1] and folded(words[said]) in {"week", "month"}
        return Found(said + bool(unclear), NEXT, why="say when, like “next 2w” or “next 12/8”")
    why = "" if found.day else "say which day, like “next 2w” or “next 12/8”"
    return Found(said + found.taken, NEXT, found.day, why)


def read_item(words: Sequence[str], reading: Reading) -> Found | None:
    """Read `item9 0`, or `item9 ?` where nobody knows: the answer to a self-harm item."""
    said = next((n for n in (2, 1) if _ITEM.fullmatch(folded(" ".join(words[:n])))), 0)
    named = _ITEM.fullmatch(folded(" ".join(words[:said])))
    if named is None:
        return None
    number = int(named["item"] or named["question"])
    asking = [each for each in reading.measures if each.self_harm_item == number]
    answer = folded(words[said]) if len(words) > said else ""
    given = bool(_DIGITS.fullmatch(answer)) or answer in _NOT_KNOWN
    if len(asking) != 1:
        why = f"item {number} is not the self-harm item of one measure of this registry"
        return Found(said + given, ITEM, why=why)
    [measure] = asking
    if answer in _NOT_KNOWN:
        return Found(said + 1, ITEM, NOT_KNOWN, measure=measure.name, item=number)
    if not given or len(answer) > 2 or int(answer) > measure.most_self_harm:
        why = f"its answers run from 0 to {measure.most_self_harm}, or ? where nobody knows"
        return Found(said + given, ITEM, why=why, measure=measure.name)
    return Found(said + 1, ITEM, int(answer), measure=measure.name, item=number)


def read_measure(words: Sequence[str], reading: Reading) -> Found | None:
    """Read a total, `phq9 12`, or every answer as one word, `phq9 213201101`."""
    for said in range(min(3, len(words)), 0, -1):
        key = measure_word(" ".join(words[:said]))
        measure = next((each for each in reading.measures if measure_word(each.name) == key), None)
        unused = next((each for each in CATALOGUE.values() if measure_word(each.name) == key), None)
        if measure or unused:
            break
    else:
        return None
    while len(words) > said and folded(words[said]) in _BESIDE:
        said += 1
    other = _other_number(words[said:], reading)
    if other:
        why = "the number beside it could be its score or something else"
        return Found(said + other, SCORE, why=why)
    numbers = _numbers(words[said:], reading)
    said += len(numbers)
    if measure is None:
        return Found(said, SCORE, why=f"this registry does not use {unused.name if unused else key}")
    return _given(measure, numbers, said)


def _numbers(words: Sequence[str], reading: Reading) -> list[str]:
    """The numbers that the words begin with, up to one that is minutes or a day."""
    numbers: list[str] = []
    for place, word in enumerate(words):
        number = _DIGITS if numbers else _NUMBER
        if not number.fullmatch(word) or (numbers and _other_number(words[place:], reading)):
            break
        numbers.append(word)
    return numbers


def _other_number(words: Sequence[str], reading: Reading) -> int:
    """Return how many words make minutes or a day of a number that is a value by itself too; 0 for none."""
    if not words or not _DIGITS.fullmatch(words[0]):
        return 0
    found = read_minutes(words, reading) or read_day(words, reading)
    return found.taken if found else 0


def measure_word(text: str) -> str:
    """Return what tells measures apart in a line: letters and digits, case and accents ignored."""
    return re.sub(r"[\W_]", "", folded(text))


def _given(measure: Measure, numbers: Sequence[str], said: int) -> Found:
    """The measure with the numbers beside it: one total, or an answer to every item."""
    name = measure.name
    if len(numbers) > 1 or (numbers and _is_every_item(measure, numbers[0])):
        return _answered(measure, numbers, said)
    if not numbers:
        return Found(said, SCORE, why=f"no score beside it, like “{measure_word(name)} 12”", measure=name)
    total, _, most = numbers[0].partition("/")
    whole = re.fullmatch(r"-?\d{1,4}", total) and (not most or most == f"{measure.maximum:g}")
    if not whole or not measure.accepts(int(total)):
        why = f"{name} runs from {measure.minimum:g} to {measure.maximum:g}"
        return Found(said, SCORE, why=why, measure=name)
    return Found(said, SCORE, float(total), measure=name)


def _is_every_item(measure: Measure, digits: str) -> bool:
    return measure.items >= FEWEST_TYPED_ITEMS and len(digits) == measure.items and digits.isdecimal()


def _answered(measure: Measure, numbers: Sequence[str], said: int) -> Found:
    """Every answer, as one word, as single digits, or in threes; else nothing."""
    digits = "".join(numbers)
    even = {len(number) for number in numbers} in ({measure.items}, {1}, {3})
    if not (measure.by_item and even and _is_every_item(measure, digits)):
        why = f"several numbers: write one total, or all {measure.items} answers as one word"
        return Found(said, SCORE, why=why, measure=measure.name)
    answers = typed_answers(measure, digits)
    if answers is None:
        why = f"the answers run from 0 to {measure.most_per_item}"
        return Found(said, ANSWERS, why=why, measure=measure.name)
    return Found(said, ANSWERS, answers, measure=measure.name)


def typed_answers(measure: Measure, digits: str) -> tuple[int, ...] | None:
    """The answers that a word of digits gives, one to each item; None unless all can be true."""
    if not (digits.isascii() and digits.isdecimal() and len(digits) == measure.items):
        return None
    answers = tuple(int(digit) for digit in digits)
    return answers if max(answers) <= measure.most_per_item else None


READERS: tuple[Reader, ...] = (read_item, read_measure, read_next, read_kind, read_minutes, read_day)
