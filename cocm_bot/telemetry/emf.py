"""Write figures in CloudWatch's embedded metric format: lines of JSON, which CloudWatch reads from a log.

Source: the Embedded Metric Format specification in the CloudWatch user guide: `_aws` names the metrics and
dimensions of a line, and a metric may be a number, or `Values` with their `Counts` (100 at most).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from opentelemetry.sdk.metrics import Counter, Histogram
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    HistogramDataPoint,
    Metric,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
)

NAMESPACE = "cocm_bot"
UNITS: Mapping[str, str] = {"s": "Seconds", "": "Count"}


class EmbeddedMetrics(MetricExporter):
    """Writes what a period brought, one line for each combination of attributes."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(
            preferred_temporality={
                Counter: AggregationTemporality.DELTA,
                Histogram: AggregationTemporality.DELTA,
            }
        )
        self._stream = stream

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        """Write the lines at once, so that none is mixed with another's."""
        del timeout_millis, kwargs
        lines = [
            json.dumps(_line(metric, point)) for metric in _metrics(metrics_data) for point in _points(metric)
        ]
        if lines:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Nothing is held back."""
        del timeout_millis
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """The stream is the process's own."""
        del timeout_millis, kwargs


def _metrics(found: MetricsData) -> Iterator[Metric]:
    for resource in found.resource_metrics:
        for scope in resource.scope_metrics:
            yield from scope.metrics


def _points(metric: Metric) -> Sequence[Any]:
    return metric.data.data_points


def _line(metric: Metric, point: "NumberDataPoint | HistogramDataPoint") -> dict[str, Any]:
    attributes = {name: str(value) for name, value in (point.attributes or {}).items()}
    named = {"Name": metric.name, "Unit": UNITS.get(metric.unit or "", "None")}
    declared = {"Namespace": NAMESPACE, "Dimensions": [sorted(attributes)], "Metrics": [named]}
    return {
        "_aws": {"Timestamp": point.time_unix_nano // 1_000_000, "CloudWatchMetrics": [declared]},
        **attributes,
        metric.name: _value(point),
    }


def _value(point: "NumberDataPoint | HistogramDataPoint") -> Any:
    if isinstance(point, NumberDataPoint):
        return point.value
    # Each value is its bucket's upper bound; in the last bucket, the greatest value seen.
    bounds = [*point.explicit_bounds, max(point.max, *point.explicit_bounds[-1:])]
    filled = [(bound, count) for bound, count in zip(bounds, point.bucket_counts, strict=True) if count]
    return {"Values": [bound for bound, _ in filled], "Counts": [count for _, count in filled]}
