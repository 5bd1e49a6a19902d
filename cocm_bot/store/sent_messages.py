"""The direct messages that tell of one thing, so that they can be drawn anew when it changes."""

from cocm_bot.domain.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table

KEPT_SECONDS = 366 * 24 * 3600
"""Nobody looks for an older message."""

SENT = "PK = :messages"
"""All messages that tell of one thing."""


class Delivery(Record):
    """Where one person has a message, and when it was sent (seconds UTC)."""

    user_id: str
    channel: str
    ts: str
    at: float
    round: int = 0
    """Which time they were told, where somebody is told more than once."""


def record(table: Table, subject_id: str, delivery: Delivery) -> None:
    """Remember a message about something; one to the same person in the same round takes its place.

    Raises Unavailable.
    """
    key = keys.delivery(subject_id, delivery.user_id, delivery.round)
    own = {"expires_at": int(delivery.at) + KEPT_SECONDS}
    table.put(writes.put(items.to_item(key, delivery, own)))


def of(table: Table, subject_id: str) -> Listing[Delivery]:
    """The messages about something. Raises Unavailable."""
    return items.read_all(Delivery, table.query(SENT, {"messages": keys.deliveries(subject_id)}))
