"""Many patients at once, put into the table by the batch, as nobody could enter them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import cycle
from typing import Any

from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.store import counters
from cocm_bot.store.patients.patient_items import directory_item, patient_item
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item, key_of, wire_key
from tests.domain import build
from tests.store.engines import ask

BATCH = 25
"""Items that DynamoDB takes at once."""


@cache
def invented(now: datetime) -> tuple[Patient, ...]:
    """Patients of every status and every reason of being due, as of a moment."""
    made = caseload(60, build.policy(), now, 1, ["user-1"], "user-2")
    return tuple(patient for patient, _, _ in made)


def synthetic(count: int, now: datetime) -> list[Patient]:
    """So many of them, over and over, each with ids of their own."""
    return [_numbered(each, number) for number, each in zip(range(count), cycle(invented(now)), strict=False)]


def _numbered(patient: Patient, number: int) -> Patient:
    ids = {"id": f"patient-{number}", "handle": f"X{number:03X}", "patient_mrn": f"SYN-{number:06}"}
    # Of today's form: what figures follow is on the record, and need not be read from the history.
    return patient.model_copy(update={**ids, "turns": patient.turns or ()})


def load(table: Table, registry_id: str, crowd: Sequence[Patient], *, findable: bool = True) -> None:
    """Put the patients into the table and count them, without histories; by name only those `findable`."""
    items = [patient_item(registry_id, each) for each in crowd]
    items += [directory_item(registry_id, each) for each in crowd] if findable else []
    put(table, items)
    table.transact([counters.active_patients(registry_id, len(active(crowd)))])


def put(table: Table, items: Sequence[Item]) -> None:
    """Store items as they are, in batches."""
    _write(table, [{"PutRequest": {"Item": item}} for item in items])


def stored(table: Table) -> list[Item]:
    """Return all there is in a table."""
    answer = ask(table.client, "Scan", TableName=table.name, ConsistentRead=True)
    assert "LastEvaluatedKey" not in answer
    found: list[Item] = answer["Items"]
    return found


def prepare(table: Table, name: str, make: Callable[[], object]) -> None:
    """Fill a table as `make` does, which does it once: the tests after the first get what it left."""
    if name in _prepared:
        restore(table, _prepared[name])
    else:
        make()
        _prepared[name] = stored(table)


_prepared: dict[str, list[Item]] = {}


def restore(table: Table, items: Sequence[Item]) -> None:
    """Make a table what it was when these items were all there was."""
    there = {key_of(item): item for item in stored(table)}
    wanted = {key_of(item): item for item in items}
    gone = sorted(there.keys() - wanted.keys())
    changed = [item for key, item in wanted.items() if there.get(key) != item]
    _write(table, [{"DeleteRequest": {"Key": wire_key(key)}} for key in gone])
    put(table, changed)


def _write(table: Table, wanted: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(wanted), BATCH):
        batch = {table.name: wanted[start : start + BATCH]}
        answer = ask(table.client, "BatchWriteItem", RequestItems=batch)
        assert not answer["UnprocessedItems"]


def active(crowd: Iterable[Patient]) -> list[Patient]:
    """Those that are not deactivated."""
    return [each for each in crowd if each.status is not Status.DEACTIVATED]
