"""The program's figures of a period, from outcome records alone: everybody of that time, leavers included.

A figure of a month says what was known when the month ended: a record of later months does not change it.
Whose patient it was, and who paid, is what held on the period's last day.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.figures.caseload import Caseload, caseload_of
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.outcome import Outcome, day_70, deciding, outcome_on
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.figures.process import Process, process_of
from cocm_bot.domain.figures.shares import Tally, tally
from cocm_bot.domain.figures.work import Work, work_of
from cocm_bot.domain.settings.policy import CarePolicy


@dataclass(frozen=True)
class Outcomes:
    """Of those in the program 70 days or more with a first score at the line or above."""

    improved: Tally
    response: Tally
    remission: Tally


@dataclass(frozen=True)
class ProgramFigures:
    """All figures of a period."""

    period: Period
    caseload: Caseload
    process: Process
    outcomes: Outcomes
    work: Work


def program_figures(
    records: Iterable[OutcomeRecord],
    policy: CarePolicy,
    period: Period,
    full_time: Mapping[str, float] | None = None,
) -> ProgramFigures:
    """Return the figures of a period that is over, or of the part of it up to today.

    `full_time` is each care manager's full-time equivalent by user id, 1 where it is not given.
    """
    known = [record for record in records if record.started <= period.last]
    return ProgramFigures(
        period=period,
        caseload=caseload_of(known, period, full_time or {}),
        process=process_of(known, policy, period),
        outcomes=_outcomes(known, policy, period),
        work=work_of(known, policy, period),
    )


def by_care_manager(
    records: Iterable[OutcomeRecord], period: Period
) -> Mapping[str | None, Sequence[OutcomeRecord]]:
    """Return the records by whose patient it was on the last day (a user id); None is nobody's."""
    return _grouped(records, lambda record: record.care_manager_on(period.last))


def by_payer(
    records: Iterable[OutcomeRecord], period: Period
) -> Mapping[str | None, Sequence[OutcomeRecord]]:
    """Return the records by who paid on the last day; None where no payer is recorded."""
    return _grouped(records, lambda record: record.payer_on(period.last))


def _grouped(
    records: Iterable[OutcomeRecord], key: Callable[[OutcomeRecord], str | None]
) -> Mapping[str | None, Sequence[OutcomeRecord]]:
    groups: defaultdict[str | None, list[OutcomeRecord]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return groups


def _outcomes(records: Sequence[OutcomeRecord], policy: CarePolicy, period: Period) -> Outcomes:
    """Judge each on the last day in the program, so that who left well counts as well."""
    found: list[tuple[str, Outcome]] = []
    unmeasured = []
    for record in records:
        day = record.last_day(period)
        if day is None or day < day_70(record) or not deciding(record, policy, day):
            continue
        outcome = outcome_on(record, policy, day)
        if outcome is None:
            unmeasured.append(record.handle)
        else:
            found.append((record.handle, outcome))
    return Outcomes(
        improved=tally([(handle, each.improved) for handle, each in found], unmeasured),
        response=tally([(handle, each.response) for handle, each in found], unmeasured),
        remission=tally([(handle, each.remission) for handle, each in found], unmeasured),
    )
