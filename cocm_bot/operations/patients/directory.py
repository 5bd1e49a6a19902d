"""A registry's directory as this process remembers it, for searches."""

from collections.abc import Mapping
from dataclasses import dataclass

from cocm_bot.domain.patients.search import Directory, Findable, findable
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.context import Context
from cocm_bot.operations.memory import RegistryMemory
from cocm_bot.store.patients import patients
from cocm_bot.store.patients.remembered_directory import StoredEntry
from cocm_bot.store.table.keys import Key


@dataclass(frozen=True)
class Prepared:
    """The directory as of one look, prepared for searches."""

    stored: Mapping[Key, StoredEntry]
    found: Mapping[Key, tuple[StoredEntry, Findable]]
    directory: Directory


def find_entries(ctx: Context, registry_id: str, words: str) -> list[DirectoryEntry]:
    """Return the patients that typed words can mean, best first. Raises Unavailable.

    While nothing is remembered, a handle or an MRN with a digit in it is read by its key: nobody's name is
    written so.
    """
    memory = ctx.memory.of(registry_id, ctx.now().timestamp())
    if not memory.entries.begun and any(map(str.isdigit, words)):
        exact = patients.exactly(ctx.table, registry_id, words.strip())
        if exact:
            return exact
    return _directory(ctx, memory).find(words)


def _directory(ctx: Context, memory: RegistryMemory) -> Directory:
    stored = memory.entries.now(ctx.table).parts
    with memory.lock:
        before: Prepared | None = memory.derived.get(Prepared)
        if before is None or before.stored is not stored:
            before = _prepared(stored, before.found if before else {})
            memory.derived[Prepared] = before
        return before.directory


def _prepared(
    stored: Mapping[Key, StoredEntry], known: Mapping[Key, tuple[StoredEntry, Findable]]
) -> Prepared:
    """Prepare what is new; the rest is as it was."""
    found = {
        key: known[key] if key in known and known[key][0] is entry else (entry, findable(entry.entry))
        for key, entry in stored.items()
    }
    return Prepared(stored, found, Directory(each for _, each in found.values()))
