"""The places that a process may report its figures to."""

from enum import StrEnum


class Metrics(StrEnum):
    """The places where figures may go."""

    OFF = "off"
    EMF = "emf"
    """To standard output, as CloudWatch's embedded metric format."""
    OTLP = "otlp"
    """To the collector that the OTEL_EXPORTER_OTLP_* variables name; needs the extra `otlp`."""
