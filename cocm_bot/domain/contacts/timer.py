"""The timer of a person: for whom it runs, and the minutes it gives."""

import math
from datetime import datetime

from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.records.record import Record


class Timer(Record):
    """One person's timer, which runs for one patient until the contact is logged or it is discarded."""

    id: str
    registry_id: str
    handle: str
    started: float
    """Seconds UTC."""

    def elapsed(self, now: datetime) -> int:
        """Minutes since it was started, begun ones counted whole."""
        return max(1, math.ceil((now.timestamp() - self.started) / 60))

    def minutes(self, now: datetime) -> float:
        """The minutes it fills in, to the second: billing adds seconds up, and rounds a month down once.

        Never more than a contact may have.
        """
        seconds = max(0, math.floor(now.timestamp() - self.started))
        # Two decimals tell each second from the next.
        return min(round(seconds / 60, 2), MOST_MINUTES)
