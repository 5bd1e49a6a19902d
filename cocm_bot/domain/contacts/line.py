"""One typed line as a contact: `K7Q4 phone 20m phq9 12 gad7 8 next 2w "sleeping better"`. Pure.

Words come in any order. What is not understood, can't be true or is said twice in two ways fills nothing in:
it is handed back as `Unread`, word for word. Nothing is guessed: no value comes out that is not in the line.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cocm_bot.domain.contacts.line_fields import (
    ANSWERS,
    CONTACT_TYPE,
    DAY,
    ITEM,
    MINUTES,
    NEXT,
    NO_SHOW,
    NOT_KNOWN,
    READERS,
    SCORE,
    VISIT_TYPE,
    Found,
    Reading,
    read_day,
    read_minutes,
)
from cocm_bot.domain.fields import folded
from cocm_bot.domain.handles import is_handle
from cocm_bot.domain.measures.catalogue import CATALOGUE, Measure
from cocm_bot.domain.registries.names import QUOTES
from cocm_bot.domain.vocabulary import ContactType, EntryType, VisitType, WorkKind

AT_ONCE = "!"
NOTE = "note"
_FILLERS = frozenset({"and", "at", "by", "on", "via"})
"""Words that say nothing beside what follows them."""
_STRAIGHT = str.maketrans(dict.fromkeys(QUOTES, '"'))
_BESIDE_VALUE = re.compile(r"(?<=[^\W\d])(\d*)[:=](?=\S)|(?<=\w)[:=]$")
"""The mark of `phq9:12`, `phq9=12` and `phq9: 12`."""


@dataclass(frozen=True)
class Unread:
    """Words of the line that fill nothing in, and why; empty where they are simply not understood."""

    words: str
    why: str = ""


@dataclass(frozen=True)
class ContactLine:
    """The contact that a line describes; None where the line says nothing."""

    patient: str = ""
    contact_type: EntryType | None = None
    visit_type: VisitType | None = None
    no_show: bool = False
    minutes: int | None = None
    day: date | None = None
    next_appointment: date | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """Totals by measure."""
    answers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    self_harm: Mapping[str, int] = field(default_factory=dict)
    """The answer to the self-harm item by measure."""
    items_not_known: frozenset[str] = frozenset()
    """The measures of which the line says that nobody knows the self-harm item."""
    note: str = ""
    unread: tuple[Unread, ...] = ()
    at_once: bool = False
    """True when the line asks to be saved without being looked at."""

    @property
    def says_something(self) -> bool:
        """Return whether it says anything beside who the patient is."""
        return self != ContactLine(patient=self.patient)


@dataclass(frozen=True)
class _Word:
    text: str
    quoted: bool = False
    closed: bool = True
    typed: str = ""
    """The word with the marks around it; empty for the second part of one."""


def asks_at_once(text: str) -> bool:
    """Return whether a line ends with the mark that saves it, outside a note."""
    words = _words(text)
    noted = any(not word.quoted and folded(word.text).rstrip(":") == NOTE for word in words)
    return bool(words) and not noted and not words[-1].quoted and words[-1].text.endswith(AT_ONCE)


def is_taken_for_more(handle: str) -> bool:
    """Return whether a handle could be something else in a line, too: `2H35`, `PHQ9`, `2345`."""
    reading = Reading(tuple(CATALOGUE.values()), date.min, date.min)
    return handle.isdecimal() or _found([handle], 0, reading) is not None


def read_line(text: str, measures: Sequence[Measure], today: date) -> ContactLine:
    """Read a line typed on a local day, of a registry that uses these measures."""
    at_once, words = asks_at_once(text), _words(text)
    if at_once:
        last = _Word(words[-1].text.rstrip(AT_ONCE))
        words = [*words[:-1], *([last] if last.text else [])]
    words, notes, unread = _notes(words)
    patient, texts, opened = _opening(words)
    day = _contact_day(texts, Reading(measures, today, today))
    reading = Reading(measures, today, day or today)
    found, unknown = _read(texts, reading)
    if not patient:
        patient, unknown = _patient(unknown)
    if not patient and texts and _is_handle(texts[0]) and read_minutes(texts[:1], reading):
        # A handle can look like minutes: `2H35`.
        patient, (found, unknown) = texts[0], _read(texts[1:], reading)
    values, contradicted = _settled(found)
    values, outside = _belonging(values, found)
    unread += [*contradicted, *outside, *(Unread(" ".join(run)) for _, run in unknown)]
    note = "\n".join(filter(None, (opened, *notes)))
    return _line(values, patient, note, tuple(unread), at_once)


def _words(text: str) -> list[_Word]:
    """Return the words of a line; text in quotation marks is one word."""
    words: list[_Word] = []
    pieces = text.translate(_STRAIGHT).split('"')
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            words += [word for each in piece.split() for word in _parted(each)]
        elif piece.strip():
            words.append(_Word(piece.strip(), True, number + 1 < len(pieces), piece.strip()))
    return words


def _parted(typed: str) -> list[_Word]:
    """A word, or the two of `phq9:12`; the first of them knows how it was typed."""
    parts = [bare for part in _BESIDE_VALUE.sub(r"\1 ", typed).split() if (bare := _bare(part))]
    return [_Word(part, typed="" if place else typed) for place, part in enumerate(parts)]


def _bare(word: str) -> str:
    """The word without the marks that end a clause; a date like `24.11.` keeps its own."""
    bare = word.rstrip(",;")
    return bare if bare.count(".") == 2 else bare.rstrip(".")


def _notes(words: Sequence[_Word]) -> tuple[list[_Word], list[str], list[Unread]]:
    """The words without the notes, the notes, and what must be said of them.

    A quotation that opens the line may be the patient's name: it is none of the notes.
    """
    kept: list[_Word] = []
    notes: list[str] = []
    unread: list[Unread] = []
    for place, word in enumerate(words):
        if not word.quoted and folded(word.text).rstrip(":") == NOTE:
            notes.append(" ".join(each.typed for each in words[place + 1 :] if each.typed))
            break
        if word.quoted and (kept or not word.closed):
            notes.append(word.text)
            if not word.closed:
                unread.append(
                    Unread('"', "the quotation mark is not closed: all that follows is in the note")
                )
        else:
            kept.append(word)
    return kept, [note for note in notes if note], unread


def _opening(words: Sequence[_Word]) -> tuple[str, list[str], str]:
    """Return the patient that an opening quotation names, the other words, and the note it is instead.

    It is a note where there is a handle somewhere else.
    """
    if not words or not words[0].quoted:
        return "", [word.text for word in words], ""
    rest = [word.text for word in words[1:]]
    noted = any(_is_handle(word) for word in rest)
    return ("", rest, words[0].text) if noted else (words[0].text, rest, "")


def _contact_day(words: Sequence[str], reading: Reading) -> date | None:
    """The contact's day, where the line gives one: the next appointment may stand before it."""
    found, _ = _read(words, reading)
    days = {each.value for _, each in found if each.name == DAY}
    return days.pop() if len(days) == 1 else None


Said = tuple[str, str]
"""The name of a value, and the measure it is of."""
Placed = tuple[str, Found]
"""Something found, with the words it was found in."""
Run = tuple[int, list[str]]
"""Words that nothing was found in, side by side, with the place of the first."""


def _read(words: Sequence[str], reading: Reading) -> tuple[list[Placed], list[Run]]:
    found: list[Placed] = []
    unknown: list[Run] = []
    place, joined = 0, False
    while place < len(words):
        begun = _found(words, place, reading)
        if begun:
            found.append((" ".join(words[place : place + begun.taken]), begun))
            place, joined = place + begun.taken, False
            continue
        filler = folded(words[place]) in _FILLERS and _found(words, place + 1, reading)
        if not filler:
            if joined:
                unknown[-1][1].append(words[place])
            else:
                unknown.append((place, [words[place]]))
            joined = True
        place += 1
    return found, unknown


def _found(words: Sequence[str], place: int, reading: Reading) -> Found | None:
    rest = words[place:]
    if not rest:
        return None
    for reader in READERS:
        # A weekday in the first place is more likely the name of the patient.
        if reader is read_day and place == 0 and rest[0].isalpha():
            continue
        if begun := reader(rest, reading):
            return begun
    return None


def _patient(unknown: Sequence[Run]) -> tuple[str, list[Run]]:
    """Return the words for the patient, out of those that mean nothing else, and the words that are left.

    A handle anywhere, else the words that open the line, else a word with a digit in it.
    """
    shaped = [(run, word) for run in unknown for word in run[1] if _is_handle(word)]
    opening = [run for run in unknown if run[0] == 0]
    numbered = [
        (run, word)
        for run in [*opening, *(each for each in unknown if each[0])]
        for word in run[1]
        if any(character.isdecimal() for character in word)
    ]
    for run, word in [*shaped, *numbered]:
        return word, _without(unknown, run, word)
    if opening:
        return " ".join(opening[0][1]), [run for run in unknown if run is not opening[0]]
    return "", list(unknown)


def _is_handle(word: str) -> bool:
    """Return whether a word has a handle's letters, and is no name written as one."""
    return is_handle(word) and (word.isupper() or any(character.isdecimal() for character in word))


def _without(unknown: Sequence[Run], run: Run, word: str) -> list[Run]:
    place = run[1].index(word)
    parts = [run[1][:place], run[1][place + 1 :]]
    return [(each[0], part) for each in unknown for part in (parts if each is run else [each[1]]) if part]


def _settled(found: Sequence[Placed]) -> tuple[dict[Said, Any], list[Unread]]:
    """Return the values by name and measure, and the words not taken: of two different values neither is."""
    unread = [Unread(words, each.why) for words, each in found if each.value is None]
    said: dict[Said, list[Placed]] = {}
    for words, each in found:
        if each.value is not None:
            said.setdefault((each.name, each.measure), []).append((words, each))
    values: dict[Said, Any] = {}
    for key, placed in said.items():
        if all(each.value == placed[0][1].value for _, each in placed):
            values[key] = placed[0][1].value
        else:
            unread.append(Unread(", ".join(words for words, _ in placed), "said in two ways"))
    for _, measure in [key for key in said if key[0] == ITEM]:
        unread += _disagreeing(values, said, measure)
    return values, unread


def _disagreeing(values: dict[Said, Any], said: Mapping[Said, list[Placed]], measure: str) -> list[Unread]:
    """Take out a self-harm item and answers that say something else of it."""
    item, answers = values.get((ITEM, measure)), values.get((ANSWERS, measure))
    number = next((each.item for _, each in said[ITEM, measure]), 0)
    if answers is None or item is None or item == answers[number - 1]:
        return []
    del values[ITEM, measure], values[ANSWERS, measure]
    words = [words for key in ((ITEM, measure), (ANSWERS, measure)) for words, _ in said[key]]
    return [Unread(", ".join(words), "the item says another answer than the answers do")]


def _belonging(values: Mapping[Said, Any], found: Sequence[Placed]) -> tuple[dict[Said, Any], list[Unread]]:
    """The values that belong to the kind of entry, and what does not: an outreach has no scores."""
    kind = values.get((CONTACT_TYPE, ""))
    visit = kind is None or (isinstance(kind, ContactType) and kind is not ContactType.CONSULTATION)
    foreign = set() if visit else {VISIT_TYPE, NO_SHOW, NEXT}
    if not visit and kind is not WorkKind.OUTCOME_CHECK:
        foreign |= {SCORE, ANSWERS, ITEM}
    outside = [
        Unread(words, f"{kind} has none")
        for words, each in found
        if each.name in foreign and (each.name, each.measure) in values
    ]
    return {said: value for said, value in values.items() if said[0] not in foreign}, outside


def _line(
    values: Mapping[Said, Any],
    patient: str,
    note: str,
    unread: tuple[Unread, ...],
    at_once: bool,
) -> ContactLine:
    def of(name: str) -> dict[str, Any]:
        return {measure: value for (each, measure), value in values.items() if each == name}

    items = of(ITEM)
    return ContactLine(
        patient=patient,
        contact_type=values.get((CONTACT_TYPE, "")),
        visit_type=values.get((VISIT_TYPE, "")),
        no_show=values.get((NO_SHOW, ""), False),
        minutes=values.get((MINUTES, "")),
        day=values.get((DAY, "")),
        next_appointment=values.get((NEXT, "")),
        scores=of(SCORE),
        answers=of(ANSWERS),
        self_harm={name: answer for name, answer in items.items() if answer != NOT_KNOWN},
        items_not_known=frozenset(name for name, answer in items.items() if answer == NOT_KNOWN),
        note=note,
        unread=unread,
        at_once=at_once,
    )
