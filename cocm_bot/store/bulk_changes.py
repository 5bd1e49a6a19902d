"""Keep what was asked of many patients at once, and what came of it.

Kept for a week, so that a second press says what happened, and for a day one can be undone.
"""

from cocm_bot.domain.caseload.bulk import BulkChange
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BulkChangeMoved
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

KEPT_SECONDS = 7 * 24 * 3600

AS_READ = "version = :version"
"""Holds while the change is as it was read."""
NOT_BEGUN = "attribute_not_exists(PK) OR version = :none"
"""Holds while nobody confirmed the change."""


def get(table: Table, registry_id: str, change_id: str) -> BulkChange | None:
    """Return a change as it is now; None for one that nobody asked for. Raises BrokenItem or Unavailable."""
    item = table.get(keys.bulk_change(registry_id, change_id))
    return items.read(BulkChange, item) if item else None


def propose(table: Table, change: BulkChange) -> None:
    """Store what is asked for until it is confirmed. Raises BulkChangeMoved or Unavailable."""
    table.put(writes.replace(_item(change), NOT_BEGUN, {"none": 0}, lambda _: BulkChangeMoved()))


def saving(change: BulkChange) -> tuple[BulkChange, Write]:
    """Return a change in its next version, and the write that stores it; refused with BulkChangeMoved."""
    after = change.model_copy(update={"version": change.version + 1})
    as_read = {"version": change.version}
    return after, writes.replace(_item(after), AS_READ, as_read, lambda _: BulkChangeMoved())


def _item(change: BulkChange) -> Item:
    own = {"expires_at": int(change.asked_at) + KEPT_SECONDS}
    return items.to_item(keys.bulk_change(change.registry_id, change.id), change, own)
