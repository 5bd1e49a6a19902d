"""Read a served bot's figures and log as an operator's tools would."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from cocm_bot.jobs.gauges import GAUGES
from cocm_bot.playground.servers.server import running_workspace
from cocm_bot.playground.workspace import Workspace
from tests.rig.identifying import ZEPHYRINE
from tests.rig.scenes import sees
from tests.rig.seats import PATIENCE, seat_of
from tests.rig.servers.served import environment, found_registry, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with running_workspace(ack_seconds=PATIENCE) as running:
        yield running


def morning(settings: dict[str, str], workspace: Workspace, log: Path) -> None:
    """A patient is enrolled, then the bot is stopped."""
    found_registry(settings, "Etc/UTC")
    with serving(settings, workspace, log):
        maya = seat_of(workspace, "Maya Okafor")
        maya.command("/cocm add")
        maya.fill(ZEPHYRINE)
        assert maya.submit() is None
        maya.close()
        maya.command("/cocm today")
        sees(maya, "Nothing is due today")


@pytest.fixture(scope="module")
def written(endpoint: str, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    log = tmp_path_factory.mktemp("served") / "log"
    morning(environment(workspace, endpoint) | {"COCM_METRICS": "emf"}, workspace, log)
    assert not [word for word in ("Muñoz", "Mu\\u00f1oz", "QX-77310") if word in log.read_text()]
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_every_line_is_json_and_the_first_says_what_runs_where(written: list[Any]) -> None:
    [started] = [line for line in written if line.get("message", "").startswith("started version=")]
    assert (started["mode"], started["metrics"], started["region"]) == ("http", "emf", "us-east-1")


def test_each_command_leaves_one_line_with_its_kind_alone(written: list[Any]) -> None:
    ended = [line["doing"] for line in written if line.get("message", "").startswith("ended ")]
    assert ended.count("/cocm add") == 1
    assert ended.count("/cocm today") == 1


def test_all_figures_are_reported(written: list[Any]) -> None:
    names = {
        metric["Name"]
        for line in written
        if "_aws" in line
        for declared in line["_aws"]["CloudWatchMetrics"]
        for metric in declared["Metrics"]
    }
    counted = {"ack_seconds", "work", "work_seconds", "table_requests", "table_units", "posts", "ticks"}
    assert names == counted | set(GAUGES)


def test_what_was_done_is_counted(written: list[Any]) -> None:
    figures = [line for line in written if "_aws" in line]
    ended = [line for line in figures if "work" in line]
    done = {line["doing"]: line["work"] for line in ended if line["outcome"] == "done"}
    assert (done["/cocm add"], done["/cocm today"]) == (1, 1)
    asked = {line["operation"] for line in figures if line.get("table_requests")}
    assert {"GetItem", "Query", "PutItem", "TransactWriteItems"} <= asked
    assert {line["processes_ticking"] for line in figures if "processes_ticking" in line} == {1}
    assert all(sum(line["ack_seconds"]["Counts"]) for line in figures if "ack_seconds" in line)


def test_a_collector_gets_them_by_otlp(endpoint: str, workspace: Workspace, tmp_path: Path) -> None:
    with collector() as (address, received):
        settings = environment(workspace, endpoint) | {
            "COCM_METRICS": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        }
        morning(settings, workspace, tmp_path / "log")
    names = {
        metric.name
        for body in received
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert {"work", "ack_seconds", *GAUGES} <= names


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
