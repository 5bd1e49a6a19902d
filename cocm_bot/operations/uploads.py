"""Files that the bot gave to Slack: each is deleted after some hours, as the registry says."""

from cocm_bot.domain.members import Registry
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind


def delete_later(ctx: Context, registry: Registry, file_id: str) -> None:
    """Have a file deleted once its hours are over. Raises Unavailable: then nobody would delete it."""
    at = ctx.now().timestamp() + registry.privacy.file_hours * 3600
    ctx.table.transact([jobs.adding(jobs.new_job(JobKind.UPLOAD, file_id, registry.id, at))])
