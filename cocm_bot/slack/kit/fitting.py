"""Fit as much of a list into a place as it holds."""

from collections.abc import Sequence
from typing import NamedTuple


class Size(NamedTuple):
    """The room something takes: items of the list Slack counts, and text or bytes."""

    items: int
    weight: int

    def __sub__(self, other: "Size") -> "Size":
        return Size(self.items - other.items, self.weight - other.weight)

    def holds(self, other: "Size") -> bool:
        """Return whether the other fits into this."""
        return other.items <= self.items and other.weight <= self.weight


def total(sizes: Sequence[Size]) -> Size:
    """Return what they take together."""
    return Size(sum(size.items for size in sizes), sum(size.weight for size in sizes))


def fitting(sizes: Sequence[Size], room: Size, closing: Size, *, closed: bool = False) -> int:
    """Return how many of the first fit; when not all do, or in any case if `closed`, a closing row must
    fit too.
    """
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
