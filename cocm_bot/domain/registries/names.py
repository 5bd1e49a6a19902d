"""A registry as people name it: however their phone types quotes, apostrophes, dashes and accents."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

from cocm_bot.domain.fields import folded

QUOTES = '"“”„‟«»″〝〞〟＂'
"""The quotation marks that people put around a name; in a name they count for nothing."""
_APOSTROPHES = "'’‘‚‛ʼʻʹ′´`＇‹›"
_DASHES = "-‐‑‒–—―−⁃﹘﹣－"
_ALIKE = str.maketrans(
    {**dict.fromkeys(QUOTES), **dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, "-")}
)

Named = TypeVar("Named")


def name_key(name: str) -> str:
    """Return a key to compare and sort registries by: equal for names that look the same to a reader."""
    plain = folded(unicodedata.normalize("NFKC", name.translate(_ALIKE)))
    return " ".join("".join(filter(_visible, plain)).split())


def matching(registries: Sequence[Named], name: str, name_of: Callable[[Named], str]) -> list[Named]:
    """Return the registries of this name, or else those whose name begins so; none for an empty name.

    Of two names that differ in accents alone, as two clinics may have chosen them, the one typed is meant.
    """
    wanted = name_key(name)
    keys = [(registry, name_key(name_of(registry))) for registry in registries]
    written = [registry for registry in registries if name_of(registry) == name.strip()]
    same = written or [registry for registry, key in keys if key == wanted]
    return same or [registry for registry, key in keys if wanted and key.startswith(wanted)]


def _visible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in {"Cc", "Cf"}
