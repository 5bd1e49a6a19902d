"""Saying that a safety alert does not arrive: to the admins, by every way that still works."""

import logging

from cocm_bot.domain.errors import CocmError
from cocm_bot.jobs.tick import JobContext
from cocm_bot.logs import what
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.clock_status import ALERT_LATE_SECONDS
from cocm_bot.slack.registries.admin_notice_view import admin_notice
from cocm_bot.store import registries
from cocm_bot.store.jobs import Job

logger = logging.getLogger(__name__)


def report_if_late(job_context: JobContext, job: Job, *, hopeless: bool = False) -> None:
    """Report an alert that has waited for minutes, or at once where nobody can be reached. Never raises.

    It is logged at every try; the admins are told once, each by a message of their own, and where the
    registry has a team channel that is no other company's, there too: no patient is named.
    """
    late = job_context.ctx.now().timestamp() - job.late_since
    if late < ALERT_LATE_SECONDS and not hopeless:
        return
    logger.error("undelivered kind=alert seconds=%d", late)
    try:
        if tell_admins(job_context.ctx, job.registry_id, Notice.ALERT_UNDELIVERED, job.id):
            _tell_channel(job_context, job)
    except CocmError as error:
        logger.error("unreported kind=alert error=%s", what(error))  # noqa: TRY400 - the text may not be logged


def _tell_channel(job_context: JobContext, job: Job) -> None:
    registry = registries.get(job_context.ctx.table, job.registry_id)
    if registry is None or registry.team_channel is None:
        return
    if not job_context.gateway.channel_is_shared(registry.team_channel):
        message = admin_notice(Notice.ALERT_UNDELIVERED, job.id, registry.name)
        job_context.gateway.tell(registry.team_channel, message, registry.id)
