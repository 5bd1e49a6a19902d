"""The codes by which FHIR resources name measures, their items and answers (LOINC, SNOMED CT)."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.domain.exchange.trackers.words import plain

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ORDINAL = ("ordinalValue", "itemWeight")
"""The last part of the addresses of the extensions that give an answer's points."""

PANELS: Mapping[str, str] = MappingProxyType({"PHQ-9": "44249-1", "GAD-7": "69737-5"})
TOTALS: Mapping[str, str] = MappingProxyType(
    {"44261-6": "PHQ-9", "70274-6": "GAD-7", "55758-7": "PHQ-2", "75626-2": "AUDIT-C", "99046-5": "EPDS"}
)
SNOMED_TOTALS: Mapping[str, str] = MappingProxyType({"720433000": "PHQ-9"})
ITEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "PHQ-9": (
            *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7"),
            *("44258-2", "44252-5", "44253-3", "44260-8"),
        ),
        "GAD-7": ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"),
    }
)
"""The codes of a measure's items, in the order of its form."""
ANSWERS: Mapping[str, int] = MappingProxyType({"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3})
"""The answers about frequency, in points."""
NO_ITEM = frozenset({"69722-7"})
"""The item about difficulty in daily life: asked beside the items, and no part of a total."""

_ITEM_OF: Mapping[str, tuple[str, int]] = MappingProxyType(
    {code: (name, number) for name, codes in ITEMS.items() for number, code in enumerate(codes, 1)}
)


def item_of(code: str) -> tuple[str, int] | None:
    """Return the measure and the item, counted from 1, of a LOINC code."""
    return _ITEM_OF.get(code)


def measure_named(text: str) -> str | None:
    """Return the measure that a questionnaire's address, title or code names."""
    squeezed = plain(text).replace(" ", "")
    for name, code in PANELS.items():
        if plain(name).replace(" ", "") in squeezed or code.replace("-", "") in squeezed:
            return name
    return None


def linked(link: str, measure: str | None) -> tuple[str, int] | None:
    """Return the measure and the item that a `linkId` means: `/44250-9`, `PHQ.1`, `phq1`, `44250-9`."""
    last = link.strip("/").rpartition("/")[2]
    if found := item_of(last):
        return found
    numbered = re.fullmatch(r"(phq|gad)[-_. ]?(?:[97][-_. ]+)?(?:q|item)?[-_. ]?(\d{1,2})", last.casefold())
    if not numbered:
        return None
    name = {"phq": "PHQ-9", "gad": "GAD-7"}[numbered[1]]
    number = int(numbered[2])
    if measure is not None and measure != name:
        return None
    return (name, number) if 1 <= number <= len(ITEMS[name]) else None
