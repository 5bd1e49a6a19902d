"""Merging what several people edited at once: nobody's change is lost unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cocm_bot.domain.records.history import AuditLog

Fields = Mapping[str, str]
"""A record's fields as text, by name."""


@dataclass(frozen=True)
class Meanwhile:
    """One field's value before and since its latest change, by whom, in which version."""

    field: str
    before: str
    after: str
    user_id: str
    version: int


@dataclass(frozen=True)
class Merged:
    """The fields to change, and what others changed after the record was read."""

    changes: Fields
    overtaken: tuple[Meanwhile, ...]
    """Changed by both, each to something else, and not shown to this person yet."""
    kept: tuple[Meanwhile, ...]
    """Changed by others alone."""


def merge(mine: Fields, stored: Fields, since: Iterable[AuditLog], shown: int) -> Merged:
    """Return what to change of the fields as stored now, given what was entered and the audit entries since.

    `shown` is the version up to which this person has been shown what others changed: what they enter
    against it, they enter knowingly.
    """
    others = {change.field: change for change in _meanwhile(since, stored)}
    changes = {}
    for name, value in mine.items():
        read = others[name].before if name in others else stored[name]
        if value not in (read, stored[name]):
            changes[name] = value
    return Merged(
        changes,
        tuple(each for each in others.values() if each.field in changes and each.version > shown),
        tuple(each for each in others.values() if each.field not in changes and each.before != each.after),
    )


def _meanwhile(since: Iterable[AuditLog], stored: Fields) -> Iterable[Meanwhile]:
    """Return what the entries did to each field, from before the first of them to what is stored now."""
    found: dict[str, Meanwhile] = {}
    for entry in sorted(since, key=lambda entry: entry.version or 0):
        for change in entry.changes:
            name = change.attribute
            if name in stored:
                before = found[name].before if name in found else change.before
                found[name] = Meanwhile(name, before, stored[name], entry.user_id, entry.version or 0)
    return found.values()
