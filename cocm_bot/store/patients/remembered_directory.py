"""The entries of a registry's directory as a process remembers them, for finding a patient by name."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.store.patients.change_log import Change
from cocm_bot.store.patients.lists import DIRECTORY
from cocm_bot.store.patients.patient_items import directory_entry
from cocm_bot.store.table import keys
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of

ENTRY_BYTES = 1500
"""About what an entry takes, with what a search prepares of it."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredEntry:
    """One entry; the same object as long as nothing about it changed."""

    handle: str
    entry: DirectoryEntry

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return ENTRY_BYTES


class DirectoryEntries:
    """Reads the entries of a registry's directory; those that can't be read are left out."""

    def __init__(self, registry_id: str) -> None:
        self._registry_id = registry_id

    def whole(self, table: Table, known: Mapping[Key, StoredEntry]) -> dict[Key, StoredEntry]:
        """Read all of them as they are now. Raises Unavailable."""
        found = table.query(DIRECTORY, {"directory": keys.directory(self._registry_id)})
        return {each.key: _same(each, known.get(each.key)) for each in _readable(found)}

    def again(
        self, table: Table, handles: Sequence[str], known: Mapping[str, Key]
    ) -> dict[str, tuple[Key, StoredEntry] | None]:
        """Read those under some handles as they are now. Raises Unavailable."""
        found = table.batch_get(keys.directory_entry(self._registry_id, handle) for handle in handles)
        now = {each.key.sk: (each.key, _same(each, None)) for each in _readable([*found.values()])}
        return {handle: now.get(handle) for handle in handles}

    def concerns(self, change: Change) -> bool:
        """Return whether the entry was changed, and not the patient alone."""
        return change.found_otherwise


class _Keyed(NamedTuple):
    key: Key
    entry: DirectoryEntry


def _readable(found: Sequence[Item]) -> list[_Keyed]:
    entries = []
    for item in found:
        with suppress(BrokenItem):
            entries.append(_Keyed(key_of(item), directory_entry(item)))
    return entries


def _same(now: _Keyed, before: StoredEntry | None) -> StoredEntry:
    return before if before and before.entry == now.entry else StoredEntry(now.key.sk, now.entry)
