"""The measures a registry scores: ranges, cut-offs and the words for a score."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import Field

from cocm_bot.registry.record import Record


class Band(Record):
    """The word for scores from `start` up to the next band."""

    start: float
    word: str


class Measure(Record):
    """A questionnaire's total: its range and how to read it.

    `improved_below` and `remission_below` are set only where the program defines the words
    (PHQ-9 and GAD-7); without them a measure has bands but no improvement or remission.
    """

    name: str
    items: int
    maximum: float
    minimum: float = 0
    bands: tuple[Band, ...] = Field(default=(), strict=False)
    higher_is_worse: bool = True
    improved_below: float | None = None
    remission_below: float | None = None
    meaningful_change: float | None = None
    self_harm_item: int | None = None
    loinc: str | None = None

    def band(self, score: float) -> str | None:
        """The word for a score; None below the lowest band or where the measure has none."""
        words = [band.word for band in self.bands if score >= band.start]
        return words[-1] if words else None

    def accepts(self, score: float) -> bool:
        """Whether a total lies in the measure's range."""
        return self.minimum <= score <= self.maximum


def _bands(*pairs: tuple[float, str]) -> tuple[Band, ...]:
    return tuple(Band(start=start, word=word) for start, word in pairs)


_MEASURES = (
    Measure(
        name="PHQ-9",
        items=9,
        maximum=27,
        bands=_bands(
            (0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe")
        ),
        improved_below=10,
        remission_below=5,
        meaningful_change=5,
        self_harm_item=9,
        loinc="44261-6",
    ),
    Measure(
        name="GAD-7",
        items=7,
        maximum=21,
        bands=_bands((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")),
        improved_below=10,
        remission_below=5,
        loinc="70274-6",
    ),
    Measure(
        name="PHQ-2", items=2, maximum=6, bands=_bands((0, "negative"), (3, "positive")), loinc="55758-7"
    ),
    # The lower of the two cut-offs (women 3, men 4): the record holds no sex, and a missed case costs more.
    Measure(
        name="AUDIT-C", items=3, maximum=12, bands=_bands((0, "negative"), (3, "positive")), loinc="75626-2"
    ),
    Measure(
        name="ISI",
        items=7,
        maximum=28,
        bands=_bands((0, "none"), (8, "sub-threshold"), (15, "moderate"), (22, "severe")),
    ),
    Measure(
        name="EPDS",
        items=10,
        maximum=30,
        bands=_bands((0, "unlikely"), (10, "possible"), (13, "probable")),
        self_harm_item=10,
        loinc="99046-5",
    ),
    Measure(name="PCL-5", items=20, maximum=80, bands=_bands((0, "below cut-off"), (31, "probable"))),
)

CATALOGUE: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _MEASURES})
"""The measures known by name. A LOINC code stands only where it is confirmed."""

DEFAULT_MEASURES = ("PHQ-9", "GAD-7")
