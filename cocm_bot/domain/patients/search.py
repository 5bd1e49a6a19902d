"""Find the patients typed words can mean: by handle, MRN or name; accents, case and small slips aside."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from cocm_bot.domain.fields import folded
from cocm_bot.domain.patient import DirectoryEntry

SHORTEST_WITH_SLIP = 3
"""Below this many letters every name is near every other."""
TWO_SLIPS_FROM = 6
"""From this many letters on a word may have two slips: a letter wrong, missing, too many, or two swapped."""


def search(entries: Sequence[DirectoryEntry], words: str) -> list[DirectoryEntry]:
    """The patients these words can mean, best first.

    A handle or an MRN given in full comes first, and alone but for those who are called so. Otherwise every
    word must begin a part of the name, the MRN or the handle, or else be inside one. Only when that finds
    nobody are names taken that are nearly so; numbers never are, for another number is another patient.
    """
    wanted = words.strip()
    typed = _text(wanted).split()
    if not typed:
        return []
    named = [(entry, _text(f"{entry.first_name} {entry.last_name}")) for entry in entries]
    exact = [entry for entry in entries if wanted == entry.patient_mrn or wanted.upper() == entry.handle]
    if exact:
        whole = [f" {word} " for word in typed]
        called = [entry for entry, name in named if _holds_all(name, whole) and entry not in exact]
        return [*exact, *sorted(called, key=_by_name)]
    begun: list[DirectoryEntry] = []
    inside: list[DirectoryEntry] = []
    beginnings, pieces = [f" {word}" for word in typed], [_piece(word) for word in typed]
    for entry, name in named:
        text = name + _text(f"{entry.patient_mrn} {entry.handle}")
        if _holds_all(text, pieces):
            (begun if _holds_all(text, beginnings) else inside).append(entry)
    return [*sorted(begun, key=_by_name), *sorted(inside, key=_by_name)] or _nearly(named, typed)


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
