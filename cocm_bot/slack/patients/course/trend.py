"""The trend of a patient's scores: the lines at once, the picture as soon as Slack has it."""

from functools import partial

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.patients.trend import Trend
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.contacts import history
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.patients.course.chart import picture
from cocm_bot.slack.patients.course.trend_view import DRAWING, NOT_TAKEN, trend_view
from cocm_bot.slack.runtime.request import LastWork, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import TREND
from cocm_bot.slack.uploads import kept_for_hours

FILE = "trend.png"
"""The file's name in Slack, which says nothing of the patient."""


def register(router: Router) -> None:
    """The card's entry."""
    router.opens(TREND, "Trend", draw)


def draw(request: MemberRequest) -> Payload:
    """The lines; the picture follows."""
    card, trend = history.course(request.ctx, request.actor, request.value)
    if not trend.curves:
        return trend_view(card.patient, request.actor.registry, trend)
    given = request, card.patient, trend
    request.last.append(LastWork(partial(_add_picture, *given), partial(_say_not_taken, *given)))
    return trend_view(card.patient, request.actor.registry, trend, note=DRAWING)


def _add_picture(request: MemberRequest, patient: Patient, trend: Trend) -> None:
    """Put the picture under the lines, or say that Slack did not take it."""
    try:
        file_id = kept_for_hours(request, partial(request.gateway.upload, FILE, picture(trend)))
        request.gateway.show_picture(
            request.view_id, trend_view(patient, request.actor.registry, trend, picture=file_id)
        )
    except Unavailable:
        _say_not_taken(request, patient, trend)


def _say_not_taken(request: MemberRequest, patient: Patient, trend: Trend) -> None:
    """Nobody waits for a picture that does not come: say so under the lines, else in a message."""
    try:
        request.gateway.update_view(
            request.view_id, trend_view(patient, request.actor.registry, trend, note=NOT_TAKEN)
        )
    except Unavailable:
        request.say(NOT_TAKEN)
