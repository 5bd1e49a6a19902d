"""Follow one piece of work, a person's request or a job, from its beginning to its end.

Whatever is logged or asked of the table meanwhile belongs to it: in the same thread, by a context variable.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from cocm_bot.domain.errors import CocmError, Unavailable
from cocm_bot.telemetry.instruments import instruments

logger = logging.getLogger(__name__)

OK = "ok"
ORDINARY = frozenset({OK, "ConditionalCheckFailedException", "TransactionCanceledException"})
"""The outcomes of requests to a table that is well: somebody else may always be first."""


class Outcome(StrEnum):
    """The end of a piece of work."""

    DONE = "done"
    REFUSED = "refused"
    """For a reason that its person can read."""
    UNAVAILABLE = "unavailable"
    """The table or Slack did not answer."""
    FAILED = "failed"
    """By a fault of the bot."""


@dataclass
class InHand:
    """A piece of work, and what it has asked of the table so far."""

    doing: str
    reference: str
    requests: int = 0
    units: float = 0.0
    """Capacity units consumed, of reads and writes together."""


_current: ContextVar[InHand | None] = ContextVar("in_hand", default=None)


def current() -> InHand | None:
    """Return what this thread has in hand."""
    return _current.get()


@contextmanager
def in_hand(doing: str, reference: str) -> Iterator[None]:
    """Count and time what the block does, and log one line of it; `doing` names the kind of work alone."""
    work, began, outcome = InHand(doing, reference), time.monotonic(), Outcome.DONE
    before = _current.set(work)
    try:
        yield
    except BaseException as error:
        outcome = _outcome(error)
        raise
    finally:
        _current.reset(before)
        seconds = time.monotonic() - began
        attributes = {"doing": doing, "outcome": str(outcome)}
        instruments().work.add(1, attributes)
        instruments().work_seconds.record(seconds, {"doing": doing})
        logger.info(
            "ended doing=%s outcome=%s seconds=%.3f requests=%d units=%.1f ref=%s",
            doing,
            outcome,
            seconds,
            work.requests,
            work.units,
            reference,
        )


@contextmanager
def counting_calls(method: str) -> Iterator[None]:
    """Count a call of Slack's by the end of the block: `ok`, or the reason's own word."""
    try:
        yield
    except Unavailable as error:
        outcome = error.reason or type(error).__name__
        instruments().posts.add(1, {"method": method, "outcome": outcome})
        raise
    instruments().posts.add(1, {"method": method, "outcome": OK})


def _outcome(error: BaseException) -> Outcome:
    match error:
        case Unavailable():
            return Outcome.UNAVAILABLE
        case CocmError():
            return Outcome.REFUSED
        case _:
            return Outcome.FAILED


def note_table_request(operation: str, outcome: str, units: float, request_id: str) -> None:
    """Count an answer of the table, or the want of one, for the work in hand and for the process.

    Each try is one. The log has AWS's own name of it (empty where none came) beside the work's reference; a
    command of the command line, which is no such work, says what failed by itself.
    """
    work = current()
    logger.log(
        logging.DEBUG if outcome in ORDINARY or work is None else logging.INFO,
        "asked operation=%s outcome=%s aws_request=%s ref=%s",
        operation,
        outcome,
        request_id or "-",
        work.reference if work else "-",
    )
    if work is not None:
        work.requests += 1
        work.units += units
    instruments().table_requests.add(1, {"operation": operation, "outcome": outcome})
    instruments().table_units.add(units, {"operation": operation})


def note_unreadable(kind: str) -> None:
    """Count an item of the table that can't be read, and log its kind: `cocm-bot check` names it."""
    logger.warning("unreadable item=%s: run `cocm-bot check`", kind)
    instruments().unreadable_items.add(1, {"kind": kind})
