"""The rows of a registry's caseload as a process remembers them: packed, as the index has them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cocm_bot.store.patients.change_log import Change
from cocm_bot.store.patients.lists import CASELOAD, ROWS_AT_ONCE
from cocm_bot.store.patients.remembered import Follower, replaced_parts
from cocm_bot.store.table import keys
from cocm_bot.store.table.administration import INDEX_KEYS, TABLE_KEYS
from cocm_bot.store.table.administration import PROJECTED as CARRIED
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of

PROJECTED = frozenset({*TABLE_KEYS, *INDEX_KEYS, *CARRIED})
"""The attributes that the index has of a patient."""
BINARY = re.compile(rb'"BS?":')
OBJECT_BYTES = 300
"""About what a row takes beside its packed item."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredRow:
    """One row of the index; the same object as long as nothing was written to its patient."""

    key: Key
    place: str
    """Its place in the order of the index: the next due day, and the patient's id."""
    handle: str
    """Empty where a damaged row has none."""
    packed: bytes
    foreign: bool = False
    """True for another writer's item among the registry's."""

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return len(self.packed) + OBJECT_BYTES

    @property
    def item(self) -> Item:
        """The row as it was stored."""
        hook = _unpacked if BINARY.search(self.packed) else None
        found: Item = json.loads(self.packed, object_hook=hook)
        return found


class CaseloadRows:
    """Reads the rows of a registry's part of the index."""

    def __init__(self, registry_id: str) -> None:
        self._registry_id = registry_id
        self._partition = keys.patients(registry_id)

    def whole(self, table: Table, known: Mapping[Key, StoredRow]) -> dict[Key, StoredRow]:
        """Read all of them from the index, which follows the table by a moment. Raises Unavailable."""
        found: dict[Key, StoredRow] = {}
        for page in table.pages(CASELOAD, {"patients": self._partition}, index=True, most=ROWS_AT_ONCE):
            for item in page:
                row = _row(item)
                before = known.get(row.key)
                found[row.key] = before if before and before.packed == row.packed else row
        return found

    def again(
        self, table: Table, handles: Sequence[str], known: Mapping[str, Key]
    ) -> dict[str, tuple[Key, StoredRow] | None]:
        """Read those of some patients from the table as it is now. Raises Unavailable."""
        where = {handle: known[handle] for handle in handles if handle in known}
        found = self._at(table, where)
        if missing := [handle for handle in handles if handle not in found]:
            found |= self._at(table, self._listed(table, missing))
        rows = {handle: _row(item) for handle, item in found.items() if self._placed(item)}
        return {handle: (rows[handle].key, rows[handle]) if handle in rows else None for handle in handles}

    def concerns(self, change: Change) -> bool:
        """Return True: every change of a patient may change the row."""
        return True

    def _listed(self, table: Table, handles: Sequence[str]) -> dict[str, Key]:
        """Return where the directory says that these patients are."""
        entries = table.batch_get(keys.directory_entry(self._registry_id, handle) for handle in handles)
        return {
            key.sk: keys.patient(self._registry_id, entry["patient_mrn"]["S"])
            for key, entry in entries.items()
            if "S" in entry.get("patient_mrn", {})
        }

    def _at(self, table: Table, where: Mapping[str, Key]) -> dict[str, Item]:
        """Return the patients at some keys that still have the handles they are looked for by."""
        found = table.batch_get(dict.fromkeys(where.values())) if where else {}
        return {
            handle: found[key]
            for handle, key in where.items()
            if key in found and found[key].get("handle", {}).get("S") == handle
        }

    def _placed(self, item: Item) -> bool:
        """Return whether the index has this patient in the registry's part."""
        return item.get("GSI1PK", {}).get("S") == self._partition and "S" in item.get("GSI1SK", {})


class Rows(Follower[StoredRow]):
    """A registry's rows, which also say where a patient is, and learn of this process's own changes."""

    def __init__(self, registry_id: str) -> None:
        super().__init__(registry_id, CaseloadRows(registry_id))
        self._partition = keys.patients(registry_id)

    def where(self, handle: str) -> Key | None:
        """Return where a patient was last; None where that is not known."""
        return self._state.handles.get(handle) if self._state else None

    def learn(self, item: Item, note: Key) -> None:
        """Take in a patient as it was just written, with the note of that change.

        A look that goes on meanwhile may not know of it: then the next one finds the note, and reads it.
        """
        state, handle = self._state, keys.changed_handle(note)
        if state is None or any(_later(place, note) for place in state.seen):
            return
        row = _row(item) if item.get("GSI1PK", {}).get("S") == self._partition else None
        parts, handles = replaced_parts(state, {handle: (row.key, row) if row else None})
        self._state = replace(state, parts=parts, handles=handles, seen={*state.seen, note.sk})


def _later(place: str, note: Key) -> bool:
    """Return whether a note is of a later change of the same patient."""
    other = Key(note.pk, place)
    same = keys.changed_handle(other) == keys.changed_handle(note)
    return same and keys.changed_version(other) > keys.changed_version(note)


def _row(item: Item) -> StoredRow:
    packed = {name: item[name] for name in sorted(PROJECTED & item.keys())}
    return StoredRow(
        key_of(item),
        item["GSI1SK"]["S"],
        item.get("handle", {}).get("S", ""),
        json.dumps(packed, separators=(",", ":"), default=bytes.hex).encode(),
        foreign=key_of(item).pk != item["GSI1PK"]["S"],
    )


def _unpacked(value: dict[str, Any]) -> dict[str, Any]:
    """Return another writer's binary values as they are stored; the bot writes none."""
    match value:
        case {"B": str(packed)}:
            return {"B": bytes.fromhex(packed)}
        case {"BS": list(packed)}:
            return {"BS": [bytes.fromhex(each) for each in packed]}
    return value
