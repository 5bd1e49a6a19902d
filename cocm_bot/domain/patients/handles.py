"""The form of a patient's handle: what people say and type instead of a name."""

HANDLE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, so that no handle spells a word; no 0, 1 or L, so that none is misread."""
HANDLE_LENGTH = 4
