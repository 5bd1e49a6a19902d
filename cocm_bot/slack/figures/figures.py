"""`/cocm figures`: the program's figures of a period at once, the pictures as soon as Slack has them."""

from collections.abc import Mapping, Sequence
from functools import partial

from cocm_bot.domain.errors import Unavailable
from cocm_bot.operations.figures.report import Report, report
from cocm_bot.slack.figures.charts import picture, words
from cocm_bot.slack.figures.figures_view import DRAWING, NOT_TAKEN, figures_view
from cocm_bot.slack.figures.pictures import give
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import LastWork, MemberRequest

PERIODS = "month|quarter|year|range 2025-07 2026-03] [manager:name] [payer:name"


def show(request: MemberRequest, asked: Sequence[str]) -> Payload:
    """The figures of the period in words, today's month without any; the picture follows."""
    found, names = report(request.ctx, request.actor, asked)
    if not found.records:
        return figures_view(request.actor, found, names)
    given = request, found, names
    request.last.append(LastWork(partial(_add_picture, *given), partial(_say_not_taken, *given)))
    return figures_view(request.actor, found, names, note=DRAWING)


def _add_picture(request: MemberRequest, found: Report, names: Mapping[str, str]) -> None:
    """Put the picture under the figures, or say that Slack did not take it."""
    try:
        drawn = picture(found, names)
        file_id = give(request.gateway, request.ctx, request.actor.registry, drawn)
        view = figures_view(request.actor, found, names, picture=(file_id, words(found)))
        request.gateway.show_picture(request.view_id, request.marked(view))
    except Unavailable:
        _say_not_taken(request, found, names)


def _say_not_taken(request: MemberRequest, found: Report, names: Mapping[str, str]) -> None:
    try:
        view = figures_view(request.actor, found, names, note=NOT_TAKEN)
        request.gateway.update_view(request.view_id, request.marked(view))
    except Unavailable:
        request.say(NOT_TAKEN)
