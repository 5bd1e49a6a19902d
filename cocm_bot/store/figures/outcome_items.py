"""Outcome records as stored: an item for each episode, all of a registry in one partition.

A record follows from the patient's record and history (`domain.figures.histories`), and is written in the
transaction that changes them: figures of any month read one partition. An item holds the record packed, as
JSON without what is by default: a third of the bytes, and of the time it takes to read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from pydantic import TypeAdapter, ValidationError

from cocm_bot.domain.figures.episodes.outcome_record import FORM, OutcomeRecord
from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.table.keys import Key
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of
from cocm_bot.store.table.writes import Write

OF_REGISTRY = "PK = :registry"
"""The records of all episodes of a registry."""

OF_PATIENT = "PK = :registry AND begins_with(SK, :patient)"
"""Those of one patient, oldest episode first."""


class OutcomeItem(Record):
    """One record as it is stored."""

    form: int
    packed: str


@dataclass
class StoredOutcomes:
    """The records of a registry, and the patients of whom one can't be read."""

    records: list[OutcomeRecord] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)


def of_registry(table: Table, registry_id: str) -> StoredOutcomes:
    """Return the records of every episode, left or not. Raises Unavailable."""
    found = StoredOutcomes()
    for page in table.pages(OF_REGISTRY, {"registry": keys.outcomes(registry_id)}):
        try:
            found.records += _many().validate_json(f"[{','.join(map(_packed, page))}]")
        except (BrokenItem, ValidationError):
            _one_by_one(page, found)
    # Of part of the episodes a patient's figures would be wrong.
    found.records = [each for each in found.records if each.patient_id not in found.unread]
    return found


def of_patient(table: Table, registry_id: str, patient_id: str) -> Mapping[Key, OutcomeRecord | None]:
    """Return a patient's stored records by key; None is one that can't be read. Raises Unavailable."""
    values = {"registry": keys.outcomes(registry_id), "patient": f"{patient_id}#"}
    return {key_of(item): _read(item) for item in table.query(OF_PATIENT, values)}


def patients_of(table: Table, registry_id: str) -> Iterator[Key]:
    """Yield the key of each record of a registry, readable or not. Raises Unavailable."""
    for page in table.pages(OF_REGISTRY, {"registry": keys.outcomes(registry_id)}):
        yield from map(key_of, page)


def forget(table: Table, key: Key) -> None:
    """Delete a record of nobody. Raises Unavailable."""
    table.transact([writes.forget(key)])


def moved(registry_id: str, before: Sequence[OutcomeRecord], after: Sequence[OutcomeRecord]) -> list[Write]:
    """The writes that make one patient's records the second ones, where they differ."""
    was, now = _by_key(registry_id, before), _by_key(registry_id, after)
    return [_writing(key, now.get(key)) for key in sorted({*was, *now}) if was.get(key) != now.get(key)]


def put_right(
    registry_id: str, stored: Mapping[Key, OutcomeRecord | None], right: Sequence[OutcomeRecord]
) -> list[Write]:
    """The writes that make what is stored of one patient those records; none where all is right."""
    now = _by_key(registry_id, right)
    changed = [key for key in sorted({*stored, *now}) if key not in stored or stored[key] != now.get(key)]
    return [_writing(key, now.get(key)) for key in changed]


def _by_key(registry_id: str, records: Iterable[OutcomeRecord]) -> dict[Key, OutcomeRecord]:
    return {keys.outcome(registry_id, each.patient_id, each.number): each for each in records}


def _writing(key: Key, record: OutcomeRecord | None) -> Write:
    if record is None:
        return writes.forget(key)
    packed = record.model_dump_json(exclude_defaults=True)
    return writes.put(items.to_item(key, OutcomeItem(form=FORM, packed=packed)))


def _read(item: Item) -> OutcomeRecord | None:
    """Return the record of an item; None for one of another form, or that can't be read."""
    try:
        return OutcomeRecord.model_validate_json(_packed(item))
    except (BrokenItem, ValidationError):
        return None


def _packed(item: Item) -> str:
    """Return a record as JSON; raises BrokenItem where there is none, or of another form."""
    if item.get("form") != {"N": str(FORM)} or "S" not in item.get("packed", {}):
        raise BrokenItem(keys.key_kind(*key_of(item)), ["form", "packed"])
    return str(item["packed"]["S"])


def _one_by_one(page: Iterable[Item], found: StoredOutcomes) -> None:
    for item in page:
        record = _read(item)
        if record is None:
            found.unread.add(key_of(item).sk.partition("#")[0])
        else:
            found.records.append(record)


@cache
def _many() -> TypeAdapter[list[OutcomeRecord]]:
    return TypeAdapter(list[OutcomeRecord])
