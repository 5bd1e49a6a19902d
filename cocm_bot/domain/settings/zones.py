"""The time zones a clinic can be in, and finding one by what somebody types."""

from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cocm_bot.domain.fields import folded

UTC = "UTC"
_REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


def is_zone(name: str) -> bool:
    """Return whether there is a time zone of this name, older names included."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def find_zones(words: str) -> Sequence[str]:
    """The zones whose name has all the words typed, those that begin with the first one before others."""
    typed = _text(words).split()
    found = [(name, text) for name, text in _zones() if all(word in text for word in typed)]
    first = f" {typed[0]}" if typed else ""
    return [name for name, _ in sorted(found, key=lambda each: (first not in each[1], each[0]))]


@lru_cache(maxsize=1)
def _zones() -> Sequence[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in _REGIONS)
    return [(name, _text(name)) for name in (UTC, *names)]


def _text(text: str) -> str:
    return " " + folded(text).replace("/", " ").replace("_", " ")
