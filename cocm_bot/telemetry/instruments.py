"""The figures a process reports of itself, by OpenTelemetry's API: unread, they cost next to nothing.

Names and attributes are those of docs/metrics.md; no attribute names a person, a patient or a registry.
"""

from dataclasses import dataclass
from functools import cache

from opentelemetry.metrics import Counter, Histogram, get_meter

METER = "cocm_bot"


@dataclass(frozen=True)
class Instruments:
    """One of each kind, for the whole process."""

    ack_seconds: Histogram
    """Seconds until Slack had its acknowledgement, by the kind of payload."""
    work: Counter
    """Pieces of work by kind (`doing`) and outcome."""
    work_seconds: Histogram
    table_requests: Counter
    """Requests to the table by operation and outcome: `ok`, or the reason's own code."""
    table_units: Counter
    """Capacity units consumed."""
    posts: Counter
    """Calls to Slack by method and outcome."""
    ticks: Counter
    refused_requests: Counter
    """Requests that are not Slack's, or not taken for it, by cause."""
    unreadable_items: Counter
    """Items met that can't be read, by kind: another writer's, or damaged."""


@cache
def instruments() -> Instruments:
    """Return the instruments, made at first use."""
    meter = get_meter(METER)
    return Instruments(
        ack_seconds=meter.create_histogram("ack_seconds", "s"),
        work=meter.create_counter("work"),
        work_seconds=meter.create_histogram("work_seconds", "s"),
        table_requests=meter.create_counter("table_requests"),
        table_units=meter.create_counter("table_units"),
        posts=meter.create_counter("posts"),
        ticks=meter.create_counter("ticks"),
        refused_requests=meter.create_counter("refused_requests"),
        unreadable_items=meter.create_counter("unreadable_items"),
    )
