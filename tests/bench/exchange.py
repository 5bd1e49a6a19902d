"""Ten thousand patients with thirty contacts each, in and out: time, write units and memory."""

import io
import json
import math
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from botocore.awsrequest import AWSPreparedRequest

from cocm_bot.operations.exchange.export_files import WRITERS, ExportFormat
from cocm_bot.operations.exchange.exporting import prepare_export
from cocm_bot.operations.exchange.importing import prepare
from cocm_bot.operations.exchange.sources import Source
from tests.operations.conftest import Office
from tests.store import engines
from tests.store.build import REGISTRY, found_registry

NOW = datetime(2031, 3, 3, 14, tzinfo=UTC)
CONTACTS = 30


def older_table(patients: int) -> Iterator[str]:
    """Return lines of an older system's export."""
    for number in range(patients):
        logs = [
            {
                "contact_type": "Follow Up" if each else "Initial Assessment",
                "visit_type": "Phone",
                "no_show": False,
                "minutes": 20,
                "date": (NOW.timestamp() - (CONTACTS - each) * 7 * 86400) * 1000,
                "scores": [{"score_name": "PHQ-9", "score_value": (number + each) % 20}],
            }
            for each in range(CONTACTS)
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


class Units:
    """Counts write units by AWS's rule: twice the started kilobytes of each item of a transaction."""

    total = 0

    def __call__(self, request: AWSPreparedRequest, **_: object) -> None:
        body = request.body if isinstance(request.body, str | bytes) else "{}"
        for each in json.loads(body).get("TransactItems", ()):
            for write in each.values():
                self.total += 2 * math.ceil(len(json.dumps(write.get("Item", {}))) / 1024 or 1)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(patients: int) -> None:
    with engines.ministack() as engine:
        client, units = engines.client_of(engine.endpoint, patient=True), Units()
        client.meta.events.register("before-send.dynamodb.TransactWriteItems", units)
        with engines.fresh_table(client) as table:
            found_registry(table)
            office = Office(table, NOW)
            data = "\n".join(older_table(patients)).encode()
            print(f"{patients:,} patients, source {len(data) / 1e6:.0f} MB, {peak()} MB before")
            begun = time.monotonic()
            importing = prepare(office.ctx, REGISTRY, Source(data), "bench")
            print(f"read in {time.monotonic() - begun:.0f} s, {peak()} MB")
            begun, units.total = time.monotonic(), 0
            done = sum(1 for _ in importing.apply())
            took = time.monotonic() - begun
            print(f"{done:,} imported in {took:.0f} s, {units.total / done:.0f} WCU each, {peak()} MB")
            del data, importing
            begun, written = time.monotonic(), io.BytesIO()
            export = prepare_export(office.ctx, REGISTRY, "bench")
            WRITERS[ExportFormat.JSONL](written, export.registry, export.members, export.records())
            took, size = time.monotonic() - begun, len(written.getvalue()) / 1e6
            print(f"exported in {took:.0f} s, {size:.0f} MB, {peak()} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
