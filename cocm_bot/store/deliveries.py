"""The direct messages a recommendation was sent in, so that they can be drawn anew when it is answered."""

from cocm_bot.registry.record import Record
from cocm_bot.store import items, keys, writes
from cocm_bot.store.items import Listing
from cocm_bot.store.table import Table

KEPT_SECONDS = 366 * 24 * 3600
"""Nobody looks for an older message."""

SENT = "PK = :messages"
"""All messages one recommendation was sent in."""


class Delivery(Record):
    """Where one addressee has the message, and when it was sent (seconds UTC)."""

    user_id: str
    channel: str
    ts: str
    at: float


def record(table: Table, recommendation_id: str, delivery: Delivery) -> None:
    """Remember a message; a later one to the same person takes its place. Raises Unavailable."""
    key = keys.delivery(recommendation_id, delivery.user_id)
    own = {"expires_at": int(delivery.at) + KEPT_SECONDS}
    table.put(writes.put(items.to_item(key, delivery, own)))


def of(table: Table, recommendation_id: str) -> Listing[Delivery]:
    """The messages a recommendation was sent in. Raises Unavailable."""
    return items.read_all(Delivery, table.query(SENT, {"messages": keys.deliveries(recommendation_id)}))
