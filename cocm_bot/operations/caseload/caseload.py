"""The caseload as a list, a page at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from cocm_bot.domain import pages
from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.people import full_name
from cocm_bot.domain.team.assignment import concerns, in_charge, unassigned
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.caseload.listing import Listed, Part, current_list
from cocm_bot.operations.caseload.rows import Row, Show, Sort
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import Gaps, gaps_of
from cocm_bot.operations.roster import members

ROWS_PER_PAGE = 15

AnyRow = TypeVar("AnyRow", Row, Listed)
"""A row in full, or as lists choose it."""


MOST_MEASURED = 100
"""Rows that are read to see how many fit a page: of more, the page is as long as always fits."""


@dataclass(frozen=True)
class Own:
    """Of a list of a care manager's own patients: how many the whole list has, and whose are among them."""

    everyone: int
    unassigned: int
    covered: Sequence[str] = ()
    """The names of the care managers the person covers today."""


@dataclass(frozen=True)
class Page:
    """A page of a list; `gaps` is what the whole list does not show."""

    place: pages.Page[Row]
    gaps: Gaps
    counts: Mapping[Work, int] = field(default_factory=dict)
    """Of a worklist: how many patients have each kind of work, in the order the reader does it.

    A patient counts under every kind they have.
    """
    own: Own | None = None
    """The size of a care manager's own list and of the whole; None where it shows everybody's."""
    snoozed: int = 0
    """Of a worklist: how many patients with something due are left out."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows of the page."""
        return self.place.rows

    @property
    def matched(self) -> int:
        """Return how many rows the whole list has."""
        return self.place.total


class Whose(StrEnum):
    """The patients of a list: the actor's own, or all."""

    MINE = "mine"
    ALL = "all"


def usual(actor: Actor) -> Whose:
    """Return whose patients a list shows where nobody said: a care manager's own, else everybody's."""
    return Whose.MINE if actor.role is Role.CARE_MANAGER else Whose.ALL


def caseload(
    ctx: Context,
    actor: Actor,
    show: Show,
    sort: Sort,
    number: int = 1,
    whose: Whose | None = None,
    *,
    size: int = ROWS_PER_PAGE,
    fits: Callable[[Sequence[Row]], int] | None = None,
) -> Page:
    """The patients in the program that the filter keeps.

    A page holds `size` of them; where there are few, as many as `fits` says of these very rows. Raises
    NotAllowed or Unavailable.
    """
    kept, own, everybody = _kept(ctx, actor, show, sort, whose)
    gaps = gaps_of(ctx, actor.registry, everybody, nothing_left=not kept)
    if fits and len(kept) <= MOST_MEASURED:
        rows = in_full(ctx, actor, kept)
        page = seen_page(ctx, actor, pages.page_of(rows, number, fits(rows)), gaps)
    else:
        page = seen_page(ctx, actor, pages.page_of(kept, number, size), gaps)
    return replace(page, own=own)


def choosable(
    ctx: Context, actor: Actor, show: Show, sort: Sort, most: int, whose: Whose | None = None
) -> tuple[list[Row], int]:
    """The first `most` patients of such a list, logged as seen, and how many there are.

    Raises NotAllowed or Unavailable.
    """
    kept, _, _ = _kept(ctx, actor, show, sort, whose)
    shown = in_full(ctx, actor, kept[:most])
    if shown:
        record_view(ctx, actor, Action.VIEW_CASELOAD, (row.summary.id for row in shown))
    return shown, len(kept)


def listed(ctx: Context, actor: Actor, show: Show, whose: Whose | None = None) -> list[str]:
    """The handles of all patients of such a list, for what is done with all of them.

    Raises NotAllowed or Unavailable.
    """
    kept, _, _ = _kept(ctx, actor, show, Sort.URGENCY, whose)
    return [row.handle for row in kept if row.handle]


def own_rows(
    ctx: Context,
    actor: Actor,
    rows: Sequence[AnyRow],
    whose: Whose | None = None,
    team: Sequence[RegistryUser] | None = None,
) -> tuple[list[AnyRow], Own | None]:
    """The rows of the patients who are the actor's own, with what a screen says of them; else all rows.

    Own are those assigned to the actor, to somebody they cover today, or to nobody, so that nobody falls
    through. The `team` is read where it is not given.
    """
    if (whose or usual(actor)) is Whose.ALL:
        return list(rows), None
    today = actor.registry.policy.local_date(ctx.now().timestamp())
    return theirs(rows, actor, members(ctx, actor) if team is None else team, today)


def theirs(
    rows: Sequence[AnyRow], actor: Actor, team: Sequence[RegistryUser], day: date
) -> tuple[list[AnyRow], Own]:
    """The rows of the patients who are the actor's own on a local day, with what a screen says of them."""
    charge = in_charge(team, day)
    kept = [row for row in rows if concerns(row.care_manager, actor.user_id, charge)]
    covered = [
        full_name(member)
        for member in team
        if member.user_id != actor.user_id and actor.user_id in charge.get(member.user_id, ())
    ]
    nobodys = sum(unassigned(row.care_manager, charge) for row in kept)
    return kept, Own(everyone=len(rows), unassigned=nobodys, covered=covered)


def in_full(ctx: Context, actor: Actor, rows: Sequence[AnyRow]) -> list[Row]:
    """Return these rows as they are shown."""
    policy, now = actor.registry.policy, ctx.now()
    return [row if isinstance(row, Row) else row.row(policy, now) for row in rows]


def _kept(
    ctx: Context, actor: Actor, show: Show, sort: Sort, whose: Whose | None
) -> tuple[list[Listed], Own | None, Part]:
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    listing = current_list(ctx, actor.registry)
    rows = [row for row in listing.by(sort) if show in row.shows]
    kept, own = own_rows(ctx, actor, rows, whose)
    return kept, own, listing.everybody()


def seen_page(
    ctx: Context, actor: Actor, place: pages.Page[AnyRow], gaps: Gaps, beside: Iterable[str] = ()
) -> Page:
    """The page, with what is on it logged as seen; in the same entry, by id, those shown `beside` it."""
    shown: list[Row] = in_full(ctx, actor, place.rows)
    if seen := dict.fromkeys([*(row.summary.id for row in shown), *beside]):
        record_view(ctx, actor, Action.VIEW_CASELOAD, seen)
    return Page(pages.Page(shown, place.number, place.pages, place.first, place.total), gaps)
