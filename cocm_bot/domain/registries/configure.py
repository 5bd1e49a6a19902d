"""Setting what a registry's admins can set, within the bounds of each setting."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.fields import has_phones
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.record import Record
from cocm_bot.domain.registries.ehr_link import wrong_template
from cocm_bot.domain.registries.setting_table import (
    CHANNEL,
    DIRECT,
    SCREENS,
    SETTINGS,
    YES_OR_NO,
    Part,
    Setting,
)
from cocm_bot.domain.settings.calendars import calendar
from cocm_bot.domain.settings.zones import is_zone

MOST_QUIET_DAYS = 60
LONGEST_CRISIS_TEXT = 280
"""Characters; the modal of the settings has to remember it."""


def values(registry: Registry) -> dict[str, Any]:
    """Return what is set in a registry, by the settings' names."""
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
    wrong = (number for number, day in enumerate(days, 1) if not _is_day(day))
    return next((f"Day {number} is none. Write each like 2026-12-24." for number in wrong), None)


def _is_day(text: str) -> bool:
    try:
        # Python reads further forms of a date, which are not the stored one.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
    "crisis_text": _unless(
        lambda text: len(text) <= LONGEST_CRISIS_TEXT, f"Enter at most {LONGEST_CRISIS_TEXT} characters."
    ),
    "ehr_url": wrong_template,
    "phone_country": _unless(has_phones, "Enter the two letters of a country, like US, GB or DE."),
    "screens": _unless(lambda much: much in SCREENS, "Choose one of the options."),
    "direct": _unless(lambda much: much in DIRECT, "Choose one of the options."),
    "finance": _unless(lambda much: much in DIRECT, "Choose one of the options."),
    **dict.fromkeys(YES_OR_NO, _unless(lambda said: isinstance(said, bool), "Choose one of the options.")),
    "channel": _unless(lambda much: much in CHANNEL, "Choose one of the options."),
}
