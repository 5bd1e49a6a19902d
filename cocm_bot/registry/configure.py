"""What the admins of a registry can set: each setting with its words, its bounds and its default.

The modal, the checks and docs/settings.md all follow this table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from cocm_bot.registry.calendars import calendar
from cocm_bot.registry.errors import InvalidInput
from cocm_bot.registry.policy import BillingRules, Cadence
from cocm_bot.registry.record import Record
from cocm_bot.registry.settings import Alerts, Disclosure, Rhythm, Shown
from cocm_bot.registry.team import Registry
from cocm_bot.registry.zones import is_zone

DIRECT = (Shown.HANDLE, Shown.INITIALS, Shown.NAME)
CHANNEL = (Shown.COUNTS, Shown.HANDLE)
MOST_QUIET_DAYS = 60


class Part(StrEnum):
    """Which of a registry's records a setting belongs to; the value is the attribute's name."""

    CADENCE = "cadence"
    BILLING = "billing"
    RHYTHM = "rhythm"
    DISCLOSURE = "disclosure"
    ALERTS = "alerts"
    REGISTRY = ""


_RECORDS: Mapping[Part, type[Record]] = {
    Part.CADENCE: Cadence,
    Part.BILLING: BillingRules,
    Part.RHYTHM: Rhythm,
    Part.DISCLOSURE: Disclosure,
    Part.ALERTS: Alerts,
    Part.REGISTRY: Registry,
}


@dataclass(frozen=True)
class Setting:
    """One setting; `least` and `most` bound a number, both included."""

    name: str
    part: Part
    label: str
    meaning: str
    least: int | None = None
    most: int | None = None

    @cached_property
    def default(self) -> Any:
        """What holds where nothing else was set."""
        return _RECORDS[self.part].model_fields[self.name].default

    def of(self, registry: Registry) -> Any:
        """What holds in a registry."""
        return getattr(getattr(registry, self.part) if self.part else registry, self.name)


def _number(part: Part, name: str, label: str, meaning: str, least: int, most: int) -> Setting:
    return Setting(name, part, label, meaning, least, most)


_CARE, _BILLING = Part.CADENCE, Part.BILLING
CARE = (
    _number(_CARE, "assessment_days", "Initial assessment due (days)", "Enrolled without one.", 1, 365),
    _number(_CARE, "early_weeks", "Close follow-up lasts (weeks)", "From the initial assessment on.", 0, 104),
    _number(_CARE, "follow_up_days_early", "Close follow-up every (days)", "In those first weeks.", 1, 90),
    _number(_CARE, "follow_up_days", "Later follow-up every (days)", "In treatment, after them.", 1, 180),
    _number(
        _CARE,
        "follow_up_days_prevention",
        "Follow-up in relapse prevention every (days)",
        "With the status Relapse Prevention Plan.",
        1,
        365,
    ),
    _number(
        _CARE,
        "no_show_days",
        "Next try after a no-show (days)",
        "Or when the follow-up was due anyway, if that is sooner.",
        1,
        60,
    ),
    _number(
        _CARE,
        "not_improving_weeks",
        "Consult if not improved after (weeks)",
        "From the initial assessment on.",
        1,
        104,
    ),
    _number(
        _CARE,
        "recent_consult_weeks",
        "… unless consulted in the last (weeks)",
        "So long is the advice of a consult given to work.",
        1,
        104,
    ),
    _number(_CARE, "never_reviewed_weeks", "First consult by (weeks)", "In treatment without one.", 1, 104),
    _number(
        _CARE,
        "stale_consult_weeks",
        "Next consult after (weeks)",
        "In treatment, not in remission, and longer than this since the last one.",
        1,
        104,
    ),
    _number(_CARE, "lost_days", "Lost to contact after (days)", "Without an attended contact.", 1, 365),
    _number(
        _CARE,
        "recommendation_days",
        "Recommendation overdue after (days)",
        "Given by the psychiatrist, and nobody has answered.",
        1,
        90,
    ),
)
BILLING = (
    _number(
        _BILLING,
        "gap_months",
        "Initial month again after (months)",
        "So many whole months without billable work. Payers differ.",
        1,
        60,
    ),
    _number(
        _BILLING,
        "most_add_ons",
        "Most units of 99494 in a month",
        "Above it I warn: payers cap them.",
        0,
        20,
    ),
)
CALENDAR = (
    Setting("timezone", Part.REGISTRY, "Time zone", "Where the registry's days and hours are counted."),
    Setting("digest_time", Part.RHYTHM, "Digest at", "When each member gets their day."),
    Setting("working_days", Part.RHYTHM, "Working days", "No digest on other days."),
    Setting(
        "holidays_of",
        Part.RHYTHM,
        "Public holidays of",
        "No digest on them. A country, or a part of one.",
    ),
    Setting(
        "quiet_days",
        Part.RHYTHM,
        "Further quiet days",
        "No digest on these either. A day a line, like 2026-12-24.",
    ),
    Setting("review_day", Part.RHYTHM, "Review on", "When the caseload review is held."),
    Setting("review_time", Part.RHYTHM, "Review at", "The psychiatrist has the agenda that morning."),
    Setting("report_day", Part.RHYTHM, "Weekly figures on", "When Clinical Ops get them."),
)
MESSAGES = (
    Setting("team_channel", Part.REGISTRY, "Team channel", "Gets the day's counts. Invite me there first."),
    Setting("direct", Part.DISCLOSURE, "In direct messages", "How much of a patient they show."),
    Setting("channel", Part.DISCLOSURE, "In the team channel", "How much of a patient it shows."),
    Setting(
        "cover",
        Part.ALERTS,
        "Who covers for safety alerts",
        "Told of an alert that nobody takes. Without a cover the admins are.",
    ),
    _number(
        Part.ALERTS,
        "escalate_minutes",
        "Safety alert goes on after (minutes)",
        "To the cover, then to the admins, when nobody has taken it.",
        5,
        24 * 60,
    ),
    _number(
        Part.REGISTRY,
        "invite_days",
        "Invitations expire after (days)",
        "Who has not accepted by then is invited anew.",
        1,
        365,
    ),
)
SETTINGS = (*CARE, *BILLING, *CALENDAR, *MESSAGES)
ATTRIBUTES = tuple(dict.fromkeys(setting.part or setting.name for setting in SETTINGS))
"""What of a registry's own attributes holds the settings."""


def values(registry: Registry) -> dict[str, Any]:
    """What is set in a registry, by the settings' names."""
    return {setting.name: setting.of(registry) for setting in SETTINGS}


def configured(registry: Registry, wanted: Mapping[str, Any]) -> Registry:
    """The registry with some settings changed; raises InvalidInput naming the first one at fault."""
    parts: dict[Part, dict[str, Any]] = {}
    for setting in SETTINGS:
        if setting.name in wanted:
            _check(setting, wanted[setting.name])
            parts.setdefault(setting.part, {})[setting.name] = wanted[setting.name]
    update = parts.pop(Part.REGISTRY, {})
    for part, attributes in parts.items():
        before: Record = getattr(registry, part)
        update[part.value] = type(before).model_validate(before.model_dump() | attributes)
    return registry.model_copy(update=update)


def differences(before: Registry, after: Registry) -> list[Setting]:
    """The settings that are not the same in both."""
    return [setting for setting in SETTINGS if setting.of(before) != setting.of(after)]


def _check(setting: Setting, value: Any) -> None:
    complaint = _COMPLAINTS.get(setting.name, lambda _: None)(value)
    least, most = setting.least, setting.most
    if least is not None and most is not None and not least <= value <= most:
        complaint = f"Enter a whole number from {least} to {most}."
    if complaint:
        raise InvalidInput(complaint, setting.name)


def _wrong_quiet_day(days: tuple[str, ...]) -> str | None:
    if len(days) > MOST_QUIET_DAYS:
        return f"Enter at most {MOST_QUIET_DAYS} days."
    for number, day in enumerate(days, 1):
        try:
            date.fromisoformat(day)
        except ValueError:
            return f"Day {number} is none. Write each like 2026-12-24."
    return None


def _unless(fine: Callable[[Any], bool], sentence: str) -> Callable[[Any], str | None]:
    return lambda value: None if fine(value) else sentence


_COMPLAINTS: Mapping[str, Callable[[Any], str | None]] = {
    "timezone": _unless(is_zone, "Choose a time zone like America/New_York."),
    "working_days": _unless(bool, "Choose at least one day."),
    "holidays_of": _unless(
        lambda code: code is None or calendar(code) is not None,
        "Choose a country, or a part of one, from the list.",
    ),
    "quiet_days": _wrong_quiet_day,
    "direct": _unless(lambda much: much in DIRECT, "Choose one of the options."),
    "channel": _unless(lambda much: much in CHANNEL, "Choose one of the options."),
}
