"""The sentence for a person when something goes wrong, and the record of it in the log."""

import logging

from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.logs import what, where
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.telemetry.in_hand import note_unreadable

logger = logging.getLogger(__name__)


def sentence(error: Exception, reference: str, doing: str) -> str:
    """One plain sentence for the person; the log gets the kind of error, the place and the reference only."""
    kind, place = what(error), where(error)
    if isinstance(error, Unavailable):
        logger.warning("unavailable doing=%s error=%s at=%s ref=%s", doing, kind, place, reference)
        return f"{error} (Reference {reference})"
    if isinstance(error, BrokenItem):
        note_unreadable(error.kind)
        return f"{error} Ask your admin to run cocm-bot check: it names it."
    if isinstance(error, CocmError):
        logger.info("refused doing=%s error=%s ref=%s", doing, kind, reference)
        return str(error)
    logger.error("failed doing=%s error=%s at=%s ref=%s", doing, kind, place, reference)
    return (
        "Something went wrong on my side. Trying again is safe: nothing is saved twice. "
        f"If it happens again, tell your admin this reference: {reference}."
    )
