"""What requests to the table cost, as the engine says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from cocm_bot.store.table.table import Table

READS = frozenset({"GetItem", "BatchGetItem", "Query"})


@dataclass
class Spent:
    """The requests that were made, by operation, and the capacity units they consumed."""

    requests: list[tuple[str, float]] = field(default_factory=list)

    @property
    def read(self) -> float:
        return sum(units for operation, units in self.requests if operation in READS)

    @property
    def written(self) -> float:
        return sum(units for operation, units in self.requests if operation not in READS)

    def __len__(self) -> int:
        return len(self.requests)


@contextmanager
def counting(table: Table) -> Iterator[Spent]:
    """Count what is asked of a table, and have the engine say what it consumed."""
    spent = Spent()
    client = table.client
    asked: Any = client._make_api_call  # type: ignore[attr-defined]  # botocore's one way in

    def ask(operation: str, parameters: dict[str, Any]) -> Any:
        answer = asked(operation, {**parameters, "ReturnConsumedCapacity": "TOTAL"})
        consumed = answer.get("ConsumedCapacity", {})
        each = consumed if isinstance(consumed, list) else [consumed]
        spent.requests.append((operation, sum(part.get("CapacityUnits", 0.0) for part in each)))
        return answer

    with mock.patch.object(client, "_make_api_call", ask):
        yield spent
