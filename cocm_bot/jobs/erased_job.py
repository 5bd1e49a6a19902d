"""Empty the messages in Slack about a patient who was erased."""

import logging

from cocm_bot.jobs.clock.tick import JobContext, pause_after
from cocm_bot.logs import what
from cocm_bot.slack.patients.erased_view import erased_message
from cocm_bot.slack.runtime.client.failures import Gone, Refused, SlackFailure
from cocm_bot.slack.runtime.client.gateway import Sent
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job

logger = logging.getLogger(__name__)


def empty_messages(job_context: JobContext, job: Job) -> None:
    """Empty each message; one that is gone is done, what Slack does not take now is tried again.

    Emptied twice, a message is as empty as before.
    """
    failures: list[SlackFailure] = []
    left = []
    for channel, ts in job.state["messages"]:
        try:
            job_context.gateway.update_message(Sent(channel, ts), erased_message(), job.registry_id)
        except (Gone, Refused) as refused:
            logger.warning("not emptied kind=%s reason=%s", job.kind, refused.reason)
        except SlackFailure as failed:
            logger.warning("later kind=%s error=%s", job.kind, what(failed))
            failures.append(failed)
            left.append([channel, ts])
    if failures:
        at = job_context.ctx.now().timestamp() + pause_after(failures, job.tries)
        job_context.reschedule(job, at, {"messages": left}, tries=job.tries)
    else:
        jobs.complete(job_context.ctx.table, job)
