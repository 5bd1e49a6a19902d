"""Draw a patient's trend as a picture: a panel for each measure, readable at the width of a modal.

It shows the handle only. The picture is built as SVG and turned into PNG with the fonts beside this module,
so that it looks the same on every machine.
"""

from collections.abc import Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, tostring

from cocm_bot.domain.measures.catalogue import Band, Measure
from cocm_bot.domain.patients.trend import Curve, Trend
from cocm_bot.slack.patients.chart_days import DayAxis, day_axis

MOST_PANELS = 6
MOST_VALUES = 10
"""Scores written beside their points; of more, the first and the latest."""

WIDTH = 520
ZOOM = 2
"""The picture has twice as many pixels as a modal shows, for sharp screens."""
TITLE, PLOT, GAP, DAYS, KEY = 24, 150, 14, 22, 26
"""Heights: a panel's title and its plot, the room between panels, the days below, and the key."""
LEFT = 36
TOP_ROOM = 14
"""Room within a plot above and below the range, for the values and the marks of contacts."""
SMALL, MEDIUM, LARGE = 10.5, 12, 13.5
LETTER = 0.55
"""Width of a letter of the font as a part of its size, on the safe side."""
WORD_LETTERS = 24

INK = "#1b2a41"
CURVE = "#0b4f8a"
CONSULT = "#b3530a"
LIGHTEST, DARKEST = 250, 186
"""Bands go from light to dark in one hue: their order is seen whatever colors the eye distinguishes."""


def picture(trend: Trend) -> bytes:
    """Return the chart as PNG, with nothing in it but the pixels. Raises ValueError without a score."""
    # Imported here: only the process that draws needs it.
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - the reason above

    fonts = files("cocm_bot.slack.patients") / "fonts"
    return bytes(
        svg_to_bytes(
            svg_string=drawing(trend),
            zoom=ZOOM,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(fonts / "NotoSans-Regular.ttf"), str(fonts / "NotoSans-Bold.ttf")],
            font_family="Noto Sans",
        )
    )


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
    svg = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=str(WIDTH),
        height=str(height),
        viewBox=f"0 0 {WIDTH} {height}",
    )
    svg.set("font-family", "Noto Sans")
    for place, curve in enumerate(curves):
        _Panel(svg, place * (TITLE + PLOT + GAP) + TITLE, right, days).draw(curve, trend)
    bottom = len(curves) * (TITLE + PLOT + GAP) - GAP
    for x, label, anchor in days.labels:
        _text(svg, x, bottom + 16, label, SMALL, anchor=anchor)
    for row, entries in enumerate(key_rows):
        _key(svg, entries, bottom + DAYS + KEY * row + 18)
    return tostring(svg, encoding="unicode")


class _Panel:
    """One measure: bands, lines, contacts and consults, and the scores on top."""

    def __init__(self, svg: Element, top: float, right: float, days: DayAxis) -> None:
        self._svg = svg
        self._top = top
        self._right = right
        self._days = days

    def draw(self, curve: Curve, trend: Trend) -> None:
        measure = curve.measure
        _text(self._svg, 4, self._top - 8, f"{measure.name} of {trend.handle}", LARGE, bold=True)
        self._bands(measure)
        for below, dashes, width in (
            (measure.improved_below, "6 4", 1.3),
            (measure.remission_below, "", 1.6),
        ):
            if below is not None:
                y = self._y(measure, below)
                _line(self._svg, (LEFT, y), (self._right, y), INK, width, dashes)
        for day in trend.consults:
            x = self._days.x(day)
            _line(self._svg, (x, self._top), (x, self._top + PLOT), CONSULT, 1.6, "2 2.5")
        foot = self._top + PLOT - 7
        for day in trend.sessions:
            _contact(self._svg, self._days.x(day), foot)
        for day in trend.no_shows:
            _no_show(self._svg, self._days.x(day), foot)
        self._scores(curve)
        _line(self._svg, (LEFT, self._top), (LEFT, self._top + PLOT), INK, 1)
        _line(self._svg, (LEFT, self._top + PLOT), (self._right, self._top + PLOT), INK, 1)
        for x, _, _ in self._days.labels:
            _line(self._svg, (x, self._top + PLOT), (x, self._top + PLOT + 3), INK, 1)

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
            _text(self._svg, self._right + 6, (high + low) / 2 + 4, _word(band), SMALL)
        for score in sorted({measure.minimum, measure.maximum, *starts}):
            _text(self._svg, LEFT - 6, self._y(measure, score) + 4, f"{score:g}", SMALL, anchor="end")

    def _scores(self, curve: Curve) -> None:
        points = [(self._days.x(each.day), self._y(curve.measure, each.score)) for each in curve.points]
        path = " ".join(f"{x},{y}" for x, y in points)
        line = SubElement(self._svg, "polyline", points=path, fill="none", stroke=CURVE)
        line.set("stroke-width", "2.2")
        line.set("stroke-linejoin", "round")
        for x, y in points:
            SubElement(self._svg, "circle", cx=str(x), cy=str(y), r="3.2", fill=CURVE)
        shown = range(len(points)) if len(points) <= MOST_VALUES else (0, len(points) - 1)
        for place in shown:
            x, y = points[place]
            _text(self._svg, x, y - 6, f"{curve.points[place].score:g}", MEDIUM, anchor="middle", halo=True)


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
            _line(svg, (x, middle), (x + 24, middle), color, 1.6, dashes)
        _text(svg, x + 30, y, words, SMALL)
        x += _key_width(words)


def _contact(svg: Element, x: float, y: float) -> None:
    _line(svg, (x, y - 4), (x, y + 4), INK, 1.8)


def _no_show(svg: Element, x: float, y: float) -> None:
    _line(svg, (x - 3, y - 3), (x + 3, y + 3), INK, 1.8)
    _line(svg, (x - 3, y + 3), (x + 3, y - 3), INK, 1.8)


def _line(
    svg: Element,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    width: float,
    dashes: str = "",
) -> None:
    (x1, y1), (x2, y2) = start, end
    line = SubElement(svg, "line", x1=str(x1), y1=str(y1), x2=str(x2), y2=str(y2), stroke=color)
    line.set("stroke-width", str(width))
    if dashes:
        line.set("stroke-dasharray", dashes)


def _text(
    svg: Element,
    x: float,
    y: float,
    words: str,
    size: float,
    *,
    anchor: str = "start",
    bold: bool = False,
    halo: bool = False,
) -> None:
    text = SubElement(svg, "text", x=str(x), y=str(y), fill=CURVE if halo else INK)
    text.set("font-size", str(size))
    text.set("text-anchor", anchor)
    if bold or halo:
        text.set("font-weight", "bold")
    if halo:
        text.set("stroke", "#ffffff")
        text.set("stroke-width", "3")
        text.set("paint-order", "stroke")
    text.text = words
