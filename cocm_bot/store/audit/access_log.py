"""The access log: every view, search, export, change and refusal, append-only, kept for years.

`audit_trail` numbers and seals the entries; `audit_proof` finds what was done to them since.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pydantic import Field

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import AlreadyStored
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

SINCE_CHECKPOINTS = {"key_id": "", "checkpoint": None}
"""Attributes that older entries lack, with what that means: they are neither stored nor sealed then."""

DAY = "PK = :day"
"""A registry's entries of one UTC day, oldest first."""

FROM = "PK = :day AND SK >= :first"
"""Those of them from an instant on."""


class Access(Record):
    """One entry: the user who saw or changed patients, or was refused; the patients; and the place."""

    registry_id: str
    """`-` when no registry was reached."""
    user_id: str
    slack_user_id: str
    action: str
    surface: str
    patient_ids: tuple[str, ...] = Field(default=(), strict=False)
    outcome: Literal["allowed", "refused"]
    reason: str = ""


class AccessEntry(Access):
    """An access as it is written down: when, and its place in what its writer wrote."""

    id: str
    at: float
    kept_until: int
    """Seconds UTC; DynamoDB removes the entry some time after."""
    writer: str
    """`<UTC day it began>-<random>`; it writes its entries one after the other."""
    sequence: int
    """1, 2, 3 … per writer."""
    previous: str
    """The seal of the writer's entry before this one; empty in its first."""
    seen: tuple[str, ...] = Field(default=(), strict=False)
    """Entries of other writers that were known to be written, as `<writer>:<sequence>`."""
    key_id: str = ""
    """The id of the key that sealed it; empty where keys had no ids."""
    checkpoint: int | None = None
    """The latest checkpoint its process knew; 0 for none yet, None from before there were any."""
    mac: str = ""
    """The seal: an HMAC-SHA256 over everything else, in hexadecimal."""

    @property
    def lacking(self) -> frozenset[str]:
        """The attributes that this entry was written without."""
        lacking = (name for name, absent in SINCE_CHECKPOINTS.items() if getattr(self, name) == absent)
        return frozenset(lacking)


def adding(entry: AccessEntry) -> Write:
    """The write that adds an entry, alone or in a transaction; refused with AlreadyStored."""
    return writes.add(item_of(entry), lambda _: AlreadyStored("access"))


def record(table: Table, entry: AccessEntry) -> None:
    """Write an entry down; raises AlreadyStored or Unavailable."""
    table.put(adding(entry))


def entries(table: Table, registry_id: str, day: date) -> Listing[AccessEntry]:
    """A registry's entries of one UTC day, oldest first."""
    return items.read_all(AccessEntry, stored(table, registry_id, day))


def since(table: Table, registry_id: str, start: float, end: float) -> Iterator[AccessEntry]:
    """A registry's readable entries between two instants (seconds UTC), oldest first. Raises Unavailable."""
    day, last = (datetime.fromtimestamp(at, UTC).date() for at in (start, end))
    while day <= last:
        bounds = {"day": keys.access_day(registry_id, day), "first": keys.access(registry_id, start, "").sk}
        yield from items.read_all(AccessEntry, table.query(FROM, bounds))
        day += timedelta(days=1)


def stored(table: Table, registry_id: str, day: date) -> list[Item]:
    """The same as they are stored, readable or not."""
    return table.query(DAY, {"day": keys.access_day(registry_id, day)})


def item_of(entry: AccessEntry) -> Item:
    """The item an entry is stored as."""
    key = keys.access(entry.registry_id, entry.at, entry.id)
    item = items.to_item(key, entry, {"expires_at": entry.kept_until})
    return {name: value for name, value in item.items() if name not in entry.lacking}
