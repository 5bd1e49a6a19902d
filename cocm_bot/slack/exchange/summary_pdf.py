"""A patient's summary as pages to print: PDF, with the patient's name and the picture of the scores.

Its library takes a while to load: import this module where a page is made.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import as_file, files
from io import BytesIO
from typing import BinaryIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus.doctemplate import BaseDocTemplate

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.summary import Section, Summary, summary_of
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.people import full_name
from cocm_bot.slack.exchange.letters import UNKNOWN, drawn
from cocm_bot.slack.patients.course.chart import picture
from cocm_bot.slack.shared_views.svg import INK, ZOOM

PLAIN, BOLD = "NotoSans", "NotoSans-Bold"
MARGIN = 54
"""Points, 0.75 inch: what printers leave room for, on letter paper and on A4."""
SMALL, TEXT, LARGE = 8, 9.5, 18
OTHER_SCRIPT = (
    "Some words here are in a script that this page can't draw. They are written in Latin letters; "
    f"{UNKNOWN} stands for what has none. The registry has them as entered."
)


def write_pdf(
    file: BinaryIO, registry: Registry, members: Sequence[RegistryUser], each: Arrival, now: datetime
) -> None:
    """Write the summary of a patient as of now. The same record makes the same bytes."""
    names = {member.user_id: full_name(member) for member in members}
    summary = summary_of(each, registry, names, now)
    document = SimpleDocTemplate(
        file,
        pagesize=LETTER,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        # Shown by viewers and in lists of files: it names nobody.
        title=f"Summary of {summary.handle}",
        author="cocm_bot",
        invariant=1,
    )
    document.build(_Pages(summary).flowables(), onFirstPage=_number, onLaterPages=_number)


def _number(canvas: Canvas, document: BaseDocTemplate) -> None:
    """Write whose page it is and its number: sheets of two patients may come to lie together."""
    canvas.setFont(PLAIN, SMALL)
    page = f"{document.title} · page {canvas.getPageNumber()}"
    canvas.drawRightString(LETTER[0] - MARGIN, MARGIN / 2, page)


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """Register the fonts, and return the characters that both can draw."""
    found = []
    for name, file_name in ((PLAIN, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        with as_file(files("cocm_bot.slack.patients.course") / "fonts" / file_name) as path:
            font = TTFont(name, str(path))
        registerFont(font)
        found.append(frozenset(font.face.charToGlyph))
    return found[0] & found[1]


class _Pages:
    """The content of one patient's pages."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._covered = _covered()
        self._changed = False

    def flowables(self) -> list[Flowable]:
        """Return it, from the name down."""
        summary = self._summary
        name = self._drawn(summary.name)
        head = [
            self._line("Summary of care", SMALL),
            # A name that would be full of gaps names nobody: the handle finds the record.
            self._line(summary.handle if UNKNOWN in name else name, LARGE, bold=True),
            self._line(self._drawn(summary.identity), TEXT),
        ]
        body = [*self._sections(summary.care), *self._picture(), *self._sections(summary.history)]
        foot = self._line(self._drawn(summary.foot), SMALL)
        note = [self._line(OTHER_SCRIPT, SMALL)] if self._changed else []
        return [*head, *body, Spacer(0, 10), *note, foot]

    def _sections(self, sections: Iterable[Section]) -> Iterator[Flowable]:
        for each in sections:
            lines = [self._labelled(label, words) for label, words in each.lines]
            yield Spacer(0, 6)
            # A heading is never alone at the foot of a page.
            yield KeepTogether([self._line(each.heading, TEXT + 1.5, bold=True), *lines[:2]])
            yield from lines[2:]

    def _labelled(self, label: str, words: str) -> Flowable:
        told = f'<font name="{BOLD}">{escape(self._drawn(label))}</font>  ' if label else ""
        return _paragraph(f"{told}{escape(self._drawn(words))}", TEXT, indent=10)

    def _line(self, text: str, size: float, *, bold: bool = False) -> Flowable:
        return _paragraph(escape(text), size, bold=bold)

    def _picture(self) -> Iterator[Flowable]:
        if not self._summary.trend.curves:
            return
        png = BytesIO(picture(self._summary.trend))
        wide, high = (side / ZOOM for side in ImageReader(png).getSize())
        # A frame keeps some points of its own.
        scale = min(1.0, (LETTER[0] - 2 * MARGIN - 12) / wide, (LETTER[1] - 2 * MARGIN - 12) / high)
        yield Spacer(0, 8)
        yield Image(png, wide * scale, high * scale, hAlign="LEFT")

    def _drawn(self, text: str) -> str:
        shown = drawn(text, self._covered)
        self._changed = self._changed or shown.changed
        return shown.text


def _paragraph(markup: str, size: float, *, bold: bool = False, indent: float = 0) -> Paragraph:
    style = ParagraphStyle(
        "line",
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=size * 1.4,
        leftIndent=indent,
        textColor=HexColor(INK),
    )
    return Paragraph(markup, style)
