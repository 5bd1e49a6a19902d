"""Find changes of the access log since it was written, by seals, numbers and places. Pure.

`checkpoint_proof` finds what these can't: ends that are gone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, pairwise

from cocm_bot.store.audit.access_log import AccessEntry, item_of
from cocm_bot.store.audit.keyring import Keyring, canonical
from cocm_bot.store.table import items
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.wire import Item, from_wire, key_of

UNREADABLE = "can't be read"
MOVED = "is not stored as it was written: its key, its expiry or an attribute beside it was changed"
ALTERED = "was altered or inserted: its seal does not fit"
UNKNOWN_KEY = "is sealed with a key that is not given: add it to COCM_AUDIT_KEYS"
TWICE = "is there more than once"
MISSING = "is missing"
UNLINKED = "does not follow the one before it"
GONE = "is not as it was exported before, or gone"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with the log, at one entry or at a run of missing ones."""

    what: str
    day: date
    """The UTC day of the entry; of a missing one, that of the entry which shows that it is missing."""
    writer: str = "-"
    first: int = 0
    last: int = 0
    """The numbers concerned, both included; 0 when the entry can't be read."""


def sealed(entry: AccessEntry, ring: Keyring) -> AccessEntry:
    """The entry with its seal, by the newest key."""
    entry = entry.model_copy(update={"key_id": ring.newest})
    return entry.model_copy(update={"mac": ring.mac(_text(entry), ring.newest)})


def genuine(entry: AccessEntry, ring: Keyring) -> bool:
    """Say whether an entry is as it was sealed."""
    return ring.fits(_text(entry), entry.key_id, entry.mac)


def _text(entry: AccessEntry) -> str:
    return canonical(entry.model_dump(exclude={"mac", *entry.lacking}))


@dataclass(frozen=True)
class _Read:
    entry: AccessEntry
    day: date
    genuine: bool

    def at(self, what: str) -> Fault:
        return Fault(what, self.day, self.entry.writer, self.entry.sequence, self.entry.sequence)


@dataclass(frozen=True)
class Log:
    """The entries of one registry's log as they were read, and what is wrong with them, by day."""

    by_writer: Mapping[str, Sequence[AccessEntry]]
    """Those that can be read, by number, genuine or not."""
    faults: Sequence[Fault]
    informed: AccessEntry | None
    """The genuine entry that names the latest checkpoint; None where none names any."""

    @property
    def entries(self) -> int:
        """Return how many can be read."""
        return sum(len(entries) for entries in self.by_writer.values())


def faults(stored: Sequence[Item], ring: Keyring, since: date) -> Sequence[Fault]:
    """Everything that is wrong with the items of one registry's log from a UTC day on, as `read_log` does."""
    return read_log(stored, ring, since).faults


def read_log(stored: Sequence[Item], ring: Keyring, since: date) -> Log:
    """Read the items of one registry's log from a UTC day on, and find everything that is wrong with them.

    Writers that began before that day may begin here with any number.
    """
    found: list[Fault] = []
    chains: defaultdict[str, list[_Read]] = defaultdict(list)
    for item in stored:
        day = date.fromisoformat(key_of(item).pk.rpartition(":")[2])
        try:
            entry = items.read(AccessEntry, item)
        except BrokenItem:
            found.append(Fault(UNREADABLE, day))
            continue
        read = _Read(entry, day, genuine(entry, ring))
        chains[entry.writer].append(read)
        if not read.genuine:
            found.append(read.at(ALTERED if ring.knows(entry.key_id) else UNKNOWN_KEY))
        elif from_wire(item) != from_wire(item_of(entry)):
            found.append(read.at(MOVED))
    for chained in chains.values():
        chained.sort(key=lambda read: read.entry.sequence)
        found += _breaks(chained, since)
    found += _cut_off(chains, since)
    by_writer = {writer: [read.entry for read in each] for writer, each in chains.items()}
    reads = chain.from_iterable(chains.values())
    informed = [read.entry for read in reads if read.genuine and read.entry.checkpoint]
    latest = max(informed, key=lambda each: each.checkpoint or 0, default=None)
    return Log(by_writer, in_order(found), latest)


def in_order(found: Iterable[Fault]) -> list[Fault]:
    """Faults by day, each once."""
    return sorted(set(found), key=lambda fault: (fault.day, fault.writer, fault.first, fault.what))


def _breaks(reads: Sequence[_Read], since: date) -> Iterable[Fault]:
    """Gaps, repeats and broken links in one writer's entries, which are in order."""
    first = reads[0]
    if first.entry.sequence > 1 and _began(first.entry.writer) >= since:
        yield Fault(MISSING, first.day, first.entry.writer, 1, first.entry.sequence - 1)
    for one, other in pairwise(reads):
        before, after = one.entry, other.entry
        if after.sequence == before.sequence:
            yield other.at(TWICE)
        elif after.sequence > before.sequence + 1:
            yield Fault(MISSING, other.day, after.writer, before.sequence + 1, after.sequence - 1)
        elif one.genuine and other.genuine and after.previous != before.mac:
            yield other.at(UNLINKED)


def _cut_off(chains: Mapping[str, Sequence[_Read]], since: date) -> Iterable[Fault]:
    """Ends of chains that are gone although an entry of another writer names them."""
    named: dict[str, tuple[int, date]] = {}
    for read in chain.from_iterable(chains.values()):
        for name, number in (_named(each) for each in read.entry.seen):
            named[name] = max(named.get(name, (0, read.day)), (number, read.day))
    for writer, (number, day) in named.items():
        last = chains[writer][-1].entry.sequence if writer in chains else 0
        if number > last and (last or _began(writer) >= since):
            yield Fault(MISSING, day, writer, last + 1, number)


def _named(seen: str) -> tuple[str, int]:
    writer, _, number = seen.rpartition(":")
    return writer, int(number) if number.isdecimal() else 0


def _began(writer: str) -> date:
    """The UTC day a writer began; for a name that is none of ours a day that is never before another."""
    try:
        return datetime.strptime(writer.partition("-")[0], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return date.max
