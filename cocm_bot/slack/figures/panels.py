"""The panels of the figures' picture: months from left to right, each panel with a title and an axis."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

from cocm_bot.domain.figures.periods import Period
from cocm_bot.slack.shared_views.svg import INK, LETTER, column, dot, line, path, text

WIDTH = 520
LEFT, RIGHT = 40, 506
TITLE, PLOT, FOOT = 38, 104, 30
"""Heights: the title with its key, the plot, and the months below with the room to the next panel."""
HEIGHT = TITLE + PLOT + FOOT
SMALL, LARGE = 10.5, 13.5
LABEL_ROOM = 46
WIDEST = 42
"""A column of few months does not fill the panel."""
GRID = "#d7dde5"
TONES = ("#b9cce2", "#0b4f8a", "#5f8f3a")
"""Light, dark and green: distinct by lightness alone."""


@dataclass(frozen=True)
class Months:
    """The months of an axis."""

    months: Sequence[Period]

    @property
    def step(self) -> float:
        """The width of a month."""
        return (RIGHT - LEFT) / len(self.months)

    def x(self, place: int) -> float:
        """Return the middle of a month."""
        return LEFT + (place + 0.5) * self.step

    def of(self, day: date) -> float:
        """Return where a day is drawn."""
        first, last = self.months[0].first, self.months[-1].last
        return LEFT + (day - first).days / ((last - first).days + 1) * (RIGHT - LEFT)


class Panel:
    """One panel with its scale; `top` is where it begins in the picture."""

    def __init__(self, svg: Element, top: float, months: Months, most: float, unit: str = "") -> None:
        self.svg = svg
        self.foot = top + TITLE + PLOT
        self.months = months
        self._most = nice(most)
        self._top = top
        for part in (0.0, 0.5, 1.0):
            value = self._most * part
            if value % 1:
                continue
            y = self.y(value)
            line(svg, (LEFT, y), (RIGHT, y), INK if part == 0 else GRID, 1)
            text(svg, LEFT - 5, y + 4, f"{value:,.0f}{unit}", SMALL, anchor="end")
        self._label()

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return self.foot - PLOT * value / self._most

    def title(self, words: str, key: Sequence[tuple[str, str, str]] = ()) -> None:
        """Write the title, and below it what each tone (with its dashes) means."""
        text(self.svg, 4, self._top + 14, words, LARGE, bold=True)
        x = float(LEFT)
        for name, color, dashes in key:
            y = self._top + 27
            line(self.svg, (x, y), (x + 16, y), color, 4 if not dashes and len(key) > 1 else 2, dashes)
            text(self.svg, x + 20, y + 4, name, SMALL)
            x += 34 + len(name) * SMALL * LETTER

    def stack(self, place: int, values: Iterable[tuple[float, str]]) -> None:
        """Draw a month's column of several tones, from below."""
        bottom, width = 0.0, min(self.months.step * 0.7, WIDEST)
        for value, color in values:
            top = self.y(bottom + value)
            column(self.svg, self.months.x(place) - width / 2, top, width, self.y(bottom) - top, color)
            bottom += value

    def curve(self, values: Sequence[float | None], color: str, width: float, dashes: str = "") -> None:
        """Draw a line through the months that have a value, broken where one has none."""
        run: list[tuple[float, float]] = []
        for place, value in enumerate([*values, None]):
            if value is not None:
                run.append((self.months.x(place), self.y(value)))
                continue
            if len(run) > 1:
                path(self.svg, run, color, width, dashes)
            for x, y in run:
                dot(self.svg, x, y, 2.4, color)
            run = []

    def _label(self) -> None:
        """Write the months that have room, with the year at the first and at each January."""
        every = max(1, math.ceil(LABEL_ROOM / self.months.step))
        for place, month in enumerate(self.months.months):
            if place % every:
                continue
            first = place == 0 or month.first.year != self.months.months[place - every].first.year
            label = f"{month.first:%b %Y}" if first else f"{month.first:%b}"
            text(self.svg, self.months.x(place), self.foot + 14, label, SMALL, anchor="middle")


def nice(value: float) -> float:
    """Return a round number that is at least the value, for the top of a scale; never below 1."""
    if value <= 1:
        return 1
    if value <= 10:
        return math.ceil(value / 2) * 2
    size: float = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10) if step * size >= value)


Draw = Callable[[Element, float], None]
"""Draws one panel into a picture, from a height on."""
