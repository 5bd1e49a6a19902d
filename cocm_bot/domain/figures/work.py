"""The care managers' minutes of a period, and the codes they would give."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cocm_bot.domain.billing.codes import propose, rules_for
from cocm_bot.domain.billing.minutes import initial, month_end
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
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
    for latest, seconds, consented in _by_patient(records):
        for month in months:
            if month not in seconds:
                continue
            minutes += seconds[month] // 60
            proposal = propose(
                consented.get(month, 0) // 60,
                initial=initial(month, seconds, policy.billing.gap_months),
                rules=rules_for(latest.payer_on(month_end(month)), policy.billing),
            )
            answers.append((latest.handle, proposal.code is not None))
            codes.update(dict(proposal.units))
    return Work(minutes, {code: units for code, units in sorted(codes.items()) if units}, tally(answers))


def _by_patient(
    records: Iterable[OutcomeRecord],
) -> Iterable[tuple[OutcomeRecord, Mapping[str, int], Mapping[str, int]]]:
    """Yield each patient's last record, seconds and consented seconds by month: episodes share a month."""
    patients: defaultdict[str, list[OutcomeRecord]] = defaultdict(list)
    for record in records:
        patients[record.patient_id].append(record)
    for each in patients.values():
        seconds: Counter[str] = Counter()
        consented: Counter[str] = Counter()
        for record in each:
            seconds.update(record.seconds)
            consented.update(record.consented)
        yield each[-1], seconds, consented
