"""The care managers' minutes of a period, and the codes they would give."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.billing.codes import ADD_ON, propose
from cocm_bot.domain.figures.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.figures.shares import Tally, tally
from cocm_bot.domain.settings.policy import CarePolicy


@dataclass(frozen=True)
class Work:
    """Minutes of whole calendar months; a patient's month is rounded down once."""

    minutes: int
    """All of them, consent or none."""
    codes: Mapping[str, int]
    """Units by code; minutes before the consent give none."""
    coded: Tally
    """Of the months of patients with minutes, those that give a code."""


def work_of(records: Iterable[OutcomeRecord], policy: CarePolicy, period: Period) -> Work:
    """Count the months whose first day lies in a period; minutes are kept by the month, not by the day."""
    months = [f"{each.first:%Y-%m}" for each in period.months]
    minutes = 0
    codes: Counter[str] = Counter()
    answers: list[tuple[str, bool | None]] = []
    for handle, seconds, consented in _by_patient(records):
        initial = _initial_months(seconds, policy.billing.gap_months)
        for month in months:
            if month not in seconds:
                continue
            minutes += seconds[month] // 60
            proposal = propose(
                consented.get(month, 0) // 60,
                initial=month in initial,
                most_add_ons=policy.billing.most_add_ons,
            )
            answers.append((handle, proposal.code is not None))
            if proposal.code is not None:
                codes[proposal.code] += 1
                codes[ADD_ON] += proposal.add_ons
    return Work(minutes, {code: units for code, units in sorted(codes.items()) if units}, tally(answers))


def _by_patient(
    records: Iterable[OutcomeRecord],
) -> Iterable[tuple[str, Mapping[str, int], Mapping[str, int]]]:
    """Yield each patient's handle, seconds and consented seconds by month: episodes share a month."""
    patients: defaultdict[str, list[OutcomeRecord]] = defaultdict(list)
    for record in records:
        patients[record.patient_id].append(record)
    for each in patients.values():
        seconds: Counter[str] = Counter()
        consented: Counter[str] = Counter()
        for record in each:
            seconds.update(record.seconds)
            consented.update(record.consented)
        yield each[0].handle, seconds, consented


def _initial_months(seconds: Mapping[str, int], gap: int) -> Sequence[str]:
    """Return the months billed as initial: the first, and each after `gap` whole months without work."""
    initial: list[str] = []
    before: int | None = None
    for month in sorted(seconds):
        number = int(month[:4]) * 12 + int(month[5:])
        if before is None or number - before - 1 >= gap:
            initial.append(month)
        before = number
    return initial
