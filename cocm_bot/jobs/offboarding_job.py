"""What somebody left behind who was removed, or is no care manager any more: settled, and told."""

from cocm_bot.jobs.job_messages import tell_each
from cocm_bot.jobs.tick import JobContext
from cocm_bot.operations.team.offboarding import Left, settle
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.team.offboarding_view import admins_message, removed_message, uncovered_message
from cocm_bot.store.jobs import Job


def unassign(job_context: JobContext, job: Job) -> None:
    """Settle it; then tell who was removed, whom they covered, and the admins."""
    left = settle(job_context.ctx, job)
    tell_each(job_context, job, _messages(left) if left else {})


def _messages(left: Left) -> dict[str, Payload]:
    """What each is told, by user id; who is concerned twice is told as an admin."""
    own = {left.person.id: removed_message(left)} if left.removed else {}
    return {
        **own,
        **dict.fromkeys(left.uncovered, uncovered_message(left)),
        **{admin.user_id: admins_message(left, admin) for admin in left.admins},
    }
