"""Today's work out of the caseload: what is due, read from the index only as far as today."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.caseload import Page, Row, Whose, page_of, row_of, theirs, urgency, usual
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import members
from cocm_bot.store.patients import patients


def worklist(
    ctx: Context, actor: Actor, number: int = 1, whose: Whose | None = None, *, snoozed: bool = False
) -> Page:
    """What is due today, gravest first and longest due first; reads only what the index holds as due.

    With `snoozed` only the patients that are otherwise left out. Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    rows, broken = due_rows(ctx, actor.registry)
    team = members(ctx, actor) if (whose or usual(actor)) is Whose.MINE else None
    return due_page(ctx, actor, rows, team, number, broken, snoozed=snoozed)


def due_rows(ctx: Context, registry: Registry) -> tuple[list[Row], int]:
    """Everybody with something due today, in order of urgency, and how many records can't be read.

    Reads only what the index holds as due. Raises Unavailable.
    """
    now, policy = ctx.now(), registry.policy
    listing = patients.caseload(ctx.table, registry.id, due_by=policy.local_date(now.timestamp()))
    rows = [row for summary in listing.records if (row := row_of(summary, policy, now)).due]
    return sorted(rows, key=urgency), listing.broken


def due_page(
    ctx: Context,
    actor: Actor,
    rows: Sequence[Row],
    team: Sequence[RegistryUser] | None,
    number: int,
    broken: int,
    *,
    snoozed: bool = False,
) -> Page:
    """A page of what is due, without the snoozed or only those; the patients on it are logged as seen.

    With the team only the actor's own patients stand there.
    """
    shown = [row for row in rows if (row.summary.snoozed is not None) is snoozed]
    hidden = [row for row in rows if row.summary.snoozed is not None and not snoozed]
    own = None
    if team is not None:
        day = actor.registry.policy.local_date(ctx.now().timestamp())
        (shown, own), (hidden, _) = theirs(shown, actor, team, day), theirs(hidden, actor, team, day)
    page = page_of(ctx, actor, shown, number, broken)
    return replace(page, counts=Counter(row.due[0].reason for row in shown), own=own, snoozed=len(hidden))
