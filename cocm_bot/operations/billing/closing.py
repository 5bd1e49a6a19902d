"""Closing a month, and telling Finance what became of a closed one since."""

import hashlib
import json

from cocm_bot.domain.access import AccessAction, Action, Actor
from cocm_bot.domain.billing.closing import Closing
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.members import Registry
from cocm_bot.operations.access.access_logging import authorise, recorded
from cocm_bot.operations.billing.month_list import Month, claims_of, read_month
from cocm_bot.operations.context import Context
from cocm_bot.store.billing import closings

CLOSING_UNREAD = (
    "What says whether this month was closed can't be read, so it can't be closed. Ask whoever runs the bot "
    "to run `cocm-bot check`: it names the item."
)


def close_month(ctx: Context, actor: Actor, month: str) -> Month:
    """Close a month that is over: keep what it comes to now, by whom and when; returns the closed month.

    One that is closed stays as it was closed. Raises NotAllowed, InvalidInput for a month that goes on or
    whose ledger is not whole, Conflict or Unavailable.
    """
    authorise(ctx, actor, Action.VIEW_BILLING)
    found = read_month(ctx, actor.registry, month)
    if found.closing_broken:
        raise InvalidInput(CLOSING_UNREAD)
    if found.closing is not None:
        return found
    if month >= actor.registry.policy.month(ctx.now().timestamp()):
        raise InvalidInput("This month is not over yet. Close it once it is.")
    if not actor.registry.ledgered:
        raise InvalidInput("The billing ledger is still being filled from the history. Close it later.")
    if found.broken:
        raise InvalidInput("Some entries of this month can't be read. Tell your admin before you close it.")
    closed = Closing(month=month, by=actor.user_id, at=ctx.now().timestamp(), totals=found.totals, parts=0)
    with recorded(ctx, actor, AccessAction.CLOSE_MONTH, of=month) as access:
        ctx.table.transact([*closings.closing(actor.registry.id, closed, claims_of(found)), *access])
    return read_month(ctx, actor.registry, month)


def untold_changes(ctx: Context, registry: Registry, month: str) -> tuple[Month, str] | None:
    """Return a closed month with changes Finance was not notified of; None where there are none.

    The text is the mark of the changes; `remember_told` keeps it. Raises BrokenItem or Unavailable.
    """
    found = read_month(ctx, registry, month)
    if found.closing is None:
        return None
    mark = _mark(found)
    return None if mark == found.closing.told or not found.changed else (found, mark)


def remember_told(ctx: Context, month: Month, mark: str) -> None:
    """Record that Finance was notified of these changes. Raises Conflict or Unavailable."""
    if month.closing is not None and month.closing.told != mark:
        ctx.table.transact([closings.telling(month.registry.id, month.closing, mark)])


def _mark(month: Month) -> str:
    after = [each.after and each.after.model_dump() for each in month.changed]
    gone = [each.before and each.before.patient_id for each in month.changed if each.after is None]
    return hashlib.sha256(json.dumps([after, gone], sort_keys=True).encode()).hexdigest()[:32]
