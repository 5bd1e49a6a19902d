"""Figures as lines that CloudWatch reads, with values worked out by hand."""

import io
import json
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View

from cocm_bot.telemetry.emf import NAMESPACE, EmbeddedMetrics


def written(*, count: bool = True) -> list[dict[str, Any]]:
    """Two periods: three requests and two times in the first, one request in the second."""
    stream = io.StringIO()
    reader = PeriodicExportingMetricReader(EmbeddedMetrics(stream), export_interval_millis=3_600_000)
    bounds = ExplicitBucketHistogramAggregation((0.5, 1.0))
    provider = MeterProvider([reader], views=[View(instrument_name="*_seconds", aggregation=bounds)])
    meter = provider.get_meter("test")
    if count:
        requests, seconds = meter.create_counter("requests"), meter.create_histogram("ack_seconds", "s")
        requests.add(2, {"operation": "GetItem", "outcome": "ok"})
        requests.add(1, {"operation": "Query", "outcome": "ok"})
        for each in (0.4, 0.45, 7.0):
            seconds.record(each, {"kind": "command"})
        provider.force_flush()
        requests.add(1, {"operation": "GetItem", "outcome": "ok"})
    provider.shutdown()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_names_its_metric_its_dimensions_and_unit() -> None:
    line = next(each for each in written() if each.get("operation") == "Query")
    [declared] = line["_aws"]["CloudWatchMetrics"]
    assert declared == {
        "Namespace": NAMESPACE,
        "Dimensions": [["operation", "outcome"]],
        "Metrics": [{"Name": "requests", "Unit": "Count"}],
    }
    assert (line["operation"], line["outcome"], line["requests"]) == ("Query", "ok", 1)
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000  # milliseconds


def test_a_period_has_what_it_brought_alone() -> None:
    assert [each["requests"] for each in written() if each.get("operation") == "GetItem"] == [2, 1]


def test_times_are_counted_by_the_bound_they_stay_below() -> None:
    [line] = [each for each in written() if "ack_seconds" in each]
    assert line["ack_seconds"] == {"Values": [0.5, 7.0], "Counts": [2, 1]}
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Unit"] == "Seconds"


def test_where_nothing_happened_nothing_is_written() -> None:
    assert written(count=False) == []
