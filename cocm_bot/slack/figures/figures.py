"""`/cocm figures`: the program's figures of a period at once, the pictures as soon as Slack has them."""

from collections.abc import Mapping, Sequence

from cocm_bot.domain.errors import Unavailable
from cocm_bot.operations.figures.report import Report, report
from cocm_bot.operations.uploads import delete_later
from cocm_bot.slack.figures.charts import picture, words
from cocm_bot.slack.figures.figures_view import DRAWING, NOT_TAKEN, figures_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest

FILE = "figures.png"
PERIODS = "month|quarter|year|range 2025-07 2026-03] [manager:name] [payer:name"


def show(request: MemberRequest, asked: Sequence[str]) -> Payload:
    """The figures of the period in words, today's month without any; the picture follows."""
    found, names = report(request.ctx, request.actor, asked)
    if not found.records:
        return figures_view(request.actor, found, names)
    request.later.append(lambda: _add_picture(request, found, names))
    return figures_view(request.actor, found, names, note=DRAWING)


def _add_picture(request: MemberRequest, found: Report, names: Mapping[str, str]) -> None:
    """Put the picture under the figures, or say that Slack did not take it."""
    try:
        shown = _upload(request, picture(found, names)), words(found)
        view = figures_view(request.actor, found, names, picture=shown)
        request.gateway.show_picture(request.view_id, request.marked(view))
    except Unavailable:
        _say_not_taken(request, found, names)


def _say_not_taken(request: MemberRequest, found: Report, names: Mapping[str, str]) -> None:
    try:
        view = figures_view(request.actor, found, names, note=NOT_TAKEN)
        request.gateway.update_view(request.view_id, request.marked(view))
    except Unavailable:
        request.say(NOT_TAKEN)


def _upload(request: MemberRequest, content: bytes) -> str:
    """Give Slack a file that is deleted in time, and return its id; raises Unavailable, and leaves none."""
    file_id = request.gateway.upload(FILE, content)
    try:
        delete_later(request.ctx, request.actor.registry, file_id)
    except Unavailable:
        # Nobody would remember to delete it.
        request.gateway.delete_file(file_id)
        raise
    return file_id
