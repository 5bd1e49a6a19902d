"""Report the process's figures each minute, to where the settings say."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.metrics import CallbackOptions, Observation, get_meter, set_meter_provider

from cocm_bot.operator_errors import SettingsError
from cocm_bot.telemetry.destinations import Metrics
from cocm_bot.telemetry.instruments import METER

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter

EVERY_SECONDS = 60
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
"""The bounds between which times are counted; Slack waits three seconds."""

Gauges = Callable[[], Mapping[str, Mapping[str, float]]]
"""Reads, each minute, how things stand: by the gauge's name, by kind (empty for one that has none)."""


@contextmanager
def reporting(to: Metrics, gauges: Gauges, names: Iterable[str]) -> Iterator[None]:
    """Report while the block runs, and once more at its end. Raises SettingsError without the extra.

    `names` are the gauges'; one that can't be read in a minute is left out of it.
    """
    if to is Metrics.OFF:
        yield
        return
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - slow: for reporting alone
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415 - slow: for reporting alone
    from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View  # noqa: PLC0415 - slow: for reporting alone

    reader = PeriodicExportingMetricReader(_exporter(to), export_interval_millis=EVERY_SECONDS * 1000)
    bounds = ExplicitBucketHistogramAggregation(SECONDS)
    provider = MeterProvider(
        [reader], views=[View(instrument_name="*_seconds", aggregation=bounds)], shutdown_on_exit=False
    )
    set_meter_provider(provider)
    _observe(gauges, names)
    try:
        yield
    finally:
        provider.shutdown()


def _exporter(to: Metrics) -> "MetricExporter":
    if to is Metrics.EMF:
        from cocm_bot.telemetry.emf import EmbeddedMetrics  # noqa: PLC0415 - it loads the SDK

        return EmbeddedMetrics(sys.stdout)
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415 - of an extra
            OTLPMetricExporter,
        )
    except ImportError:
        raise SettingsError(
            "COCM_METRICS=otlp needs an extra: pip install 'cocm-bot[otlp]', or use emf."
        ) from None
    exporter: MetricExporter = OTLPMetricExporter()
    return exporter


def _observe(gauges: Gauges, names: Iterable[str]) -> None:
    """Register the gauges; they are read together, once for all of a minute's."""
    read: dict[str, Mapping[str, float]] = {}

    def observed(name: str, first: bool) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def observe(_: CallbackOptions) -> Iterable[Observation]:
            if first:
                read.clear()
                read.update(gauges())
            kinds = read.get(name, {})
            return [Observation(value, {"kind": kind} if kind else {}) for kind, value in kinds.items()]

        return observe

    for place, name in enumerate(names):
        get_meter(METER).create_observable_gauge(name, [observed(name, place == 0)])
