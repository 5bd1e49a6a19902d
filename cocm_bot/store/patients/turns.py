"""Work that many threads want done at once: one does it, and all who came before it began share it."""

import threading
from collections.abc import Callable


class Turns:
    """Does a piece of work by turns, for each caller one that began after they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun = 0
        self._done = 0
        self._busy = False
        self.waiting = 0
        """Threads that wait for a turn to end."""

    def take(self, work: Callable[[], None]) -> None:
        """Return once the work was done from beginning to end since this was called.

        Waits for a turn of another thread where one is about to begin. Raises what the work raises, when it
        is this thread that does it; those who waited for it then take a turn themselves.
        """
        with self._changed:
            wanted = self._begun + 1
            while self._busy:
                self.waiting += 1
                self._changed.wait()
                self.waiting -= 1
                if self._done >= wanted:
                    return
            self._begun += 1
            self._busy, mine = True, self._begun
        succeeded = False
        try:
            work()
            succeeded = True
        finally:
            with self._changed:
                self._busy = False
                if succeeded:
                    self._done = mine
                self._changed.notify_all()
