"""Hide counts of few patients where a registry asks for it: who they are may be known to a reader.

A count that others give away, as the one missing from a total, is hidden with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.figures.shares import Share

HIDDEN = "hidden"


@dataclass(frozen=True)
class SmallCounts:
    """Counts from 1 up to below `least` are hidden; 0 hides none."""

    least: int = 0

    def hides(self, count: int) -> bool:
        """Return whether a count alone is hidden; a count of nobody is not."""
        return 0 < count < self.least

    def told(self, count: int) -> str:
        """Like `12`, or `< 5`."""
        return self.few if self.hides(count) else f"{count:,}"

    @property
    def few(self) -> str:
        """Return the words for a hidden count."""
        return f"< {self.least}"

    def share(self, share: Share) -> str:
        """Like `12 of 40 (30 %)`, `< 5 of 40`, or `> 35 of 40` where few are missing from all."""
        if self.hides(share.whole):
            return f"{HIDDEN} (of {self.few})"
        if self.hides(share.part):
            return f"{self.few} of {share.whole:,}"
        if self.hides(share.whole - share.part):
            return f"> {share.whole - self.least:,} of {share.whole:,}"
        return share.told

    def percent(self, share: Share) -> float | None:
        """Return a share in percent; None where nobody is counted, or it would tell a hidden count."""
        if not share.whole or any(map(self.hides, (share.whole, share.part, share.whole - share.part))):
            return None
        return 100 * share.part / share.whole

    def parts(self, counts: Sequence[int]) -> Sequence[int | None]:
        """Return the parts of a total that is shown, with None for those hidden.

        Where the total would give the hidden ones away the next smallest is hidden too.
        """
        hidden = [place for place, count in enumerate(counts) if self.hides(count)]
        others = sorted((count, place) for place, count in enumerate(counts) if count and place not in hidden)
        while others and self._given_away([counts[place] for place in hidden]):
            hidden.append(others.pop(0)[1])
        return [None if place in hidden else count for place, count in enumerate(counts)]

    def parts_told(self, counts: Sequence[int]) -> Sequence[str]:
        """The same in words: `12`, `< 5`, or that it is hidden where that would say which number it is."""
        parts = self.parts(counts)
        given_away = self._given_away(
            [count for count, part in zip(counts, parts, strict=True) if part is None]
        )
        return [
            f"{shown:,}"
            if shown is not None
            else self.few
            if self.hides(count) and not given_away
            else HIDDEN
            for count, shown in zip(counts, parts, strict=True)
        ]

    def _given_away(self, hidden: Sequence[int]) -> bool:
        """Return whether the sum of hidden parts says what one is: one alone, 1 and 1 of 2, 4 and 4 of 8."""
        if not all(map(self.hides, hidden)):
            return False
        few, most = len(hidden), len(hidden) * (self.least - 1)
        return len(hidden) == 1 or (few > 0 and sum(hidden) in (few, most))


def parts_of_shares(small: SmallCounts, shares: Sequence[Share]) -> Sequence[str]:
    """Return shares in words whose sum is shown as well: where it gives one away, another is hidden too."""
    parts = small.parts([each.part for each in shares])
    rest = small.parts([each.whole - each.part for each in shares])
    wholes = small.parts([each.whole for each in shares])
    found = []
    for each, *counts in zip(shares, parts, rest, wholes, strict=True):
        given_away = None in counts and (small.percent(each) is not None or counts[-1] is None)
        found.append(HIDDEN if given_away else small.share(each))
    return found


ALL_TOLD = SmallCounts()
