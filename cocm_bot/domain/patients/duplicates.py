"""Find patients of a registry who may be the person being added: a warning, never a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass

from cocm_bot.domain.fields import folded
from cocm_bot.domain.records.patient import DirectoryEntry


@dataclass(frozen=True)
class Person:
    """The details entered for somebody who is being added."""

    mrn: str
    first_name: str
    last_name: str
    date_of_birth: str
    phone_end: str
    email: str


@dataclass(frozen=True)
class Likeness:
    """Somebody who is in the registry already, and in what they are alike."""

    entry: DirectoryEntry
    alike: tuple[str, ...]


def likenesses(entries: Iterable[DirectoryEntry], person: Person) -> list[Likeness]:
    """Return who may be the same person, most alike first.

    Alike are the same name and birth date, the same e-mail address, the same end of a phone number together
    with the last name or the birth date, and numbers that differ by case or leading zeros alone.
    """
    found = [Likeness(entry, alike) for entry in entries if (alike := tuple(_alike(entry, person)))]
    return sorted(found, key=lambda each: (-len(each.alike), each.entry.handle))


def _alike(entry: DirectoryEntry, person: Person) -> Iterable[str]:
    born = bool(person.date_of_birth) and entry.date_of_birth == person.date_of_birth
    last = _letters(entry.last_name) == _letters(person.last_name)
    if born and _name(entry.first_name, entry.last_name) == _name(person.first_name, person.last_name):
        yield "the same name and birth date"
    if person.email and entry.email.casefold() == person.email.casefold():
        yield "the same e-mail address"
    if person.phone_end and entry.phone_end == person.phone_end and (born or last):
        yield "the same end of the phone number"
    if entry.patient_mrn != person.mrn and _number(entry.patient_mrn) == _number(person.mrn):
        yield "an MRN that differs by case or leading zeros alone"


def _name(first_name: str, last_name: str) -> str:
    """Return a name's letters, in the order of the alphabet of its two parts: they may be exchanged."""
    return "".join(sorted((_letters(first_name), _letters(last_name))))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, folded(text)))


def _number(mrn: str) -> str:
    return mrn.casefold().lstrip("0")
