"""Lists a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[Row]
    number: int
    pages: int
    first: int
    """Place of the page's first row in the whole list, from 1; 0 when the list is empty."""
    total: int

    @property
    def last(self) -> int:
        """Place of the page's last row in the whole list."""
        return max(self.first + len(self.rows) - 1, 0)

    @property
    def place(self) -> str:
        """Return the page's position, like `21–40 of 113`."""
        return f"{self.first:,}–{self.last:,} of {self.total:,}"


def page_of(rows: Sequence[Row], number: int, size: int) -> Page[Row]:
    """Return the page of that number, or the nearest: a list may have shrunk since its buttons were drawn."""
    pages = max(-(-len(rows) // size), 1)
    number = min(max(number, 1), pages)
    start = (number - 1) * size
    return Page(rows[start : start + size], number, pages, start + 1 if rows else 0, len(rows))
