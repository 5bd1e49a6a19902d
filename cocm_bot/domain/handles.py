"""The opaque short name of a patient within a registry, like `K7Q4`."""

HANDLE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, so that no handle spells a word; no 0, 1 or L, so that none is misread."""
HANDLE_LENGTH = 4


def is_handle(word: str) -> bool:
    """Return whether a word has a handle's letters, in any case."""
    return len(word) == HANDLE_LENGTH and set(word.upper()) <= set(HANDLE_ALPHABET)
