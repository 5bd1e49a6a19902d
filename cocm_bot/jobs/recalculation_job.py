"""Derive a registry's patients again after its policy changed, a slice at a time."""

from contextlib import suppress

from cocm_bot.domain.access import AccessAction
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.jobs.notifier import Notifier
from cocm_bot.operations.access.access_logging import recorded_by_clock
from cocm_bot.operations.registries import recalculation
from cocm_bot.operations.registries.recalculation import Progress
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.registries.recalculation_view import done_message, progress_message
from cocm_bot.slack.runtime.client.failures import Gone, Refused, SlackFailure
from cocm_bot.slack.runtime.client.gateway import Sent
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job
from cocm_bot.store.table.errors import NotHeld


def recalculate(job_context: JobContext, job: Job) -> None:
    """Do a slice; at the end say so to who changed the policy, and look once more when all has settled.

    When the policy changes again meanwhile this run's claim ends, and another begins.
    """
    table = job_context.ctx.table
    begun = Progress.model_validate(job.state)
    begun = begun if begun.since is not None else begun.model_copy(update={"since": job.due_at})
    after, finished = recalculation.work_through(job_context.ctx, job.registry_id, begun)
    if not finished:
        shown = after if after.again else _show_progress(job_context, job, after)
        jobs.reschedule(table, job, job_context.ctx.now().timestamp(), shown.model_dump())
    elif after.again:
        table.transact([jobs.completing(job), registries.filled(job.registry_id)])
    else:
        _say_done(job_context, job, after)
        again = Progress(by=after.by, since=after.since, again=True)
        what = f"{after.looked} patients, {after.moved} due days changed, {after.failed} failed"
        action = AccessAction.RECALCULATE
        with recorded_by_clock(job_context.ctx, job.registry_id, after.by, action, what) as access:
            table.transact([jobs.rescheduling(job, after.settles, again.model_dump()), *access])


def _show_progress(job_context: JobContext, job: Job, progress: Progress) -> Progress:
    """Say how far it came, in one message that is drawn again."""
    message = progress_message(progress)
    if progress.ts:
        _redraw(job_context, job, progress, message)
        return progress
    sent = _send(job_context, job, progress, message)
    return progress.model_copy(update=sent._asdict()) if sent else progress


def _say_done(job_context: JobContext, job: Job, progress: Progress) -> None:
    """Say what came of it; raises NotHeld when that is for a later run to say."""
    current = jobs.get(job_context.ctx.table, job.kind, job.id)
    if current is None or current.holder != job.holder:
        raise NotHeld
    if progress.ts:
        _redraw(job_context, job, progress, progress_message(progress))
    _send(job_context, job, progress, done_message(progress))


def _send(job_context: JobContext, job: Job, progress: Progress, message: Payload) -> Sent | None:
    """Write to who changed the policy; returns None where nobody can be reached."""
    if not progress.by:
        return None
    try:
        return Notifier(job_context, job).send(progress.by, message)
    except (Gone, Refused):
        return None


def _redraw(job_context: JobContext, job: Job, progress: Progress, message: Payload) -> None:
    """Draw the message again; how far it came is worth no second try."""
    with suppress(SlackFailure):
        job_context.gateway.update_message(Sent(progress.channel, progress.ts), message, job.registry_id)
