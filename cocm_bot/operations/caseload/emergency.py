"""The caseload for a person at the command line, while Slack is down: who is at risk, and what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.errors import NotFound
from cocm_bot.operations.access.access_logging import record_export
from cocm_bot.operations.caseload.rows import Row, row_of, urgency
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import named
from cocm_bot.store import registries
from cocm_bot.store.patients import lists
from cocm_bot.store.team import people


@dataclass(frozen=True)
class Emergency:
    """Everybody with something due, gravest first, snoozed or not; `broken` records could not be read."""

    registry: str
    rows: Sequence[Row]
    names: Mapping[str, str]
    """The members' names by user id."""
    caseload: int
    broken: int


def emergency_caseload(ctx: Context, registry_id: str, who: str, *, names: bool) -> Emergency:
    """Read who needs somebody now; that `who` was given it, and whether by name, is logged first.

    Raises NotFound for an unknown registry, or Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    now, policy = ctx.now(), registry.policy
    listing = lists.caseload(ctx.table, registry_id)
    rows = [row_of(summary, policy, now) for summary in listing.records]
    due = sorted((row for row in rows if row.due), key=urgency)
    team = people.members(ctx.table, registry_id).records
    action = AccessAction.EMERGENCY_CASELOAD_WITH_NAMES if names else AccessAction.EMERGENCY_CASELOAD
    record_export(ctx, registry_id, action, who, [row.summary.id for row in due])
    return Emergency(registry.name, due, named(team), len(rows), listing.broken)
