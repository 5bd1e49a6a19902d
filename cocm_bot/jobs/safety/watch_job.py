"""Watch all registries, one after another, for what people would notice only at their next list.

One job for the whole table: one process at a time does it, and whoever takes over goes on where it stopped.
"""

import logging

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.records.record import Record
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.logs import what, where
from cocm_bot.operations.caseload.watch import watch
from cocm_bot.operations.context import Context
from cocm_bot.operations.erasure.retention import propose
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job, JobKind

EVERY_SECONDS = 600.0
"""The shortest time between two looks through every registry."""
WHOLE_SECONDS = 3600.0
"""The shortest time between two reads of every record."""
RESERVE_SECONDS = 60.0
"""The time before the lease ends in which nothing more is begun."""
ALL = "all"
"""The id of the one job."""

logger = logging.getLogger(__name__)


class Round(Record):
    """The progress of a look through all registries; kept with the job."""

    after: str = ""
    """The last registry that was looked through, by id."""
    whole: bool = False
    whole_at: float = 0.0
    """The time every record is to be read next (seconds UTC)."""


def ensure_watch(ctx: Context) -> None:
    """Queue the watch unless it is there; never raises a CocmError: the next beat tries again."""
    try:
        jobs.ensure(ctx.table, jobs.new_job(JobKind.WATCH, ALL, "", ctx.now().timestamp()))
    except CocmError as error:
        logger.warning("unwatched error=%s at=%s", what(error), where(error))


def keep_watch(job_context: JobContext, job: Job) -> None:
    """Look through the registries after the last one, as far as the lease goes; then wait for the next round.

    A registry that can't be read keeps no other from being looked through.
    """
    ctx, progress = job_context.ctx, Round.model_validate(job.state)
    now = ctx.now().timestamp()
    if not progress.after:
        whole = now >= progress.whole_at
        progress = Round(whole=whole, whole_at=now + WHOLE_SECONDS if whole else progress.whole_at)
    for registry_id in jobs.registries_served(ctx.table):
        if registry_id <= progress.after:
            continue
        if not job_context.may_go_on(job, RESERVE_SECONDS):
            # A round not begun is begun by the next, with the records if they were due.
            state = progress.model_dump() if progress.after else job.state
            job_context.reschedule(job, ctx.now().timestamp(), state)
            return
        _watch(ctx, registry_id, whole=progress.whole)
        progress = progress.model_copy(update={"after": registry_id})
    done = progress.model_copy(update={"after": ""})
    job_context.reschedule(job, now + EVERY_SECONDS, done.model_dump())


def _watch(ctx: Context, registry_id: str, *, whole: bool) -> None:
    try:
        registry = registries.get(ctx.table, registry_id)
        if registry is not None:
            watch(ctx, registry, whole=whole)
            if whole:
                propose(ctx, registry)
    except Exception as error:  # noqa: BLE001 - one damaged registry must not blind the others
        level = logging.WARNING if isinstance(error, CocmError) else logging.ERROR
        logger.log(level, "unwatched registry error=%s at=%s", what(error), where(error))
