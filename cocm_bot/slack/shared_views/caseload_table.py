"""The caseload as a table that Slack sorts, filters and pages: who, how, what, then what to sort by.

Private messages show it: of each patient what the registry allows.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from cocm_bot.domain.access import Actor
from cocm_bot.domain.due.rules import next_due
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.outcomes.progress import deciding, progress, word
from cocm_bot.domain.records.course import MeasureCourse
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag, Status
from cocm_bot.operations.caseload.rows import Row
from cocm_bot.slack import kit
from cocm_bot.slack.kit import NOTHING, Block, Cell, Number, clip, option
from cocm_bot.slack.kit.text import length
from cocm_bot.slack.shared_views.identity import told_apart
from cocm_bot.slack.shared_views.lines.formatting import FLAG_MARKS, signed

COLUMNS = (
    "Patient",
    "Course",
    "Due",
    "Score",
    "Scored",
    "Change",
    "Weeks",
    "Contact",
    "Consult",
    "Next",
    "Min",
    "Flag",
)
CAPTION = "Caseload: score, and days since it, since the last contact and the last consult"
ROWS_SHOWN = 15
"""Rows of which Slack makes a page."""
ALWAYS_FIT = 50
"""The rows that one message holds whatever anybody is called: a test holds it to that."""
SIZES = (100, 75, ALWAYS_FIT)
"""Rows in one message."""
ROOM = 11_000
"""Characters for the table and the menu below it, of the 12,000 a message may have."""
MOST_IN_TABLE = 9_900
LONGEST_PATIENT = 37
LONGEST_MEASURE = 8

_SHORT_STATUS: Mapping[Status, str] = MappingProxyType(
    {
        Status.ENROLLED: "Enrolled",
        Status.TREATMENT: "Treatment",
        Status.RELAPSE_PREVENTION: "Prevention",
        Status.DEACTIVATED: "Left",
    }
)
_SHORT_FLAG: Mapping[Flag, str] = MappingProxyType(
    {Flag.SAFETY_RISK: "Safety", Flag.REVIEW: "Review", Flag.NEEDS_DISCUSSION: "Discuss"}
)


def caseload_table(actor: Actor, rows: Sequence[Row], now: datetime) -> Block:
    """Return the rows as a table; there is at least one."""
    return kit.data_table(CAPTION, COLUMNS, [_cells(actor, row, now) for row in rows], ROWS_SHOWN)


def rows_per_page(actor: Actor, rows: Sequence[Row], now: datetime) -> int:
    """Return how many of these rows one message holds, table and menu."""
    lengths = [(_table_length(actor, row, now), length(patient_name(actor, row))) for row in rows]
    for size in SIZES[:-1]:
        parts = [lengths[start : start + size] for start in range(0, len(lengths), size)]
        in_table = max((sum(cells for cells, _ in part) for part in parts), default=0)
        in_all = max((sum(map(sum, part)) for part in parts), default=0)
        if in_table <= MOST_IN_TABLE and in_all <= ROOM:
            return size
    return ALWAYS_FIT


def patient_options(actor: Actor, rows: Sequence[Row], behind: str) -> list[Block]:
    """Return the menu's entries that open a patient of the table; `behind` names the list."""
    return [option(patient_name(actor, row), f"open {row.summary.handle} {behind}") for row in rows]


def patient_name(actor: Actor, row: Row) -> str:
    """Return the handle and what else the registry allows, with the year of birth, cut to one cell."""
    return told_apart(row.summary, actor.registry, LONGEST_PATIENT)


def _table_length(actor: Actor, row: Row, now: datetime) -> int:
    texts = (cell.text if isinstance(cell, Number) else cell for cell in _cells(actor, row, now))
    return sum(max(length(text), 1) for text in texts)


def _cells(actor: Actor, row: Row, now: datetime) -> list[Cell]:
    summary, policy = row.summary, actor.registry.policy
    today = policy.local_date(now.timestamp())
    measure, course = _deciding(row, policy)
    return [
        patient_name(actor, row),
        _how(row, measure, course),
        _due(row),
        _score(measure, course, policy),
        _days_since(course.latest_date if course else None, policy, today),
        Number(course.latest - course.first, signed(course.latest - course.first))
        if course and course.count > 1
        else NOTHING,
        NOTHING if row.weeks is None else Number(row.weeks, str(row.weeks)),
        _days_since(summary.course.last_contact, policy, today),
        _days_since(summary.last_psychiatric_consult, policy, today),
        _next(row, policy, today),
        Number(summary.minutes_this_month or 0, str(summary.minutes_this_month or 0)),
        f"{FLAG_MARKS[summary.patient_flag]} {_SHORT_FLAG[summary.patient_flag]}"
        if summary.patient_flag
        else NOTHING,
    ]


def _deciding(row: Row, policy: CarePolicy) -> tuple[Measure | None, MeasureCourse | None]:
    """Return the first measure that decides for the patient and has a score, else the first that has one."""
    courses = row.summary.course.scores
    for measure in (*deciding(courses, policy), *policy.measures):
        if measure.name in courses:
            return measure, courses[measure.name]
    return None, None


def _how(row: Row, measure: Measure | None, course: MeasureCourse | None) -> str:
    status = _SHORT_STATUS[row.summary.status]
    if measure is None or course is None:
        return status if row.summary.status is Status.ENROLLED else f"{status}, no score"
    moved = word(progress(course, measure)) if course.count > 1 else ""
    if moved and row.summary.status is Status.TREATMENT:
        return moved.capitalize()
    return f"{status}, {moved}" if moved else status


def _due(row: Row) -> str:
    if not row.due:
        return NOTHING
    more = f" +{len(row.due) - 1}" if len(row.due) > 1 else ""
    return f"{row.due[0].reason.removeprefix('Consult due: ').capitalize()}{more}"


def _score(measure: Measure | None, course: MeasureCourse | None, policy: CarePolicy) -> Cell:
    """Return the latest score; the measure is named where it is not the registry's first."""
    if measure is None or course is None:
        return NOTHING
    first = measure.name == policy.measures[0].name
    name = "" if first else f"{clip(measure.name, LONGEST_MEASURE)} "
    return Number(course.latest, f"{name}{course.latest:g}")


def _days_since(at: float | None, policy: CarePolicy, today: date) -> Cell:
    if at is None:
        return NOTHING
    days = (today - policy.local_date(at)).days
    return Number(days, f"{days} d")


def _next(row: Row, policy: CarePolicy, today: date) -> Cell:
    """Return the day of what comes next, or how late the longest due is; sorted by its day."""
    if row.due:
        late = (today - min(each.since for each in row.due)).days
        return Number(-late, f"{late} d late" if late else "today")
    following = next_due(row.summary, policy)
    if following is None:
        return NOTHING
    return Number((following - today).days, f"{following.day} {following:%b}")
