"""Put views that repeat each other into one line: a screen that is drawn again is an entry each time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cocm_bot.domain.access import Action, AdminRight
from cocm_bot.store.audit.access_log import AccessEntry

REDRAW_SECONDS = 15 * 60
"""Seconds between two views of the same by the same person, within which they are one look."""

VIEWS = frozenset({AdminRight.READ_ACCESS_LOG.value} | {action.logged for action in Action}) - {
    Action.EXPORT_HANDLES.logged
}
"""The actions whose allowed entries only show something. Changes, exports and refusals stay by themselves."""


@dataclass(frozen=True)
class Group:
    """Entries that say the same of the same person; nearly always one."""

    entry: AccessEntry
    """The latest."""
    times: int
    since: float
    """The time of the earliest (seconds UTC)."""


def grouped(entries: Iterable[AccessEntry]) -> list[Group]:
    """Return the entries, latest first, each look as one group in the place of its latest entry."""
    groups: list[Group] = []
    latest: dict[tuple[object, ...], int] = {}
    for entry in entries:
        key = _key(entry)
        place = latest.get(key)
        if _is_view(entry) and place is not None and groups[place].since - entry.at <= REDRAW_SECONDS:
            same = groups[place]
            groups[place] = replace(same, times=same.times + 1, since=entry.at)
        else:
            latest[key] = len(groups)
            groups.append(Group(entry, 1, entry.at))
    return groups


def _is_view(entry: AccessEntry) -> bool:
    return entry.outcome == "allowed" and entry.action in VIEWS


def _key(entry: AccessEntry) -> tuple[object, ...]:
    """Return what must be the same: who, what, where, of whom."""
    who = (entry.user_id, entry.slack_user_id)
    return (*who, entry.action, entry.surface, entry.reason, entry.outcome, entry.patient_ids)
