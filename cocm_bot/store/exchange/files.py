"""Files that admins gave to the bot in Slack to import: how each is read, and how far it is.

Slack keeps the bytes until the import is over; here is only what was found and answered about them.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Write

KEPT_SECONDS = 90 * 24 * 3600
"""Seconds for which this is kept after its last change: as long an import can be undone in Slack."""
IN_STAGE = "stage = :stage"
"""Holds while nobody took the file a stage further since it was read."""


class Stage(StrEnum):
    """A stage of a file; each of the first, third and fifth has a job that is at it."""

    READING = "reading"
    READY = "ready"
    """Read; the admin is to answer, to confirm or to drop it."""
    APPLYING = "applying"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"
    REFUSED = "refused"


class ImportFile(Record):
    """One file, with the answers on how it is read."""

    id: str
    """Slack's id of the file."""
    registry_id: str
    by: str
    """The user id of the admin who gave it."""
    at: float
    """The time it was given (seconds UTC); the import is of this time, however often it goes on."""
    stage: Annotated[Stage, Field(strict=False)]
    mapping: dict[str, Any] = Field(default_factory=dict)
    """The mapping of the columns, as found or as answered; empty before the first reading."""
    answered: bool = False
    """True if the mapping is what the admin answered, false if it is what was found."""
    encoding: str = ""
    headers: dict[str, dict[str, str]] = Field(default_factory=dict)
    people: tuple[str, ...] = Field(default=(), strict=False)
    """The words for providers that mean nobody for sure."""
    encodings: tuple[str, ...] = Field(default=(), strict=False)
    import_id: str = ""
    patients: int = 0
    """As many as the dry run would take."""
    channel: str = ""
    ts: str = ""
    """The message in which the bot says how far it is; empty before there is one."""


def get(table: Table, registry_id: str, file_id: str) -> ImportFile | None:
    """Return a file, as it is now. Raises BrokenItem or Unavailable."""
    item = table.get(keys.import_file(registry_id, file_id))
    return items.read(ImportFile, item) if item else None


def adding(file: ImportFile, now: float) -> Write:
    """Return the write of a file that was just given, in the place of what was known of it."""
    return writes.put(_item(file, now))


def moving(file: ImportFile, before: Stage, now: float) -> Write:
    """Return the write of a file that is still in a stage; refused with Conflict."""
    return writes.replace(_item(file, now), IN_STAGE, {"stage": str(before)}, lambda _: _moved())


def _moved() -> Conflict:
    return Conflict("This was done already: look at the latest message about this file.")


def _item(file: ImportFile, now: float) -> Item:
    own = {"expires_at": int(now) + KEPT_SECONDS}
    return items.to_item(keys.import_file(file.registry_id, file.id), file, own)
