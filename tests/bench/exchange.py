"""Measure import and export of patients with thirty contacts each: time, CPU, write units, requests, memory.

Run as `python -m tests.bench.exchange [PATIENTS]`. The engine is a process of its own on this machine, and so
is each import and export, whose peak is then its own.
"""

import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from cocm_bot.operations.exchange.export_files import WRITERS, ExportFormat
from cocm_bot.operations.exchange.exporting import prepare_export
from cocm_bot.operations.exchange.importing import Importing, prepare
from cocm_bot.operations.exchange.sources import Source
from cocm_bot.store.table.table import Table
from tests.operations.conftest import Office
from tests.store import engines
from tests.store.build import REGISTRY, found_registry
from tests.store.spent import counting

NOW = datetime(2031, 3, 3, 14, tzinfo=UTC)
CONTACTS = 30
COUNTED = 100
"""Patients whose requests and units are counted: it takes time of its own, and is the same for each."""


def older_table(patients: int, beginning: int = 0, contacts: int = CONTACTS) -> Iterator[str]:
    """Yield lines of an older system's export: a care manager's weekly contacts, the last a week ago."""
    for number in range(beginning, beginning + patients):
        logs = [
            {
                "contact_type": "Follow Up" if each else "Initial Assessment",
                "visit_type": "Phone",
                "provider": "user-1",
                "no_show": False,
                "minutes": 20,
                "date": (NOW.timestamp() - (contacts - each) * 7 * 86400) * 1000,
                "scores": [{"score_name": "PHQ-9", "score_value": (number + each) % 20}],
            }
            for each in range(contacts)
        ]
        item = {
            "partition_key": "registry-patient:old",
            "sort_key": f"A-{number:05}",
            "patient_mrn": f"A-{number:05}",
            "first_name": f"First{number}",
            "last_name": f"Last{number}",
            "date_of_birth": "1980-03-04",
            "status": "Treatment",
            "date_created": NOW.timestamp() - 250 * 86400,
            "treatment_logs": logs,
        }
        yield json.dumps({"Item": item})


def main(patients: int) -> None:
    """Measure and print."""
    with engines.ministack() as engine, TemporaryDirectory() as folder:
        client = engines.client_of(engine.endpoint, patient=True)
        with engines.fresh_table(client) as table:
            found_registry(table)
            count_some(table, patients)
            source = Path(folder) / "source.json"
            source.write_text("\n".join(older_table(patients)), encoding="utf-8")
            size = source.stat().st_size / 1e6
            print(f"{patients:,} patients, {CONTACTS} contacts each, a source of {size:.0f} MB", flush=True)

            def opened() -> Office:
                again = engines.client_of(engine.endpoint, patient=True)
                return Office(Table(again, table.name), NOW)

            alone("dry run", lambda: passed(importing(opened(), source).dry_run(), patients))
            alone("import", lambda: passed(importing(opened(), source).apply(), patients))
            alone("import again", lambda: passed(importing(opened(), source).apply(), patients))
            print(f"engine: {held(engine.pid)} MB", flush=True)
            for form in WRITERS:
                out = Path(folder) / form
                alone(f"export {form}", partial(export, opened(), form, out))
                print(f"  {out.stat().st_size / 1e6:.0f} MB written", flush=True)
                out.unlink()


def count_some(table: Table, beginning: int) -> None:
    """Print the requests and units of some patients, on their way in and out."""
    office = Office(table, NOW)
    data = "\n".join(older_table(COUNTED, beginning)).encode()
    with counting(table) as spent:
        sum(1 for _ in prepare(office.ctx, REGISTRY, Source(data), "bench").apply())
    print(
        f"a patient's import: {spent.requests / COUNTED:.2f} requests, "
        f"{spent.write_units / COUNTED:.0f} WCU, {spent.read_units / COUNTED:.1f} RCU",
        flush=True,
    )
    with counting(table) as spent:
        sum(1 for _ in prepare_export(office.ctx, REGISTRY, "bench").records())
    print(
        f"a patient's export: {spent.requests / COUNTED:.2f} requests, {spent.read_units / COUNTED:.1f} RCU",
        flush=True,
    )


def importing(office: Office, source: Path) -> Importing:
    """Return an import of a file."""
    return prepare(office.ctx, REGISTRY, Source(source.read_bytes()), "bench")


def passed(steps: Iterator[object], patients: int) -> None:
    """Do all steps, and say from time to time how far it is."""
    last = 0.0
    for number, _ in enumerate(steps, 1):
        if number % max(patients // 10, 1) == 0:
            now = time.process_time()
            print(f"  {number:,}, {now - last:.0f} s of CPU since, {peak()} MB", flush=True)
            last = now


def export(office: Office, form: ExportFormat, out: Path) -> None:
    """Write a registry in a form."""
    found = prepare_export(office.ctx, REGISTRY, "bench")
    with out.open("wb") as file:
        WRITERS[form](file, found.registry, found.members, found.records())


def alone(what: str, work: Callable[[], None]) -> None:
    """Do work in a process of its own, and print what it took."""

    def measured() -> None:
        begun = time.monotonic()
        work()
        took, cpu = time.monotonic() - begun, time.process_time()
        print(f"{what}: {took:.0f} s, {cpu:.0f} s of CPU, at most {peak()} MB", flush=True)

    process = multiprocessing.get_context("fork").Process(target=measured)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{what} ended with {process.exitcode}")


def peak() -> int:
    """Return the most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def held(pid: int) -> int:
    """Return the memory a process holds, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
