"""Report the clock's state and the outcome of a registry's days, for admins and operators."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cocm_bot.domain.access import Actor, AdminRight
from cocm_bot.domain.digests.digest_schedule import TEAM_CHANNEL
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import Registry
from cocm_bot.operations.access.access_logging import authorise_admin
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import named
from cocm_bot.store import jobs, registries, ticks
from cocm_bot.store.digests import live_digests, posts
from cocm_bot.store.digests.posts import Post
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import lists
from cocm_bot.store.team import people
from cocm_bot.store.ticks import Run

DAYS = 5
"""Local days whose turns are reported."""
TROUBLES = 12
BEHIND_SECONDS = 1200.0
"""Work that waits for longer means that something is wrong; 5,000 members due at once take a quarter hour."""
ALERT_LATE_SECONDS = 180.0
"""A safety alert that waits for longer was tried in vain at least twice. Five minutes are promised."""
ALIVE_SECONDS = 300.0
"""A process that did not tick for longer counts as gone."""


@dataclass(frozen=True)
class ClockHealth:
    """The clock as a whole, at an instant (seconds UTC)."""

    now: float
    runs: Sequence[Run]
    """The last of each process that ticked lately, the latest first."""
    waiting: int
    """Pieces of work that fell due and are not done."""
    behind: float
    """Seconds since the oldest of them fell due, however often it was tried since."""
    late_alerts: int = 0
    """Safety alerts that do not reach whom they should, for minutes by now."""
    unreadable: int = 0
    """Pieces of work that can't be read, and are not done."""
    foreign: int = 0
    """Items of another writer where the clock's work waits; they are left out."""
    behind_by_kind: Mapping[str, float] = field(default_factory=dict)
    """The same age as `behind`, for each kind of work that waits."""

    @property
    def wrong_clocks(self) -> Sequence[Run]:
        """The runs of processes that do not tick because their clock is wrong."""
        return [run for run in self.runs if run.ahead]

    @property
    def well(self) -> bool:
        """Return whether something ticks, nothing waits for long, and nothing is known to go undone."""
        ticking = len(self.runs) > len(self.wrong_clocks) == 0
        return ticking and self.behind < BEHIND_SECONDS and not self.late_alerts and not self.unreadable


@dataclass(frozen=True)
class Trouble:
    """A turn that did not end as it should; `recipient` is a member by name, or the team's channel."""

    recipient: str
    state: str
    reason: str


@dataclass(frozen=True)
class Day:
    """The outcome of the turns of a local day."""

    day: date
    counts: Mapping[str, int]
    troubles: Sequence[Trouble]


@dataclass(frozen=True)
class Days:
    """A registry's latest days, the latest first, and when it is looked at next (seconds UTC)."""

    registry: Registry
    days: Sequence[Day]
    next_at: float | None
    tries: int
    """The number of failed tries of the look that is due."""
    unreadable: int = 0
    """Members, patients, and posts and digests of these days that can't be read."""


def clock_health(ctx: Context) -> ClockHealth:
    """Return the clock's state. Raises Unavailable."""
    now = ctx.now().timestamp()
    last = ticks.last(ctx.table)
    alive = [run for run in last if abs(now - run.at) < ALIVE_SECONDS]
    parts = [jobs.queue(ctx.table, shard) for shard in range(jobs.SHARDS)]
    fallen_due = [each for part in parts for each in part.jobs if each.late_since <= now]
    late_alerts = [
        each
        for each in fallen_due
        if each.kind == JobKind.ALERT and now - each.late_since > ALERT_LATE_SECONDS
    ]
    return ClockHealth(
        now=now,
        runs=sorted(alive, key=lambda run: -run.at),
        waiting=len(fallen_due),
        behind=now - min((each.late_since for each in fallen_due), default=now),
        late_alerts=len(late_alerts),
        unreadable=sum(len(part.unreadable) for part in parts),
        foreign=sum(part.foreign for part in parts) + last.broken,
        # The oldest comes last, and stays.
        behind_by_kind={
            each.kind: now - each.late_since for each in sorted(fallen_due, key=lambda job: -job.late_since)
        },
    )


def days_of(ctx: Context, registry_id: str) -> Days:
    """Return what became of a registry's latest days. Raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    today = registry.policy.local_date(ctx.now().timestamp())
    members = people.members(ctx.table, registry_id)
    names = named(members)
    days = [today - timedelta(days=back) for back in range(DAYS)]
    by_day = {day: posts.of_day(ctx.table, registry_id, day) for day in days}
    found = [_day(day, posted.records, names) for day, posted in by_day.items()]
    look = jobs.readable(ctx.table, JobKind.DIGEST, registry_id)
    unreadable = members.broken + lists.caseload(ctx.table, registry_id).broken
    # Digests are kept live for two days.
    unreadable += sum(live_digests.of_day(ctx.table, registry_id, day).broken for day in days[:2])
    return Days(
        registry=registry,
        days=[day for day in found if day.counts],
        next_at=look.visible_at if look else None,
        tries=look.tries if look else 0,
        unreadable=unreadable + sum(posted.broken for posted in by_day.values()),
    )


def seen_by_admin(ctx: Context, actor: Actor) -> tuple[ClockHealth, Days]:
    """Both, for an admin of the registry. Raises NotAllowed or Unavailable."""
    authorise_admin(ctx, actor, AdminRight.SEE_CLOCK)
    return clock_health(ctx), days_of(ctx, actor.registry.id)


def _day(day: date, posted: Sequence[Post], names: Mapping[str, str]) -> Day:
    troubles = [_trouble(post, names) for post in posted if post.troubled]
    return Day(day, Counter(str(post.state) for post in posted), troubles[:TROUBLES])


def _trouble(post: Post, names: Mapping[str, str]) -> Trouble:
    known = {**names, TEAM_CHANNEL: "the team's channel"}
    return Trouble(known.get(post.recipient, "a former member"), post.state, post.reason)
