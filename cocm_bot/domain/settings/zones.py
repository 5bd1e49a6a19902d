"""The time zones a clinic can be in, and finding one by what somebody types."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
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


ALSO_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "America/New_York": "eastern nyc et est edt boston philadelphia washington dc miami florida georgia",
        "America/Chicago": "central ct cst cdt texas dallas houston minnesota illinois",
        "America/Denver": "mountain mt mst mdt colorado utah",
        "America/Phoenix": "arizona",
        "America/Los_Angeles": "pacific pt pst pdt california seattle san francisco oregon",
        "America/Anchorage": "alaska",
        "Pacific/Honolulu": "hawaii",
        "America/Toronto": "ontario ottawa quebec montreal",
        "America/Vancouver": "british columbia",
        "Europe/London": "uk united kingdom great britain england scotland wales",
        "Europe/Belfast": "northern ireland",
    }
)
"""What people call a zone beside the name of its city."""


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
    return [(name, _text(f"{name} {ALSO_CALLED.get(name, '')}")) for name in (UTC, *names)]


def _text(text: str) -> str:
    return " " + folded(text).replace("/", " ").replace("_", " ")
