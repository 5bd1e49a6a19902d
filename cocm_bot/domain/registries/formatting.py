"""The values of a registry's settings in words."""

from collections.abc import Callable, Mapping
from typing import Any

from cocm_bot.domain.registries.setting_table import Setting
from cocm_bot.domain.settings.calendars import calendar
from cocm_bot.domain.settings.registry_settings import Shown

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHOWN = {
    Shown.COUNTS: "counts only",
    Shown.HANDLE: "handle",
    Shown.INITIALS: "handle and initials",
    Shown.NAME: "handle and name",
}


def shown(setting: Setting, value: Any) -> str:
    """A setting's value in words; ids of people and places are for others to name."""
    if value is None or value in ((), ""):
        return "none"
    words = _WORDS.get(setting.name)
    if words:
        return words(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _weekday(day: int) -> str:
    return WEEKDAYS[day]


def _days(days: tuple[int, ...]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    return ", ".join(WEEKDAYS[day] for day in days)


def _holidays_of(code: str) -> str:
    kept = calendar(code)
    return kept.name if kept else code


def _shown(much: Shown) -> str:
    return SHOWN[Shown(much)]


def _counted(counts: bool) -> str:
    return "counted" if counts else "not counted"


def _sent(sends: bool) -> str:
    return "sent" if sends else "not sent"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "working_days": _days,
    "review_day": _weekday,
    "report_day": _weekday,
    "holidays_of": _holidays_of,
    "screens": _shown,
    "direct": _shown,
    "channel": _shown,
    "finance": _shown,
    "physician_minutes": _counted,
    "monthly_figures": _sent,
}
