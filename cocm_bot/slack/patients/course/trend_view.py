"""A patient's scores over time, as a picture and in a line each. Modals only."""

from collections.abc import Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.trend import Trend
from cocm_bot.domain.records.patient import Patient
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section, uploaded_image
from cocm_bot.slack.shared_views.identity import subject

DRAWING = "Drawing the chart…"
NOT_TAKEN = "Slack did not take the chart's picture. The lines above say the same."


def trend_view(
    patient: Patient, registry: Registry, trend: Trend, *, picture: str | None = None, note: str = ""
) -> Payload:
    """The lines, and under them the picture (a file's id) or a note in its place."""
    blocks = [context(subject(patient, registry)), section(lines(trend)), *_picture(trend, picture)]
    if note:
        blocks.append(context(note))
    blocks.append(context("The current episode, by the day of each contact."))
    return modal("Trend", blocks, "trend")


def lines(trend: Trend) -> str:
    """A line for each measure."""
    return "\n".join(escape(curve.line) for curve in trend.curves) or "No scores yet in this episode."


def _picture(trend: Trend, picture: str | None) -> Sequence[Block]:
    return [uploaded_image(picture, trend.words)] if picture else []
