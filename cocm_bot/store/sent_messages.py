"""The direct messages about one subject, so that they can be drawn again when it changes."""

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table

KEPT_SECONDS = 366 * 24 * 3600
"""Nobody looks for an older message."""

SENT = "PK = :messages"
"""All messages about one subject."""


class SentMessage(Record):
    """The place of one person's message, and when it was sent (seconds UTC)."""

    user_id: str
    channel: str
    ts: str
    at: float
    round: int = 0
    """The number of the notification, where somebody is notified more than once."""


def record(table: Table, subject_id: str, message: SentMessage) -> None:
    """Remember a message about a subject; one to the same person in the same round takes its place.

    Raises Unavailable.
    """
    key = keys.delivery(subject_id, message.user_id, message.round)
    own = {"expires_at": int(message.at) + KEPT_SECONDS}
    table.put(writes.put(items.to_item(key, message, own)))


def of(table: Table, subject_id: str) -> Listing[SentMessage]:
    """Return the messages about a subject. Raises Unavailable."""
    return items.read_all(SentMessage, table.query(SENT, {"messages": keys.deliveries(subject_id)}))
