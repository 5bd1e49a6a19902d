"""A registry's own decisions beyond its care policy: times of messages, recipients, and disclosure."""

from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints

from cocm_bot.domain.records.record import Instant, Record

LocalTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A wall-clock time `HH:MM` in the registry's zone."""
LocalDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
"""A local calendar day `YYYY-MM-DD`."""
Weekday = Annotated[int, Field(ge=0, le=6)]
"""A day of the week; Monday is 0."""

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
WEDNESDAY = 2


class Shown(StrEnum):
    """The amount of a patient that a message may show; the value is stored."""

    COUNTS = "counts"
    HANDLE = "handle"
    INITIALS = "initials"
    NAME = "name"


_LEAST_FIRST = (Shown.COUNTS, Shown.HANDLE, Shown.INITIALS, Shown.NAME)


class Rhythm(Record):
    """The times at which the bot writes, in the registry's own calendar and clock."""

    digest_time: LocalTime = "08:00"
    working_days: tuple[Weekday, ...] = Field(default=MONDAY_TO_FRIDAY, strict=False)
    review_day: Weekday = WEDNESDAY
    review_time: LocalTime = "12:00"
    """The day the team meets; the psychiatrist has the agenda with that day's digest."""
    report_day: Weekday = 0
    """The day the weekly figures go out."""
    holidays_of: str | None = None
    """A country, or a part of one, whose public holidays are quiet: `US`, `US-NY`."""
    quiet_days: tuple[LocalDay, ...] = Field(default=(), strict=False)
    """Further days without digests."""

    def works_on(self, day: date) -> bool:
        """Return whether the registry works on a local day: a working day that is neither a holiday nor
        quiet.
        """
        if day.weekday() not in self.working_days or day.isoformat() in self.quiet_days:
            return False
        return self.holidays_of is None or day not in _holidays(self.holidays_of, day.year)

    def reports_on(self, day: date) -> bool:
        """Return whether the weekly figures go out on a local day: the day of the report, or the first
        one after it
        that the registry works on."""
        wanted = day - timedelta(days=(day.weekday() - self.report_day) % 7)
        quiet = (wanted + timedelta(days=ahead) for ahead in range((day - wanted).days))
        return self.works_on(day) and not any(map(self.works_on, quiet))


class Disclosure(Record):
    """The amount of a patient that is shown, by place; a notification's text never shows anything."""

    screens: Annotated[Shown, Field(strict=False)] = Shown.NAME
    """In windows and App Home: all that says who a patient is, or handle and initials. Nothing shows more."""

    direct: Annotated[Shown, Field(strict=False)] = Shown.INITIALS
    """In direct messages: a handle, a handle with initials, or a handle with the name."""
    channel: Annotated[Shown, Field(strict=False)] = Shown.COUNTS
    """In the team channel: counts alone, or handles too."""
    finance: Annotated[Shown, Field(strict=False)] = Shown.INITIALS
    """In the billing list and its file: nothing, initials or the name beside the MRN."""
    monthly_figures: bool = False
    """True where the team's channel gets the figures of the month before, once a month."""

    @property
    def in_messages(self) -> Shown:
        """Return what direct messages and answers show."""
        return min(self.direct, self.screens, key=_LEAST_FIRST.index)

    @property
    def in_billing(self) -> Shown:
        """Return what the billing list on the screen shows beside the handle."""
        return min(self.finance, self.screens, key=_LEAST_FIRST.index)


class Alerts(Record):
    """The further recipient of a safety alert that nobody takes."""

    cover: str | None = None
    """The user id of the next recipient; without one, the admins are next."""
    escalate_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 30
    history_days: Annotated[int, Field(ge=1, le=365)] = 14
    """Days after which a contact is typed in from the past: see `self_harm.calls_for_page`."""
    crisis_text: str = ""
    """The institution's own text, shown wherever an answer about self-harm is entered."""


class Privacy(Record):
    """The bounds at which access is unusual enough to notify the admins, and the life of files in Slack."""

    viewed_patients: Annotated[int, Field(ge=20, le=5000)] = 200
    viewed_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 60
    file_hours: Annotated[int, Field(ge=1, le=30 * 24)] = 24
    retention_years: Annotated[int, Field(ge=0, le=99)] = 0
    """Years after leaving at which a record is proposed for erasure; 0 keeps records for good."""
    smallest_count: Annotated[int, Field(ge=0, le=20)] = 0
    """Figures hide counts of patients from 1 up to below this; 0 hides none."""


class Reminders(Record):
    """A member's decisions for their own digest; None follows the registry."""

    on: bool = True
    time: LocalTime | None = None
    days: tuple[Weekday, ...] | None = Field(default=None, strict=False)
    quiet_when_empty: bool = False
    """Silence, instead of a friendly line, on a day when nothing is due."""
    since: Instant = 0.0
    """Since when this time and these days hold (seconds UTC)."""


def clock_time(written: str) -> time:
    """A stored `HH:MM` as a time of day."""
    return time.fromisoformat(written)


@lru_cache(maxsize=256)
def _holidays(of: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - slow to load, and few registries keep public holidays

    country, _, part = of.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
