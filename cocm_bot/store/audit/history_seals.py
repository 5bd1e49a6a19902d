"""Seals on the entries of patients' histories, and the checks made with them. Pure.

Every entry the bot adds carries an attribute of its own, `seal`, that records do not know: an HMAC over the
whole item, its key included. The seal of a change's audit entry also holds what makes a missing entry
visible: the entries added in the same transaction, and the audit entry before it.

Entries from before there were seals have none. The first sealed change of such a patient vouches for the
unsealed contacts it was derived from, by a keyed digest each; no later one does. So a seal that was stripped
since does not make an entry an old one. Of a patient without any sealed entry, the time says which it is:
that of the table's first checkpoint, which is sealed and chained itself (`Checkpoint.since`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from itertools import chain
from typing import Any, NamedTuple

from pydantic import ValidationError

from cocm_bot.domain.records.history import AuditLog
from cocm_bot.store.audit.keyring import Keyring, canonical
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import SEAL
from cocm_bot.store.table.wire import Item, from_wire, key_of, to_wire

SETTLING_SECONDS = 24 * 3600.0
"""Time after the first checkpoint in which a process of an older version may still add unsealed entries."""
TIMES = ("recorded_at", "created_date", "at")
"""The attribute that says when an entry was written, by kind of entry."""


class Flaw(StrEnum):
    """A fault of an entry."""

    ALTERED = "altered"
    UNSEALED = "unsealed"
    GONE = "gone"


class Flawed(NamedTuple):
    """An entry of a history with what is wrong with it."""

    flaw: Flaw
    sk: str

    @property
    def entry_id(self) -> str:
        """The opaque id of the entry."""
        return self.sk.rpartition("#")[2]


@dataclass(frozen=True)
class Sealing:
    """The key and fields that seal the entries of one change, and are named in its first audit entry."""

    ring: Keyring
    vouched: Sequence[str] = ()
    """Digests of the unsealed entries that the first sealed change was derived from."""
    follows: AuditLog | None = None
    """The patient's audit entry before this one."""
    accepted: Sequence[str] = ()
    """Digests of flawed entries that a person takes for right."""
    given_up: Sequence[str] = ()
    """Sort keys of entries that are gone, which a person knows of."""


class _Fit(Enum):
    UNSEALED = auto()
    GENUINE = auto()
    WRONG = auto()


def seal_all(entries: Sequence[Item], sealing: Sealing) -> list[Item]:
    """Return the entries of one change with their seals; its first audit entry names the others."""
    audits = [entry for entry in entries if _is(keys.AUDITS, entry)]
    return [_sealed(entry, sealing, _seal_fields(entry, entries, sealing, audits)) for entry in entries]


def vouch(entries: Sequence[Item], ring: Keyring) -> list[str]:
    """Return digests of a history's contacts and voids if none of them is sealed yet, else nothing."""
    if any(SEAL in entry for entry in entries):
        return []
    return [digest(entry, ring) for entry in entries]


def digest(entry: Item, ring: Keyring) -> str:
    """Return a keyed digest of an entry but for its seal."""
    return ring.sign("entry " + canonical(_attributes(entry)))


def flaws(entries: Sequence[Item], ring: Keyring, since: float | None) -> list[Flawed]:
    """Everything that is wrong with the whole history of a patient, by its seals.

    `since` is when this table's entries began to be sealed (seconds UTC); None where they are not yet.
    Without a key nothing can be compared, and nothing is found.
    """
    if ring.empty:
        return []
    fits = {key_of(entry).sk: _fit(entry, ring) for entry in entries}
    telling = sorted(
        (each for each in entries if _is(keys.AUDITS, each) and fits[key_of(each).sk] is _Fit.GENUINE),
        key=_order,
    )
    accepted = set(chain.from_iterable(_seal(each).get("accepted", ()) for each in telling))
    given_up = set(chain.from_iterable(_seal(each).get("given_up", ()) for each in telling))
    vouched = accepted | set(_seal(telling[0]).get("vouched", ()) if telling else ())
    found = [
        *_changed(entries, fits, ring, accepted),
        *_stripped(entries, fits, telling, _Old(ring, vouched, since)),
        *_missing(entries, fits, telling),
        *_overwritten(entries, telling, ring, accepted),
    ]
    return [each for each in dict.fromkeys(found) if each.flaw is not Flaw.GONE or each.sk not in given_up]


class _Old(NamedTuple):
    """The signs that distinguish entries from before there were seals from others without one."""

    ring: Keyring
    vouched: Collection[str]
    since: float | None

    def settled(self, entry: Item) -> bool:
        """Return whether an entry says that it was written before every process sealed what it wrote."""
        return self.since is None or _time(entry) < self.since + SETTLING_SECONDS


def _changed(
    entries: Sequence[Item], fits: Mapping[str, _Fit], ring: Keyring, accepted: Collection[str]
) -> Iterator[Flawed]:
    """Entries whose seal does not fit."""
    for entry in entries:
        if fits[key_of(entry).sk] is _Fit.WRONG and not _digested(entry, ring, accepted):
            yield Flawed(Flaw.ALTERED, key_of(entry).sk)


def _stripped(
    entries: Sequence[Item], fits: Mapping[str, _Fit], telling: Sequence[Item], old: _Old
) -> Iterator[Flawed]:
    """Entries without a seal that are not from before there were seals."""
    sealed_since = _time(telling[0]) if telling else None
    untouched = _Fit.GENUINE not in fits.values()
    for entry in entries:
        if fits[key_of(entry).sk] is not _Fit.UNSEALED or _digested(entry, old.ring, old.vouched):
            continue
        if untouched or _is(keys.AUDITS, entry):
            is_old = old.settled(entry) and (sealed_since is None or _time(entry) <= sealed_since)
        else:
            is_old = False
        if not is_old:
            yield Flawed(Flaw.UNSEALED, key_of(entry).sk)


def _missing(entries: Sequence[Item], fits: Mapping[str, _Fit], telling: Sequence[Item]) -> Iterator[Flawed]:
    """Entries that are gone although a seal names them, and audit entries whose contacts are there."""
    told = set(chain.from_iterable(_seal(each).get("beside", ()) for each in telling))
    there = {key_of(entry).sk for entry in entries}
    yield from (Flawed(Flaw.GONE, sk) for sk in sorted(told - there))
    for sk, fit in fits.items():
        if fit is _Fit.GENUINE and sk not in told and not sk.startswith(keys.AUDITS):
            yield Flawed(Flaw.GONE, f"{keys.AUDITS}of#{sk.rpartition('#')[2]}")


def _overwritten(
    entries: Sequence[Item], telling: Sequence[Item], ring: Keyring, accepted: Collection[str]
) -> Iterator[Flawed]:
    """Audit entries that are not as the seal of the one after them says, or gone."""
    audits = {entry.get("id", {}).get("S"): entry for entry in entries if _is(keys.AUDITS, entry)}
    for follows in filter(None, (_seal(entry).get("follows") for entry in telling)):
        before = audits.get(follows["id"])
        if before is None:
            yield Flawed(Flaw.GONE, f"{keys.AUDITS}{follows['id']}")
            continue
        genuine = ring.signed(_audit_text(_attributes(before)), follows["mac"])
        if not genuine and not _digested(before, ring, accepted):
            yield Flawed(Flaw.ALTERED, key_of(before).sk)


def _seal_fields(
    entry: Item, entries: Sequence[Item], sealing: Sealing, audits: Sequence[Item]
) -> dict[str, Any]:
    """Return what an entry's seal holds beside the seal itself."""
    if not audits or entry is not audits[0]:
        return {}
    told: dict[str, Any] = {"beside": [key_of(each).sk for each in entries if each is not entry]}
    # What another system put beside a patient need not be in the history: only the bot's own are counted.
    if sealing.follows and sealing.follows.version is not None:
        mac = sealing.ring.sign(_audit_text(sealing.follows.model_dump()))
        told["follows"] = {"id": sealing.follows.id, "mac": mac}
    for name in ("vouched", "accepted", "given_up"):
        if listed := list(getattr(sealing, name)):
            told[name] = listed
    return told


def _sealed(entry: Item, sealing: Sealing, told: Mapping[str, Any]) -> Item:
    mac = sealing.ring.sign(_text(entry, told))
    return {**entry, **to_wire({SEAL: {**told, "mac": mac}})}


def _fit(entry: Item, ring: Keyring) -> _Fit:
    if SEAL not in entry:
        return _Fit.UNSEALED
    told = dict(_seal(entry))
    mac = told.pop("mac", "")
    genuine = isinstance(mac, str) and ring.signed(_text(entry, told), mac)
    return _Fit.GENUINE if genuine else _Fit.WRONG


def _seal(entry: Item) -> Mapping[str, Any]:
    held = from_wire({SEAL: entry[SEAL]})[SEAL] if SEAL in entry else {}
    return held if isinstance(held, dict) else {}


def _text(entry: Item, told: Mapping[str, Any]) -> str:
    return "history " + canonical({"entry": _attributes(entry), "told": told})


def _audit_text(attributes: Mapping[str, Any]) -> str:
    """The text of an audit entry as the record has it, wherever it is stored; empty for what is none."""
    known = {name: value for name, value in attributes.items() if name not in ("PK", "SK")}
    try:
        return "audit " + canonical(AuditLog.model_validate(known).model_dump())
    except ValidationError:
        return ""


def _attributes(entry: Item) -> dict[str, Any]:
    return from_wire({name: value for name, value in entry.items() if name != SEAL})


def _digested(entry: Item, ring: Keyring, digests: Collection[str]) -> bool:
    text = "entry " + canonical(_attributes(entry))
    return any(ring.signed(text, each) for each in digests)


def _order(entry: Item) -> tuple[float, float]:
    """The order in which audit entries were written: versions count them, whatever the clocks say."""
    return float(entry.get("version", {}).get("N", 0)), _time(entry)


def _time(entry: Item) -> float:
    """Return when an entry says that it was written (seconds UTC)."""
    found = (entry[name]["N"] for name in TIMES if "N" in entry.get(name, {}))
    return float(next(found, "inf"))


def _is(kind: str, entry: Item) -> bool:
    return key_of(entry).sk.startswith(kind)
