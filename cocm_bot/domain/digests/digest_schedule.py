"""Schedule each recipient's digests: a pure function of the settings, by local days.

On every local day that it works on, a registry has turns: each recipient at most one. A turn falls due when
the wall clock of that day first shows its time: once, where the hour occurs twice; at the next minute there
is, where the hour does not exist; never, where the day itself does not.

When a zone or a time of day is changed, a day's turn that had not come yet comes at the new time, or at the
moment of the change if that has passed: a change neither repeats a day nor skips one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.settings.registry_settings import clock_time
from cocm_bot.domain.team.assignment import away
from cocm_bot.domain.vocabulary import Role

CATCH_UP = timedelta(hours=3)
"""The longest delay of a turn; what the clock missed for longer is skipped."""
LEAD = timedelta(hours=1)
"""The latest time before the review at which the psychiatrist gets the agenda."""
HORIZON_DAYS = 8
"""The days ahead in which the next turn is looked for; a registry that rests longer is read again then."""
LONGEST_OUTAGE_DAYS = 14
"""The days back in which turns are looked for that an outage made the clock miss."""
MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """The kind of a turn: a member's own digest, or the counts in the team's channel."""

    DIGEST = "digest"
    TEAM = "team"


TEAM_CHANNEL = "channel"
"""The team's channel as a recipient, whichever it is that day."""


@dataclass(frozen=True, order=True)
class Turn:
    """A recipient gets something on a local day; `at` is when it falls due (aware UTC)."""

    at: datetime
    kind: Kind
    recipient: str
    """A member's user id, or the team's channel."""
    day: date


def turns(registry: Registry, members: Iterable[RegistryUser], start: datetime, end: datetime) -> list[Turn]:
    """Return what falls due from one instant to another, both included, in that order."""
    zone = ZoneInfo(registry.timezone)
    # A change of the zone may bring a turn of the day before with it.
    first, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    first = max(first, last - timedelta(days=LONGEST_OUTAGE_DAYS))
    everybody = list(members)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    found = (turn for day in days for turn in turns_of(registry, everybody, day))
    return sorted(turn for turn in found if start <= turn.at <= end)


def turns_of(registry: Registry, members: Sequence[RegistryUser], day: date) -> Iterator[Turn]:
    """The turns of one local day, in no order."""
    if not registry.rhythm.works_on(day):
        return
    for member in members:
        if _has_turn(registry, member, day):
            at = _falls_due(registry, day, time_of(registry, member, day), member.reminders.since)
            if at is not None and at.timestamp() >= member.date_created:
                yield Turn(at, Kind.DIGEST, member.user_id, day)
    if registry.team_channel:
        at = _falls_due(registry, day, clock_time(registry.rhythm.digest_time))
        if at is not None:
            yield Turn(at, Kind.TEAM, TEAM_CHANNEL, day)


def time_of(registry: Registry, member: RegistryUser, day: date) -> time:
    """The time of day of a member's digest: their own, or the registry's.

    On the day of the review the psychiatrist has the agenda in time for it.
    """
    wanted = clock_time(member.reminders.time or registry.rhythm.digest_time)
    if member.role is Role.PSYCHIATRIST and day.weekday() == registry.rhythm.review_day:
        return min(wanted, _before_review(registry))
    return wanted


def next_moment(registry: Registry, members: Iterable[RegistryUser], after: datetime) -> datetime:
    """The next instant at which something may fall due.

    Who joins meanwhile and follows the registry is served in time, and so is a member who has no turn now but
    an own time of day: their absence may end, and their role may change, before that.
    """
    everybody = list(members)
    zone = ZoneInfo(registry.timezone)
    today = after.astimezone(zone).date()
    for ahead in range(-1, HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        if registry.rhythm.works_on(day):
            own = (turn.at for turn in turns_of(registry, everybody, day))
            usual = (instant(day, at, zone) for at in _usual_times(registry, everybody, day))
            if later := [at for at in (*own, *usual) if at is not None and at > after]:
                return min(later)
    return after + timedelta(days=HORIZON_DAYS - 1)


def retimed(before: Registry, after: Registry, at: float) -> Registry:
    """A changed registry, marked with the change (seconds UTC) if its turns fall due otherwise now."""
    if (before.timezone, before.rhythm, before.team_channel) == (
        after.timezone,
        after.rhythm,
        after.team_channel,
    ):
        return after
    moved = before.timezone if before.timezone != after.timezone else None
    return after.model_copy(update={"timed_since": at, "zone_before": moved})


def instant(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return when the wall clock of a local day first shows a time, or where it does not, the next minute
    it shows.

    Aware UTC; None where the day has no such minute left.
    """
    wanted = datetime.combine(day, at)
    found = wanted.replace(tzinfo=zone).astimezone(UTC)
    if _shown(found, zone) != wanted:
        # In a gap: the offset before it leads behind the gap, the one after it leads before.
        before = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
        minutes = range(int((found - before) / MINUTE) + 1)
        found = (
            before + bisect_left(minutes, wanted, key=lambda n: _shown(before + n * MINUTE, zone)) * MINUTE
        )
    return found if _shown(found, zone).date() == day else None


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the wall clock shows at an instant."""
    return at.astimezone(zone).replace(tzinfo=None)


def _has_turn(registry: Registry, member: RegistryUser, day: date) -> bool:
    """Return whether a member gets a digest on a working day of the registry; not while away.

    Finance has one each day: the first that reaches them in a month is of the month before, and no other.
    """
    own = member.reminders
    if not own.on or away(member, day):
        return False
    if member.role is Role.CLINICAL_OPS:
        return registry.rhythm.reports_on(day)
    return _suits(member, day)


def _suits(member: RegistryUser, day: date) -> bool:
    own = member.reminders.days
    return own is None or day.weekday() in own


def _falls_due(registry: Registry, day: date, at: time, since: float = 0.0) -> datetime | None:
    """Return when the turn of a day falls due; `since` is when their own time was changed (seconds UTC)."""
    zone = ZoneInfo(registry.timezone)
    due = instant(day, at, zone)
    for seconds, before in ((registry.timed_since, registry.zone_before), (since, None)):
        change = datetime.fromtimestamp(seconds, UTC)
        if due is not None and due < change:
            days = {change.astimezone(zone).date()} | _unserved(day, at, before, change)
            due = change if day in days else due
    return due


def _unserved(day: date, at: time, zone_before: str | None, change: datetime) -> set[date]:
    """The day, if in the zone that held before a change its turn was still to come, or to be caught up."""
    due = instant(day, at, ZoneInfo(zone_before)) if zone_before else None
    return {day} if due is not None and due > change - CATCH_UP else set()


def _usual_times(registry: Registry, members: Sequence[RegistryUser], day: date) -> set[time]:
    """Return when the digests fall due of those who follow the registry, and of all whose own time it is."""
    written = (registry.rhythm.digest_time, *(member.reminders.time for member in members))
    times = {clock_time(each) for each in written if each is not None}
    return times | {_before_review(registry)} if day.weekday() == registry.rhythm.review_day else times


def _before_review(registry: Registry) -> time:
    meets = datetime.combine(date.min, clock_time(registry.rhythm.review_time))
    return (meets - LEAD).time() if meets - datetime.combine(date.min, time.min) >= LEAD else time.min
