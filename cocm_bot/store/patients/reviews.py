"""Each person's position in the review of a registry's caseload."""

from cocm_bot.domain.review.agenda import Review
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import ReviewMoved
from cocm_bot.store.table.table import Table

KEPT_SECONDS = 90 * 24 * 3600
"""Longer than anybody comes back to one."""

UNMOVED = "id = :id AND version = :version"
"""Holds when the session is still the one that was read, as far as it had got then."""


def get(table: Table, registry_id: str, user_id: str) -> Review | None:
    """A person's latest session, finished or not. Raises Unavailable."""
    item = table.get(keys.review(registry_id, user_id))
    return items.read(Review, item) if item else None


def save(table: Table, registry_id: str, user_id: str, before: Review | None, after: Review) -> None:
    """Write a session in the place of the one that was read; raises ReviewMoved or Unavailable."""
    key = keys.review(registry_id, user_id)
    item = items.to_item(key, after, {"expires_at": int(after.touched) + KEPT_SECONDS})
    if before is None:
        write = writes.add(item, lambda _: ReviewMoved())
    else:
        read = {"id": before.id, "version": before.version}
        write = writes.replace(item, UNMOVED, read, lambda _: ReviewMoved())
    table.put(write)
