"""Read the state of the clock's work, for monitoring: the same for every process."""

import logging
from collections.abc import Mapping

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
