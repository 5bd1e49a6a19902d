"""One tick of the clock: take what is due from the table, and do it."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, NamedTuple, Protocol

from cocm_bot.domain.drift import Drift
from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.jobs.pace import Pace
from cocm_bot.jobs.slack_directory import Directory
from cocm_bot.logs import what, where
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.failures import RateLimited
from cocm_bot.slack.runtime.gateway import Gateway
from cocm_bot.store import jobs, ticks
from cocm_bot.store.jobs import Job, JobRef
from cocm_bot.store.table.administration import reachable
from cocm_bot.store.table.errors import NotHeld
from cocm_bot.store.ticks import Run

LEASE_SECONDS = 120.0
"""How long work stays with a process that took it, unless it is done before."""
TICK_SECONDS = 45.0
"""How long a tick goes on taking work; what is left is for the next, which begins with the gravest again."""
PAUSES = (60.0, 120.0, 300.0, 600.0, 1800.0)
"""Seconds until work that failed is tried again; the last one for every further try."""
NEXT_TICK_SECONDS = 60.0
"""What is to be tried again sooner than this is not left to a tick."""

SLACK = "slack"
"""What the comparison of clocks calls Slack."""

logger = logging.getLogger(__name__)


def _left_to_a_tick(_waiting: JobRef, _seconds: float) -> None:
    """Do nothing: the queue has it."""


@dataclass(frozen=True)
class JobContext:
    """What doing the work needs."""

    ctx: Context
    gateway: Gateway
    directory: Directory
    pace: Pace
    drift: Drift | None = None
    """Tells whether the clock is right; None where nobody compares it."""
    again: Callable[[JobRef, float], object] = _left_to_a_tick
    """Has work done in so many seconds, where a tick would come too late; the queue has it in any case."""

    def reschedule(
        self,
        job: Job,
        at: float,
        state: dict[str, Any] | None = None,
        *,
        tries: int = 0,
        overdue: bool = False,
    ) -> None:
        """Let work in hand wait until an instant (seconds UTC), and be done then, not at the tick after.

        See `store.jobs.reschedule`. Raises NotHeld when its lease ended.
        """
        jobs.reschedule(self.ctx.table, job, at, state, tries=tries, overdue=overdue)
        seconds = at - self.ctx.now().timestamp()
        if seconds < NEXT_TICK_SECONDS:
            self.again(JobRef(job.kind, job.id), max(0.0, seconds))


class _Round(NamedTuple):
    """How much of what was due was done, and how much there was no time for."""

    done: int
    left: int


class JobHandler(Protocol):
    """Does one kind of work, within its lease, and finishes it or puts it off.

    What it raises puts the work off for a while.
    """

    def __call__(self, job_context: JobContext, job: Job, /) -> None: ...


def pause_after(failures: Sequence[Exception], tries: int, pauses: Sequence[float] = PAUSES) -> float:
    """Return after how many seconds to try again (`tries` from 1): as Slack says, else longer each time."""
    asked = [error.retry_after for error in failures if isinstance(error, RateLimited)]
    # Who is told how long to wait waits no longer, unless something else failed as well.
    own = [pauses[min(tries, len(pauses)) - 1]] if len(asked) < len(failures) else []
    return max([*asked, *own])


class Ticker:
    """Does work as it falls due, each kind by the function given for it; the kinds stand gravest first."""

    def __init__(
        self, job_context: JobContext, handlers: Mapping[str, JobHandler], threads: Executor
    ) -> None:
        self._job_context = job_context
        self._handlers = handlers
        self._threads = threads
        self._stopped = threading.Event()
        self._name = token_hex(4)

    def stop(self) -> None:
        """Let ticks take no more work; what is in hand is done."""
        self._stopped.set()

    def tick(self) -> None:
        """Do what is due now and nobody else has in hand, gravest first, as far as a tick goes."""
        began, ahead = self._now(), self._ahead()
        if ahead:
            logger.error("clock wrong ahead=%d: nothing is sent until it is right", ahead)
            self._record(Run(process=self._name, at=began - ahead, seconds=0.0, done=0, left=0, ahead=ahead))
            return
        done = 0
        # Work that was done may have left more to be done now.
        while (found := self._round(began + TICK_SECONDS)).done:
            done += found.done
        run = Run(process=self._name, at=began, seconds=self._now() - began, done=done, left=found.left)
        self._record(run)

    def do(self, waiting: JobRef) -> bool:
        """Do this work now; False if it is not due, done, or in somebody else's hand. Never raises."""
        try:
            job = jobs.claim(self._job_context.ctx.table, waiting, self._now(), LEASE_SECONDS)
            if job is not None:
                self._do(job)
        except Exception as error:  # noqa: BLE001 - one piece of work must not stop the others
            # The table does not answer, the lease ended, or it can't be read: it stays in the queue.
            level = logging.WARNING if isinstance(error, Unavailable | NotHeld) else logging.ERROR
            logger.log(level, "left kind=%s error=%s at=%s", waiting.kind, what(error), where(error))
            return False
        return job is not None

    def _do(self, job: Job) -> None:
        try:
            self._handlers[job.kind](self._job_context, job)
        except Exception as error:  # noqa: BLE001 - whatever fails, the work is tried again, and other work done
            level = logging.WARNING if isinstance(error, CocmError) else logging.ERROR
            logger.log(level, "later kind=%s error=%s at=%s", job.kind, what(error), where(error))
            pause = pause_after([error], job.tries)
            self._job_context.reschedule(job, self._now() + pause, tries=job.tries)

    def _round(self, until: float) -> "_Round":
        def do(waiting: JobRef) -> bool | None:
            return self.do(waiting) if self._now() <= until and self._may_go_on() else None

        outcomes = list(self._threads.map(do, self._in_order()))
        return _Round(outcomes.count(True), outcomes.count(None))

    def _may_go_on(self) -> bool:
        """Whether more work may be taken: a clock may also be set while a tick goes on."""
        drift = self._job_context.drift
        return not self._stopped.is_set() and not (drift and drift.ahead)

    def _ahead(self) -> float:
        """Ask anew, and return by how many seconds the clock is wrong; 0.0 for a right one."""
        drift = self._job_context.drift
        if drift is None:
            return 0.0
        reachable(self._job_context.ctx.table)
        if drift.off(SLACK):
            # While nothing is sent, Slack says nothing else.
            self._job_context.gateway.answers()
        return drift.ahead

    def _record(self, run: Run) -> None:
        try:
            ticks.record(self._job_context.ctx.table, run)
        except CocmError as error:
            logger.warning("unrecorded tick error=%s", what(error))

    def _in_order(self) -> list[JobRef]:
        due = list(self._due())
        # Replicas go about it in different orders, so that they rarely want the same.
        random.shuffle(due)
        gravity = list(self._handlers)
        return sorted(due, key=lambda waiting: gravity.index(waiting.kind))

    def _due(self) -> Iterable[JobRef]:
        """What is due in all parts of the queue; work of a kind unknown to this version is left alone."""
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
