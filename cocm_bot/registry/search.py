"""Whom typed words can mean: a handle, an MRN or parts of a name; accents, case and small slips aside."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cocm_bot.registry.patient import DirectoryEntry

SHORTEST_WITH_SLIP = 3
"""Below this many letters every name is near every other."""
TWO_SLIPS_FROM = 6
"""From this many letters on a word may have two slips: a letter wrong, missing, too many, or two swapped."""


_ONE_LETTER = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'"}
)
"""Letters that no decomposition takes apart, and the apostrophe that phones type."""


def fold(text: str) -> str:
    """The text to compare names by, in any script: case and accents ignored, apostrophes straight."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_ONE_LETTER))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def search(entries: Sequence[DirectoryEntry], words: str) -> list[DirectoryEntry]:
    """The patients these words can mean, best first.

    A handle or an MRN given in full stands first, and alone but for those who are called so. Otherwise every
    word must begin a part of the name, the MRN or the handle, or else stand inside one. Only when that finds
    nobody are names taken that are nearly so; numbers never are, for another number is another patient.
    """
    wanted = words.strip()
    typed = _parts(wanted)
    if not typed:
        return []
    known = [_Known.of(entry) for entry in entries]
    exact = [
        each.entry
        for each in known
        if wanted == each.entry.patient_mrn or wanted.upper() == each.entry.handle
    ]
    if exact:
        called = [each for each in known if set(typed) <= set(each.name) and each.entry not in exact]
        return [*exact, *_by_name(called)]
    beginning = [each for each in known if _all(typed, each.parts, str.startswith)]
    begun = {each.entry.handle for each in beginning}
    inside = [each for each in known if each.entry.handle not in begun and _all(typed, each.parts, _holds)]
    return [*_by_name(beginning), *_by_name(inside)] or _nearly(known, typed)


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry with its words, folded."""

    entry: DirectoryEntry
    name: list[str]
    parts: list[str]

    @classmethod
    def of(cls, entry: DirectoryEntry) -> "_Known":
        name = _parts(f"{entry.first_name} {entry.last_name}")
        return cls(entry, name, [*name, *_parts(f"{entry.patient_mrn} {entry.handle}")])


def _parts(text: str) -> list[str]:
    """The folded words of a text, the halves of a hyphenated one each for itself."""
    return fold(text).replace("-", " ").split()


def _all(typed: Iterable[str], parts: Sequence[str], fits: Callable[[str, str], bool]) -> bool:
    return all(any(fits(part, word) for part in parts) for word in typed)


def _holds(part: str, word: str) -> bool:
    """Whether the word stands in the part; a single Latin letter or digit stands nearly everywhere."""
    return word in part if len(word) > 1 or not word.isascii() else part.startswith(word)


def _by_name(known: Iterable[_Known]) -> list[DirectoryEntry]:
    return [each.entry for each in sorted(known, key=_name_order)]


def _name_order(known: _Known) -> tuple[str, str, str]:
    return fold(known.entry.last_name), fold(known.entry.first_name), known.entry.handle


def _nearly(known: Sequence[_Known], typed: Sequence[str]) -> list[DirectoryEntry]:
    """Those each typed word is nearly a part, or the beginning of a part, of the name of; nearest first."""
    names = {part for each in known for part in each.name}
    near = [_near(word, names) for word in typed]
    found = []
    for each in known:
        slips = [min((given[part] for part in each.name if part in given), default=None) for given in near]
        if None not in slips:
            found.append((sum(filter(None, slips)), each))
    found.sort(key=lambda pair: (pair[0], _name_order(pair[1])))
    return [each.entry for _, each in found]


def _near(word: str, names: Iterable[str]) -> dict[str, int]:
    """The parts of names that the word nearly is or nearly begins, with the slips between them."""
    if any(character.isdigit() for character in word):
        return {}
    most = 0 if len(word) < SHORTEST_WITH_SLIP else 1 if len(word) < TWO_SLIPS_FROM else 2
    found: dict[str, int] = {}
    for cut in (None, len(word)):
        offered = {name: name[:cut] for name in names}
        for _, slips, name in process.extract(
            word, offered, scorer=OSA.distance, processor=None, limit=None, score_cutoff=most
        ):
            found[name] = min(int(slips), found.get(name, most))
    return found
