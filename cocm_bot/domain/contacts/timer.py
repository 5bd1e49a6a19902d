"""The timer of a person: for whom it runs, and the minutes it gives."""

import math
from datetime import datetime

from cocm_bot.domain.contacts.contact import MOST_MINUTES
from cocm_bot.domain.record import Record


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

    def minutes(self, now: datetime) -> int:
        """The minutes it fills in: never more than a contact may have."""
        return min(self.elapsed(now), MOST_MINUTES)
