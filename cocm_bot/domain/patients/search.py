"""Find patients by typed words: a handle, an MRN, a name, a birth date or a phone; slips in names aside."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice

from cocm_bot.domain.fields import folded
from cocm_bot.domain.records.patient import DirectoryEntry

SHORTEST_WITH_SLIP = 3
"""Below this many letters every name is near every other."""
PHONE_END = 4
"""So many digits alone may be the end of a phone number,"""
SHORTEST_PHONE = 7
"""as many may be a whole one."""
FEW = 2000
"""Up to so many are found one by one; where there are more, each text is looked at."""
TWO_SLIPS_FROM = 6
"""From this many letters on a word may have two slips: a letter wrong, missing, too many, or two swapped."""


@dataclass(frozen=True, slots=True)
class Findable:
    """An entry of the directory, with what a search compares."""

    entry: DirectoryEntry
    name: str
    """The folded words of the name, a space around each."""
    text: str
    """Those, and the words of the MRN and the handle."""
    joined: str
    """The name written as one word."""
    by_name: tuple[str, str, str]

    @property
    def by_handle(self) -> str:
        """The place in the directory."""
        return self.entry.handle


def findable(entry: DirectoryEntry) -> Findable:
    """Return an entry prepared for searches."""
    name = _text(f"{entry.first_name} {entry.last_name}")
    text = name + _text(f"{entry.patient_mrn} {entry.handle}")
    return Findable(entry, name, text, _joined(name), _by_name(entry))


class _Texts:
    """Many texts, looked through as one, in a fifth of the time where few have what is looked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = "\n".join((*texts, ""))
        self._begins = [0, *accumulate(len(text) + 1 for text in texts)]

    def holding(self, piece: str) -> Iterator[int]:
        """Yield the numbers of those that have this in them; no text has a line's end."""
        at = self._whole.find(piece)
        while at >= 0:
            number = bisect_right(self._begins, at)
            yield number - 1
            at = self._whole.find(piece, self._begins[number])


class Directory:
    """The patients of a registry, prepared once for any number of searches."""

    def __init__(self, entries: Iterable[Findable]) -> None:
        self._all = sorted(entries, key=lambda each: each.by_name)
        self._called: dict[str, list[Findable]] = {}
        for each in self._all:
            for name in {each.entry.patient_mrn, each.entry.handle}:
                self._called.setdefault(name, []).append(each)
        self._texts = _Texts([each.text for each in self._all])
        self._joined = _Texts([each.joined for each in self._all])
        self._parts: dict[str, list[int]] | None = None

    def find(self, words: str) -> list[DirectoryEntry]:
        """Return the patients these words can mean, best first.

        A handle or an MRN given in full comes first, and alone but for those who are called so. Otherwise
        every word must begin a part of the name, the MRN or the handle, or else be inside one, or inside the
        name written as one word: `delacruz` is De la Cruz. A birth date or the last digits of a phone number
        find too. Only when that finds nobody are names taken that are nearly so; numbers never are, for
        another number is another patient.
        """
        return each_once(self.exactly(words) or self._nearly(_text(words.strip()).split()))

    def exactly(self, words: str) -> list[DirectoryEntry]:
        """Return those the words mean as they are typed."""
        wanted = words.strip()
        typed = _text(wanted).split()
        if not typed:
            return []
        if exact := self._exact(wanted):
            called = self._all
            for word in typed:
                called = [each for each in called if f" {word} " in each.name]
            return _entries(exact, called)
        pieces = [_piece(word) for word in typed]
        held = self._among(self._texts, pieces[0])
        for piece in pieces:
            held = [each for each in held if piece in each.text]
        beginnings = [f" {word}" for word in typed]
        begun = [each for each in held if _holds_all(each.text, beginnings)]
        return _entries(begun, held, self._written_otherwise(typed), self._told_by(wanted))

    def _exact(self, wanted: str) -> list[Findable]:
        handle = wanted.upper()
        found = [each for each in self._called.get(wanted, ()) if wanted == each.entry.patient_mrn]
        found += [each for each in self._called.get(handle, ()) if handle == each.entry.handle]
        return sorted(found, key=lambda each: each.by_handle)

    def _written_otherwise(self, typed: Sequence[str]) -> list[Findable]:
        """Return those whose name has the words once both are written without spaces and hyphens."""
        words = [_joined(word) for word in typed]
        together = "".join(words)
        if len(together) < SHORTEST_WITH_SLIP:
            return []
        if any(len(word) < SHORTEST_WITH_SLIP for word in words):
            words = [together]
        found = self._among(self._joined, words[0])
        for word in words:
            found = [each for each in found if word in each.joined]
        return found

    def _among(self, texts: _Texts, piece: str) -> list[Findable]:
        """Return those whose text has a piece in it; everybody where they are many."""
        numbers = list(islice(texts.holding(piece), FEW + 1))
        return self._all if len(numbers) > FEW else [self._all[number] for number in numbers]

    def _told_by(self, wanted: str) -> list[Findable]:
        """Return those whose birth date was typed, or whose phone number ends so."""
        days, number = _days(wanted), _phone(wanted)
        if not days and not number:
            return []
        return [
            each
            for each in self._all
            if each.entry.date_of_birth in days
            or (number and each.entry.phone_end and number.endswith(each.entry.phone_end))
        ]

    def _nearly(self, typed: Sequence[str]) -> list[DirectoryEntry]:
        """Return those each typed word is nearly a part of the name of, or its beginning; nearest first."""
        if not typed:
            return []
        parts = self._named_parts()
        near = [_near(word, parts) for word in typed]
        having = [{number for part in given for number in parts[part]} for given in near]
        found = []
        for number in sorted(set.intersection(*having)):
            own = self._all[number].name.split()
            found.append((sum(min(given[part] for part in own if part in given) for given in near), number))
        return [self._all[number].entry for _, number in sorted(found)]

    def _named_parts(self) -> Mapping[str, Sequence[int]]:
        """Return the parts of all names, each with the places of those who have it; most need none of it."""
        if self._parts is None:
            parts: dict[str, list[int]] = {}
            for number, each in enumerate(self._all):
                for part in each.name.split():
                    parts.setdefault(part, []).append(number)
            self._parts = parts
        return self._parts


def each_once(found: Sequence[DirectoryEntry]) -> list[DirectoryEntry]:
    """Return entries without those of records that were merged into another one that is found too."""
    by_handle = {entry.handle: entry for entry in found}
    return list(dict.fromkeys(by_handle.get(entry.same_as, entry) for entry in found))


def search(entries: Iterable[DirectoryEntry], words: str) -> list[DirectoryEntry]:
    """Return the patients these words can mean, best first: `Directory.find` among a few."""
    return Directory(map(findable, entries)).find(words)


def closest_only(found: Sequence[DirectoryEntry], words: str) -> bool:
    """Return whether those found are nearly called so, and nobody exactly."""
    return bool(found) and not Directory([findable(found[0])]).exactly(words)


def _entries(*parts: Sequence[Findable]) -> list[DirectoryEntry]:
    """Return the entries of all parts, each once."""
    return [each.entry for each in {id(each): each for part in parts for each in part}.values()]


def _joined(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _phone(wanted: str) -> str:
    """Return the digits typed, where they can be a phone number or its end; else nothing."""
    digits = "".join(filter(str.isdigit, wanted))
    dialed = len(digits) == PHONE_END or len(digits) >= SHORTEST_PHONE
    return digits if dialed and not any(map(str.isalpha, wanted)) else ""


@lru_cache(maxsize=100)
def _days(wanted: str) -> frozenset[str]:
    """The days (`YYYY-MM-DD`) that a typed date can mean, month first or day first."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", wanted):
        return frozenset({wanted})
    found = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", wanted)
    if not found:
        return frozenset()
    first, second = f"{int(found[1]):02}", f"{int(found[2]):02}"
    return frozenset({f"{found[3]}-{first}-{second}", f"{found[3]}-{second}-{first}"})


def _text(text: str) -> str:
    """The folded words of a text, the halves of a hyphenated one each for itself, a space around each."""
    return f" {' '.join(folded(text).replace('-', ' ').split())} "


def _holds_all(text: str, pieces: Iterable[str]) -> bool:
    return all(piece in text for piece in pieces)


def _piece(word: str) -> str:
    """Return what must be found of a word; a single Latin letter or digit, being everywhere, at a
    beginning.
    """
    return word if len(word) > 1 or not word.isascii() else f" {word}"


def _by_name(entry: DirectoryEntry) -> tuple[str, str, str]:
    return folded(entry.last_name), folded(entry.first_name), entry.handle


def _near(word: str, parts: Iterable[str]) -> dict[str, int]:
    """The parts of names that the word nearly is or nearly begins, with the slips between them."""
    from rapidfuzz import process  # noqa: PLC0415 - needed only where nobody is found as typed
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - needed only where nobody is found as typed

    if any(character.isdigit() for character in word):
        return {}
    most = 0 if len(word) < SHORTEST_WITH_SLIP else 1 if len(word) < TWO_SLIPS_FROM else 2
    found: dict[str, int] = {}
    for cut in (None, len(word)):
        offered = {part: part[:cut] for part in parts}
        for _, slips, part in process.extract(
            word, offered, scorer=OSA.distance, limit=None, score_cutoff=most
        ):
            found[part] = min(int(slips), found.get(part, most))
    return found
