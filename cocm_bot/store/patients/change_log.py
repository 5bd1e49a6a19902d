"""A registry's latest changes of patients, so that a process need read again only what changed.

Each write of a patient adds an entry in its own transaction. Entries are placed by the table's own time, as
the writer last heard it, which is the same for all processes. Every consistent read after the change finds
the entry; it may be placed a little before others that were there already, so readers look back a while.
"""

from typing import NamedTuple

from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import key_of, to_wire, wire_key
from cocm_bot.store.table.writes import Write

KEPT_SECONDS = 3600
"""Far longer than anybody who remembers patients goes without reading all of them again."""

SINCE = "PK = :changes AND SK >= :since"
"""The changes from a time on."""


class Change(NamedTuple):
    """One change of a patient."""

    place: str
    """The place in the log, by time."""
    handle: str
    found_otherwise: bool
    """True if the patient's entry in the directory was changed too."""


def noting(
    table: Table, registry_id: str, handle: str, version: int, *, found_otherwise: bool = True
) -> Write:
    """The write that notes a change of a patient, made in a version, for the transaction that makes it."""
    at = table.heard_at
    own = {"found_otherwise": found_otherwise, "expires_at": int(at) + KEPT_SECONDS}
    return writes.put(to_wire(own) | wire_key(keys.patient_change(registry_id, at, handle, version)))


def since(table: Table, registry_id: str, at: float) -> list[Change]:
    """The changes placed at a time (the table's, in seconds) or later, by time. Raises Unavailable."""
    values = {"changes": keys.patient_changes(registry_id), "since": keys.changed_since(max(at, 0.0))}
    found = table.query(SINCE, values)
    return [
        Change(key.sk, keys.changed_handle(key), item.get("found_otherwise", {}).get("BOOL", True))
        for item in found
        for key in [key_of(item)]
    ]
