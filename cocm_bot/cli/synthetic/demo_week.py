"""The week before a demo begins, in the team's channel: the counts of each working morning."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.members import Registry
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.program_digests import TeamDigest
from cocm_bot.playground import messages
from cocm_bot.playground.clock import MORNING
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.digests.program_digest_view import team_message
from cocm_bot.store import registries
from cocm_bot.store.patients import lists

DAYS = 5
"""Working days before today."""
SATURDAY = 5


def post_week(ctx: Context, workspace: Workspace, registry_id: str) -> None:
    """Put the counts of the last working days into the team's channel, as they would have been sent."""
    registry = registries.get(ctx.table, registry_id)
    if registry is None or registry.team_channel is None:
        return
    everyone = lists.caseload(ctx.table, registry_id).records
    for morning in _mornings(registry, ctx.now()):
        reasons = Counter(
            found[0].reason for each in everyone if (found := due(each, registry.policy, morning))
        )
        digest = TeamDigest({reason.value: reasons[reason] for reason in Reason if reasons[reason]}, None)
        messages.backdated(
            workspace, registry.team_channel, team_message(registry, digest), morning.timestamp()
        )


def _mornings(registry: Registry, now: datetime) -> Iterator[datetime]:
    """Yield eight o'clock of the working days before today, the earliest first."""
    today = now.astimezone(registry.policy.zone).date()
    before = [today - timedelta(days=back) for back in range(DAYS + 4, 0, -1)]
    for day in [each for each in before if each.weekday() < SATURDAY][-DAYS:]:
        yield datetime.combine(day, MORNING, registry.policy.zone)
