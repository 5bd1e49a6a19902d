"""Compare checkpoints with the access log: entries that are gone, and checkpoints that are. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, pairwise

from cocm_bot.store.audit import checkpoints
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_proof import (
    ALTERED,
    MISSING,
    MOVED,
    TWICE,
    UNKNOWN_KEY,
    UNLINKED,
    UNREADABLE,
    Fault,
    Log,
)
from cocm_bot.store.audit.checkpoints import Checkpoint, Head
from cocm_bot.store.audit.keyring import MAC_LENGTH, Keyring
from cocm_bot.store.table.wire import Item, from_wire, key_of

CHECKPOINTS = "checkpoints"
"""The writer named in a fault that concerns a checkpoint."""
REPLACED = "is not the one a checkpoint names"
SHORT = "is missing, though entries of the log name it"


@dataclass(frozen=True)
class Chain:
    """The checkpoints of some days, by number, and what is wrong with them."""

    read: Sequence[Checkpoint]
    """Those whose seal fits."""
    faults: Sequence[Fault]

    @property
    def last(self) -> int:
        """The number of the last one; 0 when there is none."""
        return max((each.number for each in self.read), default=0)


def read_chain(stored: Iterable[Item], ring: Keyring) -> Chain:
    """Read checkpoints of days in a row, and find what was done to them."""
    found: list[Fault] = []
    genuine: list[Checkpoint] = []
    for item in stored:
        day = date.fromisoformat(key_of(item).pk.rpartition(":")[2])
        each = checkpoints.read(item)
        if each is None:
            found.append(Fault(UNREADABLE, day, CHECKPOINTS))
        elif not ring.knows(each.key_id):
            found.append(_at(each, UNKNOWN_KEY, day))
        elif not checkpoints.genuine(each, ring):
            found.append(_at(each, ALTERED, day))
        elif from_wire(item) != from_wire(checkpoints.item_of(each)):
            found.append(_at(each, MOVED, day))
        else:
            genuine.append(each)
    genuine.sort(key=lambda each: (each.number, each.at))
    for one, other in pairwise(genuine):
        if other.number == one.number:
            found.append(_at(other, TWICE))
        elif other.number > one.number + 1:
            found.append(Fault(MISSING, other.day, CHECKPOINTS, one.number + 1, other.number - 1))
        elif (other.previous, other.previous_day, other.since) != (one.mac, one.day.isoformat(), one.since):
            found.append(_at(other, UNLINKED))
    return Chain(genuine, found)


def unheld(first: Checkpoint, before: Checkpoint | None) -> Iterator[Fault]:
    """Yield whether the checkpoint before the first of some days is there, and the one that it follows."""
    if first.number > 1 and (before is None or before.mac != first.previous):
        yield Fault(MISSING, first.day, CHECKPOINTS, first.number - 1, first.number - 1)


def cut_short(log: Log, last: int) -> Iterator[Fault]:
    """Yield whether entries name a later checkpoint than the last there is."""
    named = log.informed
    if named and named.checkpoint and named.checkpoint > last:
        day = datetime.fromtimestamp(named.at, UTC).date()
        yield Fault(SHORT, day, CHECKPOINTS, last + 1, named.checkpoint)


def faults(log: Log, wanted: Iterable[Head], since: date) -> Iterator[Fault]:
    """Yield what the entries of a registry from a UTC day on lack of the heads that checkpoints name."""
    for head in wanted:
        yield from _compared(head, log.by_writer.get(head.writer, ()), since)


def heads(chain_read: Chain, registry_id: str, since: date, until: date) -> list[Head]:
    """The last head of each writer of a registry that the checkpoints name, of entries of these UTC days."""
    found: dict[str, Head] = {}
    for text in chain.from_iterable(each.heads for each in chain_read.read):
        head = checkpoints.head_of(text)
        if head is None or head.registry_id != registry_id:
            continue
        if since.isoformat() <= head.day <= until.isoformat():
            before = found.get(head.writer)
            found[head.writer] = head if before is None or head.sequence > before.sequence else before
    return list(found.values())


def _compared(head: Head, entries: Sequence[AccessEntry], since: date) -> Iterator[Fault]:
    day = date.fromisoformat(head.day)
    last = max((entry.sequence for entry in entries), default=0)
    if last < head.sequence:
        # Of a writer that began before these days, only what a checkpoint names is known to belong here.
        first = last + 1 if last or _began(head.writer) >= since.isoformat() else head.sequence
        yield Fault(MISSING, day, head.writer, first, head.sequence)
        return
    there = [entry for entry in entries if entry.sequence == head.sequence]
    if there and all(entry.mac[:MAC_LENGTH] != head.mac for entry in there):
        yield Fault(REPLACED, day, head.writer, head.sequence, head.sequence)


def _began(writer: str) -> str:
    """The UTC day a writer began, from its name."""
    day = writer.partition("-")[0]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _at(each: Checkpoint, what: str, day: date | None = None) -> Fault:
    return Fault(what, day or each.day, CHECKPOINTS, each.number, each.number)
