"""Due days of each reason, worked out on a calendar: 5 January 2026 is a Monday."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from cocm_bot.domain.due.rules import Due, Reason, due
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag, Status
from tests.domain.build import NEW_YORK, assessment, consult, derived, flag, moment, patient, policy

LATER = "2029-12-31"


@dataclass(frozen=True)
class Case:
    """A history, and the day the reason under test holds from; None when it never does."""

    what: str
    logs: list[TreatmentLog]
    since: str | None
    who: Patient = field(default_factory=patient)
    zone: str = NEW_YORK

    def __str__(self) -> str:
        return self.what


def found(case: Case, reason: Reason, now: str) -> Due | None:
    care = policy(case.zone)
    summary = derived(case.who, case.logs, now, care, case.zone)
    return next((each for each in due(summary, care, moment(now, case.zone)) if each.reason is reason), None)


def check(case: Case, reason: Reason) -> None:
    """Due all day from the first minute of the day named, and not in the last minute of the day before."""
    if case.since is None:
        assert found(case, reason, LATER) is None
        return
    day = date.fromisoformat(case.since)
    assert found(case, reason, f"{day - timedelta(days=1)} 23:59") is None
    for now in (f"{day} 00:00", f"{day} 23:59", LATER):
        there = found(case, reason, now)
        assert there is not None
        assert there.since == day


ASSESSED = assessment("2026-01-05 15:00", PHQ9=18)
ENROLLED = patient(Status.ENROLLED)
PREVENTION = patient(Status.RELAPSE_PREVENTION)
REVIEW = flag(Flag.REVIEW, "2026-02-01")
REVIEWED = consult("2026-01-05")
