"""Words in the letters that the fonts of a printed page have: nothing is drawn as an empty box."""

import unicodedata
from collections.abc import Container
from itertools import groupby
from typing import NamedTuple

from anyascii import anyascii

UNKNOWN = "(?)"
"""Written for a character that has no letters at all: private use, or newer than the transliteration."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})


class Drawn(NamedTuple):
    """A text as it can be drawn."""

    text: str
    changed: bool
    """True if something of it is in other letters now."""


def drawn(text: str, covered: Container[int]) -> Drawn:
    """Return a text with what is not covered (code points) in Latin letters, or as `UNKNOWN`."""
    composed = "".join(each for each in unicodedata.normalize("NFC", text) if _visible(each))
    runs = groupby(composed, key=lambda each: each.isspace() or ord(each) in covered)
    parts = [("".join(run), known) for known, run in runs]
    words = "".join(run if known else _latin(run) for run, known in parts)
    return Drawn(" ".join(words.split()), changed=not all(known for _, known in parts))


def _visible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in _INVISIBLE


def _latin(run: str) -> str:
    # A mark whose letter is covered adds nothing that could be written beside it.
    return anyascii(run) or ("" if all(map(unicodedata.combining, run)) else UNKNOWN)
