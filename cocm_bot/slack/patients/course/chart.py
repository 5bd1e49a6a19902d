"""Draw a patient's trend as a picture: a panel for each measure, readable at the width of a modal.

It shows the handle only.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from cocm_bot.domain.measures.catalogue import Band, Measure
from cocm_bot.domain.patients.trend import Curve, Trend
from cocm_bot.slack.patients.course.chart_days import DayAxis, day_axis
from cocm_bot.slack.shared_views.svg import CURVE, INK, LETTER, line, path, png, sheet, text, written

MOST_PANELS = 6
MOST_VALUES = 10
"""Scores written beside their points; of more, the first and the latest."""

WIDTH = 520
TITLE, PLOT, GAP, DAYS, KEY = 24, 150, 14, 22, 26
"""Heights: a panel's title and its plot, the room between panels, the days below, and the key."""
LEFT = 36
TOP_ROOM = 14
"""Room within a plot above and below the range, for the values and the marks of contacts."""
SMALL, MEDIUM, LARGE = 10.5, 12, 13.5
WORD_LETTERS = 24

CONSULT = "#b3530a"
LIGHTEST, DARKEST = 250, 186
"""Bands go from light to dark in one hue: their order is seen whatever colors the eye distinguishes."""


def picture(trend: Trend) -> bytes:
    """Return the chart as PNG, with nothing in it but the pixels. Raises ValueError without a score."""
    return png(drawing(trend))


def drawing(trend: Trend) -> str:
    """Return the chart as SVG. Raises ValueError without a score."""
    curves = trend.curves[:MOST_PANELS]
    if not curves:
        raise ValueError("there is no score to draw")
    right = WIDTH - 14 - max(_word_room(band) for curve in curves for band in curve.measure.bands)
    days = day_axis(trend, LEFT + 8, right)
    marks = _key_marks(trend)
    key_rows = _rows(marks)
    height = len(curves) * (TITLE + PLOT + GAP) + DAYS + KEY * len(key_rows)
    svg = sheet(WIDTH, height)
    for place, curve in enumerate(curves):
        _Panel(svg, place * (TITLE + PLOT + GAP) + TITLE, right, days).draw(curve, trend)
    bottom = len(curves) * (TITLE + PLOT + GAP) - GAP
    for x, label, anchor in days.labels:
        text(svg, x, bottom + 16, label, SMALL, anchor=anchor)
    for row, entries in enumerate(key_rows):
        _key(svg, entries, bottom + DAYS + KEY * row + 18)
    return written(svg)


class _Panel:
    """One measure: bands, lines, contacts and consults, and the scores on top."""

    def __init__(self, svg: Element, top: float, right: float, days: DayAxis) -> None:
        self._svg = svg
        self._top = top
        self._right = right
        self._days = days

    def draw(self, curve: Curve, trend: Trend) -> None:
        measure = curve.measure
        text(self._svg, 4, self._top - 8, f"{measure.name} of {trend.handle}", LARGE, bold=True)
        self._bands(measure)
        for below, dashes, width in (
            (measure.improved_below, "6 4", 1.3),
            (measure.remission_below, "", 1.6),
        ):
            if below is not None:
                y = self._y(measure, below)
                line(self._svg, (LEFT, y), (self._right, y), INK, width, dashes)
        for day in trend.consults:
            x = self._days.x(day)
            line(self._svg, (x, self._top), (x, self._top + PLOT), CONSULT, 1.6, "2 2.5")
        foot = self._top + PLOT - 7
        for day in trend.sessions:
            _contact(self._svg, self._days.x(day), foot)
        for day in trend.no_shows:
            _no_show(self._svg, self._days.x(day), foot)
        self._scores(curve)
        line(self._svg, (LEFT, self._top), (LEFT, self._top + PLOT), INK, 1)
        line(self._svg, (LEFT, self._top + PLOT), (self._right, self._top + PLOT), INK, 1)
        for x, _, _ in self._days.labels:
            line(self._svg, (x, self._top + PLOT), (x, self._top + PLOT + 3), INK, 1)

    def _y(self, measure: Measure, score: float) -> float:
        part = (score - measure.minimum) / (measure.maximum - measure.minimum)
        return round(self._top + PLOT - TOP_ROOM - part * (PLOT - 2 * TOP_ROOM), 2)

    def _bands(self, measure: Measure) -> None:
        """Shade each band from its start to the next, the worse the darker, its word at the right."""
        starts = [max(band.start, measure.minimum) for band in measure.bands]
        ends = [*starts[1:], measure.maximum]
        for place, (band, start, end) in enumerate(zip(measure.bands, starts, ends, strict=True)):
            worse = place / max(len(starts) - 1, 1)
            shade = round(LIGHTEST + (DARKEST - LIGHTEST) * (worse if measure.higher_is_worse else 1 - worse))
            high, low = self._y(measure, end), self._y(measure, start)
            SubElement(
                self._svg,
                "rect",
                x=str(LEFT),
                y=str(high),
                width=str(self._right - LEFT),
                height=str(round(low - high, 2)),
                fill=f"rgb({shade},{shade},{min(shade + 10, 255)})",
            )
            text(self._svg, self._right + 6, (high + low) / 2 + 4, _word(band), SMALL)
        for score in sorted({measure.minimum, measure.maximum, *starts}):
            text(self._svg, LEFT - 6, self._y(measure, score) + 4, f"{score:g}", SMALL, anchor="end")

    def _scores(self, curve: Curve) -> None:
        points = [(self._days.x(each.day), self._y(curve.measure, each.score)) for each in curve.points]
        path(self._svg, points, CURVE, 2.2)
        for x, y in points:
            SubElement(self._svg, "circle", cx=str(x), cy=str(y), r="3.2", fill=CURVE)
        shown = range(len(points)) if len(points) <= MOST_VALUES else (0, len(points) - 1)
        for place in shown:
            x, y = points[place]
            text(self._svg, x, y - 6, f"{curve.points[place].score:g}", MEDIUM, anchor="middle", halo=True)


def _word(band: Band) -> str:
    return band.word if len(band.word) <= WORD_LETTERS else f"{band.word[: WORD_LETTERS - 1]}…"


def _word_room(band: Band) -> float:
    return len(_word(band)) * SMALL * LETTER


def _key_marks(trend: Trend) -> list[tuple[str, str]]:
    """Return what is drawn, each as the kind of its mark and its words."""
    measures = [curve.measure for curve in trend.curves[:MOST_PANELS]]
    side = "below" if all(measure.higher_is_worse for measure in measures) else "beyond"
    return [
        (kind, words)
        for kind, words, drawn in (
            ("dashed", f"improved {side}", any(each.improved_below is not None for each in measures)),
            ("solid", f"remission {side}", any(each.remission_below is not None for each in measures)),
            ("dotted", "consult", trend.consults),
            ("contact", "contact", trend.sessions),
            ("no-show", "no-show", trend.no_shows),
        )
        if drawn
    ]


def _rows(marks: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the key in as many rows as its width asks for."""
    rows: list[list[tuple[str, str]]] = [[]]
    room = float(WIDTH - 16)
    for mark in marks:
        needed = _key_width(mark[1])
        if needed > room and rows[-1]:
            rows.append([])
            room = WIDTH - 16
        rows[-1].append(mark)
        room -= needed
    return rows


def _key_width(words: str) -> float:
    return 38 + len(words) * SMALL * LETTER


def _key(svg: Element, entries: Sequence[tuple[str, str]], y: float) -> None:
    """Draw one row of the key: each mark with its words."""
    x = 8.0
    for kind, words in entries:
        middle = y - 4
        if kind == "contact":
            _contact(svg, x + 12, middle)
        elif kind == "no-show":
            _no_show(svg, x + 12, middle)
        else:
            color = CONSULT if kind == "dotted" else INK
            dashes = {"dashed": "6 4", "dotted": "2 2.5", "solid": ""}[kind]
            line(svg, (x, middle), (x + 24, middle), color, 1.6, dashes)
        text(svg, x + 30, y, words, SMALL)
        x += _key_width(words)


def _contact(svg: Element, x: float, y: float) -> None:
    line(svg, (x, y - 4), (x, y + 4), INK, 1.8)


def _no_show(svg: Element, x: float, y: float) -> None:
    line(svg, (x - 3, y - 3), (x + 3, y + 3), INK, 1.8)
    line(svg, (x - 3, y + 3), (x + 3, y - 3), INK, 1.8)
