"""Send a digest that has charts; where Slack does not know their block, with a picture instead.

Slack rolls new blocks out by and by. That it refused them is remembered for as long as the process runs.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.members import Registry
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.operations.figures.report import Report
from cocm_bot.slack.figures.charts import picture, words
from cocm_bot.slack.figures.month_view import charts
from cocm_bot.slack.figures.pictures import give
from cocm_bot.slack.kit import Block, Payload, uploaded_image
from cocm_bot.slack.runtime.client.failures import Refused
from cocm_bot.slack.runtime.client.gateway import PICTURE_PAUSES, Sent

UNKNOWN_BLOCK = "invalid_blocks"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Illustrated:
    """A message about a month: how to draw it with any illustration, and what the picture needs."""

    draw: Callable[[Sequence[Block]], Payload]
    month: Report
    names: Mapping[str, str]
    """The members' by user id."""


def tell(
    job_context: JobContext,
    registry: Registry,
    illustrated: Illustrated,
    send: Callable[[Payload], Sent],
) -> Sent:
    """Send a message with Slack's own charts, or with the picture, or at last in words. Raises SlackFailure.

    A message that is refused was not posted: what is sent after it is the only one.
    """
    gateway, shown = job_context.gateway, charts(illustrated.month)
    if shown and not gateway.charts_refused:
        try:
            return send(illustrated.draw(shown))
        except Refused as refused:
            if refused.reason != UNKNOWN_BLOCK:
                raise
            gateway.charts_refused = True
            logger.warning("refused kind=chart reason=%s", refused.reason)
    return _with_picture(job_context, registry, illustrated, send)


def _with_picture(
    job_context: JobContext,
    registry: Registry,
    illustrated: Illustrated,
    send: Callable[[Payload], Sent],
) -> Sent:
    month = illustrated.month
    try:
        file_id = give(job_context.gateway, job_context.ctx, registry, picture(month, illustrated.names))
    except Unavailable as failed:
        logger.warning("unsent kind=picture reason=%s", getattr(failed, "reason", ""))
        return send(illustrated.draw(()))
    for pause in PICTURE_PAUSES:
        # Slack refuses a picture until it has looked into the file.
        time.sleep(pause)
        try:
            return send(illustrated.draw([uploaded_image(file_id, words(month))]))
        except Refused as refused:
            if refused.reason != UNKNOWN_BLOCK:
                raise
    return send(illustrated.draw(()))
