"""Commands that wait for their person to say which registry they mean.

What was typed may name a patient, so it stays in the table, and Slack gets an id only.
"""

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.table import Table

KEPT_SECONDS = 3600


class Question(Record):
    """The person who was asked, and the command it is about."""

    user_id: str
    command: str


def keep(table: Table, question_id: str, question: Question, at: float) -> None:
    """Keep a question for an hour from an instant (seconds UTC). Raises Unavailable."""
    own = {"expires_at": int(at) + KEPT_SECONDS}
    table.put(writes.put(items.to_item(keys.question(question_id), question, own)))


def get(table: Table, question_id: str) -> Question | None:
    """A question that was kept. Raises Unavailable."""
    item = table.get(keys.question(question_id))
    return items.read(Question, item) if item else None
