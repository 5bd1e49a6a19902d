"""Draw the digest of a recipient whose turn it is, with all it depends on read just before."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from cocm_bot.domain.access import CHANNEL_SURFACE, DIGEST, Actor
from cocm_bot.domain.digests.digest_schedule import Kind, Turn
from cocm_bot.domain.figures.periods import Period, month_of
from cocm_bot.domain.members import Registry, User
from cocm_bot.domain.team.readers import Reader
from cocm_bot.domain.vocabulary import Role
from cocm_bot.jobs.clock.tick import JobContext
from cocm_bot.jobs.digests.illustrated import Illustrated
from cocm_bot.logs import what
from cocm_bot.operations.admin_notices import Notice, tell_admins
from cocm_bot.operations.digests import digests
from cocm_bot.operations.digests.program_digests import BillingDigest, FiguresDigest, team_digest
from cocm_bot.operations.digests.registry_snapshot import RegistrySnapshot, due_of
from cocm_bot.operations.figures.report import Report
from cocm_bot.operations.roster import named
from cocm_bot.operations.team.recipients import reader
from cocm_bot.slack.digests.digest_view import digest_message, struck
from cocm_bot.slack.digests.program_digest_view import team_message
from cocm_bot.slack.kit import Block, Payload, for_reader
from cocm_bot.slack.runtime.client.channel_sharing import Sharing
from cocm_bot.slack.runtime.client.failures import SlackFailure
from cocm_bot.slack.runtime.client.gateway import Sent
from cocm_bot.store import registries
from cocm_bot.store.digests import live_digests, posts
from cocm_bot.store.digests.live_digests import LiveDigest
from cocm_bot.store.digests.posts import NOTHING, Post, State
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.team import people

FRESH = timedelta(minutes=1)
"""Seconds for which members with a turn at the same moment share what was read of their registry."""
SKEW_SECONDS = 300.0
"""The most seconds that Slack's clock may be behind."""
WEEK = timedelta(days=7)

LEFT = "left"
NOT_IN_SLACK = "not in Slack"
NO_CHANNEL = "no channel"
SHARED = "shared channel"

MONTHLY = frozenset({digests.Kind.FIGURES, digests.Kind.BILLING})
"""The kinds of digests that tell of the month before, once."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrawnDigest:
    """A digest's message, and to whom or where it goes."""

    destination: str
    message: Payload
    handles: Sequence[str] = ()
    at: float = 0.0
    """The time its content was read (seconds UTC)."""
    counts: Mapping[str, int] = field(default_factory=dict)
    illustrated: Illustrated | None = None
    """Draws it with charts or a picture, where it has the figures of a month."""
    month: str = ""
    """The month it is about, `2031-03`; empty where it is about none."""


class DigestDelivery:
    """Draws the digests of one registry, and keeps track of their rows."""

    def __init__(self, job_context: JobContext, registry: Registry) -> None:
        self._job_context = job_context
        self._registry = registry
        self._snapshot: RegistrySnapshot | None = None

    def draw(self, turn: Turn) -> DrawnDigest | str:
        """Draw what a recipient is sent now, or return in a word why nothing. Raises Unavailable."""
        return self._for_team(turn) if turn.kind is Kind.TEAM else self._for_member(turn)

    def arrived(self, turn: Turn, post: Post) -> Sent | None:
        """Return the member's message with the post, if it reached them. Raises Unavailable."""
        user = people.user(self._job_context.ctx.table, turn.recipient)
        person = self._job_context.directory.member(user) if user else None
        if person is None:
            return None
        return self._job_context.gateway.arrived(person.id, post.id, post.at - SKEW_SECONDS)

    def remember(self, turn: Turn, drawn: DrawnDigest) -> LiveDigest | None:
        """Remember the rows of a message that is about to be sent.

        Raises NotHeld when somebody else has sent it, or drawn it again, meanwhile; or Unavailable.
        """
        if not drawn.handles:
            return None
        digest = LiveDigest(
            user_id=turn.recipient,
            day=turn.day.isoformat(),
            at=drawn.at,
            handles=tuple(drawn.handles),
            message=json.dumps(drawn.message),
        )
        live_digests.record(self._job_context.ctx.table, self._registry.id, digest)
        return digest

    def remembered(self, turn: Turn) -> LiveDigest | None:
        """Return what was remembered of a message that somebody else was sending; None for what can't be
        read: then its rows do not follow. Raises Unavailable.
        """
        try:
            return live_digests.get(self._job_context.ctx.table, self._registry.id, turn.day, turn.recipient)
        except BrokenItem as broken:
            logger.warning("skipped unreadable=1 kind=live-digest error=%s", what(broken))
            return None

    def place(self, digest: LiveDigest | None, sent: Sent) -> None:
        """Let the rows of a message that has arrived follow what is done about them.

        Those that were handled while it was on its way are struck through at once. Raises Unavailable.
        """
        if digest is None:
            return
        registry_id = self._registry.id
        placed = live_digests.place(self._job_context.ctx.table, registry_id, digest, *sent)
        if placed and placed.done:
            after = struck(json.loads(placed.message), placed.done)
            try:
                self._job_context.gateway.update_message(sent, after, registry_id)
            except SlackFailure as failed:
                # A row that is not struck is only out of date, and says so when pressed.
                logger.warning("unstruck reason=%s", failed.reason)

    def report_unreached(self, turn: Turn) -> None:
        """Have the admins notified, once, that a recipient can't be reached."""
        channel = self._registry.team_channel
        if turn.kind is Kind.TEAM and channel:
            self._tell_admins(Notice.CHANNEL_GONE, channel)
        elif turn.kind is Kind.DIGEST:
            self._tell_admins(Notice.MEMBER_GONE, turn.recipient)

    def _for_member(self, turn: Turn) -> DrawnDigest | str:
        ctx = self._job_context.ctx
        found = people.actor_records(ctx.table, self._registry.id, turn.recipient)
        user: User | None = people.user(ctx.table, turn.recipient)
        if found is None or user is None:
            return LEFT
        person = self._job_context.directory.member(user)
        if person is None:
            self._tell_admins(Notice.MEMBER_GONE, turn.recipient)
            return NOT_IN_SLACK
        member, registry = found
        actor = reader(registry, member, person.id, DIGEST)
        snapshot = self._current()
        digest = digests.digest_of(
            ctx,
            snapshot,
            actor,
            quiet=member.reminders.quiet_when_empty,
            month=self._untold_month(turn) if digests.KINDS[member.role] in MONTHLY else None,
        )
        if digest is None:
            return NOTHING
        read = snapshot.now.timestamp()
        reader_code = Reader(member.role, member.is_admin).code

        def draw(illustration: Sequence[Block]) -> Payload:
            drawn = digest_message(actor, digest, illustration=illustration)
            return for_reader(drawn, registry.id, reader_code)

        month = digest.month if isinstance(digest, FiguresDigest) else None
        about = digest.month.month if isinstance(digest, BillingDigest) else _month(month)
        return DrawnDigest(
            person.id,
            draw(()),
            digests.handles(digest),
            read,
            illustrated=Illustrated(draw, month, named(snapshot.team)) if month else None,
            month=about,
        )

    def _for_team(self, turn: Turn) -> DrawnDigest | str:
        ctx = self._job_context.ctx
        registry = registries.get(ctx.table, self._registry.id)
        channel = registry.team_channel if registry else None
        if registry is None or channel is None:
            return NO_CHANNEL
        if sharing := self._job_context.gateway.silenced_by(channel):
            inside = sharing is Sharing.ORGANIZATION
            self._tell_admins(Notice.CHANNEL_ORG_SHARED if inside else Notice.CHANNEL_SHARED, channel)
            return SHARED
        earlier = posts.get(ctx.table, registry.id, turn.day - WEEK, turn.kind, turn.recipient)
        before = earlier.counts if earlier and earlier.state is State.POSTED else None
        month = self._untold_month(turn) if registry.disclosure.monthly_figures else None
        everybody = _everybody_in(channel, registry)
        digest = team_digest(ctx, self._current(), everybody, before, month)
        draw, names = partial(team_message, registry, digest), named(self._current().team)
        return DrawnDigest(
            channel,
            draw(),
            counts=digest.counts,
            illustrated=Illustrated(draw, digest.month, names) if digest.month else None,
            month=_month(digest.month),
        )

    def _untold_month(self, turn: Turn) -> Period | None:
        """Return the month before, while its figures are to be sent: whoever missed them gets them next."""
        month = month_of(turn.day).before
        told = posts.month_told(
            self._job_context.ctx.table,
            self._registry.id,
            turn.kind,
            turn.recipient,
            turn.day,
            f"{month.first:%Y-%m}",
        )
        return None if told else month

    def _current(self) -> RegistrySnapshot:
        """Return the registry as it is now, or was a moment ago."""
        if self._snapshot is None or self._job_context.ctx.now() - self._snapshot.now > FRESH:
            self._snapshot = due_of(self._job_context.ctx, self._registry)
        return self._snapshot

    def _tell_admins(self, notice: Notice, subject: str) -> None:
        tell_admins(self._job_context.ctx, self._registry.id, notice, subject)


def _month(report: Report | None) -> str:
    """Return the month of a report, `2031-03`; empty for none."""
    return f"{report.figures.period.first:%Y-%m}" if report else ""


def _everybody_in(channel: str, registry: Registry) -> Actor:
    """Return whom the access log names where a channel is shown handles: the channel itself."""
    return Actor(
        "",
        "",
        "",
        Role.CLINICAL_OPS,
        is_admin=False,
        registry=registry,
        slack_user_id=channel,
        surface=CHANNEL_SURFACE,
    )
