"""The last tick of each process, which shows whether the clock runs."""

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table

KEPT_SECONDS = 2 * 24 * 3600

LAST = "PK = :runs"
"""The last run of each process that ran lately."""


class Run(Record):
    """One tick of one process."""

    process: str
    at: float
    """The time it began (seconds UTC)."""
    seconds: float
    done: int
    """Pieces of work it did, or tried."""
    left: int
    """Pieces of work that fell due and that it had no time for."""
    ahead: float = 0.0
    """Seconds its clock is ahead of the table's or Slack's (negative: behind); 0.0 unless it stopped."""


def record(table: Table, run: Run) -> None:
    """Remember a run in the place of the one before of the same process. Raises Unavailable."""
    own = {"expires_at": int(run.at) + KEPT_SECONDS}
    table.put(writes.put(items.to_item(keys.run(run.process), run, own)))


def last(table: Table) -> Listing[Run]:
    """The last run of each process. Raises Unavailable."""
    return items.read_all(Run, table.query(LAST, {"runs": keys.RUNS}))
