"""Requests that were applied: a second delivery of one changes nothing and gets the same answer."""

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import AlreadyApplied
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Refused, Write

KEPT_SECONDS = 7 * 24 * 3600
"""Far longer than anybody delivers a request again."""


class AppliedRequest(Record):
    """The stored result of a request."""

    result: str


def mark(request_id: str, result: str, at: float) -> Write:
    """Remember that a request was applied, with a short result, at an instant (seconds UTC).

    Goes first into the transaction it guards; refused with AlreadyApplied.
    """
    own = {"expires_at": int(at) + KEPT_SECONDS}
    return writes.add(items.to_item(keys.request(request_id), AppliedRequest(result=result), own), _again)


def unapplied(request_id: str, refused: Refused) -> Write:
    """Demand that a request was not applied, in the transaction of what only makes sense before it."""
    return writes.check(keys.request(request_id), "attribute_not_exists(PK)", {}, refused)


def applied(table: Table, request_id: str) -> str | None:
    """The result of a request that was applied, None when it was not."""
    item = table.get(keys.request(request_id))
    return items.read(AppliedRequest, item).result if item else None


def _again(stored: Item) -> AlreadyApplied:
    return AlreadyApplied(items.read(AppliedRequest, stored).result)
