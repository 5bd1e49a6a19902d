"""Count what was done for the patients of a period."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.outcome import day_70, deciding, outcome_on
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.figures.shares import Tally, tally, together
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.settings.policy import CarePolicy

CONTACT_DAYS = 14


@dataclass(frozen=True)
class Waits:
    """Days waited, one for each patient whose waiting ended in the period, shortest first."""

    days: Sequence[int]

    @property
    def median(self) -> float | None:
        """The median; None where nobody's waiting ended."""
        return median(self.days) if self.days else None


@dataclass(frozen=True)
class Process:
    """The work done."""

    contacted_twice: Tally
    """Of each month's patients, those with two attended contacts or more in it."""
    measured: Tally
    """Of each month's patients, those with a score of a deciding measure in it."""
    contacted_early: Tally
    """Of those whose 14th day after enrollment fell into the period: an attended contact by then."""
    referral_to_assessment: Waits
    enrollment_to_assessment: Waits
    assessment_to_follow_up: Waits
    consulted: Tally
    """Of those not improved at 70 days: a consult on day 70 or later."""
    changed: Tally
    """Of the same: a changed treatment on day 70 or later."""
    planned: Tally
    """Of those who graduated: a relapse prevention plan was written in the episode."""
    contacts: int
    consults: int


def process_of(records: Sequence[OutcomeRecord], policy: CarePolicy, period: Period) -> Process:
    """Count what was done in a period."""
    unimproved, unmeasured = _unimproved(records, policy, period)
    return Process(
        contacted_twice=together(_contacted_twice(records, month) for month in period.months),
        measured=together(_measured(records, policy, month) for month in period.months),
        contacted_early=tally(
            (record.handle, any(day <= _day_14(record) for day in record.contacts))
            for record in records
            if _day_14(record) in period
        ),
        referral_to_assessment=_waits(
            (record.referred, record.assessed) for record in records if record.assessed in period
        ),
        enrollment_to_assessment=_waits(
            (record.started, record.assessed) for record in records if record.assessed in period
        ),
        assessment_to_follow_up=_waits(
            (record.assessed, record.followed_up) for record in records if record.followed_up in period
        ),
        consulted=tally(
            [(record.handle, _since_day_70(record, record.consults, last)) for record, last in unimproved],
            unmeasured,
        ),
        changed=tally(
            [(record.handle, _since_day_70(record, record.changes, last)) for record, last in unimproved],
            unmeasured,
        ),
        planned=tally(_planned(records, period)),
        contacts=sum(day in period for record in records for day in record.contacts),
        consults=sum(day in period for record in records for day in record.consults),
    )


def _unimproved(
    records: Iterable[OutcomeRecord], policy: CarePolicy, period: Period
) -> tuple[list[tuple[OutcomeRecord, date]], list[str]]:
    """Return those not improved at day 70, each with the last day in the program, and who had no score."""
    unimproved, unmeasured = [], []
    for record in records:
        last = _judged_until(record, policy, period)
        if last is None:
            continue
        outcome = outcome_on(record, policy, day_70(record))
        if outcome is None:
            unmeasured.append(record.handle)
        elif outcome.improved is False:
            unimproved.append((record, last))
    return unimproved, unmeasured


def _planned(records: Iterable[OutcomeRecord], period: Period) -> Iterator[tuple[str, bool]]:
    """Yield each who graduated, and whether with a plan."""
    for record in records:
        for stay in record.stays:
            if stay.left and stay.left in period and stay.reason is DeactivationReason.GRADUATED:
                yield record.handle, any(day <= stay.left for day in record.plans)


def _contacted_twice(records: Iterable[OutcomeRecord], month: Period) -> Tally:
    return tally(
        (record.handle, sum(day in month for day in record.contacts) >= 2)
        for record in records
        if record.last_day(month)
    )


def _measured(records: Iterable[OutcomeRecord], policy: CarePolicy, month: Period) -> Tally:
    """A patient for whom no measure decides is measured by the registry's first outcome measure."""
    outcomes = [measure for measure in policy.measures if measure.outcome][:1]
    answers = []
    for record in records:
        if not record.last_day(month):
            continue
        names = {each.name for each in deciding(record, policy, month.last) or outcomes}
        scored = {each.measure for each in record.scores if each.day in month and not each.check}
        answers.append((record.handle, bool(names & scored)))
    return tally(answers)


def _judged_until(record: OutcomeRecord, policy: CarePolicy, period: Period) -> date | None:
    """Return the last day of the period in the program of somebody judged at day 70; None of others."""
    last, settled = record.last_day(period), day_70(record)
    if last is None or last < settled or not record.in_program(settled):
        return None
    return last if deciding(record, policy, settled) else None


def _since_day_70(record: OutcomeRecord, days: Iterable[date], last: date) -> bool:
    return any(day_70(record) <= day <= last for day in days)


def _day_14(record: OutcomeRecord) -> date:
    return record.started + timedelta(days=CONTACT_DAYS)


def _waits(spans: Iterable[tuple[date | None, date | None]]) -> Waits:
    """Return the days of those of whom both ends are known; who was seen before counts as not waiting."""
    return Waits(sorted(max(0, (end - start).days) for start, end in spans if start and end))
