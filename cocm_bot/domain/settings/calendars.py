"""The public holidays a registry can keep: of a country (`US`) or of a part of one (`US-NY`)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from cocm_bot.domain.fields import folded

NEAREST = ("US", "CA", "GB", "AU")
"""The countries searched for a part, in this order, when the typed text names no country."""
ALSO_CALLED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("uk", "u.k.", "great britain", "britain"), "GB"),
        **dict.fromkeys(("usa", "u.s.", "u.s.a.", "america"), "US"),
        **dict.fromkeys(("nyc", "new york city"), "New York"),
    }
)
"""Countries, and parts of them, by what people call them beside their name."""
LONGEST_CODE = 3
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Calendar:
    """Return the place whose holidays they are: `US-NY`, `United States, New York`."""

    code: str
    name: str


def calendar(code: str) -> Calendar | None:
    """The calendar with a code; None when there is none."""
    country, _, part = code.partition("-")
    name = _countries().get(country)
    if name is None:
        return None
    if not part:
        return Calendar(code, name)
    return next((each for each in _parts(country) if each.code == code), None)


def find_calendars(words: str) -> Sequence[Calendar]:
    """Countries by name or code, each with its parts when it is the only one, or its name was typed whole.

    What names no country is looked for among the parts of those nearest.
    """
    typed = folded(words).strip()
    typed = folded(ALSO_CALLED.get(typed, typed))
    named = [code for code, name in _countries().items() if _begins(f"{name} {code}", typed)]
    named.sort(key=lambda code: folded(code) != typed)
    begun = [code for code, name in _countries().items() if typed.startswith(folded(name))]
    if len(named) == 1 or begun:
        country = (begun or named)[0]
        rest = typed.removeprefix(folded(_countries()[country])).strip(" ,")
        found = [each for each in _parts(country) if not begun or _begins(each.name, rest)]
        return [*_whole(named or begun), *found]
    parts = (each for country in NEAREST for each in _parts(country) if typed and _begins(each.name, typed))
    return [*_whole(named), *parts]


def _whole(codes: Sequence[str]) -> Iterator[Calendar]:
    return (Calendar(code, _countries()[code]) for code in codes)


def _begins(text: str, typed: str) -> bool:
    return f" {typed}" in f" {folded(text)}".replace(",", " ").replace("-", " ")


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    """Names by code, in the order of the names."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - needed only where a calendar is chosen

    names = {code: _WORD.sub(" ", name) for name, code, *_ in COUNTRIES.values()}
    return dict(sorted(names.items(), key=lambda each: each[1]))


@lru_cache(maxsize=32)
def _parts(country: str) -> Sequence[Calendar]:
    import holidays  # noqa: PLC0415 - slow to load, and needed only where a calendar is chosen

    known = holidays.country_holidays(country)
    aliases = known.get_subdivision_aliases()
    name = _countries()[country]
    return [Calendar(f"{country}-{part}", f"{name}, {_called(part, aliases)}") for part in known.subdivisions]


def _called(part: str, aliases: Mapping[str, Sequence[str]]) -> str:
    """The part by name: of several, the first that is not a code again."""
    names = aliases.get(part, ())
    return next((each for each in names if len(each) > LONGEST_CODE), max(names, key=len, default=part))
