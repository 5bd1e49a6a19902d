"""One tick: claim what is due in the table, and do it."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, NamedTuple, Protocol

from cocm_bot.domain.drift import Drift
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.jobs.clock.pace import Pace
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.logs import what, where
from cocm_bot.operations.context import Context
from cocm_bot.operations.safety.unreadable_alerts import report_unreadable_alert
from cocm_bot.slack.runtime.client.failures import RateLimited
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.store import jobs, ticks
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.table.administration import reachable
from cocm_bot.store.table.errors import BrokenItem, NotHeld
from cocm_bot.store.ticks import Run
from cocm_bot.telemetry.in_hand import in_hand
from cocm_bot.telemetry.instruments import instruments

LEASE_SECONDS = 120.0
"""Seconds for which a job stays with a process that claimed it, unless it is done before."""
TICK_SECONDS = 45.0
"""Seconds for which a tick goes on claiming jobs; the next begins with the gravest again."""
PAUSES = (60.0, 120.0, 300.0, 600.0, 1800.0)
"""Seconds until a job that failed is tried again; the last one for every further try."""
NEXT_TICK_SECONDS = 60.0
"""Seconds within which a retry is not left to the next tick."""

SLACK = "slack"
"""The name of Slack in the comparison of clocks."""

logger = logging.getLogger(__name__)


def _left_to_a_tick(_waiting: JobRef, _seconds: float) -> None:
    """Do nothing: the queue has it."""


@dataclass(frozen=True)
class JobContext:
    """Shared dependencies of job handlers."""

    ctx: Context
    gateway: Gateway
    directory: Directory
    pace: Pace
    drift: Drift | None = None
    """Checks whether the clock is right; None where nobody compares it."""
    again: Callable[[JobRef, float], object] = _left_to_a_tick
    """Has a job done in so many seconds, where a tick would come too late; the queue has it in any case."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set once the process is asked to stop: what is left of a long job is for another."""

    def may_go_on(self, job: Job, reserve: float) -> bool:
        """Return whether a job may begin another part, which must end so many seconds before its lease."""
        return not self.stopping.is_set() and self.ctx.now().timestamp() <= job.visible_at - reserve

    def soon(self, waiting: JobRef, seconds: float = 0.0) -> None:
        """Have a job done in so many seconds; a process that stops leaves it in the queue."""
        if not self.stopping.is_set():
            self.again(waiting, seconds)

    def reschedule(
        self,
        job: Job,
        at: float,
        state: dict[str, Any] | None = None,
        *,
        tries: int = 0,
        overdue: bool = False,
    ) -> None:
        """Let a claimed job wait until an instant (seconds UTC), and be done then, not at the tick after.

        See `store.jobs.reschedule`. Raises NotHeld when its lease ended.
        """
        jobs.reschedule(self.ctx.table, job, at, state, tries=tries, overdue=overdue)
        seconds = at - self.ctx.now().timestamp()
        if seconds < NEXT_TICK_SECONDS:
            self.soon(JobRef(job.kind, job.id), max(0.0, seconds))


class _Pass(NamedTuple):
    """Count of due jobs that were done, and of those there was no time for."""

    done: int
    left: int


class JobHandler(Protocol):
    """Does one kind of job, within its lease, and completes or reschedules it.

    An exception reschedules the job with backoff.
    """

    def __call__(self, job_context: JobContext, job: Job, /) -> None: ...


def pause_after(failures: Sequence[Exception], tries: int, pauses: Sequence[float] = PAUSES) -> float:
    """Return after how many seconds to try again (`tries` from 1): as Slack says, else longer each time."""
    asked = [error.retry_after for error in failures if isinstance(error, RateLimited)]
    # Slack's own waiting time is enough, unless something else failed as well.
    own = [pauses[min(tries, len(pauses)) - 1]] if len(asked) < len(failures) else []
    return max([*asked, *own])


class Ticker:
    """Does jobs as they fall due, each kind by the handler given for it; the kinds are gravest first."""

    def __init__(
        self, job_context: JobContext, handlers: Mapping[JobKind, JobHandler], threads: Executor
    ) -> None:
        self._job_context = job_context
        self._handlers = handlers
        self._threads = threads
        self._name = token_hex(4)

    def stop(self) -> None:
        """Let ticks claim no more jobs; those already claimed are done, a long one as far as it has come."""
        self._job_context.stopping.set()

    def tick(self) -> None:
        """Do the jobs that are due now and nobody else has, gravest first, as far as a tick goes."""
        began, ahead = self._now(), self._ahead()
        self._job_context.ctx.memory.forget_unused(began)
        if ahead:
            logger.error("clock wrong ahead=%d: nothing is sent until it is right", ahead)
            self._record(Run(process=self._name, at=began - ahead, seconds=0.0, done=0, left=0, ahead=ahead))
            return
        done = 0
        # A job that was done may have left more to be done now.
        while (found := self._pass(began + TICK_SECONDS)).done:
            done += found.done
        run = Run(process=self._name, at=began, seconds=self._now() - began, done=done, left=found.left)
        self._record(run)

    def do(self, waiting: JobRef) -> bool:
        """Do this job now; returns False if it is not due, done, or somebody else's. Never raises."""
        try:
            job = jobs.claim(self._job_context.ctx.table, waiting, self._now(), LEASE_SECONDS)
            if job is not None:
                self._do(job)
        except Exception as error:  # noqa: BLE001 - one job must not stop the others
            # The table does not answer, the lease ended, or it can't be read: it stays in the queue.
            level = logging.WARNING if isinstance(error, Unavailable | NotHeld) else logging.ERROR
            logger.log(level, "left kind=%s error=%s at=%s", waiting.kind, what(error), where(error))
            if isinstance(error, BrokenItem) and waiting.kind == JobKind.ALERT:
                self._report_unreadable(waiting)
            return False
        return job is not None

    def _report_unreadable(self, alert: JobRef) -> None:
        try:
            report_unreadable_alert(self._job_context.ctx, alert.id)
        except CocmError as error:
            logger.warning("unreported kind=%s error=%s", alert.kind, what(error))

    def _do(self, job: Job) -> None:
        try:
            with in_hand(job.kind, token_hex(4)):
                self._handlers[JobKind(job.kind)](self._job_context, job)
        except Exception as error:  # noqa: BLE001 - whatever fails, the job is tried again, and others done
            level = logging.WARNING if isinstance(error, CocmError) else logging.ERROR
            logger.log(level, "later kind=%s error=%s at=%s", job.kind, what(error), where(error))
            # A handler that came far enough to remember it holds the job under a newer claim by now.
            held = jobs.still_held(self._job_context.ctx.table, job)
            self._job_context.reschedule(held, self._now() + pause_after([error], job.tries), tries=job.tries)

    def _pass(self, until: float) -> "_Pass":
        def do(waiting: JobRef) -> bool | None:
            return self.do(waiting) if self._now() <= until and self._may_go_on() else None

        outcomes = list(self._threads.map(do, self._in_order()))
        return _Pass(outcomes.count(True), outcomes.count(None))

    def _may_go_on(self) -> bool:
        """Return whether more jobs may be claimed: a clock may also be set while a tick goes on."""
        drift = self._job_context.drift
        return not self._job_context.stopping.is_set() and not (drift and drift.ahead)

    def _ahead(self) -> float:
        """Ask again, and return by how many seconds the clock is wrong; 0.0 for a right one."""
        drift = self._job_context.drift
        if drift is None:
            return 0.0
        reachable(self._job_context.ctx.table)
        if drift.off(SLACK):
            # While nothing is sent, Slack says nothing else.
            self._job_context.gateway.answers()
        return drift.ahead

    def _record(self, run: Run) -> None:
        instruments().ticks.add(1, {"outcome": "wrong clock" if run.ahead else "done"})
        try:
            ticks.record(self._job_context.ctx.table, run)
        except CocmError as error:
            logger.warning("unrecorded tick error=%s", what(error))

    def _in_order(self) -> list[JobRef]:
        due = list(self._due())
        # Replicas go about it in different orders, so that they rarely want the same.
        random.shuffle(due)
        gravity = list(self._handlers)
        return sorted(due, key=lambda waiting: gravity.index(JobKind(waiting.kind)))

    def _due(self) -> Iterable[JobRef]:
        """Yield what is due in all parts of the queue; kinds unknown to this version are left alone."""
        foreign, unread = 0, Counter[str]()
        for shard in range(jobs.SHARDS):
            try:
                found = jobs.due(self._job_context.ctx.table, shard, self._now())
            except CocmError as error:
                unread[what(error)] += 1
                continue
            foreign += found.foreign
            yield from (waiting for waiting in found.waiting if waiting.kind in self._handlers)
        for error_name, shards in unread.items():
            logger.warning("unread shards=%d error=%s", shards, error_name)
        if foreign:
            logger.warning("skipped foreign=%d in the queue", foreign)

    def _now(self) -> float:
        return self._job_context.ctx.now().timestamp()
