"""Measure how long a search takes among 5,000 patients, with items read as sent and by botocore's parser.

Reads the directory from a DynamoDB on this machine; this process's time is counted apart from the engine's.
Run as `python -m tests.bench.search`. The goal is less than 200 ms by the clock.
"""

import time
from random import Random
from statistics import median
from typing import Any

from boto3.session import Session
from rich.console import Console
from rich.table import Table as Grid

from cocm_bot.domain.patients.search import search
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.synthetic.phrases import OTHER_NAMES, TYPABLE_NAMES
from cocm_bot.store.patients import lists
from cocm_bot.store.table import keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.store import engines
from tests.store.build import REGISTRY, found_registry

PATIENTS = 5000
REPEATS = 7
TYPED = {
    "part of a name": "nguy",
    "a handle": "X0FF",
    "an MRN": "SYN-004999",
    "a slip": "Rodrigeuz",
    "nobody": "zzzzzz",
}
BATCH = 25


def main() -> None:
    """Measure and print."""
    with engines.ministack() as engine, engines.fresh_table(engines.client_of(engine.endpoint)) as table:
        found_registry(table)
        fill(table)
        ours = {what: measured(table, words) for what, words in TYPED.items()}
        theirs = {what: measured(parsed_by_botocore(table), words) for what, words in TYPED.items()}
    grid = Grid(title=f"A search among {PATIENTS:,} patients, ms (median of {REPEATS})", title_justify="left")
    for column in ("", "items as sent", "with botocore's parser", "ratio", "of it searching", "by the clock"):
        grid.add_column(column, justify="right" if column else "left")
    for what in TYPED:
        own, searching, clock = ours[what]
        parsed = theirs[what][0]
        grid.add_row(
            what, f"{own:.0f}", f"{parsed:.0f}", f"{own / parsed:.2f}", f"{searching:.0f}", f"{clock:.0f}"
        )
    Console(width=100).print(grid)


def measured(table: Table, words: str) -> tuple[float, float, float]:
    """Milliseconds of this process, of those in the search itself, and by the clock, the engine included."""
    own, searching, clock = [], [], []
    for _ in range(REPEATS):
        began, started = time.process_time(), time.perf_counter()
        entries = lists.directory(table, REGISTRY)
        read = time.process_time()
        search(entries, words)
        own.append(1000 * (time.process_time() - began))
        searching.append(1000 * (time.process_time() - read))
        clock.append(1000 * (time.perf_counter() - started))
        assert len(entries) == PATIENTS
    return median(own), median(searching), median(clock)


def parsed_by_botocore(table: Table) -> Table:
    """Return the same table behind boto3's client as it comes."""
    meta = table.client.meta
    client = Session("local", "local", region_name=meta.region_name).client(
        "dynamodb", endpoint_url=meta.endpoint_url
    )
    return Table(client, table.name)


def fill(table: Table) -> None:
    """Put a directory of invented people into the table."""
    random = Random(1)
    entries = []
    for number in range(PATIENTS):
        first, last = random.choice((*TYPABLE_NAMES, *OTHER_NAMES))
        entries.append(
            DirectoryEntry(
                handle=f"X{number:03X}",
                patient_id=random.randbytes(13).hex(),
                patient_mrn=f"SYN-{number:06}",
                first_name=random.choice(first),
                last_name=f"{random.choice(last)}-{random.choice(last)}",
            )
        )
    stored = [
        to_wire(entry._asdict()) | wire_key(keys.directory_entry(REGISTRY, entry.handle)) for entry in entries
    ]
    for start in range(0, len(stored), BATCH):
        puts: Any = [{"PutRequest": {"Item": item}} for item in stored[start : start + BATCH]]
        table.client.batch_write_item(RequestItems={table.name: puts})


if __name__ == "__main__":
    main()
