"""The part of an episode that figures need: small, derived from the history, and enough for any month.

Every day is a local day of the registry. Nothing here says more of a person than a handle and a birth date.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.records.agreements import StoredDeactivationReason
from cocm_bot.domain.records.patient import StoredStatus
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.vocabulary import Status

FORM = 1
"""The version of the record's form: one of another form is made again from the history."""

Day = Annotated[date, Field(strict=False)]


class Stay(Record):
    """Days in the program without a break; an episode that goes on after leaving has several."""

    first: Day
    left: Day | None = None
    reason: StoredDeactivationReason | None = None


class StatusSince(Record):
    """A status, and the day it began."""

    day: Day
    status: StoredStatus


class Since(Record):
    """The care manager, or the payer, from a day on; None is nobody."""

    day: Day
    value: str | None


class Scored(Record):
    """A total of one measure; `check` where it was taken after the patient had left."""

    day: Day
    measure: str
    score: float
    check: bool = False


class OutcomeRecord(Record):
    """One episode of a patient, as far as figures count it; what is in sequence is oldest first."""

    form: int = FORM
    patient_id: str
    handle: str
    number: int
    """Of the patient's episodes, from 1."""
    born: Day | None
    referred: Day | None = None
    diagnoses: tuple[str, ...] = Field(default=(), strict=False)
    """ICD-10-CM codes, where they are recorded."""
    stays: tuple[Stay, ...] = Field(strict=False)
    statuses: tuple[StatusSince, ...] = Field(strict=False)
    care_managers: tuple[Since, ...] = Field(strict=False)
    payers: tuple[Since, ...] = Field(strict=False)
    contacts: tuple[Day, ...] = Field(default=(), strict=False)
    """Attended contacts with the patient."""
    assessed: Day | None = None
    """The first attended initial assessment."""
    followed_up: Day | None = None
    """The first attended follow-up after it."""
    consults: tuple[Day, ...] = Field(default=(), strict=False)
    plans: tuple[Day, ...] = Field(default=(), strict=False)
    """The days on which relapse prevention plans were written."""
    changes: tuple[Day, ...] = Field(default=(), strict=False)
    """The days on which the treatment was changed: medication was started, changed or stopped, or a
    recommendation of medication, psychotherapy or referral was done.
    """
    scores: tuple[Scored, ...] = Field(default=(), strict=False)
    seconds: dict[str, int] = Field(default_factory=dict)
    """Care-manager seconds by local month (`YYYY-MM`)."""
    consented: dict[str, int] = Field(default_factory=dict)
    """Those of them on the day of the consent or later."""

    @property
    def started(self) -> date:
        """The day of the enrollment."""
        return self.stays[0].first

    def in_program(self, day: date) -> bool:
        """Return whether the patient is in the program at the end of a day."""
        return any(stay.first <= day and (stay.left is None or stay.left > day) for stay in self.stays)

    def last_day(self, period: Period) -> date | None:
        """Return the last day of a period on which the patient was in the program; None if on none.

        The day of leaving is one.
        """
        ends = [
            min(stay.left or period.last, period.last)
            for stay in self.stays
            if stay.first <= period.last and (stay.left is None or stay.left >= period.first)
        ]
        return max(ends, default=None)

    def status_on(self, day: date) -> Status:
        """Return the status at the end of a day."""
        if not self.in_program(day):
            return Status.DEACTIVATED
        known = [each.status for each in self.statuses if each.day <= day]
        return known[-1] if known else Status.ENROLLED

    def care_manager_on(self, day: date) -> str | None:
        """Return whose patient it is at the end of a day (a user id); leaving does not change it."""
        return _value_on(self.care_managers, day)

    def payer_on(self, day: date) -> str | None:
        """Return who pays at the end of a day."""
        return _value_on(self.payers, day)


def _value_on(values: Sequence[Since], day: date) -> str | None:
    """Return the value of a day; that of a day before the first is the first."""
    known = [each.value for each in values if each.day <= day]
    return known[-1] if known else values[0].value if values else None
