"""The words that say which list is meant, however typed: `not improving`, `Follow-ups`, `last contact`."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.fields import folded

MOST_JOINED = 3


@dataclass(frozen=True)
class ListWords:
    """The words that were known, as the lists call them, and the first one that was not."""

    known: list[str]
    unknown: str | None = None


def read_words(words: Sequence[str], names: Iterable[str], alike: Mapping[str, str]) -> ListWords:
    """Read words into the names of lists; `alike` has other words for them. Numbers and `by` say nothing."""
    named = {word_key(name): name for name in names} | {word_key(word): name for word, name in alike.items()}
    known: list[str] = []
    unknown: str | None = None
    place = 0
    while place < len(words):
        for taken in range(min(MOST_JOINED, len(words) - place), 0, -1):
            name = named.get(word_key("".join(words[place : place + taken])))
            if name is not None:
                known.append(name)
                break
        else:
            taken = 1
            if not (words[place].isdecimal() or words[place].lower() == "by"):
                unknown = words[place] if unknown is None else unknown
        place += taken
    return ListWords(known, unknown)


def nearest(word: str, names: Iterable[str], alike: Mapping[str, str]) -> str | None:
    """Return the list that was probably meant; None when nothing is near."""
    named = {word_key(name): name for name in names} | {word_key(each): name for each, name in alike.items()}
    found = difflib.get_close_matches(word_key(word), named, 1)
    return named[found[0]] if found else None


def word_key(word: str) -> str:
    """Return what to compare words by: without hyphens, case and the ending of a plural."""
    return re.sub(r"[\W_]", "", folded(word)).removesuffix("s")
