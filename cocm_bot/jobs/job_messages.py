"""Direct messages that a piece of work ends with: each sent once, as far as Slack tells."""

import logging
from collections.abc import Mapping

from cocm_bot.jobs.tick import JobContext, pause_after
from cocm_bot.logs import what
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.failures import Gone, Refused, SlackFailure
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job
from cocm_bot.store.team import people

TOLD = "told"
"""Where the work remembers who was told."""

logger = logging.getLogger(__name__)


def tell_each(job_context: JobContext, job: Job, messages: Mapping[str, Payload]) -> None:
    """Tell each person, by user id, who was not told yet, and finish the work.

    For whom Slack did not take it, it is put off and tried again later. Each is remembered at once: when the
    table fails, one at most is told again.
    """
    table = job_context.ctx.table
    told = job.state.get(TOLD, [])
    failures: list[SlackFailure] = []
    for user_id in [each for each in messages if each not in told]:
        try:
            _tell(job_context, job, user_id, messages[user_id])
        except SlackFailure as failed:
            failures.append(failed)
            continue
        told = [*told, user_id]
        job = jobs.checkpoint(table, job, {**job.state, TOLD: told})
    if not failures:
        jobs.complete(table, job)
        return
    at = job_context.ctx.now().timestamp() + pause_after(failures, job.tries)
    job_context.reschedule(job, at, tries=job.tries)


def _tell(job_context: JobContext, job: Job, user_id: str, message: Payload) -> None:
    """Tell somebody, or see that they can't be reached at all. Raises what may work later."""
    user = people.user(job_context.ctx.table, user_id)
    try:
        person = job_context.directory.member(user) if user else None
        if person is not None:
            job_context.gateway.tell(person.id, message, job.registry_id)
    except (Gone, Refused) as failed:
        logger.warning("untold kind=%s reason=%s", job.kind, failed.reason)
    except SlackFailure as failed:
        logger.warning("later kind=%s error=%s", job.kind, what(failed))
        raise
