"""People as they are called: members of a team and patients alike."""

from typing import Protocol


class Named(Protocol):
    """Anybody with a name."""

    @property
    def first_name(self) -> str: ...

    @property
    def last_name(self) -> str: ...


def full_name(person: Named) -> str:
    """Return the whole name as it was entered, not escaped."""
    return f"{person.first_name} {person.last_name}"
