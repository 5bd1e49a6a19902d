"""Counts out of a total, with the handles of those counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """A count out of a total."""

    part: int
    whole: int

    @property
    def told(self) -> str:
        """Like `12 of 40 (30 %)`, or a dash where there is nobody to count."""
        if not self.whole:
            return "–"
        return f"{self.part:,} of {self.whole:,} ({round(100 * self.part / self.whole)} %)"


@dataclass(frozen=True)
class Tally:
    """The handles of those counted: once an episode, or once for each month of it that is counted."""

    part: Sequence[str] = ()
    whole: Sequence[str] = ()
    unmeasured: Sequence[str] = ()
    """Those whom nothing recent enough was measured of."""

    @property
    def share(self) -> Share:
        """Return the numbers alone."""
        return Share(len(self.part), len(self.whole))


def tally(answers: Iterable[tuple[str, bool | None]], unmeasured: Iterable[str] = ()) -> Tally:
    """Return the tally of those who have an answer; None is left out of it."""
    known = [(who, answer) for who, answer in answers if answer is not None]
    return Tally(
        part=tuple(who for who, answer in known if answer),
        whole=tuple(who for who, _ in known),
        unmeasured=tuple(unmeasured),
    )


def together(tallies: Iterable[Tally]) -> Tally:
    """Return several tallies, of one month each, as one."""
    each = list(tallies)
    return Tally(
        part=tuple(who for one in each for who in one.part),
        whole=tuple(who for one in each for who in one.whole),
        unmeasured=tuple(who for one in each for who in one.unmeasured),
    )
