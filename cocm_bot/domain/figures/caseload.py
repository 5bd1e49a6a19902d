"""The patients in the program in a period, those who came and those who left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.vocabulary import Status


@dataclass(frozen=True)
class Caseload:
    """The patients in the program, those who came and those who left; each by handle."""

    by_status: Mapping[Status, Sequence[str]]
    """At the end of the period's last day."""
    served: Sequence[str]
    """In the program on any day of the period."""
    enrolled: Sequence[str]
    """Episodes that began, those of patients who were here before included."""
    reopened: Sequence[str]
    """Those of them."""
    resumed: Sequence[str]
    """Episodes that went on after leaving."""
    left: Mapping[DeactivationReason | None, Sequence[str]]
    """By the reason given; None where none is recorded."""
    assigned: int
    """Patients in the program at the end who have a care manager."""
    full_time: float
    """The full-time equivalents of those care managers."""

    @property
    def at_end(self) -> int:
        """Patients in the program at the end of the last day."""
        return sum(map(len, self.by_status.values()))

    @property
    def per_full_time(self) -> float | None:
        """Patients per full-time care manager (customary 60 to 120, by population); None without one."""
        return self.assigned / self.full_time if self.full_time else None


def caseload_of(records: Sequence[OutcomeRecord], period: Period, full_time: Mapping[str, float]) -> Caseload:
    """Count a period's patients; `full_time` is 1 for a care manager it does not name."""
    present = [record for record in records if record.in_program(period.last)]
    by_status: defaultdict[Status, list[str]] = defaultdict(list)
    for record in present:
        by_status[record.status_on(period.last)].append(record.handle)
    left: defaultdict[DeactivationReason | None, list[str]] = defaultdict(list)
    for record in records:
        for stay in record.stays:
            if stay.left in period:
                left[stay.reason].append(record.handle)
    enrolled = [record for record in records if record.started in period]
    managers = [manager for record in present if (manager := record.care_manager_on(period.last))]
    return Caseload(
        by_status=by_status,
        served=[record.handle for record in records if record.last_day(period)],
        enrolled=[record.handle for record in enrolled],
        reopened=[record.handle for record in enrolled if record.number > 1],
        resumed=[record.handle for record in records for stay in record.stays[1:] if stay.first in period],
        left=left,
        assigned=len(managers),
        full_time=sum(full_time.get(manager, 1.0) for manager in set(managers)),
    )
