"""The trend as a picture: a panel for each measure, readable at the width of a modal, handle only."""

import io
import threading
from collections.abc import Sequence
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.patients.trend import Curve, Trend

MOST_PANELS = 6
WIDTH, PANEL_HEIGHT, FOOT_HEIGHT = 6.5, 2.3, 0.75
"""Inches; at 160 dots to the inch the picture is twice as wide as a modal shows it."""
DPI = 160

INK = "#1b2a41"
CURVE = "#0b4f8a"
CONSULT = "#b3530a"
# One hue from light to dark: the order of the bands is seen whatever colours the eye tells apart.
LIGHTEST, DARKEST = (0.98, 0.98, 0.98), (0.70, 0.75, 0.82)

DAYS = ["%Y", "%b", "%-d %b", "", "", ""]
YEAR = ["", "%Y", "%Y", "", "", ""]
"""How days are told on the axis, by how far apart they are, and beside it."""

_drawing = threading.Lock()
"""Matplotlib promises nothing to threads that draw at the same time."""


def picture(trend: Trend) -> bytes:
    """The chart as PNG, with nothing in it but the pixels; ValueError without a score."""
    with _drawing:
        figure = draw(trend)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def draw(trend: Trend) -> Figure:
    """The figure: bands shaded, lines of improvement and remission, contacts and consults marked."""
    curves = trend.curves[:MOST_PANELS]
    if not curves:
        raise ValueError("there is no score to draw")
    height = PANEL_HEIGHT * len(curves) + FOOT_HEIGHT
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    panels: list[Axes] = list(figure.subplots(len(curves), 1, sharex=True, squeeze=False)[:, 0])
    for panel, curve in zip(panels, curves, strict=True):
        _panel(panel, curve, trend)
    _days(panels[-1], trend)
    _key(figure, trend)
    for text in figure.findobj(Text):
        # A measure's name is a clinic's own words: a dollar sign in it is no formula.
        text.set_parse_math(False)
    return figure


def _panel(panel: Axes, curve: Curve, trend: Trend) -> None:
    measure = curve.measure
    room = (measure.maximum - measure.minimum) * 0.09
    panel.set_ylim(measure.minimum - room, measure.maximum + room)
    panel.set_title(f"{measure.name} of {trend.handle}", loc="left", fontsize=12, color=INK, weight="bold")
    panel.tick_params(labelsize=10, colors=INK, length=3)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    panel.set_yticks(sorted({measure.minimum, measure.maximum, *(band.start for band in measure.bands)}))
    _bands(panel, measure)
    _lines(panel, measure)
    for day in trend.consults:
        panel.axvline(day, color=CONSULT, linewidth=1.6, linestyle=(0, (1, 1.2)), zorder=2)  # type: ignore[arg-type]  # a date is an x here
    _marks(panel, trend.sessions, "|", measure.minimum - room * 0.5, filled=True)
    _marks(panel, trend.no_shows, "x", measure.minimum - room * 0.5, filled=False)
    days, scores = [point.day for point in curve.points], [point.score for point in curve.points]
    panel.plot(days, scores, color=CURVE, linewidth=2.2, marker="o", markersize=6, zorder=4)  # type: ignore[arg-type]  # as above
    _values(panel, curve)


def _bands(panel: Axes, measure: Measure) -> None:
    """Each band from its start to the next, the worse the darker, its word at the right."""
    starts = [max(band.start, measure.minimum) for band in measure.bands]
    ends = [*starts[1:], measure.maximum]
    for place, (band, start, end) in enumerate(zip(measure.bands, starts, ends, strict=True)):
        worse = place / max(len(starts) - 1, 1)
        shade = worse if measure.higher_is_worse else 1 - worse
        colour = tuple(light + (dark - light) * shade for light, dark in zip(LIGHTEST, DARKEST, strict=True))
        panel.axhspan(start, end, facecolor=colour, edgecolor="none", zorder=0)
        panel.annotate(
            band.word,
            (1, (start + end) / 2),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=INK,
        )


def _lines(panel: Axes, measure: Measure) -> None:
    if measure.improved_below is not None:
        panel.axhline(measure.improved_below, color=INK, linewidth=1.3, linestyle="--", zorder=1)
    if measure.remission_below is not None:
        panel.axhline(measure.remission_below, color=INK, linewidth=1.6, linestyle="-", zorder=1)


def _marks(panel: Axes, days: Sequence[date], marker: str, height: float, *, filled: bool) -> None:
    panel.plot(
        days,  # type: ignore[arg-type]  # as above
        [height] * len(days),
        linestyle="none",
        marker=marker,
        markersize=8 if filled else 6,
        markeredgewidth=1.8,
        color=INK,
        zorder=3,
    )


def _values(panel: Axes, curve: Curve) -> None:
    """The scores as numbers: all where they have room, else the first and the latest."""
    shown = curve.points if len(curve.points) <= 10 else (curve.points[0], curve.points[-1])
    for point in shown:
        panel.annotate(
            f"{point.score:g}",
            (point.day, point.score),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=11,
            weight="bold",
            color=CURVE,
            zorder=5,
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )


def _days(panel: Axes, trend: Trend) -> None:
    """The days from the first mark to the last, with a margin, at least three weeks wide."""
    days = [point.day for curve in trend.curves for point in curve.points]
    days += [*trend.sessions, *trend.no_shows, *trend.consults]
    first, last = min(days), max(days)
    margin = max((last - first) * 0.04, timedelta(days=2))
    margin = max(margin, (timedelta(days=21) - (last - first)) / 2)
    panel.set_xlim(first - margin, last + margin)  # type: ignore[arg-type]  # as above
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]  # not annotated
    panel.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(  # type: ignore[no-untyped-call]  # as above
        locator, formats=DAYS, zero_formats=DAYS, offset_formats=YEAR
    )
    panel.xaxis.set_major_formatter(formatter)


def _key(figure: Figure, trend: Trend) -> None:
    """What each mark means, for those that are drawn."""
    measures = [curve.measure for curve in trend.curves[:MOST_PANELS]]
    side = "below" if all(measure.higher_is_worse for measure in measures) else "beyond"
    improved = any(measure.improved_below is not None for measure in measures)
    remission = any(measure.remission_below is not None for measure in measures)
    marks = [
        *([Line2D([], [], color=INK, linestyle="--", label=f"improved {side}")] if improved else []),
        *([Line2D([], [], color=INK, linestyle="-", label=f"remission {side}")] if remission else []),
        *(
            [Line2D([], [], color=CONSULT, linestyle=":", linewidth=2, label="consult")]
            if trend.consults
            else []
        ),
        *([_mark("|", "contact")] if trend.sessions else []),
        *([_mark("x", "no-show")] if trend.no_shows else []),
    ]
    figure.legend(
        handles=marks,
        loc="outside lower left",
        ncols=len(marks),
        fontsize=10,
        labelcolor=INK,
        frameon=False,
        handlelength=1.6,
        columnspacing=1.2,
    )


def _mark(marker: str, label: str) -> Line2D:
    return Line2D([], [], color=INK, linestyle="none", marker=marker, markeredgewidth=1.8, label=label)
