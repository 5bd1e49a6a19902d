"""Parts of a registry's patients that a process remembers, and keeps true by reading again what changed.

What is remembered is read whole once, and again every few minutes, which finds what other writers of the
table changed without noting it. In between each use reads the notes of the last minute (`change_log`), and
again the patients they name: so a change of any process is there at the next use, and one's own at once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from cocm_bot.store.patients import change_log
from cocm_bot.store.patients.change_log import Change
from cocm_bot.store.patients.turns import Turns
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table

WHOLE_SECONDS = 300.0
"""Time after which everything is read again, for what was changed without a note."""
LOOK_BACK_SECONDS = 60.0
"""Seconds before the last look in which a note may be placed: longer than a change takes from note to end."""
MOST_AGAIN = 100
"""Patients that are read again one by one; when more changed, everything is."""

Part = TypeVar("Part", bound="Remembered")


class Remembered(Protocol):
    """The part of one patient that is remembered."""

    @property
    def handle(self) -> str: ...

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        ...


class Source(Protocol[Part]):
    """Reads a part of a registry's patients."""

    def whole(self, table: Table, known: Mapping[Key, Part]) -> dict[Key, Part]:
        """Read it of all patients; what is as it was known is the same object."""
        ...

    def again(
        self, table: Table, handles: Sequence[str], known: Mapping[str, Key]
    ) -> Mapping[str, tuple[Key, Part] | None]:
        """Read it of these patients as they are now; None for those that have none. `known` are the keys it
        had.
        """
        ...

    def concerns(self, change: Change) -> bool:
        """Return whether a change can have changed this part of the patient."""
        ...


@dataclass(frozen=True)
class State(Generic[Part]):
    """All parts as of a look. Never changed: another takes its place."""

    parts: Mapping[Key, Part]
    handles: Mapping[str, Key]
    seen: Collection[str] = frozenset()
    """The places of the notes that it follows."""
    asked: float = 0.0
    """The table's time before the look."""
    whole_at: float = 0.0
    """The table's time when everything was read last."""
    weight: int = 0
    """About how many bytes all of it took then."""


class Follower(Generic[Part]):
    """One part of a registry's patients, as it is at each use; used from all threads of a process."""

    def __init__(self, registry_id: str, source: Source[Part]) -> None:
        self._registry_id = registry_id
        self._source = source
        self._turns = Turns()
        self._state: State[Part] | None = None

    @property
    def weight(self) -> int:
        """About how many bytes are remembered."""
        return self._state.weight if self._state else 0

    @property
    def begun(self) -> bool:
        """Return whether anything is remembered yet."""
        return self._state is not None

    def now(self, table: Table) -> State[Part]:
        """Return it as it is now. Raises Unavailable."""
        self._turns.take(lambda: self._look(table))
        state = self._state
        if state is None:
            raise AssertionError("a look leaves a state")
        return state

    def _look(self, table: Table) -> None:
        asked, state = table.heard_at, self._state
        begin = min(asked, state.asked if state else asked) - LOOK_BACK_SECONDS
        changes = change_log.since(table, self._registry_id, begin)
        seen = frozenset(change.place for change in changes)
        known = state.seen if state else ()
        new = [each for each in changes if each.place not in known and self._source.concerns(each)]
        handles = list(dict.fromkeys(change.handle for change in reversed(new)))
        if state is None or asked - state.whole_at >= WHOLE_SECONDS or len(handles) > MOST_AGAIN:
            # The index follows the table by a moment: what changed just now is read from the table, too.
            late = [each.handle for each in reversed(changes) if self._source.concerns(each)]
            state = self._whole(table, state, asked)
            handles = list(dict.fromkeys(late))[:MOST_AGAIN]
        parts, where = state.parts, state.handles
        if handles:
            parts, where = replaced_parts(state, self._source.again(table, handles, state.handles))
        self._state = State(parts, where, seen, asked, state.whole_at, state.weight)

    def _whole(self, table: Table, state: State[Part] | None, asked: float) -> State[Part]:
        parts = self._source.whole(table, state.parts if state else {})
        weight = sum(part.weight for part in parts.values())
        return State(parts, {part.handle: key for key, part in parts.items()}, whole_at=asked, weight=weight)


def replaced_parts(
    state: State[Part], found: Mapping[str, tuple[Key, Part] | None]
) -> tuple[dict[Key, Part], dict[str, Key]]:
    """Return the parts of a state with those of some patients, by handle, as they are now."""
    parts, handles = dict(state.parts), dict(state.handles)
    for handle in found:
        old = handles.pop(handle, None)
        if old in parts and parts[old].handle == handle:
            del parts[old]
    for handle, now in found.items():
        if now is not None:
            key, part = now
            parts[key], handles[handle] = part, key
    return parts, handles
