"""Judge whether a secret is one: keys typed in haste, repeated or copied from an example seal nothing."""

import math
import re
from collections import Counter
from itertools import pairwise

PLACEHOLDERS = (
    "openssl",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "your-",
    "your_",
    "example",
    "…",
    "...",
)
"""The placeholder in instructions where a key is to be put."""
_REPEATED = re.compile(r"(.{1,16}?)\1+.{0,16}", re.DOTALL)


def weakness(key: str, least_bits: int) -> str | None:
    """Return what is wrong with a key, in words that do not show it; None for one that is hard to guess.

    The bits are Shannon's, over the key's own letters: an upper bound, so what falls short of it is weak.
    """
    if not key.strip():
        return "it is blank"
    if key != key.strip() or any(not character.isprintable() for character in key):
        return "it has blanks at an end, or characters that can't be printed"
    if any(placeholder in key.lower() for placeholder in PLACEHOLDERS):
        return "it is an example, not a key: make one with `openssl rand -hex 32`"
    if _REPEATED.fullmatch(key) or _is_sequence(key):
        return "it repeats itself: make one with `openssl rand -hex 32`"
    if _bits(key) < least_bits:
        return "it is easily guessed: make one with `openssl rand -hex 32`"
    return None


def _bits(key: str) -> float:
    shares = [count / len(key) for count in Counter(key).values()]
    return -len(key) * sum(share * math.log2(share) for share in shares)


def _is_sequence(key: str) -> bool:
    """Return whether most of the key only counts on, like `abcdefgh` or `98765432`."""
    steps = Counter(ord(after) - ord(before) for before, after in pairwise(key))
    return any(steps[step] > len(key) // 2 for step in (0, 1, -1))
