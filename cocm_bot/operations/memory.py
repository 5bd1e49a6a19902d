"""Registries' caseloads and directories, as one process remembers them for the next list or search.

It is what the table holds, never who may see it: that is read from the table at each request. What nobody
used for a while is forgotten, and so is what was used longest ago once it is too much.
"""

import threading
from collections import OrderedDict
from typing import Any

from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.store.patients.remembered import Follower
from cocm_bot.store.patients.remembered_directory import DirectoryEntries, StoredEntry
from cocm_bot.store.patients.remembered_rows import Rows
from cocm_bot.store.table.table import Table

IDLE_SECONDS = 900.0
"""Seconds after which what nobody used is forgotten."""
MOST_BYTES = 96 * 2**20
"""About as much is remembered of all registries together."""


class RegistryMemory:
    """One registry's patients, as they are at each use."""

    def __init__(self, registry_id: str) -> None:
        self.rows = Rows(registry_id)
        self.entries: Follower[StoredEntry] = Follower(registry_id, DirectoryEntries(registry_id))
        self.derived: dict[type, Any] = {}
        """The results operations worked out of these, by their type; as old as they are."""
        self.lock = threading.RLock()
        """Held by whoever works something out of them."""

    def directory(self, table: Table) -> list[DirectoryEntry]:
        """Return everybody in the directory as it is now, by handle. Raises Unavailable."""
        stored = self.entries.now(table).parts.values()
        return [each.entry for each in sorted(stored, key=lambda each: each.handle)]

    @property
    def weight(self) -> int:
        """About how many bytes are remembered, with what is worked out of them."""
        return 2 * self.rows.weight + self.entries.weight


class Memory:
    """The registries a process remembers; used from all its threads. Times are in seconds UTC."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._registries: OrderedDict[str, tuple[RegistryMemory, float]] = OrderedDict()

    def of(self, registry_id: str, now: float) -> RegistryMemory:
        """Return what is remembered of a registry, from its first use on."""
        with self._lock:
            kept, _ = self._registries.pop(registry_id, (None, 0.0))
            kept = kept or RegistryMemory(registry_id)
            self._registries[registry_id] = kept, now
            self._drop(now)
            return kept

    def forget_unused(self, now: float) -> None:
        """Forget what nobody used for a while."""
        with self._lock:
            self._drop(now)

    def _drop(self, now: float) -> None:
        weights = {name: kept.weight for name, (kept, _) in self._registries.items()}
        for name, (_, used_at) in [*self._registries.items()]:
            # A clock that was set back must not keep anything for longer.
            idle = not 0 <= now - used_at < IDLE_SECONDS
            if idle or (sum(weights.values()) > MOST_BYTES and len(weights) > 1):
                del self._registries[name], weights[name]
