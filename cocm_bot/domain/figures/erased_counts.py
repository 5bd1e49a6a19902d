"""The counts that figures keep of erased patients: sums of calendar months, quarters and years, of nobody.

A past month must not change because a patient is erased since. What is kept says nothing but how many more
belong into each count: no id or handle, no day, no score, and none of a care manager or payer. Medians of
days are left to those who remain: one day would be one person's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period, month_of, quarter_of, year_of
from cocm_bot.domain.figures.program import ProgramFigures, program_figures
from cocm_bot.domain.figures.published import Result, published_measures
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status

T = TypeVar("T")

ERASED = "erased"
"""The word in the place of an erased patient's handle: long enough to be none."""

Counts = Mapping[str, int]
"""Numbers by the name they are stored under."""

_MONTH = re.compile(r"\d{4}-\d{2}")
_LISTED = ("served", "enrolled", "reopened", "resumed")
_PARTS = ("part", "whole", "unmeasured")
_CALENDARS: Sequence[tuple[Callable[[date], Period], Callable[[date], str]]] = (
    (month_of, lambda day: f"{day:%Y-%m}"),
    (quarter_of, lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}"),
    (year_of, lambda day: f"{day:%Y}"),
)


@dataclass(frozen=True)
class ErasedCounts:
    """The counts of a registry's erased patients, by the name of a period (`2026-03`, `2026-Q1`, `2026`)."""

    today: date = date.min
    by_period: Mapping[str, Counts] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def began(self) -> date | None:
        """Return the first day of the earliest month in which one of them counts."""
        months = [name for name in self.by_period if _MONTH.fullmatch(name)]
        return date.fromisoformat(f"{min(months)}-01") if months else None

    def of(self, period: Period) -> Counts | None:
        """Return the counts of a month, quarter or year up to today; None for another period."""
        for calendar, named in _CALENDARS:
            whole = calendar(period.first)
            if period == Period(whole.first, min(whole.last, self.today)):
                return self.by_period.get(named(period.first), {})
        return None


NOBODY_ERASED = ErasedCounts()


def counts_left(
    records: Sequence[OutcomeRecord], policy: CarePolicy, today: date
) -> Mapping[str, Mapping[str, Counts]]:
    """Return what a patient who is erased on a local day leaves, by year and period.

    Of a period that is not over they left on that day.
    """
    closed = [_left(record, today) for record in records]
    found: dict[str, dict[str, Counts]] = {}
    for name, period in _periods(min((each.started for each in closed), default=today), today):
        figures = program_figures(closed, policy, period)
        if counts := _counts(figures, published_measures(closed, period)):
            found.setdefault(f"{period.first:%Y}", {})[name] = counts
    return found


def added(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> Mapping[str, Counts]:
    """Return the sums of two patients' counts, or more, by period."""
    return {
        name: dict(Counter(one.get(name, {})) + Counter(other.get(name, {})))
        for name in sorted({*one, *other})
    }


def with_erased(figures: ProgramFigures, counts: Counts) -> ProgramFigures:
    """Return the figures of a period with the counts of those erased since."""
    if not counts:
        return figures
    found, caseload, work = Counter(counts), figures.caseload, figures.work
    codes = Counter(work.codes) + Counter(_under("code", counts))
    listed: dict[str, Any] = {name: (*getattr(caseload, name), *_nameless(found[name])) for name in _LISTED}
    return replace(
        figures,
        caseload=replace(
            caseload,
            by_status=_grouped("status", caseload.by_status, counts, Status),
            left=_grouped("left", caseload.left, counts, _reason),
            assigned=caseload.assigned + found["assigned"],
            **listed,
        ),
        process=replace(
            figures.process,
            contacts=figures.process.contacts + found["contacts"],
            consults=figures.process.consults + found["consults"],
            **_joined(figures.process, found),
        ),
        outcomes=replace(figures.outcomes, **_joined(figures.outcomes, found)),
        work=replace(
            work,
            minutes=work.minutes + found["minutes"],
            codes=dict(sorted(codes.items())),
            **_joined(work, found),
        ),
    )


def published_with_erased(results: Iterable[Result], counts: Counts) -> Sequence[Result]:
    """Return the published measures of a period with the counts of those erased since."""
    found = Counter(counts)
    return [replace(each, tally=_tally(each.definition.name, each.tally, found)) for each in results]


def _left(record: OutcomeRecord, today: date) -> OutcomeRecord:
    last = record.stays[-1]
    if last.left is not None:
        return record
    return record.model_copy(update={"stays": (*record.stays[:-1], last.model_copy(update={"left": today}))})


def _periods(first: date, today: date) -> Iterator[tuple[str, Period]]:
    for calendar, named in _CALENDARS:
        day = first
        while (whole := calendar(day)).first <= today:
            yield named(whole.first), Period(whole.first, min(whole.last, today))
            day = date.fromordinal(whole.last.toordinal() + 1)


def _counts(figures: ProgramFigures, published: Iterable[Result]) -> Counts:
    """Return the counts of figures by the names they are stored under, those of nobody left out."""
    caseload, process, work = figures.caseload, figures.process, figures.work
    tallies = {
        **_tallies(process),
        **_tallies(figures.outcomes),
        **_tallies(work),
        **{each.definition.name: each.tally for each in published},
    }
    return +Counter(
        {
            "assigned": caseload.assigned,
            "contacts": process.contacts,
            "consults": process.consults,
            "minutes": work.minutes,
            **{name: len(getattr(caseload, name)) for name in _LISTED},
            **{f"status:{status}": len(who) for status, who in caseload.by_status.items()},
            **{f"left:{reason or ''}": len(who) for reason, who in caseload.left.items()},
            **{f"code:{code}": units for code, units in work.codes.items()},
            **{
                f"{name}:{part}": len(getattr(tally, part))
                for name, tally in tallies.items()
                for part in _PARTS
            },
        }
    )


def _tallies(group: Any) -> Mapping[str, Tally]:
    found = {each.name: getattr(group, each.name) for each in fields(group)}
    return {name: value for name, value in found.items() if isinstance(value, Tally)}


def _joined(group: Any, counts: Counter[str]) -> dict[str, Any]:
    return {name: _tally(name, tally, counts) for name, tally in _tallies(group).items()}


def _tally(name: str, tally: Tally, counts: Counter[str]) -> Tally:
    more = {part: (*getattr(tally, part), *_nameless(counts[f"{name}:{part}"])) for part in _PARTS}
    return Tally(**more)


def _grouped(
    kind: str, groups: Mapping[T, Sequence[str]], counts: Counts, group_of: Callable[[str], T]
) -> Mapping[T, Sequence[str]]:
    """Return handles by status or reason, with those erased."""
    found = dict(groups)
    for word, number in _under(kind, counts).items():
        group = group_of(word)
        found[group] = (*found.get(group, ()), *_nameless(number))
    return found


def _reason(word: str) -> DeactivationReason | None:
    return DeactivationReason(word) if word else None


def _under(kind: str, counts: Counts) -> Mapping[str, int]:
    start = f"{kind}:"
    return {name.removeprefix(start): number for name, number in counts.items() if name.startswith(start)}


def _nameless(number: int) -> Sequence[str]:
    return (ERASED,) * number
