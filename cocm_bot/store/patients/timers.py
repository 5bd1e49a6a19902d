"""The timers that run: one per person at most, so that a restart loses none."""

from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import AlreadyStored
from cocm_bot.store.table.table import Table

THIS_ONE = "id = :id"
"""Holds while the timer is still the one that is meant, and no later one."""


def running(table: Table, user_id: str) -> Timer | None:
    """The person's timer. Raises Unavailable."""
    item = table.get(keys.timer(user_id))
    return items.read(Timer, item) if item else None


def start(table: Table, user_id: str, timer: Timer) -> None:
    """Store a timer; raises AlreadyStored when one runs, or Unavailable."""
    item = items.to_item(keys.timer(user_id), timer)
    table.put(writes.add(item, lambda _: AlreadyStored("timer")))


def replace(table: Table, user_id: str, timer: Timer) -> None:
    """Store a timer in the place of any other. Raises Unavailable."""
    table.put(writes.put(items.to_item(keys.timer(user_id), timer)))


def stop(table: Table, user_id: str, timer_id: str) -> bool:
    """Delete the timer; return whether it still ran. Raises Unavailable."""
    gone = AlreadyStored("timer")
    try:
        table.transact([writes.delete(keys.timer(user_id), THIS_ONE, {"id": timer_id}, lambda _: gone)])
    except AlreadyStored:
        return False
    return True
