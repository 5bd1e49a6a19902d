"""The trend of a patient's scores: the lines at once, the picture as soon as Slack has it."""

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.patients.trend import Trend
from cocm_bot.operations.contacts import history
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.chart import picture
from cocm_bot.slack.patients.trend_view import DRAWING, NOT_TAKEN, trend_view
from cocm_bot.slack.runtime.request import Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.shared_views.card_actions import TREND

FILE = "trend.png"
"""The file's name in Slack, which says nothing of the patient."""


def register(entry: Entry) -> None:
    """The card's entry."""
    entry.opens(TREND, "Trend", draw)


def draw(visit: Visit) -> Payload:
    """The lines; the picture follows."""
    card, trend = history.course(visit.desk, visit.actor, visit.value)
    if not trend.curves:
        return trend_view(card.patient, trend)
    visit.later.append(lambda: _add_picture(visit, card.patient, trend))
    return trend_view(card.patient, trend, note=DRAWING)


def _add_picture(visit: Visit, patient: Patient, trend: Trend) -> None:
    """Put the picture under the lines, or say that Slack did not take it."""
    try:
        file_id = visit.gateway.upload(FILE, picture(trend))
        visit.gateway.show_picture(visit.view_id, trend_view(patient, trend, picture=file_id))
    except Unavailable:
        visit.gateway.update_view(visit.view_id, trend_view(patient, trend, note=NOT_TAKEN))
