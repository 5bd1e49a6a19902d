"""Number and seal entries of the access log, so that none can go, come or change unnoticed.

A writer is a chain: its entries are numbered 1, 2, 3 …, and each is sealed over its own text and the seal of
the one before. Numbers must have no gaps, or a gap would prove nothing. But a write may fail, or its answer
may be lost, and then nobody knows whether that number is in the table. Hence three rules:

1. A writer writes one entry at a time, and goes on only when that one is *known* to be written.
2. When it is not known (an error of any kind, a lost answer, a process that ends), the writer is left for
   good: no number is given twice, and none is given after one in doubt. The entry in doubt is the writer's
   last. Whether it is in the table or not, what is there is 1 … n without a gap.
3. Whoever finds no idle writer begins a new one. So nobody waits, neither for another process nor for another
   thread; a process has as many writers as it ever wrote entries of one registry at once, and those it left.

The end of a chain proves nothing about what came after it. So each entry also names the last entries of the
process's other writers that no later entry has named yet: the end of a chain is then held by another chain.
What no chain of a process can hold is the process's own last entries: checkpoints do (`checkpoints`), for
which the trail keeps the heads that none has named yet.

Writers belong to one registry each, so that one registry's log is proved without reading another's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from secrets import token_hex
from threading import Lock

from cocm_bot.store.audit.access_log import Access, AccessEntry
from cocm_bot.store.audit.audit_proof import sealed
from cocm_bot.store.audit.checkpoints import MOST_HEADS, Checkpoint, Head, head
from cocm_bot.store.audit.keyring import Keyring, canonical, keyring

DAY_SECONDS = 24 * 3600
DAYS_OF_A_YEAR = 366
"""Never a day less than promised."""
MOST_SEEN = 10
"""An entry stays within one write unit; the next one names the others."""


@dataclass
class _Writer:
    name: str
    sequence: int = 0
    mac: str = ""


class AuditTrail:
    """The writers of one process; used from all its threads."""

    def __init__(self, key: str | Keyring, years: int, now: Callable[[], datetime]) -> None:
        self.keyring = keyring(key)
        self.process = token_hex(4)
        self.years = years
        self._now = now
        self._lock = Lock()
        self._idle: defaultdict[str, list[_Writer]] = defaultdict(list)
        self._unseen: defaultdict[str, dict[str, int]] = defaultdict(dict)
        """By registry: the last written entry of each writer that no other entry has named."""
        self._heads: dict[str, Head] = {}
        """By writer: its last written entry, where no checkpoint has named it."""
        self._checkpoint: Checkpoint | None = None

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The latest checkpoint this process knows."""
        return self._checkpoint

    def unnamed(self) -> list[Head]:
        """The heads that no checkpoint has named yet, as many as one checkpoint takes."""
        with self._lock:
            return list(islice(self._heads.values(), MOST_HEADS))

    def named(self, checkpoint: Checkpoint, heads: Iterable[Head] = ()) -> None:
        """Remember a checkpoint that is known to be written, and that it names these heads."""
        with self._lock:
            for each in heads:
                if self._heads.get(each.writer) == each:
                    del self._heads[each.writer]
            if self._checkpoint is None or checkpoint.number > self._checkpoint.number:
                self._checkpoint = checkpoint

    def kept_until(self, at: float) -> int:
        """Return when what is written at an instant may go (both in seconds UTC)."""
        return int(at) + self.years * DAYS_OF_A_YEAR * DAY_SECONDS

    @contextmanager
    def next(self, access: Access) -> Iterator[AccessEntry]:
        """An access as the entry to be written within the block, which fails unless it is known to be.

        The block must write exactly this entry; when it raises, the entry may be in the table or not.
        """
        registry_id, now = access.registry_id, self._now()
        with self._lock:
            idle = self._idle[registry_id]
            writer = idle.pop() if idle else _Writer(f"{now:%Y%m%d}-{token_hex(8)}")
            others = ((name, last) for name, last in self._unseen[registry_id].items() if name != writer.name)
            seen = dict(islice(others, MOST_SEEN))
            known = self._checkpoint
        entry = sealed(
            AccessEntry(
                **access.model_dump(),
                id=token_hex(13),
                at=now.timestamp(),
                kept_until=self.kept_until(now.timestamp()),
                writer=writer.name,
                sequence=writer.sequence + 1,
                previous=writer.mac,
                seen=tuple(f"{name}:{last}" for name, last in seen.items()),
                checkpoint=known.number if known else 0,
            ),
            self.keyring,
        )
        yield entry
        writer.sequence, writer.mac = entry.sequence, entry.mac
        with self._lock:
            unseen = self._unseen[registry_id]
            for name, last in seen.items():
                if unseen.get(name) == last:
                    del unseen[name]
            unseen[writer.name] = writer.sequence
            self._heads[writer.name] = head(writer.name, entry.sequence, entry.at, entry.mac, registry_id)
            idle.append(writer)


def beginning(registry_id: str, at: float) -> str:
    """Return the text that a registry's `created_seal` is a seal of."""
    return canonical({"registry": registry_id, "created_date": at})
