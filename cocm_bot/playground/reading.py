"""Read what a picture says, line by line, without laying it out: a search for words needs no columns."""

from collections.abc import Iterator
from itertools import chain, zip_longest

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text


def words(picture: RenderableType) -> str:
    """Return everything a picture says as one line, in the order of a screen on which nothing wraps."""
    return " ".join(" ".join(_lines(picture)).split())


def _lines(picture: RenderableType | None) -> Iterator[str]:  # noqa: PLR0911  (one way out for each kind)
    match picture:
        case None | Rule():
            return iter(())
        case str():
            return iter(picture.split("\n"))
        case Text():
            return iter(picture.plain.split("\n"))
        case Group():
            return chain.from_iterable(map(_lines, picture.renderables))
        case Padding():
            return _lines(picture.renderable)
        case Panel():
            return chain(_lines(picture.title), _lines(picture.renderable))
        case Table():
            return chain(_lines(picture.title), _rows(picture))
        case _:
            raise TypeError(f"nothing here reads a {type(picture).__name__}")


def _rows(table: Table) -> Iterator[str]:
    """Return the lines of a table: each says what its cells have on that line, from left to right."""
    if table.show_header:
        yield " ".join(chain.from_iterable(_lines(column.header) for column in table.columns))
    for row in zip(*(column.cells for column in table.columns), strict=True):
        for beside in zip_longest(*map(_lines, row), fillvalue=""):
            yield " ".join(beside)
