"""A person's first screen: their day, or, for roles that see no patients, the month's billing or counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.agreements import Recommendation
from cocm_bot.domain.billing.codes import LEAST, Proposal, proposed
from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.figures.counts import Figures, Numbers, figures, numbers
from cocm_bot.domain.patient import Patient, PatientSummary
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.team.assignment import with_covers
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.caseload.caseload import Page, own_rows, page_of, row_of, urgency
from cocm_bot.operations.caseload.gaps import Gaps, gaps_of
from cocm_bot.operations.contacts import timers
from cocm_bot.operations.contacts.drafts import Unsaved, unsaved
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import members, names
from cocm_bot.store.patients import patients

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
class Bill:
    """The bill of one patient's month, for whoever bills."""

    handle: str
    patient_mrn: str
    payer: str | None
    proposal: Proposal


def day(ctx: Context, actor: Actor) -> Day:
    """Return what is due, the caseload in numbers and what waits for the actor, from one reading of the
    index.

    Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    now, policy = ctx.now(), actor.registry.policy
    listing = patients.caseload(ctx.table, actor.registry.id)
    everyone = [row_of(summary, policy, now) for summary in listing.records]
    mine, own = own_rows(ctx, actor, everyone)
    due = [row for row in mine if row.due]
    rows = sorted((row for row in due if row.summary.snoozed is None), key=urgency)
    awaited = _awaited(ctx, actor, listing.records)
    gaps = gaps_of(ctx, actor.registry, listing, nothing_left=not rows)
    page = page_of(ctx, actor, rows, 1, gaps, beside=(each.patient.id for each in awaited))
    counts = Counter(row.due[0].reason for row in rows)
    return Day(
        page=replace(page, counts=counts, own=own, snoozed=len(due) - len(rows)),
        numbers=numbers([row.summary for row in mine], policy, now),
        timer=timers.running(ctx, actor) if may(actor.role, Action.LOG_CONTACT) else None,
        awaited=awaited,
        unsaved=unsaved(ctx, actor),
    )


def billing(ctx: Context, actor: Actor) -> tuple[list[Bill], int]:
    """Everybody with minutes this month, those who left the program meanwhile included, by MRN.

    The second number is of records that can't be read. No clinical content. Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_BILLING)
    now, policy = ctx.now(), actor.registry.policy
    listing = patients.everyone(ctx.table, actor.registry.id)
    current = [as_of(summary, policy, now) for summary in listing.records]
    worked = sorted((each for each in current if each.minutes_this_month), key=lambda each: each.patient_mrn)
    record_view(ctx, actor, Action.VIEW_BILLING, (each.id for each in worked))
    bills = [Bill(each.handle, each.patient_mrn, each.payer, proposed(each, policy)) for each in worked]
    return bills, listing.broken


def program(ctx: Context, actor: Actor) -> tuple[Figures, Mapping[str, str], Gaps]:
    """The program's figures, the members' names by user id, and what the figures leave out.

    For the registry's admins too. Raises NotAllowed or Unavailable.
    """
    if not actor.is_admin:
        authorise(ctx, actor, Action.VIEW_FIGURES)
    now, policy = ctx.now(), actor.registry.policy
    listing = patients.caseload(ctx.table, actor.registry.id)
    gaps = gaps_of(ctx, actor.registry, listing, nothing_left=False)
    return figures(listing.records, policy, now, LEAST), names(ctx, actor), gaps


def _awaited(ctx: Context, actor: Actor, summaries: Sequence[PatientSummary]) -> list[Awaited]:
    if not may(actor.role, Action.ANSWER_RECOMMENDATION):
        return []
    waiting = [summary for summary in summaries if summary.course.recommended is not None]
    waiting.sort(key=lambda summary: summary.course.recommended or 0)
    team, today = members(ctx, actor), actor.registry.policy.local_date(ctx.now().timestamp())
    found: list[Awaited] = []
    for summary in waiting:
        patient = patients.get(ctx.table, actor.registry.id, summary.patient_mrn)
        for each in still_open(patient) if patient else ():
            if patient and each.unanswered and actor.user_id in with_covers(each.addressed_to, team, today):
                found.append(Awaited(patient, each))
        if len(found) >= MOST_RECOMMENDATIONS:
            break
    return found[:MOST_RECOMMENDATIONS]
