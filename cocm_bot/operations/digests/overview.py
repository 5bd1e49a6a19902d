"""A person's first screen: their day, or, for roles that see no patients, the month's billing or counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.figures.counts import Figures, Numbers, figures
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.agreements import Recommendation
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.team.physicians import addressees
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.caseload.caseload import Page, own_rows, seen_page
from cocm_bot.operations.caseload.listing import Listed, current_list, in_whole, numbers_of, summaries
from cocm_bot.operations.caseload.worklist import counted, first_of_each, in_work_order
from cocm_bot.operations.contacts import timers
from cocm_bot.operations.contacts.drafts import Unsaved, unsaved
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import Gaps, gaps_of
from cocm_bot.operations.roster import members, names

MOST_RECOMMENDATIONS = 5


@dataclass(frozen=True)
class Awaited:
    """A recommendation that waits for the actor's answer."""

    patient: Patient
    recommendation: Recommendation


@dataclass(frozen=True)
class Day:
    """The actor's day; `awaited` names up to five recommendations, the longest waiting first."""

    page: Page
    numbers: Numbers
    timer: Timer | None
    awaited: Sequence[Awaited]
    unsaved: Sequence[Unsaved] = ()
    """The forms they closed without saving."""


@dataclass(frozen=True)
class Known:
    """The things that a piece of work read already: it draws the day after with them."""

    team: Sequence[RegistryUser]
    timer: Timer | None


def day(ctx: Context, actor: Actor, known: Known | None = None) -> Day:
    """Return what is due, the caseload in numbers and what waits for the actor, from one look at the
    caseload.

    Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    listing = current_list(ctx, actor.registry)
    team = known.team if known else members(ctx, actor)
    mine, own = own_rows(ctx, actor, listing.rows, team=team)
    due = [row for row in mine if row.due]
    rows = in_work_order([row for row in due if not row.snoozed], actor.role)
    awaited = _awaited(ctx, actor, listing.rows, team)
    gaps = gaps_of(ctx, actor.registry, listing.everybody(), nothing_left=not rows)
    shown = first_of_each(rows)
    page = seen_page(ctx, actor, shown, gaps, beside=(each.patient.id for each in awaited))
    return Day(
        page=replace(page, counts=counted(rows, actor.role), own=own, snoozed=len(due) - len(rows)),
        numbers=numbers_of(mine),
        timer=_timer(ctx, actor, known),
        awaited=awaited,
        unsaved=unsaved(ctx, actor),
    )


def _timer(ctx: Context, actor: Actor, known: Known | None) -> Timer | None:
    if not may(actor.role, Action.LOG_CONTACT):
        return None
    return known.timer if known else timers.running(ctx, actor)


def program(ctx: Context, actor: Actor) -> tuple[Figures, Mapping[str, str], Gaps]:
    """The program's figures, the members' names by user id, and what the figures leave out.

    For the registry's admins too. Raises NotAllowed or Unavailable.
    """
    if not actor.is_admin:
        authorise(ctx, actor, Action.VIEW_FIGURES)
    now, policy = ctx.now(), actor.registry.policy
    listing = current_list(ctx, actor.registry)
    gaps = gaps_of(ctx, actor.registry, listing.everybody(), nothing_left=False)
    memory = ctx.memory.of(actor.registry.id, now.timestamp())
    with memory.lock:
        # A list is of one day, and so are the figures.
        of, found = memory.derived.get(Figures, (None, None))
        if found is None or of is not listing:
            found = figures(summaries(listing.rows), policy, now)
            memory.derived[Figures] = listing, found
    return found, names(ctx, actor), gaps


def _awaited(
    ctx: Context, actor: Actor, rows: Sequence[Listed], team: Sequence[RegistryUser]
) -> list[Awaited]:
    if not may(actor.role, Action.ANSWER_RECOMMENDATION):
        return []
    waiting = [row for row in rows if row.recommended is not None]
    waiting.sort(key=lambda row: row.recommended or 0)
    today = actor.registry.policy.local_date(ctx.now().timestamp())
    found: list[Awaited] = []
    for patient in in_whole(ctx, actor.registry, waiting):
        for each in still_open(patient):
            if each.unanswered and actor.user_id in addressees(each, patient, team, today):
                found.append(Awaited(patient, each))
        if len(found) >= MOST_RECOMMENDATIONS:
            break
    return found[:MOST_RECOMMENDATIONS]
