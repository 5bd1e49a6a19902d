"""The digests people have in Slack today, kept so that a row can be struck through once it is seen to."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from cocm_bot.registry.record import Record
from cocm_bot.store import items, keys, writes
from cocm_bot.store.backoff import tries
from cocm_bot.store.errors import DigestMoved
from cocm_bot.store.items import Listing
from cocm_bot.store.table import Table
from cocm_bot.store.wire import Item

KEPT_SECONDS = 2 * 24 * 3600
"""A digest is live on its own day only."""
TRIES = 20

OF_DAY = "PK = :digests"
"""All digests of a local day."""

AS_READ = "ts = :ts AND version = :version"
"""Holds while no row of this message was struck since it was read."""


class LiveDigest(Record):
    """A member's digest as it was sent, where it stands, and what has settled rows of it since."""

    user_id: str
    day: str
    channel: str
    ts: str
    at: float
    """When what it tells was read (seconds UTC): what was done since is news to who has it."""
    handles: tuple[str, ...] = Field(strict=False)
    """The patients who have a row."""
    message: str
    """As it was sent: its blocks, as JSON."""
    done: Mapping[str, str] = Field(default_factory=dict)
    """By handle, what settled the row."""
    version: int = 1


def record(table: Table, registry_id: str, digest: LiveDigest) -> None:
    """Remember a digest. Raises Unavailable."""
    table.put(writes.put(_item(registry_id, digest)))


def of_day(table: Table, registry_id: str, day: date) -> Listing[LiveDigest]:
    """The digests of a local day. Raises Unavailable."""
    return items.read_all(LiveDigest, table.query(OF_DAY, {"digests": keys.digests(registry_id, day)}))


def get(table: Table, registry_id: str, day: date, user_id: str) -> LiveDigest | None:
    """A member's digest of a local day, as it is now. Raises Unavailable."""
    item = table.get(keys.digest(registry_id, day, user_id))
    return items.read(LiveDigest, item) if item else None


def settle(
    table: Table, registry_id: str, digest: LiveDigest, handle: str, sentence: str | None
) -> LiveDigest | None:
    """Write down what settled a row, or that it stands again; the digest after, None if nothing changed.

    Raises Unavailable, or DigestMoved when it can't get through.
    """
    read: LiveDigest | None = digest
    for _ in tries(TRIES):
        if read is None or read.done.get(handle) == sentence:
            return None
        others = {other: said for other, said in read.done.items() if other != handle}
        done = others | ({handle: sentence} if sentence else {})
        after = read.model_copy(update={"done": done, "version": read.version + 1})
        before = {"ts": read.ts, "version": read.version}
        try:
            table.put(writes.replace(_item(registry_id, after), AS_READ, before, lambda _: DigestMoved()))
        except DigestMoved:
            read = get(table, registry_id, date.fromisoformat(digest.day), digest.user_id)
            continue
        return after
    raise DigestMoved


def _item(registry_id: str, digest: LiveDigest) -> Item:
    key = keys.digest(registry_id, date.fromisoformat(digest.day), digest.user_id)
    return items.to_item(key, digest, {"expires_at": int(digest.at) + KEPT_SECONDS})
