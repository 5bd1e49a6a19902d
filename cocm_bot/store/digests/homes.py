"""The App Homes people have open, so that any process can keep them true."""

from cocm_bot.domain.contacts.timer import Timer
from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.table import Table

KEPT_SECONDS = 24 * 3600


class Home(Record):
    """The registry a person's App Home was drawn for, and when (seconds UTC)."""

    registry: str
    at: float


def record(table: Table, slack_user_id: str, home: Home) -> None:
    """Remember the App Home a person has now. Raises Unavailable."""
    own = {"expires_at": int(home.at) + KEPT_SECONDS}
    table.put(writes.put(items.to_item(keys.home(slack_user_id), home, own)))


def with_timer(table: Table, slack_user_id: str, user_id: str) -> tuple[Home | None, Timer | None]:
    """The App Home a person was last put up, and the timer that runs for them. Raises Unavailable."""
    home, timer = keys.home(slack_user_id), keys.timer(user_id)
    found = table.batch_get([home, timer])
    return (
        items.read(Home, found[home]) if home in found else None,
        items.read(Timer, found[timer]) if timer in found else None,
    )


def get(table: Table, slack_user_id: str) -> Home | None:
    """The App Home a person was last put up. Raises Unavailable."""
    item = table.get(keys.home(slack_user_id))
    return items.read(Home, item) if item else None
