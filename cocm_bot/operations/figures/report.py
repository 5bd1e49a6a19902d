"""The program's figures of a period: what `/cocm figures`, its pictures and its file show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.figures.asked import EVERYBODY, Asked, Narrowing, asked
from cocm_bot.domain.figures.courses import Course, courses_of
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.erased_counts import (
    NOBODY_ERASED,
    Counts,
    ErasedCounts,
    published_with_erased,
    with_erased,
)
from cocm_bot.domain.figures.periods import Period, add_months, month_of
from cocm_bot.domain.figures.program import ProgramFigures, by_care_manager, program_figures
from cocm_bot.domain.figures.published import Result, published_measures
from cocm_bot.domain.figures.small_counts import ALL_TOLD, SmallCounts
from cocm_bot.domain.figures.work import work_of
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.figures.outcomes import outcomes_of
from cocm_bot.operations.roster import named
from cocm_bot.store.team import people

FEWEST_MONTHS, MOST_MONTHS = 12, 36
"""Months shown beside each other: those of the period, with some before it where it is short."""
RECALCULATING = (
    "Patients are being recalculated now. Until that is done, these numbers may be incomplete, or follow the "
    "former settings in part. Ask again in a few minutes."
)


class ErasedShown(Enum):
    """The part that counts of erased patients have in a report."""

    NONE = auto()
    """Nobody was erased."""
    COUNTED = auto()
    """In the program's figures; not in those of a care manager, of whom nothing is kept."""
    LEFT_OUT = auto()
    """Neither a calendar month, quarter or year, nor the whole program, is asked for."""


@dataclass(frozen=True)
class Report:
    """Everything there is to show of a period."""

    figures: ProgramFigures
    before: ProgramFigures
    """Those of the period before."""
    by_care_manager: Mapping[str | None, ProgramFigures]
    """By user id; None is of patients without one."""
    published: Sequence[Result]
    months: Sequence[ProgramFigures]
    """Month by month up to the end of the period, oldest first."""
    minutes: Sequence[Mapping[str | None, int]]
    """Of the same months, by whose patient it was."""
    measure: Measure | None
    """The registry's first outcome measure."""
    courses: Sequence[Course]
    """The course of each patient of the period, the rising ones first."""
    records: Sequence[OutcomeRecord]
    """Those of the patients counted."""
    unread: int
    """Patients who are not counted, since they can't be read."""
    recalculating: bool = False
    """True while patients are derived again."""
    narrowing: Narrowing = EVERYBODY
    """The part of the program that is counted."""
    small: SmallCounts = ALL_TOLD
    """The counts the registry hides."""
    erased: ErasedShown = ErasedShown.NONE


def report(ctx: Context, actor: Actor, words: Sequence[str]) -> tuple[Report, Mapping[str, str]]:
    """Return the figures of the period and the part that were asked for, and the members' names by user id.

    For Clinical Ops and the registry's admins. Raises NotAllowed, InvalidInput or Unavailable.
    """
    authorise_figures(ctx, actor)
    wanted = asked(words, actor.registry.policy.local_date(ctx.now().timestamp()))
    team = people.members(ctx.table, actor.registry.id).records
    return report_of(ctx, actor.registry, wanted, team), named(team)


def authorise_figures(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, and log it, unless the actor is an admin or their role sees the figures."""
    if not actor.is_admin:
        authorise(ctx, actor, Action.VIEW_FIGURES)


def report_of(ctx: Context, registry: Registry, wanted: Asked, team: Sequence[RegistryUser]) -> Report:
    """Return the figures of what was asked for. Raises InvalidInput for an unknown name, or Unavailable."""
    found = outcomes_of(ctx, registry)
    narrowing = wanted.narrowing(named(team), found.records)
    full_time = {member.user_id: member.full_time for member in team}
    return composed(
        found.records,
        registry.policy,
        wanted.period,
        unread=found.unread,
        recalculating=found.recalculating,
        narrowing=narrowing,
        full_time=full_time,
        small=SmallCounts(registry.privacy.smallest_count),
        erased=ErasedCounts(registry.policy.local_date(ctx.now().timestamp()), found.erased),
    )


def composed(
    everybody: Sequence[OutcomeRecord],
    policy: CarePolicy,
    period: Period,
    *,
    unread: int = 0,
    recalculating: bool = False,
    narrowing: Narrowing = EVERYBODY,
    full_time: Mapping[str, float] | None = None,
    small: SmallCounts = ALL_TOLD,
    erased: ErasedCounts = NOBODY_ERASED,
) -> Report:
    """Return all there is to show of a period, from outcome records and the counts of those erased."""

    def kept(of: Period) -> Counts | None:
        return erased.of(of) if narrowing == EVERYBODY else None

    def figures(of: Period) -> ProgramFigures:
        found = program_figures(narrowing.of(everybody, of), policy, of, full_time)
        return with_erased(found, kept(of) or {})

    records = narrowing.of_patients(everybody, period)
    starts = [record.started for record in everybody]
    if erased.began and narrowing == EVERYBODY:
        starts.append(erased.began)
    months = _months(min(starts, default=period.first), period)
    measure = next((each for each in policy.measures if each.outcome), None)
    return Report(
        figures=figures(period),
        before=figures(period.before),
        by_care_manager={
            manager: program_figures(mine, policy, period, full_time)
            for manager, mine in by_care_manager(narrowing.of(everybody, period), period).items()
        },
        published=published_with_erased(published_measures(records, period), kept(period) or {}),
        months=[figures(month) for month in months],
        minutes=[_minutes(narrowing.of(everybody, month), policy, month) for month in months],
        measure=measure,
        courses=courses_of(records, measure, period) if measure else (),
        records=records,
        unread=unread,
        recalculating=recalculating,
        narrowing=narrowing,
        small=small,
        erased=_shown(erased, kept(period)),
    )


def _shown(erased: ErasedCounts, kept: Counts | None) -> ErasedShown:
    if not erased.by_period:
        return ErasedShown.NONE
    if kept is None:
        return ErasedShown.LEFT_OUT
    return ErasedShown.COUNTED if kept else ErasedShown.NONE


def _minutes(records: Sequence[OutcomeRecord], policy: CarePolicy, month: Period) -> Mapping[str | None, int]:
    owned = by_care_manager(records, month)
    return {manager: work_of(mine, policy, month).minutes for manager, mine in owned.items()}


def _months(start: date, period: Period) -> Sequence[Period]:
    """Return the months to show: none before the first enrollment, the last one up to the period's end."""
    count = min(max(len(period.months), FEWEST_MONTHS), MOST_MONTHS)
    first = max(add_months(month_of(period.last).first, 1 - count), month_of(start).first)
    return Period(min(first, period.last), period.last).months
