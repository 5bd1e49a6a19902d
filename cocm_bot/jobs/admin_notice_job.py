"""Tell a registry's admins or clinicians what nobody asked for."""

from cocm_bot.jobs.job_messages import tell_each
from cocm_bot.jobs.tick import JobContext
from cocm_bot.operations.admin_notices import Notice, recipients, subject_in_words
from cocm_bot.slack.registries.admin_notice_view import admin_notice
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job


def tell(job_context: JobContext, job: Job) -> None:
    """Tell each of those the notice is for who was not told yet."""
    registry = registries.get(job_context.ctx.table, job.registry_id)
    if registry is None:
        jobs.complete(job_context.ctx.table, job)
        return
    notice = Notice(job.state["notice"])
    message = admin_notice(notice, subject_in_words(job_context.ctx, job), registry.name)
    tell_each(job_context, job, dict.fromkeys(recipients(job_context.ctx, job.registry_id, notice), message))
