"""Figures of a year from 100, 1,000 and 10,000 episodes: requests, read units, bytes, processor time.

Run with `python -m tests.bench.figures`. Read units and bytes are counted from the answers by AWS's rules:
4 KB a unit for a consistent read.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cocm_bot.domain.figures.periods import parse_period
from cocm_bot.operations.figures.report import composed
from cocm_bot.store import registries
from cocm_bot.store.figures import outcome_items
from cocm_bot.store.table.table import Table
from tests.jobs.test_cost import size
from tests.operations.figures.many_episodes import NOW, fill
from tests.store import engines
from tests.store.build import REGISTRY, found_registry

EPISODES = (100, 1_000, 10_000)


def main() -> None:
    """Print a line for each size."""
    with engines.ministack() as engine:
        client = engines.client_of(engine.endpoint)
        for episodes in EPISODES:
            with engines.fresh_table(client) as table:
                found_registry(table)
                fill(table, REGISTRY, episodes)
                measure(table, episodes)


def measure(table: Table, episodes: int) -> None:
    """Read the records and count a year of them."""
    registry = registries.get(table, REGISTRY)
    assert registry is not None
    with answered(table) as answers:
        began = time.process_time()
        records = outcome_items.of_registry(table, REGISTRY).records
        reading = time.process_time() - began
    read = sum(map(stored_bytes, answers))
    units = sum(math.ceil(stored_bytes(answer) / 4096) for answer in answers)
    began = time.process_time()
    composed(records, registry.policy, parse_period(["2030"], NOW.date()))
    counting = time.process_time() - began
    print(
        f"{episodes:6,} episodes: {len(answers)} requests, {units:,} RCU, {read / 1000:,.0f} kB, "
        f"{reading:.2f} s to read, {counting:.2f} s to count"
    )


@contextmanager
def answered(table: Table) -> Iterator[list[dict[str, Any]]]:
    """Keep the answers of the block's requests."""
    answers: list[dict[str, Any]] = []

    def keep(parsed: dict[str, Any], **_: object) -> None:
        answers.append(parsed)

    events = table.client.meta.events
    events.register("after-call.dynamodb", keep)
    try:
        yield answers
    finally:
        events.unregister("after-call.dynamodb", keep)


def stored_bytes(answer: dict[str, Any]) -> int:
    """Return the bytes that DynamoDB counts for the items of an answer."""
    return sum(size({"M": item}) for item in answer.get("Items", ()))


if __name__ == "__main__":
    main()
