"""How the clock stands, and what became of a registry's days: for admins and for whoever runs the bot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cocm_bot.domain.access import Actor, AdminRight
from cocm_bot.domain.digests.digest_schedule import TEAM_CHANNEL
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import Registry
from cocm_bot.operations.access.access_logging import authorise_admin
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs, registries, ticks
from cocm_bot.store.digests import posts
from cocm_bot.store.digests.posts import Post
from cocm_bot.store.team import people
from cocm_bot.store.ticks import Run

DAYS = 5
"""Local days whose turns are told of."""
TROUBLES = 12
BEHIND_SECONDS = 1200.0
"""Work that waits for longer means that something is wrong; 5,000 members due at once take a quarter hour."""
ALIVE_SECONDS = 300.0
"""A process that did not tick for longer counts as gone."""


@dataclass(frozen=True)
class ClockHealth:
    """The clock as a whole, at an instant (seconds UTC)."""

    now: float
    runs: Sequence[Run]
    """The last of each process that ticked lately, the latest first."""
    waiting: int
    """Pieces of work that are due and in nobody's hand."""
    behind: float
    """Seconds the oldest of them has waited."""

    @property
    def well(self) -> bool:
        """Whether something ticks, and nothing waits for long."""
        return bool(self.runs) and self.behind < BEHIND_SECONDS


@dataclass(frozen=True)
class Trouble:
    """A turn that did not end as it should; `recipient` is a member by name, or the team's channel."""

    recipient: str
    state: str
    reason: str


@dataclass(frozen=True)
class Day:
    """What became of the turns of a local day."""

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
    """How often the look that is due was tried in vain."""


def clock_health(ctx: Context) -> ClockHealth:
    """How the clock stands. Raises Unavailable."""
    now = ctx.now().timestamp()
    alive = [run for run in ticks.last(ctx.table) if now - run.at < ALIVE_SECONDS]
    since = [at for shard in range(jobs.SHARDS) for at in jobs.waiting_since(ctx.table, shard, now)]
    return ClockHealth(
        now=now,
        runs=sorted(alive, key=lambda run: -run.at),
        waiting=len(since),
        behind=now - min(since, default=now),
    )


def days_of(ctx: Context, registry_id: str) -> Days:
    """What became of a registry's latest days. Raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    today = registry.policy.local_date(ctx.now().timestamp())
    members = people.members(ctx.table, registry_id)
    names = {member.user_id: f"{member.first_name} {member.last_name}" for member in members}
    found = [_day(ctx, registry_id, today - timedelta(days=back), names) for back in range(DAYS)]
    look = jobs.get(ctx.table, registries.DAY, registry_id)
    return Days(
        registry=registry,
        days=[day for day in found if day.counts],
        next_at=look.visible_at if look else None,
        tries=look.tries if look else 0,
    )


def seen_by_admin(ctx: Context, actor: Actor) -> tuple[ClockHealth, Days]:
    """Both, for an admin of the registry. Raises NotAllowed or Unavailable."""
    authorise_admin(ctx, actor, AdminRight.SEE_CLOCK)
    return clock_health(ctx), days_of(ctx, actor.registry.id)


def _day(ctx: Context, registry_id: str, day: date, names: Mapping[str, str]) -> Day:
    told = posts.told(ctx.table, registry_id, day).records
    troubles = [_trouble(post, names) for post in told if post.troubled]
    return Day(day, Counter(str(post.state) for post in told), troubles[:TROUBLES])


def _trouble(post: Post, names: Mapping[str, str]) -> Trouble:
    known = {**names, TEAM_CHANNEL: "the team's channel"}
    return Trouble(known.get(post.recipient, "a former member"), post.state, post.reason)
