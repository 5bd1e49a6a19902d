"""Today's work out of the caseload: what is due, read from the index only as far as today."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.caseload.work import Work, in_order_of, work_of, works_for
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.pages import Page as Place
from cocm_bot.domain.pages import page_of
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.caseload import (
    ROWS_PER_PAGE,
    AnyRow,
    Page,
    Whose,
    seen_page,
    theirs,
    usual,
)
from cocm_bot.operations.caseload.listing import Listed, current_list
from cocm_bot.operations.caseload.rows import Row, row_of, urgency
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import Gaps, all_gaps, gaps_of
from cocm_bot.operations.roster import members
from cocm_bot.store.patients import lists

ROWS_PER_WORK = 3
"""Rows of each kind of work where all of them are shown together."""


def worklist(
    ctx: Context,
    actor: Actor,
    number: int = 1,
    whose: Whose | None = None,
    *,
    snoozed: bool = False,
    work: Work | None = None,
) -> Page:
    """Return what is due today, in the order the actor's role does it, gravest and longest due first in each.

    Shows only what the index holds as due. With `snoozed` only the patients that are otherwise left out, with
    `work` only those who have such work. Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    rows, gaps = _due_now(ctx, actor.registry)
    team = members(ctx, actor) if (whose or usual(actor)) is Whose.MINE else None
    everything = partial(all_gaps, ctx, actor.registry)
    return due_page(ctx, actor, rows, team, number, gaps, everything, snoozed=snoozed, work=work)


def due_rows(ctx: Context, registry: Registry) -> tuple[list[Row], Gaps]:
    """Everybody with something due today, in order of urgency, and what of it can't be read.

    Reads only what the index holds as due. Raises Unavailable.
    """
    now, policy = ctx.now(), registry.policy
    listing = lists.caseload(ctx.table, registry.id, due_by=policy.local_date(now.timestamp()))
    rows = [row for summary in listing.records if (row := row_of(summary, policy, now)).due]
    return sorted(rows, key=urgency), gaps_of(ctx, registry, listing, nothing_left=False, whole=False)


def _due_now(ctx: Context, registry: Registry) -> tuple[list[Listed], Gaps]:
    """The same as `due_rows`, from the caseload as this process remembers it. Raises Unavailable."""
    listing = current_list(ctx, registry)
    found = listing.placed_by(registry.policy.local_date(ctx.now().timestamp()))
    rows = sorted((row for row in found.rows if row.due), key=urgency)
    return rows, gaps_of(ctx, registry, found, nothing_left=False, whole=False)


def due_page(
    ctx: Context,
    actor: Actor,
    rows: Sequence[AnyRow],
    team: Sequence[RegistryUser] | None,
    number: int | None,
    gaps: Gaps,
    everything: Callable[[], Gaps],
    *,
    snoozed: bool = False,
    work: Work | None = None,
) -> Page:
    """A page of what is due, without the snoozed or only those; the patients on it are logged as seen.

    Without a number it is the first rows of each kind of work. With the team only the actor's own patients
    are on it, with `work` only those who have such work. Where nothing is left, `everything` says whether
    that is known. Raises Unavailable.
    """
    shown = [row for row in rows if row.snoozed is snoozed]
    hidden = [row for row in rows if row.snoozed and not snoozed]
    own = None
    if team is not None:
        day = actor.registry.policy.local_date(ctx.now().timestamp())
        (shown, own), (hidden, _) = theirs(shown, actor, team, day), theirs(hidden, actor, team, day)
    if not shown:
        gaps = everything()
    ordered = in_work_order(shown, actor.role, work)
    place = first_of_each(ordered) if number is None else page_of(ordered, number, ROWS_PER_PAGE)
    page = seen_page(ctx, actor, place, gaps)
    return replace(page, counts=counted(shown, actor.role), own=own, snoozed=len(hidden))


def in_work_order(rows: Sequence[AnyRow], role: Role, work: Work | None = None) -> list[AnyRow]:
    """Return the rows in the order a role does the work, each with its reasons in that order.

    With `work` only those who have such work, which comes first of each.
    """
    works = [*([work] if work else []), *works_for(role)]
    ordered = [_in_order(row, works) for row in rows]
    kept = [row for row in ordered if work is None or first_work(row) is work]
    return sorted(kept, key=lambda row: (works.index(first_work(row)), *urgency(row)))


def _in_order(row: AnyRow, works: Sequence[Work]) -> AnyRow:
    """Return the row with its reasons in this order; of hundreds most have one, or have them so."""
    if len(row.due) == 1:
        return row
    due = in_order_of(row.due, works)
    return row if due == row.due else replace(row, due=due)


def first_work(row: Row | Listed) -> Work:
    """Return the kind of work a row is listed under."""
    return work_of(row.due[0].reason)


def first_of_each(ordered: Sequence[AnyRow]) -> Place[AnyRow]:
    """The first rows of each kind of work, as the only page of a list of all of them."""
    taken: dict[Work, int] = {}
    rows: list[AnyRow] = []
    for row in ordered:
        work = first_work(row)
        taken[work] = taken.get(work, 0) + 1
        if taken[work] <= ROWS_PER_WORK:
            rows.append(row)
    return Place(rows, 1, 1, 1 if rows else 0, len(ordered))


def counted(rows: Sequence[AnyRow], role: Role) -> Mapping[Work, int]:
    """Return the number of patients with each kind of work, in the order a role does it; none without any."""
    has = [{work_of(due.reason) for due in row.due} for row in rows]
    found = {work: sum(work in each for each in has) for work in works_for(role)}
    return {work: count for work, count in found.items() if count}
