"""Checkpoints: what the writers of the access log had written, kept apart from what they wrote.

All processes write into one chain: checkpoints are numbered 1, 2, 3 … across the table, and each is sealed
over its own text and the seal of the one before. A process puts into its next checkpoint the last number and
seal of each of its writers that wrote since its last one. So the latest head of any writer is in the chain:
if entries are deleted, even a writer's last or a whole day's, a checkpoint still names them.

Entries name the latest checkpoint their process knew, so neither end can be cut off alone. A process
remembers the last checkpoint it saw: when the table has lost it, it counts on from there, and the gap stays.

Costs: two small writes and a read per process every few minutes, and nothing per entry.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from pydantic import Field

from cocm_bot.domain.records.record import Record
from cocm_bot.store.audit.keyring import MAC_LENGTH, Keyring, canonical
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem, CheckpointOvertaken
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

MOST_HEADS = 500
"""A checkpoint with that many is some 50 KB; what is left is for the next one."""

DAY = "PK = :day"
"""All checkpoints of a UTC day, by number."""

LATEST = "#number = :number"
"""Holds while nobody else made a checkpoint since the latest was read."""

COPIED_DIGITS = 24
"""Digits of the seal in a copy that a person keeps: 96 bits."""


class Head(NamedTuple):
    """The last entry of one writer that was known to be written."""

    writer: str
    sequence: int
    day: str
    """The entry's UTC day."""
    mac: str
    """The first digits of the entry's seal."""
    registry_id: str

    def __str__(self) -> str:
        return " ".join(str(part) for part in self)


class Checkpoint(Record):
    """One checkpoint as stored."""

    number: int
    at: float
    since: float
    """The time of this table's first checkpoint (seconds UTC): what was written since then is sealed."""
    process: str
    heads: tuple[str, ...] = Field(strict=False)
    """Each as `<writer> <number> <UTC day> <seal> <registry id>`."""
    previous: str
    """The seal of the checkpoint before this one; empty in the first."""
    previous_day: str
    """The UTC day of that one."""
    kept_until: int
    key_id: str = ""
    mac: str = ""

    @property
    def day(self) -> date:
        """The UTC day it was made."""
        return datetime.fromtimestamp(self.at, UTC).date()

    @property
    def copy_for_people(self) -> str:
        """Return what to keep outside of the table: day, number and part of the seal, as one word."""
        return f"{self.day:%Y%m%d}-{self.number}-{self.mac[:COPIED_DIGITS]}"


def head_of(text: str) -> Head | None:
    """Return the head that a checkpoint names; None for what is none."""
    parts = text.split(" ", 4)
    if len(parts) != len(Head._fields) or not parts[1].isdecimal():
        return None
    return Head(parts[0], int(parts[1]), parts[2], parts[3], parts[4])


def head(writer: str, sequence: int, at: float, mac: str, registry_id: str) -> Head:
    """Return the head of a writer whose last entry was written at an instant (seconds UTC)."""
    day = datetime.fromtimestamp(at, UTC).date().isoformat()
    return Head(writer, sequence, day, mac[:MAC_LENGTH], registry_id)


def sealed(checkpoint: Checkpoint, ring: Keyring) -> Checkpoint:
    """Return a checkpoint with its seal."""
    checkpoint = checkpoint.model_copy(update={"key_id": ring.newest})
    return checkpoint.model_copy(update={"mac": ring.mac(_text(checkpoint), ring.newest)})


def genuine(checkpoint: Checkpoint, ring: Keyring) -> bool:
    """Say whether a checkpoint is as it was sealed."""
    return ring.fits(_text(checkpoint), checkpoint.key_id, checkpoint.mac)


def read(item: Item) -> Checkpoint | None:
    """Return the checkpoint of an item; None where it can't be read."""
    try:
        return items.read(Checkpoint, item)
    except BrokenItem:
        return None


def latest(table: Table) -> Checkpoint | None:
    """The checkpoint made last; None before the first. Raises BrokenItem or Unavailable."""
    item = table.get(keys.latest_checkpoint())
    return items.read(Checkpoint, item) if item else None


def get(table: Table, day: date, number: int) -> Checkpoint | None:
    """One checkpoint. Raises BrokenItem or Unavailable."""
    item = table.get(keys.checkpoint(day, number))
    return items.read(Checkpoint, item) if item else None


def stored(table: Table, day: date) -> list[Item]:
    """The checkpoints of a UTC day as they are stored, readable or not. Raises Unavailable."""
    return table.query(DAY, {"day": keys.checkpoints(day)})


def item_of(checkpoint: Checkpoint) -> Item:
    """The item a checkpoint is stored as."""
    key = keys.checkpoint(checkpoint.day, checkpoint.number)
    return items.to_item(key, checkpoint, {"expires_at": checkpoint.kept_until})


def add(table: Table, checkpoint: Checkpoint, read: Checkpoint | None) -> None:
    """Write a checkpoint after the one read as the latest; raises CheckpointOvertaken or Unavailable.

    Where none could be read as the latest, whatever is there is replaced.
    """
    table.transact(
        [
            writes.add(item_of(checkpoint), lambda _: CheckpointOvertaken()),
            _replacing(checkpoint, read),
        ]
    )


def _replacing(checkpoint: Checkpoint, read: Checkpoint | None) -> Write:
    item = items.to_item(keys.latest_checkpoint(), checkpoint)
    if read is None:
        return writes.put(item)
    return writes.replace(item, LATEST, {"number": read.number}, lambda _: CheckpointOvertaken())


def text_of(heads: Sequence[Head]) -> tuple[str, ...]:
    """Return heads as they are stored."""
    return tuple(str(each) for each in heads)


def _text(checkpoint: Checkpoint) -> str:
    return "checkpoint " + canonical(checkpoint.model_dump(exclude={"mac"}))
