"""Digests sent on a local day of a registry: at most one post per kind and recipient.

A post is claimed just before it is sent. When a process dies between the two, or Slack does not say whether
it took the message, the post stays claimed; once the claim's lease has passed another may take it over, and
must first look whether it arrived.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from secrets import token_hex
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.digests.digest_schedule import Turn
from cocm_bot.domain.records.record import LocalDay, Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import NotHeld
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of

KEPT_SECONDS = 90 * 24 * 3600

NOTHING = "nothing due"
"""The reason of most posts that are skipped."""

OF_DAY = "PK = :posts"
"""All posts of one local day."""

MINE = "holder = :holder"
"""Holds while the post is claimed under this claim."""


class State(StrEnum):
    """The progress of a post; the value is stored."""

    SENDING = "sending"
    """Claimed; it may have been sent."""
    POSTED = "posted"
    SKIPPED = "skipped"
    """Nothing was due, or nobody is there to get it; the reason says which."""
    FAILED = "failed"
    """Slack refuses it."""
    UNKNOWN = "unclear"
    """It may have been sent, and nobody can find out: it is not sent again."""


_PERHAPS_THERE = frozenset({State.SENDING, State.POSTED, State.UNKNOWN})


class Post(Record):
    """One recipient's post of one local day: a claim, then an outcome."""

    kind: str
    recipient: str
    """A user id, or `channel`."""
    day: LocalDay
    id: str
    """Goes with the message, so that it is known again in Slack."""
    state: Annotated[State, Field(strict=False)]
    at: float
    """The time it was claimed or settled (seconds UTC)."""
    holder: str
    """The claim it is, or was, under."""
    lease_until: float
    """The time another may take it over (seconds UTC)."""
    reason: str = ""
    """The reason it was skipped or failed, in a word; never what the message says."""
    channel: str | None = None
    ts: str | None = None
    """The place of the message in Slack."""
    counts: Mapping[str, int] = Field(default_factory=dict)
    """The numbers in the message, where a later one is compared with them."""
    month: str | None = None
    """The month whose figures the message has, `2031-03`, or none; None where an older version wrote it."""

    @property
    def settled(self) -> bool:
        """Return whether there is nothing left to do for it."""
        return self.state is not State.SENDING

    def may_tell(self, month: str) -> bool:
        """Return whether the recipient has, or may have, the figures of a month by it."""
        return self.state in _PERHAPS_THERE and self.month in (month, None)

    @property
    def troubled(self) -> bool:
        """Return whether somebody did not get it, or perhaps not, although something was due."""
        silent = self.state is State.SKIPPED and self.reason == NOTHING
        return self.settled and self.state is not State.POSTED and not silent


def unreadable(table: Table, registry_id: str, day: date) -> list[tuple[str, str]]:
    """Return the kind and the recipient of each post of a local day that can't be read.

    Whether such a post was sent nobody can say. Raises Unavailable.
    """
    found = table.query(OF_DAY, {"posts": keys.posts(registry_id, day)})
    return [keys.posted(key_of(item)) for item in found if items.read_all(Post, [item]).broken]


def of_day(table: Table, registry_id: str, day: date) -> Listing[Post]:
    """Return the posts of a local day. Raises Unavailable."""
    return items.read_all(Post, table.query(OF_DAY, {"posts": keys.posts(registry_id, day)}))


def get(table: Table, registry_id: str, day: date, kind: str, recipient: str) -> Post | None:
    """Return a recipient's post of a local day, as it is now. Raises Unavailable."""
    item = table.get(keys.post(registry_id, day, kind, recipient))
    return items.read(Post, item) if item else None


def month_told(table: Table, registry_id: str, kind: str, recipient: str, day: date, month: str) -> bool:
    """Return whether a post earlier in the calendar month had a month's figures for a recipient.

    One that can't be read may have. Raises Unavailable.
    """
    earlier = [day.replace(day=number) for number in range(1, day.day)]
    if not earlier:
        return False
    found = table.batch_get(keys.post(registry_id, each, kind, recipient) for each in earlier)
    listing = items.read_all(Post, list(found.values()))
    return bool(listing.broken) or any(post.may_tell(month) for post in listing)


def claim(
    table: Table,
    registry_id: str,
    turn: Turn,
    now: float,
    lease_seconds: float,
    state: State = State.SENDING,
    reason: str = "",
    *,
    month: str = "",
) -> Post:
    """Claim a post nobody claimed before, or settle it at once in another state.

    Raises NotHeld when somebody has claimed it, or Unavailable.
    """
    made = Post(
        kind=turn.kind,
        recipient=turn.recipient,
        day=turn.day.isoformat(),
        id=token_hex(8),
        state=state,
        at=now,
        holder=token_hex(8),
        lease_until=now + lease_seconds,
        reason=reason,
        month=month,
    )
    table.put(writes.add(_item(registry_id, made), _taken))
    return made


def take_over(table: Table, registry_id: str, found: Post, now: float, lease_seconds: float) -> Post:
    """Claim a post whose lease has passed; raises NotHeld when somebody else did, or Unavailable."""
    if found.settled or found.lease_until > now:
        raise NotHeld
    mine = found.model_copy(update={"holder": token_hex(8), "lease_until": now + lease_seconds})
    table.put(writes.replace(_item(registry_id, mine), MINE, {"holder": found.holder}, _taken))
    return mine


def settle(table: Table, registry_id: str, claimed: Post, state: State, now: float, **found: object) -> Post:
    """Write down what became of a claimed post; raises NotHeld when it was taken over, or Unavailable."""
    after = claimed.model_copy(update={"state": state, "at": now, **found})
    table.put(writes.replace(_item(registry_id, after), MINE, {"holder": claimed.holder}, _taken))
    return after


def release(table: Table, registry_id: str, claimed: Post) -> None:
    """Give up a claim that had no effect; raises NotHeld when it was taken over, or Unavailable."""
    given_up = writes.delete(_key(registry_id, claimed), MINE, {"holder": claimed.holder}, _taken)
    table.transact([given_up])


def _key(registry_id: str, post: Post) -> keys.Key:
    return keys.post(registry_id, date.fromisoformat(post.day), post.kind, post.recipient)


def _item(registry_id: str, post: Post) -> Item:
    return items.to_item(_key(registry_id, post), post, {"expires_at": int(post.at) + KEPT_SECONDS})


def _taken(_stored: Item) -> NotHeld:
    return NotHeld()
