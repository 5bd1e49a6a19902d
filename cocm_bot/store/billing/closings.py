"""Closed months: who closed one, and its claims as they were, a few hundred an item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cocm_bot.domain.billing.closing import ClosedClaim, ClosedPart, Closing
from cocm_bot.domain.errors import Conflict
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

CLAIMS_PER_PART = 400
"""Of some 250 bytes each: an item may have 400 KB, a transaction 100 items and 4 MB."""

AS_READ = "#at = :at AND told = :told"
"""Holds while a month is closed as it was read, and no other changes were sent since."""


class AlreadyClosed(Conflict):
    """Somebody closed the month already; nothing was written."""

    def __init__(self) -> None:
        super().__init__("This month was closed meanwhile. Open it again to see by whom.")


def closing(registry_id: str, closed: Closing, claims: Sequence[ClosedClaim]) -> list[Write]:
    """The writes that close a month, in one transaction; refused with AlreadyClosed."""
    parts = [claims[first : first + CLAIMS_PER_PART] for first in range(0, len(claims), CLAIMS_PER_PART)]
    head = closed.model_copy(update={"parts": len(parts)})
    return [
        writes.add(items.to_item(keys.closing(registry_id, closed.month), head), lambda _: AlreadyClosed()),
        *(
            writes.put(
                items.to_item(keys.closed(registry_id, closed.month, number), ClosedPart(claims=tuple(part)))
            )
            for number, part in enumerate(parts, 1)
        ),
    ]


@dataclass(frozen=True)
class Closed:
    """The closing of a month, as far as it can be read."""

    head: Closing | None = None
    """None while the month is open, and where what says that it is closed can't be read."""
    claims: Sequence[ClosedClaim] = ()
    broken: int = 0
    """Items of the closing that can't be read: what changed since can't be said then."""


def read(found: Iterable[Item]) -> Closed:
    """Return how a month was closed, from all of its items; what can't be read is counted."""
    every = list(found)
    heads = items.read_all(Closing, [item for item in every if key_of(item).sk == keys.CLOSING])
    parts = items.read_all(ClosedPart, [item for item in every if key_of(item).sk.startswith(keys.CLOSED)])
    claims = [claim for part in parts for claim in part.claims]
    return Closed(next(iter(heads), None), claims, heads.broken + parts.broken)


def get(table: Table, registry_id: str, month: str) -> Closing | None:
    """Return who closed a month; None while it is open. Raises BrokenItem or Unavailable."""
    item = table.get(keys.closing(registry_id, month))
    return items.read(Closing, item) if item else None


def telling(registry_id: str, closed: Closing, told: str) -> Write:
    """Return the write that records the changes Finance is notified of; refused with AlreadyClosed."""
    after = closed.model_copy(update={"told": told})
    key = keys.closing(registry_id, closed.month)
    values = {"at": closed.at, "told": closed.told}
    return writes.replace(items.to_item(key, after), AS_READ, values, lambda _: AlreadyClosed())
