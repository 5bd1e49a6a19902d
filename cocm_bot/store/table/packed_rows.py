"""The row of the caseload as one attribute of the patient, which the index `caseload-2` carries.

DynamoDB lets an index carry twenty attributes, and `caseload` has them. What is packed into one may grow: a
column more needs no other index.

A row names the version it is of. A version of the bot that does not know the attribute writes it back as it
was: such a row is stale, and so is one that is missing. What a list shows of these is read from the table.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.store.table.keys import PATIENTS, ROW, Key
from cocm_bot.store.table.wire import Item, key_of

VERSION = "version"
COLUMNS = tuple(PatientSummary.model_fields)
"""The attributes that a row holds."""
PACKED = (ROW, VERSION)
"""The attributes that the index carries beside the keys."""
MOST_READ = 100
"""Items that are read from the table at once."""
_PLACE = ("PK", "SK", "GSI1PK", "GSI1SK")

Read = Callable[[Iterable[Key]], dict[Key, Item]]
"""Reads some items from the table as they are now."""


def with_row(item: Item, columns: Collection[str] = COLUMNS) -> Item:
    """Return a patient's item with its row, made of its other attributes; without one outside the index."""
    bare = {name: value for name, value in item.items() if name != ROW}
    if "GSI1PK" not in bare:
        return bare
    row = {name: bare[name] for name in (*columns, VERSION) if name in bare}
    return {**bare, ROW: {"M": row}}


def is_current(item: Item) -> bool:
    """Return whether an item has a row of its present version."""
    row = item.get(ROW, {}).get("M")
    return isinstance(row, dict) and VERSION in item and row.get(VERSION) == item[VERSION]


def unpacked(found: Sequence[Item], read: Read) -> list[Item]:
    """Return items of the packed index as `caseload` would have them; raises what `read` raises."""
    stale = [key_of(item) for item in found if key_of(item).pk.startswith(PATIENTS) and not is_current(item)]
    now: dict[Key, Item] = {}
    for first in range(0, len(stale), MOST_READ):
        now |= read(stale[first : first + MOST_READ])
    asked = frozenset(stale)
    rows = (now.get(key_of(item), {}) if key_of(item) in asked else _flat(item) for item in found)
    # What left the caseload since the index was written is no longer of it.
    return [row for row in rows if "GSI1PK" in row]


def _flat(item: Item) -> Item:
    row = item.get(ROW, {}).get("M", {})
    columns = {name: value for name, value in row.items() if name != VERSION}
    return {**columns, **{name: item[name] for name in _PLACE if name in item}}
