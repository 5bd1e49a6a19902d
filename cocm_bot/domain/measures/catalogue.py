"""The measures a registry scores: ranges, cut-offs and the words for a score."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import Field

from cocm_bot.domain.measures import topics
from cocm_bot.domain.records.record import Record


class Band(Record):
    """The word for scores from `start` up to the next band."""

    start: float
    word: str


class Measure(Record):
    """A questionnaire's total: its range and how to read it.

    `improved_below` is the measure's line: a score at it or above is a case. Without it the measure has
    bands, but no improvement; without `remission_below` no remission. Where higher is better the two are
    lines that a better score is above.
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
    """The rise (of a measure where higher is better, the fall) that makes a patient worse."""
    outcome: bool = True
    """True if it can decide how a patient does; else it only screens."""
    self_harm_item: int | None = None
    """The item, counted from 1, whose answer above 0 calls for a risk assessment the same day."""
    self_harm_top: int | None = None
    """The highest answer of that item, where it is not that of every item."""
    loinc: str | None = None
    topics: tuple[str, ...] = Field(default=(), strict=False)
    """The topic of each item, in words of our own; empty where the measure is entered by its total alone."""
    answers: tuple[str, ...] = Field(default=(), strict=False)
    """The meaning of the answers 0, 1, 2, … of every item, in our own words; empty words are not shown."""
    asks_difficulty: bool = False
    """True if its form asks how hard the problems make daily life."""

    @property
    def by_item(self) -> bool:
        """Return whether it can be entered item by item."""
        return bool(self.topics and self.answers)

    @property
    def most_per_item(self) -> int:
        """The highest answer of an item."""
        return len(self.answers) - 1 if self.answers else int(self.maximum // max(self.items, 1))

    @property
    def most_self_harm(self) -> int:
        """The highest answer of the self-harm item."""
        return self.most_per_item if self.self_harm_top is None else self.self_harm_top

    @property
    def most_without_self_harm(self) -> int:
        """The highest total with the self-harm item at 0."""
        return int(self.maximum) - self.most_self_harm

    def answer_words(self, points: int) -> str:
        """An answer as the form prints it, like `1 · several days`; without words the number alone."""
        word = self.answers[points] if 0 <= points < len(self.answers) else ""
        return f"{points} · {word}" if word else str(points)

    def band(self, score: float) -> str | None:
        """The word for a score; None below the lowest band or where the measure has none."""
        words = [band.word for band in self.bands if score >= band.start]
        return words[-1] if words else None

    def accepts(self, score: float) -> bool:
        """Return whether a total lies in the measure's range."""
        return self.minimum <= score <= self.maximum


class MeasureRules(Record):
    """A measure's lines as a registry set them, in the place of the measure's own."""

    improved_below: float | None = None
    remission_below: float | None = None
    meaningful_change: float | None = None
    outcome: bool = True


def with_rules(measure: Measure, rules: MeasureRules | None) -> Measure:
    """Return the measure read by a registry's own lines, where it has set any."""
    return measure if rules is None else measure.model_copy(update=dict(rules))


def rules_of(measure: Measure) -> MeasureRules:
    """Return the lines a measure is read by."""
    return MeasureRules(**{name: getattr(measure, name) for name in MeasureRules.model_fields})


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
        topics=topics.PHQ_9,
        answers=topics.DAYS,
        asks_difficulty=True,
    ),
    Measure(
        name="GAD-7",
        items=7,
        maximum=21,
        bands=_bands((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")),
        improved_below=10,
        remission_below=5,
        meaningful_change=4,
        loinc="70274-6",
        topics=topics.GAD_7,
        answers=topics.DAYS,
        asks_difficulty=True,
    ),
    Measure(
        name="PHQ-2",
        items=2,
        maximum=6,
        bands=_bands((0, "negative"), (3, "positive")),
        outcome=False,
        loinc="55758-7",
        topics=topics.PHQ_2,
        answers=topics.DAYS,
    ),
    # Two cut-offs, 3 for women and 4 for men: the words say both.
    Measure(
        name="AUDIT-C",
        items=3,
        maximum=12,
        bands=_bands((0, "negative"), (3, "positive for women"), (4, "positive")),
        outcome=False,
        loinc="75626-2",
        topics=topics.AUDIT_C,
        answers=(*topics.AS_PRINTED, ""),
    ),
    Measure(
        name="ISI",
        items=7,
        maximum=28,
        bands=_bands((0, "none"), (8, "sub-threshold"), (15, "moderate"), (22, "severe")),
        improved_below=15,
        remission_below=8,
        meaningful_change=8,
        topics=topics.ISI,
        answers=topics.STRENGTH,
    ),
    Measure(
        name="EPDS",
        items=10,
        maximum=30,
        bands=_bands((0, "unlikely"), (10, "possible"), (13, "probable")),
        improved_below=10,
        meaningful_change=4,
        self_harm_item=10,
        loinc="99046-5",
        topics=topics.EPDS,
        answers=topics.AS_PRINTED,
    ),
    Measure(
        name="PCL-5",
        items=20,
        maximum=80,
        bands=_bands((0, "below cut-off"), (31, "probable")),
        improved_below=31,
        meaningful_change=10,
        topics=topics.PCL_5,
        answers=topics.STRENGTH,
    ),
)

CATALOGUE: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _MEASURES})
"""The measures known by name. A LOINC code is given only where it is confirmed."""

DEFAULT_MEASURES = ("PHQ-9", "GAD-7")
