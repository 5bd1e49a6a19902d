"""Read the state of the clock's work, for monitoring: the same for every process."""

import logging
from collections.abc import Mapping, Sequence
from operator import add

from cocm_bot.domain.errors import CocmError
from cocm_bot.logs import what
from cocm_bot.operations.clock_status import clock_health
from cocm_bot.operations.context import Context

OLDEST_DUE = "oldest_due_seconds"
"""Seconds since the oldest work of a kind fell due that is not done."""
UNDELIVERED = "alerts_undelivered"
UNREADABLE = "unreadable_jobs"
PROCESSES = "processes_ticking"
GAUGES = (OLDEST_DUE, UNDELIVERED, UNREADABLE, PROCESSES)

logger = logging.getLogger(__name__)


def merged(all_of: Sequence[Mapping[str, Mapping[str, float]]]) -> Mapping[str, Mapping[str, float]]:
    """Return the gauges of several workspaces as one: the oldest work, and all that is undone."""
    found: dict[str, dict[str, float]] = {}
    for name, by_kind in (pair for each in all_of for pair in each.items()):
        into = found.setdefault(name, {})
        for kind, value in by_kind.items():
            together = max if name in {OLDEST_DUE, PROCESSES} else add
            into[kind] = together(into.get(kind, 0.0), value)
    return found


def gauges(ctx: Context) -> Mapping[str, Mapping[str, float]]:
    """Return each gauge by kind of work; nothing where the table does not answer."""
    try:
        found = clock_health(ctx)
    except CocmError as error:
        logger.warning("unread gauges error=%s", what(error))
        return {}
    return {
        OLDEST_DUE: found.behind_by_kind or {"": 0.0},
        UNDELIVERED: {"": found.late_alerts},
        UNREADABLE: {"": found.unreadable},
        PROCESSES: {"": len(found.runs) - len(found.wrong_clocks)},
    }
