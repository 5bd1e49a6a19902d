"""The caseload as a list, read from the index only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain import pages
from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.due.rules import Due, due
from cocm_bot.domain.fields import folded
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.outcomes.progress import improved, in_remission, worse
from cocm_bot.domain.patient import MeasureCourse, PatientSummary
from cocm_bot.domain.patients.derive import as_of, weeks_at
from cocm_bot.domain.people import full_name
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.team.assignment import concerns, in_charge, unassigned
from cocm_bot.domain.vocabulary import Role, Status
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context
from cocm_bot.operations.gaps import Gaps, gaps_of
from cocm_bot.operations.roster import members
from cocm_bot.store.patients import patients
from cocm_bot.store.table.items import Listing

ROWS_PER_PAGE = 15


@dataclass(frozen=True)
class Row:
    """One patient of a list, as of now."""

    summary: PatientSummary
    weeks: int | None
    due: list[Due]


@dataclass(frozen=True)
class Own:
    """Of a list of a care manager's own patients: how many the whole list has, and whose are among them."""

    everyone: int
    unassigned: int
    covered: Sequence[str] = ()
    """The names of the care managers the person covers today."""


@dataclass(frozen=True)
class Page:
    """A page of a list; `gaps` is what the whole list does not show."""

    place: pages.Page[Row]
    gaps: Gaps
    counts: Mapping[Work, int] = field(default_factory=dict)
    """Of a worklist: how many patients have each kind of work, in the order the reader does it.

    A patient counts under every kind they have.
    """
    own: Own | None = None
    """The size of a care manager's own list and of the whole; None where it shows everybody's."""
    snoozed: int = 0
    """Of a worklist: how many patients with something due are left out."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows of the page."""
        return self.place.rows

    @property
    def matched(self) -> int:
        """Return how many rows the whole list has."""
        return self.place.total


class Whose(StrEnum):
    """The patients of a list: the actor's own, or all."""

    MINE = "mine"
    ALL = "all"


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


def usual(actor: Actor) -> Whose:
    """Return whose patients a list shows where nobody said: a care manager's own, else everybody's."""
    return Whose.MINE if actor.role is Role.CARE_MANAGER else Whose.ALL


def caseload(
    ctx: Context,
    actor: Actor,
    show: Show,
    sort: Sort,
    number: int = 1,
    whose: Whose | None = None,
    page_size: Callable[[Sequence[Row]], int] | None = None,
) -> Page:
    """The patients in the program that the filter keeps.

    `page_size` says how many of these rows a page holds; without it, `ROWS_PER_PAGE`. Raises NotAllowed or
    Unavailable.
    """
    kept, own, listing = _kept(ctx, actor, show, sort, whose)
    gaps = gaps_of(ctx, actor.registry, listing, nothing_left=not kept)
    size = page_size(kept) if page_size else ROWS_PER_PAGE
    return replace(seen_page(ctx, actor, pages.page_of(kept, number, size), gaps), own=own)


def choosable(
    ctx: Context, actor: Actor, show: Show, sort: Sort, most: int, whose: Whose | None = None
) -> tuple[list[Row], int]:
    """The first `most` patients of such a list, logged as seen, and how many there are.

    Raises NotAllowed or Unavailable.
    """
    kept, _, _ = _kept(ctx, actor, show, sort, whose)
    shown = kept[:most]
    if shown:
        record_view(ctx, actor, Action.VIEW_CASELOAD, (row.summary.id for row in shown))
    return shown, len(kept)


def own_rows(
    ctx: Context, actor: Actor, rows: Sequence[Row], whose: Whose | None = None
) -> tuple[list[Row], Own | None]:
    """The rows of the patients who are the actor's own, with what a screen says of them; else all rows.

    Own are those assigned to the actor, to somebody they cover today, or to nobody, so that nobody falls
    through.
    """
    if (whose or usual(actor)) is Whose.ALL:
        return list(rows), None
    today = actor.registry.policy.local_date(ctx.now().timestamp())
    return theirs(rows, actor, members(ctx, actor), today)


def theirs(
    rows: Sequence[Row], actor: Actor, team: Sequence[RegistryUser], day: date
) -> tuple[list[Row], Own]:
    """The rows of the patients who are the actor's own on a local day, with what a screen says of them."""
    charge = in_charge(team, day)
    kept = [row for row in rows if concerns(row.summary.care_manager, actor.user_id, charge)]
    covered = [
        full_name(member)
        for member in team
        if member.user_id != actor.user_id and actor.user_id in charge.get(member.user_id, ())
    ]
    nobodys = sum(unassigned(row.summary.care_manager, charge) for row in kept)
    return kept, Own(everyone=len(rows), unassigned=nobodys, covered=covered)


def _kept(
    ctx: Context, actor: Actor, show: Show, sort: Sort, whose: Whose | None
) -> tuple[list[Row], Own | None, Listing[PatientSummary]]:
    authorise(ctx, actor, Action.VIEW_CASELOAD)
    now, policy = ctx.now(), actor.registry.policy
    listing = patients.caseload(ctx.table, actor.registry.id)
    rows = [row_of(summary, policy, now) for summary in listing.records]
    kept, own = own_rows(ctx, actor, [row for row in rows if _FILTERS[show](row, policy)], whose)
    kept.sort(key=lambda row: (_ORDERS[sort](row, policy), row.summary.handle))
    return kept, own, listing


def row_of(summary: PatientSummary, policy: CarePolicy, now: datetime) -> Row:
    """The row of a patient as of now."""
    return Row(as_of(summary, policy, now), weeks_at(summary, policy, now), due(summary, policy, now))


def seen_page(
    ctx: Context, actor: Actor, place: pages.Page[Row], gaps: Gaps, beside: Iterable[str] = ()
) -> Page:
    """The page, with what is on it logged as seen; in the same entry, by id, those shown `beside` it."""
    if seen := dict.fromkeys([*(row.summary.id for row in place.rows), *beside]):
        record_view(ctx, actor, Action.VIEW_CASELOAD, seen)
    return Page(place, gaps)


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
