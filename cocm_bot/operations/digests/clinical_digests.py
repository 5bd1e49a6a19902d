"""Clinicians' digests: a care manager's day, the psychiatrist's list, a PCP's open recommendations."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.digests.near_code import (
    DAYS_BEFORE_END,
    Near,
    Unready,
    near_codes,
    unready,
    working_days_left,
)
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.review.agenda import Point, Topic, agenda, urgent
from cocm_bot.domain.team.assignment import concerns, in_charge
from cocm_bot.domain.team.physicians import addressees
from cocm_bot.operations.access.access_logging import record_view
from cocm_bot.operations.caseload.caseload import ROWS_PER_PAGE, Page
from cocm_bot.operations.caseload.worklist import due_page
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.overview import Awaited
from cocm_bot.operations.digests.registry_snapshot import RegistrySnapshot
from cocm_bot.operations.gaps import NO_GAPS, Gaps

MOST_NEAR = 5
MOST_UNREADY = 10
AGAIN_DAYS = 7
"""Days after which a PCP is reminded of a recommendation that waits for them."""
LONGEST_PAUSE = 14
"""No registry is quiet for more days in a row, so nobody looks further back."""


@dataclass(frozen=True)
class CaseloadDigest:
    """A care manager's day; once a week, also whose minutes are near the next code.

    Ten and three working days before the month ends, also whose claim misses one thing.
    """

    page: Page
    near: Sequence[Near]
    days_left: int
    """Working days left in the month."""
    at: float
    """The time it was drawn (seconds UTC); so in the others."""
    unready: Sequence[Unready] = ()
    """Shortly before the month ends: whose claim misses one thing."""

    @property
    def handles(self) -> list[str]:
        """Return the patients in it with something to do."""
        return [row.summary.handle for row in self.page.rows]


@dataclass(frozen=True)
class ReviewDigest:
    """The psychiatrist's patients: the agenda on the day of the review, else what can't wait."""

    points: Sequence[Point]
    """The first of them."""
    counts: Mapping[Topic, int]
    """Of all, gravest first."""
    meets: bool
    """True if it is the day of the review."""
    at: float
    gaps: Gaps = NO_GAPS
    """The gaps of the list; so in the others."""

    @property
    def handles(self) -> list[str]:
        """Return the patients in it with something to do."""
        return [point.summary.handle for point in self.points]


@dataclass(frozen=True)
class AnswersDigest:
    """The recommendations that wait for a PCP's answer, the longest waiting first."""

    awaited: Sequence[Awaited]
    """The first of them."""
    matched: int
    at: float
    gaps: Gaps = NO_GAPS

    @property
    def handles(self) -> list[str]:
        """Return the patients in it with something to do."""
        return list(dict.fromkeys(each.patient.handle for each in self.awaited))


def caseload_digest(
    ctx: Context, snapshot: RegistrySnapshot, actor: Actor, *, weekly: bool, asked: bool, quiet: bool
) -> CaseloadDigest | None:
    """A care manager's own patients, those they cover and nobody's.

    None when `quiet`, nothing is due and all is known: silence says "all clear" as well.
    """
    near = _near(snapshot, actor) if weekly else []
    left = working_days_left(snapshot.registry.rhythm, snapshot.day)
    unready = _unready(snapshot, actor) if _counts_down(snapshot, actor, left, asked=asked) else []
    near_ids = [each.summary.id for each in near]
    unready_ids = [each.summary.id for each in unready[:MOST_UNREADY]]
    if shown := dict.fromkeys((*near_ids, *unready_ids)):
        record_view(ctx, actor, Action.VIEW_CASELOAD, shown)
    page = due_page(ctx, actor, snapshot.rows, snapshot.team, None, snapshot.gaps, snapshot.everything)
    if quiet and not page.matched and not near and not unready and not page.gaps:
        return None
    return CaseloadDigest(page, near, left, snapshot.now.timestamp(), unready)


def review_digest(
    ctx: Context, snapshot: RegistrySnapshot, actor: Actor, *, asked: bool
) -> ReviewDigest | None:
    """The agenda on the day of the review; on others what can't wait, or None unless it was asked for."""
    policy, now = snapshot.registry.policy, snapshot.now
    meets = snapshot.day.weekday() == snapshot.registry.rhythm.review_day
    if meets:
        points = agenda(snapshot.everyone(), policy, now)
    else:
        points = urgent((row.summary for row in snapshot.rows), policy, now)
    if not (points or meets or asked):
        return None
    gaps = snapshot.gaps if points else snapshot.everything()
    shown = points[:ROWS_PER_PAGE]
    if shown:
        record_view(ctx, actor, Action.VIEW_CASELOAD, (each.summary.id for each in shown))
    return ReviewDigest(shown, Counter(each.topic for each in points), meets, now.timestamp(), gaps)


def answers_digest(
    ctx: Context, snapshot: RegistrySnapshot, actor: Actor, *, asked: bool
) -> AnswersDigest | None:
    """Return what has waited for some days for the reader's answer; None on a day that calls for no
    reminder.
    """
    waiting = list(_waiting(snapshot, actor))
    sent = _sent_before(snapshot, actor)
    if not asked and not any(_calls(snapshot, each, sent) for each in waiting):
        return None
    gaps = snapshot.gaps if waiting else snapshot.everything()
    shown = waiting[:ROWS_PER_PAGE]
    if shown:
        record_view(ctx, actor, Action.VIEW_PATIENT, (each.patient.id for each in shown))
    return AnswersDigest(shown, len(waiting), snapshot.now.timestamp(), gaps)


def _near(snapshot: RegistrySnapshot, actor: Actor) -> list[Near]:
    charge = in_charge(snapshot.team, snapshot.day)
    own = [each for each in snapshot.everyone() if concerns(each.care_manager, actor.user_id, charge)]
    return near_codes(own, snapshot.registry.policy, snapshot.now)[:MOST_NEAR]


def _unready(snapshot: RegistrySnapshot, actor: Actor) -> list[Unready]:
    charge = in_charge(snapshot.team, snapshot.day)
    own = [each for each in snapshot.everyone() if concerns(each.care_manager, actor.user_id, charge)]
    return unready(own, snapshot.registry.policy, snapshot.now)


def _counts_down(snapshot: RegistrySnapshot, actor: Actor, left: int, *, asked: bool) -> bool:
    """Return whether one of the days came since the reader's last digest; once asked, each day counts."""
    before = _sent_before(snapshot, actor)
    same_month = (before.year, before.month) == (snapshot.day.year, snapshot.day.month)
    then = working_days_left(snapshot.registry.rhythm, before) if same_month else math.inf
    return any(left <= days and (asked or then > days) for days in DAYS_BEFORE_END)


def _waiting(snapshot: RegistrySnapshot, actor: Actor) -> Iterator[Awaited]:
    rows = [row for row in snapshot.rows if any(due.reason is Reason.RECOMMENDATION for due in row.due)]
    for row in sorted(rows, key=lambda row: row.summary.course.recommended or 0):
        patient = snapshot.patient(row.summary.patient_mrn)
        for each in still_open(patient) if patient else ():
            team, day = snapshot.team, snapshot.day
            if patient and each.unanswered and actor.user_id in addressees(each, patient, team, day):
                yield Awaited(patient, each)


def _calls(snapshot: RegistrySnapshot, awaited: Awaited, sent: date) -> bool:
    """Return whether a reminder fell due since a local day: there is one after some days, then one each
    week.
    """
    policy = snapshot.registry.policy
    first = policy.local_date(awaited.recommendation.at) + timedelta(days=policy.cadence.recommendation_days)
    turns, before = ((day - first).days // AGAIN_DAYS for day in (snapshot.day, sent))
    return turns >= 0 and turns > before


def _sent_before(snapshot: RegistrySnapshot, actor: Actor) -> date:
    """The last local day on which the reader could have been reminded."""
    member = next((each for each in snapshot.team if each.user_id == actor.user_id), None)
    days = member.reminders.days if member else None
    earlier = (snapshot.day - timedelta(days=back) for back in range(1, LONGEST_PAUSE))
    works = snapshot.registry.rhythm.works_on
    return next(
        (day for day in earlier if works(day) and (days is None or day.weekday() in days)),
        snapshot.day - timedelta(days=LONGEST_PAUSE),
    )
