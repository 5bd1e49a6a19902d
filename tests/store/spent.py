"""Count the capacity units that requests to a table cost, by DynamoDB's rules, from the items they are about.

A local engine says the same number whatever an item's size, so sizes are counted here: of an item the names
and values of its attributes; a read unit for each 4 KB begun (half of one from the index), of a query once
for all of it; a write unit for each 1 KB begun, in a transaction two. Writes of the index are not counted.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item

READ_UNIT, WRITE_UNIT = 4096, 1024


@dataclass
class Spent:
    """The requests that were made, by operation, and the units each took."""

    reads: list[tuple[str, float]] = field(default_factory=list)
    writes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.reads) + len(self.writes)

    @property
    def read_units(self) -> float:
        return sum(units for _, units in self.reads)

    @property
    def write_units(self) -> int:
        return sum(units for _, units in self.writes)


@contextmanager
def counting(table: Table) -> Iterator[Spent]:
    """Count what is asked of a table within the block."""
    spent, client = Spent(), table.client
    asked: Any = client._make_api_call  # type: ignore[attr-defined]  # botocore's one way in

    def ask(operation: str, parameters: dict[str, Any]) -> Any:
        answer = asked(operation, parameters)
        if operation in _READS:
            spent.reads.append((operation, _READS[operation](parameters, answer)))
        else:
            spent.writes.append((operation, _written(operation, parameters)))
        return answer

    with mock.patch.object(client, "_make_api_call", ask):
        yield spent


def size_of(item: Item) -> int:
    """Return the bytes DynamoDB counts of an item."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return math.ceil(len(held.strip("-0.")) / 2) + 1
        case "L":
            return 3 + sum(1 + _size(each) for each in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in held.items())
        case _:
            return 1


def _units(size: int, unit: int) -> int:
    return max(1, math.ceil(size / unit))


def _got(_parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    return _units(size_of(answer.get("Item", {})), READ_UNIT)


def _got_many(parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    wanted = sum(len(each["Keys"]) for each in parameters["RequestItems"].values())
    found: Sequence[Item] = [item for items in answer["Responses"].values() for item in items]
    return sum(_units(size_of(item), READ_UNIT) for item in found) + wanted - len(found)


def _queried(parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    units = _units(sum(map(size_of, answer["Items"])), READ_UNIT)
    return units if parameters.get("ConsistentRead") else units / 2


def _written(operation: str, parameters: Mapping[str, Any]) -> int:
    if operation == "PutItem":
        return _units(size_of(parameters["Item"]), WRITE_UNIT)
    actions = [each for action in parameters["TransactItems"] for each in action.values()]
    return sum(2 * _units(size_of(each.get("Item", {})), WRITE_UNIT) for each in actions)


_READS = {"GetItem": _got, "BatchGetItem": _got_many, "Query": _queried}
