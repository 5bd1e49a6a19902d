"""Take back what somebody has in Slack of a registry: their App Home first, then their direct messages.

Windows can't be reached: what is pressed or sent off in one that was drawn for an earlier role is refused.
"""

import logging
from itertools import islice

from cocm_bot.domain.team.readers import Reader, may_keep
from cocm_bot.jobs.clock.tick import LEASE_SECONDS, JobContext
from cocm_bot.operations.access import clearing
from cocm_bot.operations.access.clearing import Clearing
from cocm_bot.slack.kit import Block, reader_of
from cocm_bot.slack.runtime.client.failures import Gone, Refused
from cocm_bot.slack.team.clearing_view import account_replaced_message, cleared_home, cleared_message
from cocm_bot.store import jobs
from cocm_bot.store.jobs import Job

MOST_MESSAGES = 1000
"""The number of somebody's latest direct messages that are searched: those of years, at some a day."""
AGAIN_SECONDS = LEASE_SECONDS + 60
"""After so long it is looked once more: for what was drawn before the change and sent after."""
RESERVE_SECONDS = 30.0
"""Seconds before the end of the lease from which nothing more is begun."""
CLOSED, TOLD, AGAIN = "closed", "told", "again"
"""The keys of the job's state that hold its progress."""

logger = logging.getLogger(__name__)


def clear(job_context: JobContext, job: Job) -> None:
    """Empty the App Home and every message drawn for who the person no longer is; then look once more.

    What Slack does not take raises: it is tried again, and what is empty by then is left as it is.
    """
    found = clearing.found(job_context.ctx, job)
    try:
        account = _account(job_context, found)
        if account:
            _clear(job_context, job, found, account)
            return
    except Gone as gone:
        # Nobody can be shown anything there.
        logger.info("nothing to clear reason=%s", gone.reason)
    jobs.complete(job_context.ctx.table, job)


def _clear(job_context: JobContext, job: Job, found: Clearing, account: str) -> None:
    table = job_context.ctx.table
    if not job.state.get(CLOSED):
        try:
            job_context.gateway.publish_home(account, cleared_home(found))
        except Gone as gone:
            # Messages may be there all the same.
            logger.warning("not cleared kind=home reason=%s", gone.reason)
        job = jobs.checkpoint(table, job, {**job.state, CLOSED: True})
    clearing.forget_digests(job_context.ctx, found)
    if not _take_back(job_context, job, found, account):
        jobs.continue_later(table, job, job_context.ctx.now().timestamp())
        return
    if job.state.get("told_by") and not job.state.get(TOLD):
        message = account_replaced_message(found, str(job.state["told_by"]))
        job_context.gateway.tell(account, message, job.registry_id)
        job = jobs.checkpoint(table, job, {**job.state, TOLD: True})
    if job.state.get(AGAIN):
        jobs.complete(table, job)
    else:
        at = job_context.ctx.now().timestamp() + AGAIN_SECONDS
        jobs.reschedule(table, job, at, {**job.state, AGAIN: True})


def _take_back(job_context: JobContext, job: Job, found: Clearing, account: str) -> bool:
    """Return whether every message was handled within the time there is."""
    # Counted and not dated: a clock that is wrong must not keep anything in place.
    for sent, message in islice(job_context.gateway.direct_messages(account, since=0.0), MOST_MESSAGES):
        if not _outdated(found, message.get("blocks") or []):
            continue
        if not job_context.may_go_on(job, RESERVE_SECONDS):
            return False
        job_context.pace.wait()
        try:
            job_context.gateway.update_message(sent, cleared_message(found), job.registry_id)
        except (Gone, Refused) as failed:
            logger.warning("not cleared kind=message reason=%s", failed.reason)
    return True


def _outdated(found: Clearing, blocks: list[Block]) -> bool:
    mark = reader_of(blocks)
    if mark is None or not (found.whole_account or (found.registry and mark[0] == found.registry.id)):
        return False
    drawn_for = Reader.of_code(mark[1])
    return drawn_for is None or not may_keep(drawn_for, found.now)


def _account(job_context: JobContext, found: Clearing) -> str:
    """Return the Slack account to look through; empty where there is none, or it is somebody's again."""
    if found.whole_account:
        back = found.user is not None and job_context.gateway.person(found.account).outsider is None
        return "" if back else found.account
    if found.account or found.user is None:
        return found.account
    person = job_context.gateway.account_with(found.user.email)
    return person.id if person else ""
