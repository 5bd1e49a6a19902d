"""Draw pictures with lines and words, and turn SVG into the pixels of a PNG.

The fonts lie beside the chart of a patient, so a picture looks the same on every machine.
"""

from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, tostring

ZOOM = 2
"""A picture has twice as many pixels as a modal shows, for sharp screens."""
LETTER = 0.55
"""Width of a letter of the font as a part of its size, on the safe side."""
INK = "#1b2a41"
CURVE = "#0b4f8a"


def sheet(width: float, height: float) -> Element:
    """Return an empty picture."""
    svg = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=f"{width:g}",
        height=f"{height:g}",
        viewBox=f"0 0 {width:g} {height:g}",
    )
    svg.set("font-family", "Noto Sans")
    return svg


def written(svg: Element) -> str:
    """Return the picture as SVG."""
    return tostring(svg, encoding="unicode")


def png(svg: str) -> bytes:
    """Return a picture as PNG, with nothing in it but the pixels."""
    from resvg_py import svg_to_bytes  # noqa: PLC0415 - only the process that draws needs it

    fonts = files("cocm_bot.slack.patients.course") / "fonts"
    return bytes(
        svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(fonts / "NotoSans-Regular.ttf"), str(fonts / "NotoSans-Bold.ttf")],
            font_family="Noto Sans",
        )
    )


def line(
    svg: Element,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    width: float,
    dashes: str = "",
) -> None:
    """Draw a straight line."""
    (x1, y1), (x2, y2) = start, end
    drawn = SubElement(svg, "line", x1=str(x1), y1=str(y1), x2=str(x2), y2=str(y2), stroke=color)
    drawn.set("stroke-width", str(width))
    if dashes:
        drawn.set("stroke-dasharray", dashes)


def path(svg: Element, points: list[tuple[float, float]], color: str, width: float, dashes: str = "") -> None:
    """Draw a line through several points."""
    joined = " ".join(f"{round(x, 2):g},{round(y, 2):g}" for x, y in points)
    drawn = SubElement(svg, "polyline", points=joined, fill="none", stroke=color)
    drawn.set("stroke-width", str(width))
    drawn.set("stroke-linejoin", "round")
    if dashes:
        drawn.set("stroke-dasharray", dashes)


def column(svg: Element, x: float, top: float, width: float, height: float, color: str) -> None:
    """Draw a filled rectangle."""
    SubElement(
        svg,
        "rect",
        x=f"{round(x, 2):g}",
        y=f"{round(top, 2):g}",
        width=f"{round(width, 2):g}",
        height=f"{round(height, 2):g}",
        fill=color,
    )


def dot(svg: Element, x: float, y: float, radius: float, color: str) -> None:
    """Draw a filled circle."""
    SubElement(svg, "circle", cx=f"{round(x, 2):g}", cy=f"{round(y, 2):g}", r=f"{radius:g}", fill=color)


def text(
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
    """Write words; a halo keeps them legible on what is drawn below."""
    drawn = SubElement(svg, "text", x=str(x), y=str(y), fill=CURVE if halo else INK)
    drawn.set("font-size", str(size))
    drawn.set("text-anchor", anchor)
    if bold or halo:
        drawn.set("font-weight", "bold")
    if halo:
        drawn.set("stroke", "#ffffff")
        drawn.set("stroke-width", "3")
        drawn.set("paint-order", "stroke")
    drawn.text = words
