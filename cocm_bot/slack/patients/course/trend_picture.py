"""Add the picture of a patient's trend to a modal that is already shown: the numbers never wait for it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.patients.trend import Trend
from cocm_bot.domain.records.patient import Patient
from cocm_bot.operations.patients.card import trend_of
from cocm_bot.slack.kit import Block, Payload, uploaded_image
from cocm_bot.slack.patients.course.chart import drawing
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.shared_views.svg import png
from cocm_bot.slack.uploads import kept_for_hours

FILE = "trend.png"
"""The file's name in Slack, which says nothing of the patient."""
MOST_PANELS = 2
"""Measures drawn beside the numbers; the trend itself shows all."""
SPARE_SECONDS = 3600
"""Seconds before a file is deleted in which it is not shown again."""


def add_picture(request: MemberRequest, patient: Patient, draw: Callable[[Block], Payload]) -> None:
    """Have the modal drawn again with the picture, once it is there; `draw` returns it with the picture.

    Not where the modal cannot be drawn again: in the answer to a submission. A modal that was changed
    meanwhile is left as it is, and one whose picture Slack does not take keeps its numbers.
    """
    if request.view_id and patient.course.scores:
        request.later.append(lambda: _add(request, patient, draw))


def _add(request: MemberRequest, patient: Patient, draw: Callable[[Block], Payload]) -> None:
    drawn_hash = request.hashes[-1] if request.hashes else None
    if drawn_hash is None:
        return
    trend = _scored_more_than_once(trend_of(request.ctx, request.actor, patient))
    if not trend.curves:
        return
    svg = drawing(trend)
    file_id = _file(request, svg)
    try:
        view = request.marked(draw(uploaded_image(file_id, trend.words)))
        request.gateway.show_picture(request.view_id, view, drawn_hash)
    except Unavailable:
        request.gateway.pictures.forget(svg)
        raise


def _scored_more_than_once(trend: Trend) -> Trend:
    """Return the trend of what has one: a single score is in the numbers."""
    return replace(trend, curves=tuple(each for each in trend.curves if len(each.points) > 1)[:MOST_PANELS])


def _file(request: MemberRequest, svg: str) -> str:
    """Return the file that shows a drawing, given to Slack unless it was lately."""
    at = request.ctx.now().timestamp()
    pictures = request.gateway.pictures
    found = pictures.find(svg, at)
    if found is None:
        found = kept_for_hours(request, partial(request.gateway.upload, FILE, png(svg)))
        hours = request.actor.registry.privacy.file_hours
        pictures.keep(svg, found, at + hours * 3600 - SPARE_SECONDS)
    return found
