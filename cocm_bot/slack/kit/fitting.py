"""How much of a list fits into a place, and pages of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Size(NamedTuple):
    """How much something takes of its place: items of the list Slack counts, and text or bytes."""

    items: int
    weight: int

    def __sub__(self, other: "Size") -> "Size":
        return Size(self.items - other.items, self.weight - other.weight)

    def holds(self, other: "Size") -> bool:
        """Whether the other fits into this."""
        return other.items <= self.items and other.weight <= self.weight


def total(sizes: Sequence[Size]) -> Size:
    """What they take together."""
    return Size(sum(size.items for size in sizes), sum(size.weight for size in sizes))


def fitting(sizes: Sequence[Size], room: Size, closing: Size, *, closed: bool = False) -> int:
    """How many of the first fit; when not all do, or in any case if `closed`, a closing row must fit too."""
    if not closed and room.holds(total(sizes)):
        return len(sizes)
    left = room - closing
    for count, size in enumerate(sizes):
        if not left.holds(size):
            return count
        left -= size
    return len(sizes)


def and_more(count: int) -> str:
    """The words that close a list which goes on."""
    return f"…and {count:,} more"


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
        """Where the page stands, like `21–40 of 113`."""
        return f"{self.first:,}–{self.last:,} of {self.total:,}"


def page(rows: Sequence[Row], number: int, size: int) -> Page[Row]:
    """The page of that number, or the nearest: a list may have shrunk since its buttons were drawn."""
    pages = max(-(-len(rows) // size), 1)
    number = min(max(number, 1), pages)
    start = (number - 1) * size
    return Page(rows[start : start + size], number, pages, start + 1 if rows else 0, len(rows))
