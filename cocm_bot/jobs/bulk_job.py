"""Change many patients at once, or undo that, a slice at a time; and tell those whom it concerns."""

import logging
from contextlib import suppress

from cocm_bot.domain.caseload.bulk import BulkChange
from cocm_bot.domain.errors import CocmError
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.jobs.notifier import Notifier
from cocm_bot.logs import what
from cocm_bot.operations.caseload.bulk_work import work_through
from cocm_bot.operations.roster import named
from cocm_bot.slack.caseload.bulk_message_view import done_messages, progress_message
from cocm_bot.slack.digests.live_drawing import draw_changed
from cocm_bot.slack.runtime.client.failures import Gone, Refused, SlackFailure
from cocm_bot.slack.runtime.client.gateway import Sent
from cocm_bot.store import bulk_changes, jobs, registries
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.team import people

PROGRESS = "progress"
"""The key in the job's state for the message with its progress: channel and ts."""

logger = logging.getLogger(__name__)


def work(job_context: JobContext, job: Job) -> None:
    """Do a slice; at the end send each of those concerned one message, and complete the job."""
    ctx = job_context.ctx
    registry = registries.get(ctx.table, job.registry_id)
    change = bulk_changes.get(ctx.table, job.registry_id, job.id)
    if registry is None or change is None or change.run is None:
        jobs.complete(ctx.table, job)
        return
    if change.run.finished_at is None:
        worked, finished = work_through(ctx, registry, change)
        if not finished:
            _go_on(job_context, job, worked)
            return
        job, checkpoint = jobs.checkpointing(job, job.state)
        change, saved = bulk_changes.saving(worked)
        ctx.table.transact([checkpoint, saved])
    names = named(people.members(ctx.table, registry.id))
    _redraw(job_context, job, change)
    with suppress(CocmError):
        draw_changed(ctx, job_context.gateway, registry, change.handles, _note)
    Notifier(job_context, job).send_each(done_messages(change, names, registry))


def _note(error: CocmError) -> None:
    logger.warning("undrawn kind=%s error=%s", JobKind.BULK, what(error))


def _go_on(job_context: JobContext, job: Job, worked: BulkChange) -> None:
    """Keep how far it came, show it, and let the next slice begin at once."""
    ctx = job_context.ctx
    state = {**job.state, **_show_progress(job_context, job, worked)}
    _, saved = bulk_changes.saving(worked)
    now = ctx.now().timestamp()
    ctx.table.transact([saved, jobs.rescheduling(job, now, state)])
    job_context.soon(JobRef(job.kind, job.id))


def _show_progress(job_context: JobContext, job: Job, change: BulkChange) -> dict[str, list[str]]:
    """Say how far it came, in one message that is drawn again; returns what to remember of it."""
    if PROGRESS in job.state:
        _redraw(job_context, job, change)
        return {}
    try:
        sent = Notifier(job_context, job).send(change.by, progress_message(change))
    except (Gone, Refused):
        return {}
    return {PROGRESS: [sent.channel, sent.ts]}


def _redraw(job_context: JobContext, job: Job, change: BulkChange) -> None:
    """Draw the message with the progress again; that is worth no second try."""
    if PROGRESS not in job.state:
        return
    channel, ts = job.state[PROGRESS]
    with suppress(SlackFailure):
        job_context.gateway.update_message(Sent(channel, ts), progress_message(change), job.registry_id)
