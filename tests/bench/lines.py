"""One line of the bench's table, and ways to measure one."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """A figure now, the alternative beside it in the same run, and the goal."""

    figure: str
    now: float
    goal: float
    unit: str = ""
    alternative: float | None = None
    beside: str = ""
    """The name of the alternative."""
    at_least: bool = False
    """True where more is better."""

    @property
    def met(self) -> bool:
        return self.now >= self.goal if self.at_least else self.now <= self.goal

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """The figure, now, the alternative, the ratio of the two, the goal, and whether it is met."""
        other = "–" if self.alternative is None else f"{_short(self.alternative)} ({self.beside})"
        ratio = "–" if not self.alternative else f"{self.now / self.alternative:.2f}"
        sign = "≥" if self.at_least else "≤"
        shown = f"{_short(self.now)} {self.unit}".strip()
        return self.figure, shown, other, ratio, f"{sign} {_short(self.goal)}", "yes" if self.met else "NO"

    def kept(self) -> dict[str, Any]:
        """The line as it is kept in a file."""
        return asdict(self)


def cpu_beside(
    ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int, repeats: int = 1
) -> tuple[float, float]:
    """Milliseconds of CPU of each, medians; the two take turns, so that a busy machine slows both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for spent, act in zip(taken, (ours, theirs), strict=True):
            began = time.process_time()
            for _ in range(repeats):
                act()
            spent.append(1000 * (time.process_time() - began) / repeats)
    return statistics.median(taken[0]), statistics.median(taken[1])


def cpu_of(act: Callable[[], object], *, rounds: int) -> float:
    """Milliseconds of CPU, the median."""
    return cpu_beside(act, lambda: None, rounds=rounds)[0]


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.3g}"
