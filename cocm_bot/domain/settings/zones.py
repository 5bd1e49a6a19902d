"""The time zones a clinic can be in, and finding one by what somebody types."""

from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cocm_bot.domain.fields import folded
from cocm_bot.domain.settings.zone_names import COMMON_NAMES

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
    """The zones that the words typed can mean, by their name, a common name, a state or a city.

    Those that people call so stand before those whose own name only has the words in it.
    """
    wanted = _text(words).strip()
    called = [zone for zone in COMMON_NAMES if _is_called(zone, wanted)]
    typed = wanted.split()
    found = [(name, text) for name, text in _zones() if all(word in text for word in typed)]
    first = f" {typed[0]}" if typed else ""
    named = [name for name, _ in sorted(found, key=lambda each: (first not in each[1], each[0]))]
    return list(dict.fromkeys([*called, *named]))


def zone_words(zone: str) -> str:
    """Return how people call a zone, with its first places; empty for one without a common name."""
    called = COMMON_NAMES.get(zone)
    return "" if called is None else f"{called.name}: {called.places}"


def _is_called(zone: str, wanted: str) -> bool:
    """Return whether a common name, a state, a city or an abbreviation of a zone begins so."""
    if not wanted:
        return False
    called = COMMON_NAMES[zone]
    names = [called.name, *called.places.split(", "), *called.short.split()]
    plain = [_text(name).strip() for name in names]
    time = wanted.removesuffix(" time")
    return any(name.startswith(wanted) or name == time for name in plain)


@lru_cache(maxsize=1)
def _zones() -> Sequence[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in _REGIONS)
    return [(name, _text(name)) for name in (UTC, *names)]


def _text(text: str) -> str:
    return " " + folded(text).replace("/", " ").replace("_", " ").replace(".", "")
