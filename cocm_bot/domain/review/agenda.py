"""The systematic caseload review: its patients, their order, and a session's position."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.due.cause import ago, latest_consult
from cocm_bot.domain.due.rules import Reason, due
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Status


class Topic(StrEnum):
    """A reason why a patient is on the agenda, gravest first."""

    SAFETY_RISK = "Safety risk"
    RELAPSE = "Relapse signs"
    WORSENING = "Worsening"
    NOT_IMPROVING = "Not improving"
    FLAGGED = "Flagged"
    NEVER_REVIEWED = "Never reviewed"
    STALE = "Last consult long ago"
    NEW = "New"


_TOPICS = MappingProxyType(
    {
        Reason.SAFETY_RISK: Topic.SAFETY_RISK,
        Reason.RELAPSE: Topic.RELAPSE,
        Reason.WORSENING: Topic.WORSENING,
        Reason.NOT_IMPROVING: Topic.NOT_IMPROVING,
        Reason.FLAGGED: Topic.FLAGGED,
        Reason.TO_DISCUSS: Topic.FLAGGED,
        Reason.NEVER_REVIEWED: Topic.NEVER_REVIEWED,
        Reason.STALE_CONSULT: Topic.STALE,
    }
)
_URGENT = MappingProxyType({Reason.SAFETY_RISK: Topic.SAFETY_RISK, Reason.FLAGGED: Topic.FLAGGED})
_ORDER = tuple(Topic)


@dataclass(frozen=True)
class Point:
    """One patient on the agenda: under the gravest topic, since that local day, with the facts."""

    summary: PatientSummary
    topic: Topic
    since: date
    why: str


def agenda(summaries: Iterable[PatientSummary], policy: CarePolicy, now: datetime) -> list[Point]:
    """Return the patients to review at `now`: gravest topic first, longest due first, then by handle."""
    return _in_order(point(each, policy, now) for each in summaries)


def urgent(summaries: Iterable[PatientSummary], policy: CarePolicy, now: datetime) -> list[Point]:
    """Return who can't wait for the day of the review: a safety risk, or flagged for the psychiatrist; as
    above.
    """
    return _in_order(_gravest(each, policy, now, _URGENT) for each in summaries)


def point(summary: PatientSummary, policy: CarePolicy, now: datetime) -> Point | None:
    """Return what puts a patient on the agenda at `now`; None when nothing does."""
    return _gravest(summary, policy, now, _TOPICS) or _new(summary, policy, now)


def _in_order(points: Iterable[Point | None]) -> list[Point]:
    found = [each for each in points if each]
    return sorted(found, key=lambda each: (_ORDER.index(each.topic), each.since, each.summary.handle))


def _gravest(
    summary: PatientSummary, policy: CarePolicy, now: datetime, topics: Mapping[Reason, Topic]
) -> Point | None:
    found = [
        Point(summary, topics[each.reason], each.since, each.why)
        for each in due(summary, policy, now)
        if each.reason in topics
    ]
    return min(found, key=lambda each: _ORDER.index(each.topic), default=None)


def _new(summary: PatientSummary, policy: CarePolicy, now: datetime) -> Point | None:
    """Somebody enrolled or assessed whom no consult has presented yet."""
    if summary.status not in (Status.ENROLLED, Status.TREATMENT) or latest_consult(summary, policy):
        return None
    assessed = summary.initial_assessment
    since = policy.local_date(summary.course.episode_started if assessed is None else assessed)
    told = ago(since, policy.local_date(now.timestamp()))
    why = f"enrolled {told}, not assessed yet" if assessed is None else f"assessed {told}, no consult yet"
    return Point(summary, Topic.NEW, since, why)


class Decision(StrEnum):
    """The outcome of a patient in a review."""

    RECORDED = "Consultation recorded"
    DISCUSSED = "Discussed"
    SKIPPED = "Skipped"
    LEFT = "Left the program in the meantime"


StoredDecision = Annotated[Decision, Field(strict=False)]


class Review(Record):
    """One person's session: the agenda as it was made, and how far they are. Times in seconds UTC."""

    id: str
    started: float
    touched: float
    """The time at which it last went on."""
    handles: tuple[str, ...] = Field(strict=False)
    """The patients on the agenda, in its order."""
    position: int = 0
    decisions: dict[str, StoredDecision] = Field(default_factory=dict)
    """By handle."""
    posted: bool = False
    """True once the counts were posted to the team."""
    version: int = 1

    @property
    def current(self) -> str | None:
        """The handle of the patient whose turn it is; None when all had theirs."""
        return self.handles[self.position] if self.position < len(self.handles) else None


def decided(review: Review, decision: Decision, at: float) -> Review:
    """The session once the current patient is decided and the next one's turn has come; as it is at its end.

    A consultation that was recorded stays recorded, whatever is pressed after it.
    """
    if review.current is None:
        return review
    kept = review.decisions.get(review.current)
    made = {review.current: Decision.RECORDED if kept is Decision.RECORDED else decision}
    return _later(review, at, decisions=review.decisions | made, position=review.position + 1)


def recorded(review: Review, handle: str, at: float) -> Review:
    """The session once a consultation about one of its patients was recorded."""
    return _later(review, at, decisions=review.decisions | {handle: Decision.RECORDED})


def returned(review: Review, position: int, at: float) -> Review:
    """The session once somebody has gone back to an earlier patient; what was decided stays until decided
    again.
    """
    return _later(review, at, position=position)


def with_posted(review: Review, *, posted: bool, at: float) -> Review:
    """The session once its counts were posted, or could not be."""
    return _later(review, at, posted=posted)


def resumed(review: Review, at: float) -> Review:
    """The session once somebody has come back to it."""
    return _later(review, at)


def _later(review: Review, at: float, **update: object) -> Review:
    return review.model_copy(update={**update, "touched": at, "version": review.version + 1})
