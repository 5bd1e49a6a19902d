"""Find patients by typed words: a handle, an MRN, a name, a birth date or a phone; slips in names aside."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cocm_bot.domain.fields import folded
from cocm_bot.domain.patient import DirectoryEntry

SHORTEST_WITH_SLIP = 3
"""Below this many letters every name is near every other."""
PHONE_END = 4
"""So many digits alone may be the end of a phone number,"""
SHORTEST_PHONE = 7
"""as many may be a whole one."""
TWO_SLIPS_FROM = 6
"""From this many letters on a word may have two slips: a letter wrong, missing, too many, or two swapped."""


def search(entries: Sequence[DirectoryEntry], words: str) -> list[DirectoryEntry]:
    """Return the patients these words can mean, best first.

    A handle or an MRN given in full comes first, and alone but for those who are called so. Otherwise every
    word must begin a part of the name, the MRN or the handle, or else be inside one, or inside the name
    written as one word: `delacruz` is De la Cruz. A birth date or the last digits of a phone number find too.
    Only when that finds nobody are names taken that are nearly so; numbers never are, for another number is
    another patient.
    """
    typed = _text(words.strip()).split()
    return each_once(_exactly(entries, words) or (_nearly(_named(entries), typed) if typed else []))


def each_once(found: Sequence[DirectoryEntry]) -> list[DirectoryEntry]:
    """Return entries without those of records that were merged into another one that is found too."""
    by_handle = {entry.handle: entry for entry in found}
    return list(dict.fromkeys(by_handle.get(entry.same_as, entry) for entry in found))


def closest_only(found: Sequence[DirectoryEntry], words: str) -> bool:
    """Return whether those found are nearly called so, and nobody exactly."""
    return bool(found) and not _exactly(found[:1], words)


def _named(entries: Sequence[DirectoryEntry]) -> list[tuple[DirectoryEntry, str]]:
    return [(entry, _text(f"{entry.first_name} {entry.last_name}")) for entry in entries]


def _exactly(entries: Sequence[DirectoryEntry], words: str) -> list[DirectoryEntry]:
    wanted = words.strip()
    typed = _text(wanted).split()
    if not typed:
        return []
    named = _named(entries)
    exact = [entry for entry in entries if wanted == entry.patient_mrn or wanted.upper() == entry.handle]
    if exact:
        whole = [f" {word} " for word in typed]
        called = [entry for entry, name in named if _holds_all(name, whole) and entry not in exact]
        return [*exact, *sorted(called, key=_by_name)]
    begun: list[DirectoryEntry] = []
    inside: list[DirectoryEntry] = []
    joined: list[DirectoryEntry] = []
    told = [entry for entry in entries if _told_by(entry, wanted)]
    beginnings, pieces = [f" {word}" for word in typed], [_piece(word) for word in typed]
    for entry, name in named:
        text = name + _text(f"{entry.patient_mrn} {entry.handle}")
        if _holds_all(text, pieces):
            (begun if _holds_all(text, beginnings) else inside).append(entry)
        elif _written_otherwise(name, typed):
            joined.append(entry)
    ranked = [entry for part in (begun, inside, joined, told) for entry in sorted(part, key=_by_name)]
    return list(dict.fromkeys(ranked))


def _written_otherwise(name: str, typed: Sequence[str]) -> bool:
    """Return whether words are in a name once both are written without spaces, hyphens and apostrophes."""
    whole, words = _joined(name), [_joined(word) for word in typed]
    if len("".join(words)) < SHORTEST_WITH_SLIP:
        return False
    return "".join(words) in whole or all(len(word) >= SHORTEST_WITH_SLIP and word in whole for word in words)


@lru_cache(maxsize=50_000)
def _joined(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _told_by(entry: DirectoryEntry, wanted: str) -> bool:
    """Return whether what was typed is the patient's birth date, or ends as their phone number does."""
    if entry.date_of_birth and entry.date_of_birth in _days(wanted):
        return True
    digits = "".join(filter(str.isdigit, wanted))
    dialed = len(digits) == PHONE_END or len(digits) >= SHORTEST_PHONE
    only_number = not any(map(str.isalpha, wanted))
    return bool(entry.phone_end) and only_number and dialed and digits.endswith(entry.phone_end)


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


# A person who types searches several times in a row, each time among the same names.
@lru_cache(maxsize=50_000)
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


def _nearly(named: Sequence[tuple[DirectoryEntry, str]], typed: Sequence[str]) -> list[DirectoryEntry]:
    """Those each typed word is nearly a part, or the beginning of a part, of the name of; nearest first."""
    parts = {part for _, name in named for part in name.split()}
    near = [_near(word, parts) for word in typed]
    found = []
    for entry, name in named:
        own = name.split()
        if not any(given.keys().isdisjoint(own) for given in near):
            slips = sum(min(given[part] for part in own if part in given) for given in near)
            found.append((slips, _by_name(entry), entry))
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]


def _near(word: str, parts: Iterable[str]) -> dict[str, int]:
    """The parts of names that the word nearly is or nearly begins, with the slips between them."""
    from rapidfuzz import process  # noqa: PLC0415 - needed only where nobody is found as typed
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - as above

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
