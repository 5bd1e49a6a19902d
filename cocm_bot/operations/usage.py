"""Each person's recent actions, as one process remembers them: for limits, and to notice unusual access."""

import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import NamedTuple

from cocm_bot.domain.errors import TooOften


class Limit(NamedTuple):
    """A limit on one person's use of something, and the message beyond it."""

    name: str
    most: int
    seconds: float
    sentence: str


SEARCHES = Limit("search", 120, 60, "That was a lot of searches. Wait a minute, then search again.")
"""Every letter typed into a search is one: more than anybody types."""
EXPORTS = Limit("export", 20, 3600, "That was a lot of exports. Wait an hour, then export again.")


class Usage:
    """Counts by person; used from all threads of a process. Times are in seconds UTC."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._seen: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def take(self, limit: Limit, person: str, now: float) -> None:
        """Count something a person is about to do; raises TooOften with the message for them."""
        with self._lock:
            times = self._done[limit.name, person]
            while times and times[0] <= now - limit.seconds:
                times.popleft()
            if len(times) >= limit.most:
                raise TooOften(limit.sentence)
            times.append(now)

    def shown(self, person: str, patient_ids: Iterable[str], now: float, seconds: float) -> tuple[int, int]:
        """Return how many different patients a person was shown in the last seconds, without these and
        with them.
        """
        with self._lock:
            seen = {each: at for each, at in self._seen[person].items() if at > now - seconds}
            before = len(seen)
            seen.update(dict.fromkeys(patient_ids, now))
            self._seen[person] = seen
            return before, len(seen)
