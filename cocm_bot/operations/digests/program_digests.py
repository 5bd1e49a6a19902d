"""Digests of the program as a whole: counts for the team's channel, the week's figures. No names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.billing.minutes import month_before
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.figures.asked import Asked
from cocm_bot.domain.figures.counts import Week, week
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.billing.month_list import Month, read_month
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.registry_snapshot import RegistrySnapshot
from cocm_bot.operations.figures.report import Report, report_of
from cocm_bot.operations.gaps import NO_GAPS, Gaps
from cocm_bot.operations.roster import named

MOST_HANDLES = 15


@dataclass(frozen=True)
class FiguresDigest:
    """The program's week."""

    week: Week
    names: Mapping[str, str]
    """The members' by user id."""
    at: float
    """The time it was drawn (seconds UTC)."""
    gaps: Gaps = NO_GAPS
    """The gaps of the figures."""
    month: Report | None = None
    """The month before, with the first figures of a month that reach somebody."""


@dataclass(frozen=True)
class BillingDigest:
    """Last month's billing in totals."""

    month: Month
    names: Mapping[str, str]
    """The members' by user id."""


@dataclass(frozen=True)
class TeamDigest:
    """The team's day, in numbers."""

    counts: Mapping[str, int]
    """The number of patients under each reason, gravest first; to be kept for next week."""
    before: Mapping[str, int] | None
    """The counts of a week ago; None when nobody wrote them down."""
    risks: Sequence[str] = ()
    """The handles of those at risk, where the registry lets its channel see them."""
    gaps: Gaps = NO_GAPS
    """The gaps of the counts."""
    month: Report | None = None
    """The month before, once a month where the registry wants it."""


def figures_digest(ctx: Context, snapshot: RegistrySnapshot, month: Period | None = None) -> FiguresDigest:
    """The figures of the last week, and perhaps of a month. Raises Unavailable."""
    found = week(snapshot.everyone().records, snapshot.registry.policy, snapshot.now)
    names = named(snapshot.team)
    return FiguresDigest(
        found,
        names,
        snapshot.now.timestamp(),
        snapshot.gaps if found.patients else snapshot.everything(),
        _figures_of(ctx, snapshot, month),
    )


def _figures_of(ctx: Context, snapshot: RegistrySnapshot, month: Period | None) -> Report | None:
    """Return the figures of a month; None where none is wanted, or nobody was in the program yet."""
    if month is None:
        return None
    found = report_of(ctx, snapshot.registry, Asked(month), snapshot.team)
    return found if found.figures.caseload.served or found.unread else None


def billing_digest(ctx: Context, snapshot: RegistrySnapshot) -> BillingDigest:
    """The month before the day's. Raises Unavailable."""
    month = month_before(f"{snapshot.day:%Y-%m}")
    return BillingDigest(read_month(ctx, snapshot.registry, month), named(snapshot.team))


def team_digest(
    ctx: Context,
    snapshot: RegistrySnapshot,
    channel: Actor,
    before: Mapping[str, int] | None = None,
    month: Period | None = None,
) -> TeamDigest:
    """The day's counts, and perhaps a month's; `before` are those of a week ago. Raises Unavailable."""
    found = Counter(row.due[0].reason for row in snapshot.rows)
    counts = {reason.value: found[reason] for reason in Reason if found[reason]}
    risky = [row.summary for row in snapshot.rows if row.due[0].reason is Reason.SAFETY_RISK]
    shown = risky[:MOST_HANDLES] if channel.registry.disclosure.channel is not Shown.COUNTS else []
    if shown:
        record_view(ctx, channel, Action.VIEW_CASELOAD, (each.id for each in shown))
    return TeamDigest(
        counts,
        before,
        [each.handle for each in shown],
        snapshot.gaps if counts else snapshot.everything(),
        _figures_of(ctx, snapshot, month),
    )
