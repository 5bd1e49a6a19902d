"""The caseload as a list, and today's work out of it. Both read the index only."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.operations.desk import Desk
from cocm_bot.operations.oversight import authorise, record_view
from cocm_bot.registry.access import Action, Actor
from cocm_bot.registry.derive import as_of, weeks_at
from cocm_bot.registry.due import Due, Reason, due
from cocm_bot.registry.fields import folded
from cocm_bot.registry.patient import MeasureCourse, PatientSummary
from cocm_bot.registry.policy import CarePolicy
from cocm_bot.registry.progress import improved, in_remission
from cocm_bot.registry.vocabulary import Status
from cocm_bot.store import patients

ROWS_PER_PAGE = 15


@dataclass(frozen=True)
class Row:
    """One patient of a list, as of now."""

    summary: PatientSummary
    weeks: int | None
    due: list[Due]


@dataclass(frozen=True)
class Page:
    """A page of a list: pages count from 1; `broken` records of the whole list could not be read."""

    rows: list[Row]
    number: int
    pages: int
    matched: int
    broken: int
    counts: Mapping[Reason, int] = field(default_factory=dict)
    """Of a worklist: how many patients of the whole list stand under each reason, gravest first."""

    @property
    def first(self) -> int:
        """The place of the page's first row in the whole list, from 1."""
        return (self.number - 1) * ROWS_PER_PAGE + 1


class Show(StrEnum):
    """Which part of the caseload."""

    ALL = "all"
    DUE = "due"
    FLAGGED = "flagged"
    IMPROVING = "improving"
    NOT_IMPROVING = "not-improving"
    REMISSION = "remission"
    ENROLLED = "enrolled"
    TREATMENT = "treatment"
    PREVENTION = "prevention"


class Sort(StrEnum):
    """In which order; patients that compare equal stand by handle."""

    URGENCY = "urgency"
    NAME = "name"
    SCORE = "score"
    CHANGE = "change"
    WEEKS = "weeks"
    MINUTES = "minutes"


def worklist(desk: Desk, actor: Actor, number: int = 1) -> Page:
    """What is due today, gravest first and longest due first; reads only what the index holds as due.

    Raises NotAllowed or Unavailable.
    """
    authorise(desk, actor, Action.VIEW_CASELOAD)
    now, policy = desk.now(), actor.registry.policy
    listing = patients.caseload(desk.table, actor.registry.id, due_by=policy.local_date(now.timestamp()))
    rows = [row for summary in listing.records if (row := row_of(summary, policy, now)).due]
    rows.sort(key=urgency)
    page = page_of(desk, actor, rows, number, listing.broken)
    return replace(page, counts=Counter(row.due[0].reason for row in rows))


def caseload(desk: Desk, actor: Actor, show: Show, sort: Sort, number: int = 1) -> Page:
    """The patients in the program that the filter keeps. Raises NotAllowed or Unavailable."""
    authorise(desk, actor, Action.VIEW_CASELOAD)
    now, policy = desk.now(), actor.registry.policy
    listing = patients.caseload(desk.table, actor.registry.id)
    rows = [row_of(summary, policy, now) for summary in listing.records]
    kept = [row for row in rows if _FILTERS[show](row, policy)]
    kept.sort(key=lambda row: (_ORDERS[sort](row, policy), row.summary.handle))
    return page_of(desk, actor, kept, number, listing.broken)


def row_of(summary: PatientSummary, policy: CarePolicy, now: datetime) -> Row:
    """The row of a patient as of now."""
    return Row(as_of(summary, policy, now), weeks_at(summary, policy, now), due(summary, policy, now))


def page_of(desk: Desk, actor: Actor, rows: list[Row], number: int, broken: int) -> Page:
    """The page of that number, or the nearest; the patients on it are logged as seen."""
    pages = max(1, -(-len(rows) // ROWS_PER_PAGE))
    number = min(max(1, number), pages)
    shown = rows[(number - 1) * ROWS_PER_PAGE : number * ROWS_PER_PAGE]
    if shown:
        record_view(desk, actor, Action.VIEW_CASELOAD, (row.summary.id for row in shown))
    return Page(shown, number, pages, len(rows), broken)


def urgency(row: Row) -> tuple[object, ...]:
    """The place of a row by what is due: gravest first, then longest due; patients with nothing due last."""
    if not row.due:
        return (1,)
    return (0, row.due[0].reason.gravity, row.due[0].since, row.summary.handle)


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
    }
)
