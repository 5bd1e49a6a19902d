"""A month of 1,000 patients, from the ledger and from the history: requests, read units, milliseconds.

Run with `python -m tests.bench.billing`. Read units are counted from the answers' bytes by AWS's rules: 4 KB
a unit for a consistent read.
"""

import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cocm_bot.domain.billing.minutes import ledger_of
from cocm_bot.operations.billing.month_list import read_month
from cocm_bot.store import registries
from cocm_bot.store.patients import history, patients
from cocm_bot.store.table.table import Table
from tests.jobs.test_cost import size
from tests.operations.billing.months_of_many import fill
from tests.store import engines, faults
from tests.store.build import REGISTRY, found_registry

MONTH = "2031-02"
PATIENTS = 1000
NOW = datetime(2031, 3, 3, 14, tzinfo=UTC)


def main() -> None:
    """Print a line for each way."""
    with engines.ministack() as engine:
        client = engines.client_of(engine.endpoint)
        with engines.fresh_table(client) as table:
            found_registry(table)
            registry = registries.get(table, REGISTRY)
            assert registry is not None
            everybody = fill(table, registry, PATIENTS, MONTH, NOW, most_logs=60)

            def from_ledger() -> int:
                return len(read_month(_Reading(table), registry, MONTH).rows)  # type: ignore[arg-type]  # it reads alone

            def from_history() -> int:
                found = (patients.get(table, REGISTRY, each.patient_mrn) for each in everybody)
                return sum(
                    MONTH in ledger_of(who, history.contacts(table, who.id), registry.policy)
                    for who in found
                    if who
                )

            for name, read in (("ledger", from_ledger), ("history", from_history)):
                measure(table, name, read)


class _Reading:
    """The part of the context that reading a month needs."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def now(self) -> datetime:
        return NOW


def measure(table: Table, name: str, read: Callable[[], int]) -> None:
    """Read once for the figures of the answers, once for the time."""
    answers: list[dict[str, Any]] = []

    def keep(response_dict: dict[str, Any], **_: object) -> None:
        answers.append(json.loads(response_dict["body"]))

    events = table.client.meta.events
    events.register_first("before-parse.dynamodb.*", keep)
    with faults.on(table.client, "*", faults.none) as requests:
        rows = read()
    events.unregister("before-parse.dynamodb.*", keep)
    units = sum(math.ceil(max(1, _bytes(answer)) / 4096) for answer in answers)
    began = time.perf_counter()
    read()
    took = (time.perf_counter() - began) * 1000
    print(f"{name:8} {rows:,} patients: {len(requests):,} requests, {units:,} RCU, {took:,.0f} ms")


def _bytes(answer: dict[str, Any]) -> int:
    items = answer.get("Items", [answer["Item"]] if answer.get("Item") else [])
    return sum(size({"M": item}) for item in items)


if __name__ == "__main__":
    main()
