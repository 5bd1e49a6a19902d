"""One patient of a list: the parts of the caseload it is in, and its place in every order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from cocm_bot.domain.due.rules import Due, due
from cocm_bot.domain.fields import folded
from cocm_bot.domain.outcomes.progress import improved, in_remission, worse
from cocm_bot.domain.patients.derive import as_of, weeks_at
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status


@dataclass(frozen=True)
class Row:
    """One patient of a list, as of now."""

    summary: PatientSummary
    weeks: int | None
    due: list[Due]

    @property
    def handle(self) -> str:
        """The patient's handle."""
        return self.summary.handle

    @property
    def care_manager(self) -> str | None:
        """The user id of the care manager the patient is assigned to."""
        return self.summary.care_manager

    @property
    def snoozed(self) -> bool:
        """Return whether the care managers' lists leave the patient out."""
        return self.summary.snoozed is not None


class Show(StrEnum):
    """A part of the caseload."""

    ALL = "all"
    DUE = "due"
    FLAGGED = "flagged"
    IMPROVING = "improving"
    NOT_IMPROVING = "not-improving"
    WORSE = "worse"
    UNMEASURED = "unmeasured"
    REMISSION = "remission"
    ENROLLED = "enrolled"
    TREATMENT = "treatment"
    PREVENTION = "prevention"


class Sort(StrEnum):
    """The order of a list; patients that compare equal are ordered by handle."""

    URGENCY = "urgency"
    NAME = "name"
    SCORE = "score"
    CHANGE = "change"
    WEEKS = "weeks"
    MINUTES = "minutes"
    LAST_CONTACT = "last-contact"


def row_of(summary: PatientSummary, policy: CarePolicy, now: datetime) -> Row:
    """The row of a patient as of now."""
    return Row(as_of(summary, policy, now), weeks_at(summary, policy, now), due(summary, policy, now))


def shown_in(row: Row, policy: CarePolicy) -> frozenset[Show]:
    """Return the parts of the caseload a row is in."""
    return frozenset(show for show, keeps in _FILTERS.items() if keeps(row, policy))


def places(row: Row, policy: CarePolicy) -> Mapping[Sort, tuple[object, ...]]:
    """Return the place of a row in every order; those that compare equal are ordered by handle."""
    return {sort: (place(row, policy), row.handle) for sort, place in _ORDERS.items()}


class Urgent(Protocol):
    """A row with a place by what is due."""

    @property
    def due(self) -> Sequence[Due]: ...

    @property
    def handle(self) -> str: ...


def urgency(row: Urgent) -> tuple[object, ...]:
    """The place of a row by what is due: gravest first, then longest due; patients with nothing due last."""
    if not row.due:
        return (1,)
    return (0, row.due[0].reason.gravity, row.due[0].since, row.handle)


def _courses(row: Row, policy: CarePolicy) -> list[MeasureCourse]:
    """The courses of the registry's measures this patient has, in the registry's order."""
    scores = row.summary.course.scores
    return [scores[measure.name] for measure in policy.measures if measure.name in scores]


_FILTERS: Mapping[Show, Callable[[Row, CarePolicy], bool]] = MappingProxyType(
    {
        Show.ALL: lambda row, policy: True,
        Show.DUE: lambda row, policy: bool(row.due),
        Show.FLAGGED: lambda row, policy: row.summary.patient_flag is not None,
        Show.IMPROVING: lambda row, policy: improved(row.summary.course.scores, policy) is True,
        Show.NOT_IMPROVING: lambda row, policy: improved(row.summary.course.scores, policy) is False,
        Show.WORSE: lambda row, policy: worse(row.summary.course.scores, policy),
        Show.UNMEASURED: lambda row, policy: not _courses(row, policy),
        Show.REMISSION: lambda row, policy: in_remission(row.summary.course.scores, policy),
        Show.ENROLLED: lambda row, policy: row.summary.status is Status.ENROLLED,
        Show.TREATMENT: lambda row, policy: row.summary.status is Status.TREATMENT,
        Show.PREVENTION: lambda row, policy: row.summary.status is Status.RELAPSE_PREVENTION,
    }
)


def _by_first_measure(
    row: Row, policy: CarePolicy, value: Callable[[MeasureCourse], float]
) -> tuple[object, ...]:
    """Highest first by the first measure the patient has; patients without scores last."""
    courses = _courses(row, policy)
    return (0, -value(courses[0])) if courses else (1,)


_ORDERS: Mapping[Sort, Callable[[Row, CarePolicy], tuple[object, ...]]] = MappingProxyType(
    {
        Sort.URGENCY: lambda row, policy: urgency(row),
        Sort.NAME: lambda row, policy: (folded(row.summary.last_name), folded(row.summary.first_name)),
        Sort.SCORE: lambda row, policy: _by_first_measure(row, policy, lambda course: course.latest),
        Sort.CHANGE: lambda row, policy: _by_first_measure(
            row, policy, lambda course: course.latest - course.first
        ),
        Sort.WEEKS: lambda row, policy: (1,) if row.weeks is None else (0, -row.weeks),
        Sort.MINUTES: lambda row, policy: (-(row.summary.minutes_this_month or 0),),
        # Patients never met come first, then those met longest ago.
        Sort.LAST_CONTACT: lambda row, policy: (row.summary.course.last_contact or 0,),
    }
)
