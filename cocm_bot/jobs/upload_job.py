"""Deleting the files that the bot gave to Slack."""

from cocm_bot.jobs.tick import JobContext
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job


def delete(job_context: JobContext, job: Job) -> None:
    """Delete a file whose hours are over; one that is gone already is done. What Slack refuses is retried."""
    job_context.gateway.delete_file(job.id)
    jobs.complete(job_context.ctx.table, job)
