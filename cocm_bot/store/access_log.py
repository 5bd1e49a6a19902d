"""The access log: every view of a patient and every refusal, append-only, kept six years."""

from datetime import date
from typing import Literal

from pydantic import Field

from cocm_bot.registry.record import Record
from cocm_bot.store import items, keys, writes
from cocm_bot.store.errors import AlreadyStored
from cocm_bot.store.items import Listing
from cocm_bot.store.table import Table

KEPT_SECONDS = 6 * 366 * 24 * 3600
"""Six years, as HIPAA asks of such records (45 CFR 164.316(b)(2)), never a day less."""

DAY = "PK = :day"
"""A registry's entries of one UTC day, oldest first."""


class AccessEntry(Record):
    """Who saw which patients, or was refused, when and where."""

    id: str
    at: float
    registry_id: str
    """`-` when no registry was reached."""
    user_id: str
    slack_user_id: str
    action: str
    surface: str
    patient_ids: tuple[str, ...] = Field(default=(), strict=False)
    outcome: Literal["allowed", "refused"]
    reason: str = ""


def record(table: Table, entry: AccessEntry) -> None:
    """Write an entry down; raises AlreadyStored or Unavailable."""
    item = items.to_item(
        keys.access(entry.registry_id, entry.at, entry.id),
        entry,
        {"expires_at": int(entry.at) + KEPT_SECONDS},
    )
    table.put(writes.add(item, lambda _: AlreadyStored("access")))


def entries(table: Table, registry_id: str, day: date) -> Listing[AccessEntry]:
    """A registry's entries of one UTC day, oldest first."""
    return items.read_all(AccessEntry, table.query(DAY, {"day": keys.access_day(registry_id, day)}))
