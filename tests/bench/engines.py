"""Compare local engines for the demo: moto's server, the same behind a lock, or ministack.

Seeds 60 patients with 20 contacts each, then saves contacts one after another and eight at once; prints
the medians side by side. Run as `python -m tests.bench.engines`.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from math import inf
from pathlib import Path
from statistics import median
from typing import Any

from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Table as Grid

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.store.patients import changing, history, lists, patients
from cocm_bot.store.patients.changing import Edit
from cocm_bot.store.patients.patient_items import directory_item
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import Item
from tests.store import engines
from tests.store.build import NOON, REGISTRY, audit, contact, found_registry, patient

PATIENTS = 60
CONTACTS = 20
SAVES = 15
TOGETHER = 8

MOTO = """
import sys, threading
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

app, lock = DomainDispatcherApplication(create_backend_app), threading.Lock()

def locked(environ, start_response):
    with lock:
        return list(app(environ, start_response))

run_simple("127.0.0.1", int(sys.argv[1]), locked if sys.argv[2] == "lock" else app, threaded=True)
"""


@contextmanager
def moto(lock: str) -> Iterator[engines.Engine]:
    """moto's server in a process of its own, as it is or behind a lock."""
    port = engines.free_port()
    with engines.process([sys.executable, "-c", MOTO, str(port), lock], port) as engine:
        yield engine


def main() -> None:
    """Measure each engine and print what was found."""
    grid = Grid(title=f"{PATIENTS} patients with {CONTACTS} contacts each", title_justify="left")
    grid.add_column("")
    columns = {
        "moto": measure(partial(moto, "")),
        "moto behind a lock": measure(partial(moto, "lock")),
        "ministack": measure(engines.ministack),
    }
    for name in columns:
        grid.add_column(name, justify="right")
    for row in next(iter(columns.values())):
        grid.add_row(row, *(found[row] for found in columns.values()))
    Console(width=100).print(grid)


def measure(start: Callable[[], Any]) -> dict[str, str]:
    """Return what one engine does, row by row."""
    began = time.perf_counter()
    with start() as engine:
        started = time.perf_counter() - began
        with engines.fresh_table(engines.client_of(engine.endpoint, patient=True)) as table:
            found_registry(table)
            seed(table)
            saves = [timed(partial(save, table, f"alone-{number}", number)) for number in range(1, SAVES + 1)]
            lists = [timed(partial(lists.caseload, table, REGISTRY)) for _ in range(SAVES)]
            enrolment = timed(partial(enrol, table, PATIENTS + 1))
            together, lost = save_together(table)
            return {
                "start, s": f"{started:.1f}",
                "memory when full, MB": f"{memory(engine.pid):.0f}",
                "read the caseload, ms": milliseconds(lists),
                "save a contact, ms": milliseconds(saves),
                f"the same, {TOGETHER} at once, ms": milliseconds(together),
                f"lost of those {PATIENTS}": str(lost),
                f"enrol with {CONTACTS} contacts, ms": milliseconds([enrolment]),
            }


def seed(table: Table) -> None:
    """Put patients and histories into the table past the transactions, which moto is too slow for."""
    found: list[Item] = []
    for number in range(1, PATIENTS + 1):
        one = patient(number)
        position = keys.caseload_position(REGISTRY, one)
        found.append(items.to_item(keys.patient(REGISTRY, one.patient_mrn), one, position))
        found.append(directory_item(REGISTRY, one))
        found += [write.parameters["Item"] for write in history.added(one.id, logs(), audits())]
    for start in range(0, len(found), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in found[start : start + 25]]
        table.client.batch_write_item(RequestItems={table.name: puts})


def logs() -> list[TreatmentLog]:
    """A patient's contacts."""
    return [contact(f"log-{number}", NOON + number) for number in range(CONTACTS)]


def audits() -> list[Any]:
    """The audit entries beside them."""
    return [audit(f"audit-{number}", NOON + number) for number in range(CONTACTS)]


def save(table: Table, name: str, number: int) -> None:
    """Save one more contact, as the bot does."""

    def apply(before: Patient, contacts: list[TreatmentLog]) -> Edit:
        after = before.model_copy(update={"total_sessions": len(contacts) + 1})
        return Edit(after, audit(name), (contact(name),))

    changing.change(table, REGISTRY, f"H{number:04}", apply, request_id=name)


def enrol(table: Table, number: int) -> None:
    """Add a patient with a history in one transaction."""
    patients.add(
        table,
        REGISTRY,
        patient(number),
        audit("enrolled"),
        logs=logs(),
        extra_audits=audits(),
        request_id=f"enrol-{number}",
    )


def save_together(table: Table) -> tuple[list[float], int]:
    """Times of saves of different patients at once, and how many contacts are not there afterwards."""
    numbers = range(1, PATIENTS + 1)
    with ThreadPoolExecutor(TOGETHER) as pool:
        times = list(pool.map(lambda number: timed(partial(save, table, f"both-{number}", number)), numbers))
    kept = sum(
        any(log.id == f"both-{number}" for log in history.contacts(table, f"patient-{number}"))
        for number in numbers
    )
    return times, len(numbers) - kept


def timed(job: Callable[[], object]) -> float:
    """Seconds a job takes, infinite when it fails."""
    began = time.perf_counter()
    try:
        job()
    except (CocmError, ClientError):
        return inf
    return time.perf_counter() - began


def milliseconds(times: Sequence[float]) -> str:
    """The median of times in seconds."""
    middle = median(times)
    return "no answer" if middle == inf else f"{middle * 1000:.0f}"


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    (line,) = (
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
