"""The words after `/cocm figures`: a period, and perhaps whose patients, like `2026-03 manager:Noor`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period, parse_period
from cocm_bot.domain.settings.code_sets import payer_key

NONE = "none"
QUOTES = "\"“”„'‘’"


class Part(StrEnum):
    """The part of the program that can be asked for; the value is the word typed before a colon."""

    MANAGER = "manager"
    PAYER = "payer"


@dataclass(frozen=True)
class Narrowing:
    """The part of the program that is counted: of a care manager, of a payer, or all of it."""

    words: str = ""
    """The filter as it was typed, to be typed again."""
    told: str = ""
    """In words for the screen; empty where everybody is counted."""
    managers: frozenset[str | None] | None = None
    """The user id (None: nobody's patients); None for all."""
    payers: frozenset[str | None] | None = None
    """The payer's key (None: no payer recorded); None for all."""

    def of(self, records: Iterable[OutcomeRecord], period: Period) -> Sequence[OutcomeRecord]:
        """Return those counted in a period: by whose patient it was, and who paid, on its last day."""
        return [each for each in records if self._holds(each, period.last)]

    def of_patients(self, records: Sequence[OutcomeRecord], period: Period) -> Sequence[OutcomeRecord]:
        """Return all episodes of the patients counted in a period, for what looks at several of them."""
        counted = {each.patient_id for each in self.of(records, period)}
        return [each for each in records if each.patient_id in counted]

    def _holds(self, record: OutcomeRecord, day: date) -> bool:
        if self.managers is not None and record.care_manager_on(day) not in self.managers:
            return False
        return self.payers is None or _payer(record.payer_on(day)) in self.payers


EVERYBODY = Narrowing()


@dataclass(frozen=True)
class Asked:
    """A period up to today, and the names of whose patients are to be counted, by part."""

    period: Period
    names: Mapping[Part, str] = field(default_factory=dict)

    def narrowing(self, names: Mapping[str, str], records: Iterable[OutcomeRecord]) -> Narrowing:
        """Return whose patients are meant; `names` are the members' by user id.

        Raises InvalidInput for a name that nobody has, or several have.
        """
        told, managers, payers = [], None, None
        if (typed := self.names.get(Part.MANAGER)) is not None:
            manager = None if typed.casefold() == NONE else _member(typed, names)
            managers = frozenset({manager})
            told.append(f"patients of {names[manager]}" if manager else "patients without a care manager")
        if (typed := self.names.get(Part.PAYER)) is not None:
            payer = None if typed.casefold() == NONE else _known_payer(typed, records)
            payers = frozenset({_payer(payer)})
            told.append(f"payer {payer}" if payer else "no payer recorded")
        words = " ".join(f'{part}:"{name}"' for part, name in self.names.items())
        return Narrowing(words, ", ".join(told), managers, payers)


def asked(words: Sequence[str], today: date) -> Asked:
    """Return what the words mean on a local day. Raises InvalidInput.

    A name goes on to the next `manager:` or `payer:`, to its closing quotation mark, or to the end.
    """
    period: list[str] = []
    names: dict[Part, list[str]] = {}
    current: list[str] | None = None
    for word in words:
        part, colon, rest = word.partition(":")
        known = next((each for each in Part if each == part.lower()), None) if colon else None
        if known is not None:
            current = names[known] = []
            word = rest  # noqa: PLW2901 - what follows the colon is the name's first word
        if current is None:
            period.append(word)
            continue
        current.append(word)
        if len(word) > 1 and word[-1] in QUOTES:
            current = None
    found = {part: " ".join(each).strip(QUOTES + " ") for part, each in names.items()}
    for part, name in found.items():
        if not name:
            raise InvalidInput(f"Say whose patients after `{part}:`, or `{part}:{NONE}`.")
    return Asked(parse_period(period, today), found)


def _payer(name: str | None) -> str | None:
    return payer_key(name) if name else None


def _member(typed: str, names: Mapping[str, str]) -> str:
    """Return the user id of the one member who has this name, or whose names begin like it."""
    wanted = typed.lstrip("@").casefold()
    exact = [user for user, name in names.items() if name.casefold() == wanted]
    alike = exact or [user for user, name in names.items() if _begins(wanted, name.casefold())]
    if len(alike) == 1:
        return alike[0]
    if alike:
        several = ", ".join(sorted(names[user] for user in alike)[:5])
        raise InvalidInput(f"Several members have this name: {several}. Say more of it.")
    raise InvalidInput(f"No member of this registry is called “{typed}”. Say `manager:` and a member's name.")


def _begins(wanted: str, name: str) -> bool:
    return name.startswith(wanted) or any(part.startswith(wanted) for part in name.split())


def _known_payer(typed: str, records: Iterable[OutcomeRecord]) -> str:
    """Return a payer as it is recorded."""
    payers = {since.value for record in records for since in record.payers if since.value}
    wanted = payer_key(typed)
    found = sorted(payer for payer in payers if payer_key(payer) == wanted)
    if not found:
        known = ", ".join(sorted(payers)[:8]) or "none is recorded"
        raise InvalidInput(f"No patient here has the payer “{typed}”. The payers: {known}.")
    return found[0]
