"""The courses that invented patients take through the program, in days before today."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from cocm_bot.domain.vocabulary import ContactType, Flag

Range = tuple[int, int]
"""Days before today: the nearest and the farthest."""

MISSED_SHARE = 0.08
"""The share of appointments that are missed before they are kept."""


@dataclass(frozen=True)
class Story:
    """A course of care; what is None or empty in it never happened."""

    enrolled: Range
    severity: tuple[float, ...] = ()
    """Burden (0 none, 1 worst) from assessment to latest contact, evenly spaced."""
    last_contact: Range = (1, 5)
    last_consult: Range | None = None
    missed: Range | None = None
    """A no-show since the last contact."""
    planned: bool = False
    flag: Flag | None = None
    item_unknown: bool = False
    """Nobody knows the answer to the self-harm item of the latest score."""
    agreed: Range | None = None
    """The day agreed for the next contact."""
    check: Range | None = None
    """The day a relapse prevention plan names as its next check."""
    unanswered: bool = False
    """Nobody has answered the latest recommendation."""
    ended: Range | None = None
    earlier: "Story | None" = None
    """The episode before this one."""


@dataclass(frozen=True)
class Event:
    """A contact on a day; `severity` where the patient was there to be asked."""

    day: date
    contact_type: ContactType
    severity: float | None = None
    no_show: bool = False
    agreed: date | None = None
    """The day agreed for the next contact."""
    check: date | None = None
    """The next check of the plan that was written."""


@dataclass(frozen=True)
class Timeline:
    """One episode with its days fixed, events in order."""

    enrolled: date
    ended: date | None
    events: tuple[Event, ...]


_RECOVERY = (0.65, 0.3, 0.06, 0.06, 0.06)

NEW = Story((1, 5))
WAITING = Story((9, 20))
STOOD_UP = Story((9, 20), missed=(2, 6))
BEGUN = Story((12, 24), (0.62, 0.56), last_consult=(1, 5), item_unknown=True)
RESPONDING = Story((40, 100), (0.65, 0.42, 0.25), last_consult=(7, 25))
PARTIAL = Story((85, 130), (0.72, 0.58, 0.5), last_consult=(5, 20), unanswered=True)
NOT_IMPROVING = Story((75, 150), (0.68, 0.66, 0.62), last_consult=(32, 50))
NOT_IMPROVING_UNSEEN = Story((70, 85), (0.66, 0.68, 0.64))
NEVER_REVIEWED = Story((40, 50), (0.6, 0.5, 0.35))
STALE = Story((120, 170), (0.65, 0.4, 0.25), last_consult=(62, 75))
OVERDUE = Story((80, 140), (0.65, 0.4, 0.25), last_contact=(17, 28), last_consult=(20, 40))
MISSED = Story((60, 120), (0.65, 0.4, 0.25), last_contact=(7, 10), last_consult=(10, 40), missed=(3, 5))
RECOVERED = Story((110, 170), _RECOVERY, last_consult=(20, 40))
PREVENTION = Story((150, 260), _RECOVERY, last_contact=(3, 25), last_consult=(80, 110), planned=True)
WORSENING = Story((50, 90), (0.5, 0.45, 0.38, 0.78), last_consult=(20, 30))
AGREED = Story((60, 110), (0.65, 0.4, 0.25), last_contact=(7, 12), last_consult=(10, 30), agreed=(0, 2))
CHECK_DUE = replace(PREVENTION, last_contact=(10, 25), check=(0, 2))
RELAPSED = replace(PREVENTION, severity=(0.65, 0.2, 0.06, 0.06, 0.58), last_contact=(1, 5))
LOST = Story((130, 220), (0.6, 0.52, 0.48), last_contact=(63, 80), last_consult=(70, 90))
UNSAFE = Story(
    (60, 120), (0.7, 0.66, 0.74), last_contact=(1, 2), last_consult=(10, 25), flag=Flag.SAFETY_RISK
)
FLAGGED = Story((50, 110), (0.66, 0.6, 0.56), last_consult=(14, 25), flag=Flag.REVIEW)
TO_DISCUSS = Story((40, 90), (0.6, 0.4, 0.25), last_consult=(10, 25), flag=Flag.NEEDS_DISCUSSION)
GRADUATED = replace(PREVENTION, enrolled=(230, 270), last_contact=(45, 60), ended=(10, 40))
LEFT = Story((100, 200), (0.6, 0.55), last_contact=(60, 80), last_consult=(75, 85), ended=(3, 30))
REOPENED = Story(
    (40, 60),
    (0.55, 0.4, 0.3),
    last_consult=(7, 25),
    earlier=Story((240, 268), _RECOVERY, (110, 120), last_consult=(140, 150), planned=True, ended=(90, 105)),
)

STORIES = (
    RESPONDING,
    NOT_IMPROVING,
    WAITING,
    PREVENTION,
    UNSAFE,
    OVERDUE,
    NEW,
    FLAGGED,
    RECOVERED,
    NEVER_REVIEWED,
    PARTIAL,
    GRADUATED,
    STALE,
    MISSED,
    BEGUN,
    LOST,
    TO_DISCUSS,
    WORSENING,
    NOT_IMPROVING_UNSEEN,
    REOPENED,
    RELAPSED,
    LEFT,
    STOOD_UP,
    CHECK_DUE,
    AGREED,
)
"""One round of a caseload: every course there is, the common ones more than once."""


def timeline(story: Story, today: date, random: Random) -> Timeline:
    """Fix the days of a story: weekdays only, weekly contact at first, then fortnightly, then monthly."""
    enrolled = _ago(story.enrolled, today, random)
    events: list[Event] = []
    if story.severity:
        assessed = _weekday(enrolled + timedelta(days=random.randint(2, 5)))
        last = max(assessed, _ago(story.last_contact, today, random))
        events += _contacts(story, assessed, last, random)
        if story.last_consult:
            events += _consults(assessed, _ago(story.last_consult, today, random), random)
        events = _with_days(story, events, today, random)
    if story.missed:
        kind = ContactType.FOLLOW_UP if story.severity else ContactType.INITIAL_ASSESSMENT
        events.append(Event(_ago(story.missed, today, random), kind, no_show=True))
    return Timeline(
        enrolled,
        _ago(story.ended, today, random) if story.ended else None,
        tuple(sorted(events, key=lambda event: event.day)),
    )


def _with_days(story: Story, events: list[Event], today: date, random: Random) -> list[Event]:
    """The events with the days that were agreed in them."""
    if story.check:
        check = _ago(story.check, today, random)
        planned = ContactType.RELAPSE_PREVENTION
        events = [replace(each, check=check) if each.contact_type is planned else each for each in events]
    if story.agreed:
        agreed, last = _ago(story.agreed, today, random), max(each.day for each in events if each.severity)
        events = [replace(each, agreed=agreed) if each.day == last else each for each in events]
    return events


def _contacts(story: Story, assessed: date, last: date, random: Random) -> Iterator[Event]:
    span = max(1, (last - assessed).days)
    plan_from = assessed + timedelta(days=span * 0.6) if story.planned else date.max
    day, kind, planned = assessed, ContactType.INITIAL_ASSESSMENT, False
    while True:
        if kind is ContactType.FOLLOW_UP and random.random() < MISSED_SHARE:
            yield Event(_weekday(day - timedelta(days=3)), kind, no_show=True)
        yield Event(day, kind, _severity_at(story.severity, (day - assessed).days / span))
        if day >= last:
            return
        following = _weekday(day + timedelta(days=_interval(day, assessed, planned, random)))
        day = last if following > last - timedelta(days=5) else following
        kind = ContactType.FOLLOW_UP
        if day >= plan_from and not planned:
            kind, planned = ContactType.RELAPSE_PREVENTION, True


def _interval(day: date, assessed: date, planned: bool, random: Random) -> int:
    if planned:
        return 28
    return 7 if (day - assessed).days < 28 else random.choice((13, 14, 14, 15))


def _consults(assessed: date, latest: date, random: Random) -> Iterator[Event]:
    day = latest
    while day > assessed:
        yield Event(day, ContactType.CONSULTATION)
        day = _weekday(day - timedelta(days=random.randint(24, 35)))


def _severity_at(path: tuple[float, ...], share: float) -> float:
    """The burden after a share (0 to 1) of the way, on straight lines between the points of the path."""
    place = min(1.0, share) * (len(path) - 1)
    step = min(int(place), len(path) - 2)
    return path[step] + (path[step + 1] - path[step]) * (place - step)


def _ago(days: Range, today: date, random: Random) -> date:
    return _weekday(today - timedelta(days=random.randint(*days)))


def _weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
