"""Count a registry's patients from the records themselves, to know whether a list of them is complete.

Costs what reading every patient once costs: for the moment before a screen says that nothing is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cocm_bot.domain.vocabulary import Flag, Status
from cocm_bot.store.patients import lists
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of


@dataclass(frozen=True)
class Census:
    """The members of a registry by their own records, and by the index that the lists are read from."""

    active: frozenset[str]
    """The ids of the patients in the program whose record can be read."""
    listed: frozenset[str]
    """The ids of those the index holds and that can be read there."""
    risks: Mapping[str, str]
    """The handles, by id, of those in the program whose own record says that a safety risk is open."""
    unread: Mapping[Key, Item]
    """Items that can't be read, in either place, foreign items included."""


def census(table: Table, registry_id: str) -> Census:
    """Read every patient of a registry and its part of the index, page by page. Raises Unavailable."""
    active: set[str] = set()
    listed: set[str] = set()
    risks: dict[str, str] = {}
    unread: dict[Key, Item] = {}
    # The index first: whoever comes into it later is then in the records as well.
    for row_page in lists.caseload_pages(table, registry_id):
        listed |= {each.id for each in row_page}
        unread |= {key_of(item): item for item in row_page.unread}
    for page in lists.record_pages(table, registry_id):
        current = [each for each in page if each.status is not Status.DEACTIVATED]
        active |= {each.id for each in current}
        risks |= {each.id: each.handle for each in current if each.patient_flag is Flag.SAFETY_RISK}
        unread |= {key_of(item): item for item in page.unread}
    return Census(frozenset(active), frozenset(listed), risks, unread)
