"""Today's work out of the caseload: what is due, read from the index only as far as today."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.caseload import Page, Row, Whose, page_of, row_of, theirs, urgency, usual
from cocm_bot.operations.caseload.gaps import Gaps, all_gaps, gaps_of
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import members
from cocm_bot.store.patients import patients


def worklist(
    ctx: Context, actor: Actor, number: int = 1, whose: Whose | None = None, *, snoozed: bool = False
) -> Page:
    """Return what is due today, gravest first and longest due first; reads only what the index holds as due.

    With `snoozed` only the patients that are otherwise left out. Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    rows, gaps = due_rows(ctx, actor.registry)
    team = members(ctx, actor) if (whose or usual(actor)) is Whose.MINE else None
    return due_page(
        ctx, actor, rows, team, number, gaps, partial(all_gaps, ctx, actor.registry), snoozed=snoozed
    )


def due_rows(ctx: Context, registry: Registry) -> tuple[list[Row], Gaps]:
    """Everybody with something due today, in order of urgency, and what of it can't be read.

    Reads only what the index holds as due. Raises Unavailable.
    """
    now, policy = ctx.now(), registry.policy
    listing = patients.caseload(ctx.table, registry.id, due_by=policy.local_date(now.timestamp()))
    rows = [row for summary in listing.records if (row := row_of(summary, policy, now)).due]
    return sorted(rows, key=urgency), gaps_of(ctx, registry, listing, nothing_left=False, whole=False)


def due_page(
    ctx: Context,
    actor: Actor,
    rows: Sequence[Row],
    team: Sequence[RegistryUser] | None,
    number: int,
    gaps: Gaps,
    everything: Callable[[], Gaps],
    *,
    snoozed: bool = False,
) -> Page:
    """A page of what is due, without the snoozed or only those; the patients on it are logged as seen.

    With the team only the actor's own patients are listed. Where nothing is left, `everything` says
    whether that is known. Raises Unavailable.
    """
    shown = [row for row in rows if (row.summary.snoozed is not None) is snoozed]
    hidden = [row for row in rows if row.summary.snoozed is not None and not snoozed]
    own = None
    if team is not None:
        day = actor.registry.policy.local_date(ctx.now().timestamp())
        (shown, own), (hidden, _) = theirs(shown, actor, team, day), theirs(hidden, actor, team, day)
    if not shown:
        gaps = everything()
    page = page_of(ctx, actor, shown, number, gaps)
    return replace(page, counts=Counter(row.due[0].reason for row in shown), own=own, snoozed=len(hidden))
