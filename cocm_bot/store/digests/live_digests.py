"""The digests people have in Slack today, kept so that a row can be struck through once it is handled.

A digest is kept from just before it is sent, so that its rows are known whatever happens on the way.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from cocm_bot.domain.records.record import LocalDay, Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import DigestMoved, NotHeld
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item

KEPT_SECONDS = 2 * 24 * 3600
"""A digest is live on its own day only."""
TRIES = 20

OF_DAY = "PK = :digests"
"""All digests of a local day."""

NOT_OUTDATED = f"{writes.NOT_STORED} OR (ts = :nowhere AND #at <= :at)"
"""Holds unless the digest arrived, or somebody else drew it again since."""

AS_READ = "ts = :ts AND version = :version"
"""Holds while this message did not arrive, and no row of it was struck, since it was read."""


def _a_message(written: str) -> str:
    """Raise ValueError for what is no message: everybody who draws it again takes its blocks for granted."""
    try:
        message = json.loads(written)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    blocks = message.get("blocks") if isinstance(message, dict) else None
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise ValueError("no blocks")
    return written


class LiveDigest(Record):
    """A member's digest as it was sent, where it is in Slack, and what has settled rows of it since."""

    user_id: str
    day: LocalDay
    at: float
    """The time its content was read (seconds UTC): anything done since is news to its reader."""
    handles: tuple[str, ...] = Field(strict=False)
    """The patients who have a row."""
    message: Annotated[str, AfterValidator(_a_message)]
    """As it was sent: its blocks, as JSON."""
    channel: str = ""
    ts: str = ""
    """Its place in Slack; empty while it is on its way."""
    done: Mapping[str, str] = Field(default_factory=dict)
    """By handle, what settled the row."""
    version: int = 1


def record(table: Table, registry_id: str, digest: LiveDigest) -> None:
    """Remember a digest before it is sent.

    Raises NotHeld when it has arrived by now, or one that was read later is known; or Unavailable.
    """
    later = {"at": digest.at, "nowhere": ""}
    table.put(writes.replace(_item(registry_id, digest), NOT_OUTDATED, later, lambda _: NotHeld()))


def of_day(table: Table, registry_id: str, day: date) -> Listing[LiveDigest]:
    """Return the digests of a local day. Raises Unavailable."""
    return items.read_all(LiveDigest, table.query(OF_DAY, {"digests": keys.digests(registry_id, day)}))


def get(table: Table, registry_id: str, day: date, user_id: str) -> LiveDigest | None:
    """Return a member's digest of a local day, as it is now. Raises Unavailable."""
    item = table.get(keys.digest(registry_id, day, user_id))
    return items.read(LiveDigest, item) if item else None


def forget(table: Table, registry_id: str, day: date, user_id: str) -> None:
    """Stop keeping a member's digest of a local day up to date. Raises Unavailable."""
    table.transact([writes.forget(keys.digest(registry_id, day, user_id))])


def settle(
    table: Table, registry_id: str, digest: LiveDigest, said: Mapping[str, str | None]
) -> LiveDigest | None:
    """Write down what settled rows, by handle, and None for those that are open again.

    Returns the digest after, None if nothing changed. Raises Unavailable, or DigestMoved when it can't get
    through.
    """

    def settled(read: LiveDigest) -> LiveDigest:
        done = {handle: each for handle, each in {**read.done, **said}.items() if each is not None}
        changed = {} if done == read.done else {"done": done, "version": read.version + 1}
        return read.model_copy(update=changed)

    return _change(table, registry_id, digest, settled)


def place(table: Table, registry_id: str, digest: LiveDigest, channel: str, ts: str) -> LiveDigest | None:
    """Record where a digest is that has arrived; returns it as it is by now, None once it is gone.

    Raises Unavailable, or DigestMoved when it can't get through.
    """
    placed = {"channel": channel, "ts": ts}
    after = _change(table, registry_id, digest, lambda read: read.model_copy(update=placed))
    return after or get(table, registry_id, date.fromisoformat(digest.day), digest.user_id)


def _change(
    table: Table, registry_id: str, digest: LiveDigest, change: Callable[[LiveDigest], LiveDigest]
) -> LiveDigest | None:
    """Change a digest as it is by now; None if there is nothing to change."""
    read: LiveDigest | None = digest
    for _ in tries(TRIES):
        if read is None or (after := change(read)) == read:
            return None
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
