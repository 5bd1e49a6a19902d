"""One tick of the clock: take what is due from the table, and do it."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cocm_bot.logs import where
from cocm_bot.operations.desk import Desk
from cocm_bot.registry.errors import CocmError
from cocm_bot.slack.gateway import Gateway
from cocm_bot.store import work
from cocm_bot.store.work import Waiting, Work

LEASE_SECONDS = 120.0
"""How long work stays with a process that took it, unless it is done before."""
PAUSES = (60.0, 120.0, 300.0, 600.0, 1800.0)
"""Seconds until work that failed is tried again; the last one for every further try."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rounds:
    """What doing the work needs."""

    desk: Desk
    gateway: Gateway


Doing = Callable[[Rounds, Work], None]
"""Does one kind of work, and finishes it or puts it off; what it raises puts it off for a while."""


class Ticker:
    """Does work as it falls due, each kind by the function given for it."""

    def __init__(self, rounds: Rounds, doings: Mapping[str, Doing]) -> None:
        self._rounds = rounds
        self._doings = doings

    def tick(self) -> None:
        """Do all that is due now and nobody else has in hand."""
        # Replicas go through the queue in different orders, so that they rarely want the same.
        for shard in random.sample(range(work.SHARDS), work.SHARDS):
            now = self._rounds.desk.now().timestamp()
            for waiting in work.due(self._rounds.desk.table, shard, now):
                self.do(waiting)

    def do(self, waiting: Waiting) -> None:
        """Do this work now, unless it is not due, done, or in somebody else's hand."""
        desk = self._rounds.desk
        held = work.claim(desk.table, waiting, desk.now().timestamp(), LEASE_SECONDS)
        if held is None:
            return
        try:
            self._doings[held.kind](self._rounds, held)
        except CocmError as error:
            logger.warning("later kind=%s error=%s at=%s", held.kind, type(error).__name__, where(error))
            pause = PAUSES[min(held.tries, len(PAUSES)) - 1]
            work.put_off(desk.table, held, desk.now().timestamp() + pause, tries=held.tries)
