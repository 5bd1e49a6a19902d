"""Sweeping a whole table for what is left of an erased patient: found by ids, deleted or emptied one by one.

Every item is read, whatever its kind: what another version of the bot, or another system, keeps of a patient
under a key of its own is found as well. The access log stays as it is: it holds opaque ids alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cocm_bot.domain.patients.erasure import Traces
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table, answering
from cocm_bot.store.table.wire import Item, key_of, readable, to_wire
from cocm_bot.store.table.writes import Write

STAYS = frozenset(
    {
        "access-log",
        "audit-checkpoint",
        "audit-head",
        "clock",
        "channel",
        "erased-counts",
        "erasure",
        "import",
        "invite",
        "patient-changes",
        "patient-counts",
        "registry",
        "registry-invites",
        "registry-user",
        "slack-user",
        "user",
        "user-email",
        "user-registry",
    }
)
"""Kinds of items that are about no patient, or name one by an opaque id or handle alone, within an hour."""
TYPED = frozenset({"draft", "question"})
"""Kinds that hold what somebody typed and has not saved: found by name and contact data as well."""
SHOWN = frozenset({"message", "digest"})
"""Kinds that say where a message about the patient is in Slack."""
ANSWERED = "erased"
"""The result of a request once its patient is: nobody's handle, so that what comes again finds nobody."""
SHORTEST_NUMBER = 5
"""Shorter MRNs are looked for as a whole value alone: in a text they could be anything."""


@dataclass(frozen=True)
class Found:
    """An item with something of the patient in it, and the write that takes it out."""

    key: Key
    write: Write
    messages: Sequence[tuple[str, str]] = ()
    """Channel and time of messages in Slack that are to be emptied."""


class Sweep:
    """Find the traces of one patient of one registry."""

    def __init__(self, registry_id: str, traces: Traces) -> None:
        self._registry_id = registry_id
        self._traces = traces
        self._ids = frozenset((*traces.ids, *traces.subjects, *traces.merges))
        self._own = frozenset((*traces.handles, *traces.mrns))
        long = [mrn for mrn in traces.mrns if len(mrn) >= SHORTEST_NUMBER]
        words = "|".join(map(re.escape, sorted((*self._ids, *traces.handles, *long), key=len, reverse=True)))
        self._inside = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])")

    def found(self, table: Table) -> Iterator[list[Found]]:
        """Yield what a page of the table has of the patient, page by page. Raises Unavailable."""
        for page in _pages(table):
            yield [each for item in page if (each := self._of(item))]

    def _of(self, item: Item) -> Found | None:
        key, held = key_of(item), readable(item)
        kind = key.pk.partition(":")[0]
        if kind in STAYS:
            return None
        if kind == "billing" and key.sk.startswith(keys.CLOSED):
            return self._without_claims(key, item, held)
        if not (self._mentions(key, held) or (kind in TYPED and self._typed(held))):
            return None
        return self._taken_out(key, kind, item, held)

    def _taken_out(self, key: Key, kind: str, item: Item, held: Mapping[str, Any]) -> Found | None:
        """An item that others need without the patient; any other one is deleted."""
        if kind == "billing-mrn":
            return self._not_billed(key, item, held)
        if kind == "review":
            return Found(key, writes.put({**item, **to_wire(self._passed_over(held))}))
        if kind == "request" and not self._named_by(key):
            return Found(key, writes.put({**item, **to_wire({"result": ANSWERED})}))
        at = (str(held.get("channel", "")), str(held.get("ts", "")))
        return Found(key, writes.forget(key), [at] if kind in SHOWN and all(at) else [])

    def _named_by(self, key: Key) -> bool:
        return any(self._inside.search(part) for part in key)

    def _typed(self, held: Mapping[str, Any]) -> bool:
        """Return whether somebody typed the patient's name or contact data into what is not saved."""
        text = " ".join(_texts(held)).casefold()
        return any(word.casefold() in text for word in self._traces.words)

    def _mentions(self, key: Key, held: Mapping[str, Any]) -> bool:
        """Return whether an item is about the patient, or has their handle or number somewhere in it."""
        texts = [*_texts(held), *key.pk.split(":"), *key.sk.split("#"), key.sk]
        if not self._ids.isdisjoint(texts):
            return True
        if not self._of_registry(key, held):
            return False
        return any(text in self._own or self._inside.search(text) for text in texts)

    def _of_registry(self, key: Key, held: Mapping[str, Any]) -> bool:
        """Return whether an item is of the patient's registry, or may be: each has handles of its own."""
        told = held.get("registry_id")
        return key.pk.split(":")[1:2] == [self._registry_id] or told == self._registry_id or not told

    def _without_claims(self, key: Key, item: Item, held: Mapping[str, Any]) -> Found | None:
        """A part of a closed month without the patient's claim; the month's sums are kept beside it."""
        claims = held.get("claims")
        if not isinstance(claims, list) or key.pk.split(":")[1:2] != [self._registry_id]:
            return None
        left = [each for each in claims if self._ids.isdisjoint(_texts(each))]
        return Found(key, writes.put({**item, **to_wire({"claims": left})})) if left != claims else None

    def _passed_over(self, held: Mapping[str, Any]) -> Mapping[str, Any]:
        """The agenda of a review without the patient."""
        gone = set(self._traces.handles)
        handles = [each for each in held.get("handles", []) if each not in gone]
        before = [
            each for each in held.get("handles", [])[: int(held.get("position", 0))] if each not in gone
        ]
        decisions = {name: said for name, said in held.get("decisions", {}).items() if name not in gone}
        return {
            "handles": handles,
            "position": len(before),
            "decisions": decisions,
            "version": int(held.get("version", 1)) + 1,
        }

    def _not_billed(self, key: Key, item: Item, held: Mapping[str, Any]) -> Found | None:
        """The registries that bill a number in a month, without this one."""
        if key.pk.split(":", 2)[2] not in self._traces.mrns or self._registry_id not in held["registries"]:
            return None
        others = [each for each in held["registries"] if each != self._registry_id]
        put = writes.put({**item, **to_wire({"registries": others})})
        return Found(key, put if others else writes.forget(key))


def _pages(table: Table) -> Iterator[list[Item]]:
    with answering():
        pages = table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
        for page in pages:
            yield list(page["Items"])


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, the names of what it holds included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield str(name)
            yield from _texts(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _texts(each)
