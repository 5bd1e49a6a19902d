"""Send a registry's digests: each recipient gets at most one on a local day.

The job of a registry waits for the next moment at which somebody has a turn. What was sent is recorded per
recipient, so that whoever takes over from a process that died goes on with those not served yet.
"""

import logging
from collections.abc import Iterable, Mapping, Set
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

from cocm_bot.domain.digests.digest_schedule import CATCH_UP, Kind, Turn, next_moment, turns
from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.members import Registry
from cocm_bot.jobs.clock.tick import PAUSES, JobContext
from cocm_bot.jobs.digests import illustrated
from cocm_bot.jobs.digests.digest_delivery import DigestDelivery, DrawnDigest
from cocm_bot.logs import what, where
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.registries import recalculation
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.client.failures import Gone, RateLimited, Refused, SlackFailure
from cocm_bot.slack.runtime.client.gateway import Sent, posted
from cocm_bot.store import jobs, registries
from cocm_bot.store.digests import posts
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.digests.posts import Post, State
from cocm_bot.store.jobs import Job
from cocm_bot.store.table.errors import NotHeld
from cocm_bot.store.team import people

LEASE_SECONDS = 60.0
"""Seconds a post may be under way before another process checks it; longer than any call to Slack."""
LATE = "late"

logger = logging.getLogger(__name__)


def serve(job_context: JobContext, job: Job) -> None:
    """Serve everybody whose turn came since the job fell due, and wait for the next moment."""
    ctx = job_context.ctx
    registry, now = registries.get(ctx.table, job.registry_id), ctx.now()
    if registry is None:
        jobs.complete(ctx.table, job)
        return
    recalculation.fill(ctx, registry)
    members = people.members(ctx.table, registry.id).records
    since = datetime.fromtimestamp(job.due_at, UTC)
    # What there is no time for before the lease ends is left for the next look, which may be another's.
    until = job.visible_at - LEASE_SECONDS
    day = _Day(job_context, registry, PAUSES[min(job.tries, len(PAUSES)) - 1], until)
    fallen_due = turns(registry, members, since, now)
    day.report_unreached(fallen_due)
    again = [at for turn in fallen_due if (at := day.serve(turn)) is not None]
    if day.cut_short:
        jobs.continue_later(ctx.table, job, min(again))
    elif again:
        jobs.reschedule(ctx.table, job, min(again), tries=job.tries)
    else:
        jobs.reschedule(ctx.table, job, next_moment(registry, members, now).timestamp())


class _Posts(NamedTuple):
    """The posts of a local day, by kind and recipient, and which can't be read."""

    readable: Mapping[tuple[str, str], Post]
    unreadable: Set[tuple[str, str]]


class _Day:
    """One look at a registry's open turns.

    `pause` is after how many seconds to try again what failed, `until` when to begin no more (seconds UTC).
    """

    def __init__(self, job_context: JobContext, registry: Registry, pause: float, until: float) -> None:
        self._job_context = job_context
        self._table = job_context.ctx.table
        self._registry = registry
        self._pause = pause
        self._until = until
        self.cut_short = False
        """True once there was no time left for somebody."""
        self._posts = cache(self._read_posts)
        self._delivery = DigestDelivery(job_context, registry)

    def report_unreached(self, fallen_due: Iterable[Turn]) -> None:
        """Have the admins notified which days' turns come too late to be served."""
        late = [turn for turn in fallen_due if self._late(turn)]
        settled = [turn for turn in late if self._is_settled(turn)]
        days = sorted({turn.day.isoformat() for turn in late if turn not in settled})
        if days:
            subject = "/".join(dict.fromkeys((days[0], days[-1])))
            tell_admins(self._job_context.ctx, self._registry.id, Notice.DAY_SKIPPED, subject)

    def serve(self, turn: Turn) -> float | None:
        """Send a recipient their digest; returns when to come again (seconds UTC), None once done.

        What goes wrong with one recipient keeps none of the others waiting.
        """
        try:
            return self._serve(turn)
        except NotHeld:
            return self._now() + LEASE_SECONDS
        except Exception as error:  # noqa: BLE001 - the others go on; tried again, at last written down
            level = logging.WARNING if isinstance(error, CocmError) else logging.ERROR
            logger.log(level, "later kind=%s error=%s at=%s", turn.kind, what(error), where(error))
            waits = error.retry_after if isinstance(error, RateLimited) else self._pause
            return self._now() + waits

    def _serve(self, turn: Turn) -> float | None:
        found, now = self._found(turn), self._now()
        if self._is_settled(turn):
            return None
        if now > self._until:
            self.cut_short = True
            return now
        if found is None:
            return self._attempt(turn, None)
        if found.lease_until > now:
            return found.lease_until
        claimed = posts.take_over(self._table, self._registry.id, found, now, LEASE_SECONDS)
        return None if self._arrived(turn, claimed) else self._attempt(turn, claimed)

    def _attempt(self, turn: Turn, claimed: Post | None) -> float | None:
        """Send to a recipient again, or for the first time."""
        if self._late(turn):
            self._settle(turn, claimed, State.SKIPPED, LATE)
            return None
        try:
            drawn = self._delivery.draw(turn)
        except Gone as gone:
            self._give_up(turn, claimed, gone)
            return None
        if isinstance(drawn, str):
            self._settle(turn, claimed, State.SKIPPED, drawn)
            return None
        digest = self._delivery.remember(turn, drawn)
        self._job_context.pace.wait()
        if claimed is None:
            claimed = posts.claim(
                self._table, self._registry.id, turn, self._now(), LEASE_SECONDS, month=drawn.month
            )
        return self._send(turn, claimed, drawn, digest)

    def _send(self, turn: Turn, claimed: Post, drawn: DrawnDigest, digest: LiveDigest | None) -> float | None:
        try:
            sent = self._tell(drawn, claimed)
        except RateLimited as limit:
            posts.release(self._table, self._registry.id, claimed)
            return self._now() + limit.retry_after
        except (Gone, Refused) as failed:
            self._give_up(turn, claimed, failed)
            return None
        except SlackFailure as unanswered:
            # It may have been taken: the next try, which the claim's lease holds back, looks first.
            logger.warning("unanswered kind=%s reason=%s", turn.kind, unanswered.reason)
            return max(claimed.lease_until, self._now() + self._pause)
        self._delivery.place(digest, sent)
        found = {**sent._asdict(), "counts": dict(drawn.counts), "month": drawn.month}
        self._settle(turn, claimed, State.POSTED, **found)
        return None

    def _tell(self, drawn: DrawnDigest, claimed: Post) -> Sent:
        def send(message: Payload) -> Sent:
            known_again = posted(message, claimed.id)
            return self._job_context.gateway.tell(drawn.destination, known_again, self._registry.id)

        if drawn.illustrated is None:
            return send(drawn.message)
        return illustrated.tell(self._job_context, self._registry, drawn.illustrated, send)

    def _give_up(self, turn: Turn, claimed: Post | None, failed: Gone | Refused) -> None:
        logger.warning("unsent kind=%s reason=%s", turn.kind, failed.reason)
        self._settle(turn, claimed, State.FAILED, failed.reason)
        if isinstance(failed, Gone):
            self._delivery.report_unreached(turn)

    def _arrived(self, turn: Turn, claimed: Post) -> bool:
        """Return whether a post under way arrived, or nobody can say: it is recorded either way."""
        if turn.kind is Kind.TEAM:
            # The bot reads nobody's channels.
            self._settle(turn, claimed, State.UNKNOWN)
            return True
        try:
            sent = self._delivery.arrived(turn, claimed)
        except SlackFailure:
            if not self._late(turn):
                raise
            self._settle(turn, claimed, State.UNKNOWN)
            return True
        if sent is not None:
            self._delivery.place(self._delivery.remembered(turn), sent)
            self._settle(turn, claimed, State.POSTED, **sent._asdict())
        return sent is not None

    def _settle(self, turn: Turn, claimed: Post | None, state: State, reason: str = "", **found: Any) -> None:
        registry_id, now = self._registry.id, self._now()
        if claimed is None:
            posts.claim(self._table, registry_id, turn, now, 0.0, state, reason)
        else:
            posts.settle(self._table, registry_id, claimed, state, now, reason=reason, **found)

    def _found(self, turn: Turn) -> Post | None:
        return self._posts(turn.day).readable.get((turn.kind, turn.recipient))

    def _is_settled(self, turn: Turn) -> bool:
        """Return whether nothing is left to do for a turn; an unreadable post may have been sent."""
        found = self._found(turn)
        unreadable = (turn.kind, turn.recipient) in self._posts(turn.day).unreadable
        return unreadable or (found is not None and found.settled)

    def _late(self, turn: Turn) -> bool:
        return self._job_context.ctx.now() - turn.at > CATCH_UP

    def _read_posts(self, day: date) -> _Posts:
        found, unreadable = posts.of_day(self._table, self._registry.id, day), frozenset[tuple[str, str]]()
        if found.broken:
            logger.error("skipped unreadable=%d kind=post", found.broken)
            unreadable = frozenset(posts.unreadable(self._table, self._registry.id, day))
        return _Posts({(post.kind, post.recipient): post for post in found}, unreadable)

    def _now(self) -> float:
        return self._job_context.ctx.now().timestamp()
