"""Bind a Slack account to a user: settled when they first use the bot, and nobody else's from then on.

An e-mail address in Slack can change hands; the account's own id can't.
"""

from cocm_bot.domain.members import SlackAccount, User
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import UserChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people

FREE = (
    "attribute_exists(PK)"
    " AND (attribute_not_exists(slack_user_id) OR slack_user_id = :nobody"
    " OR (slack_team_id = :team AND slack_user_id = :account))"
)
"""Holds when the user exists and is no other Slack account's."""

THEIRS = "slack_team_id = :team AND slack_user_id = :account AND registeries = :registeries"
"""Holds while the user has the Slack account, and the registries, that were read."""

AS_READ = (
    "registeries = :registeries"
    " AND ((slack_team_id = :read_team AND slack_user_id = :read_account)"
    " OR (:read_account = :nobody AND attribute_not_exists(slack_user_id)))"
)
"""Holds while the user has the registries, and the Slack account or none, that were read."""


def user_of(table: Table, team_id: str, slack_user_id: str) -> User | None:
    """The user a Slack account belongs to."""
    item = table.get(keys.slack_account(team_id, slack_user_id))
    return people.user(table, items.read(SlackAccount, item).user_id) if item else None


def bind(table: Table, person: User, team_id: str, slack_user_id: str) -> User:
    """Give a user their Slack account; doing it twice changes nothing.

    Raises UserChanged when either belongs to another, or Unavailable.
    """
    values = {"nobody": None, "team": team_id, "account": slack_user_id}
    having = "SET slack_team_id = :team, slack_user_id = :account"
    table.transact(
        [
            writes.update(keys.user(person.id), having, FREE, values, lambda _: UserChanged()),
            people.linking(person.id, team_id, slack_user_id),
        ]
    )
    return person.model_copy(update={"slack_team_id": team_id, "slack_user_id": slack_user_id})


def letting_in(person: User, team_id: str, slack_user_id: str, by: str) -> list[Write]:
    """The writes that give a user this Slack account in place of the one that was read, on somebody's word.

    Refused with UserChanged: also when the account is another user's.
    """
    before, account = person.slack_account, (team_id, slack_user_id)
    values = {
        "nobody": None,
        "read_team": person.slack_team_id,
        "read_account": person.slack_user_id,
        "team": team_id,
        "account": slack_user_id,
        "by": by,
        "registeries": list(person.registeries),
    }
    having = "SET slack_team_id = :team, slack_user_id = :account, let_in_by = :by"
    return [
        writes.update(keys.user(person.id), having, AS_READ, values, lambda _: UserChanged()),
        people.linking(person.id, team_id, slack_user_id),
        *([writes.forget(keys.slack_account(*before))] if before and before != account else []),
    ]


def unbinding(person: User, team_id: str, slack_user_id: str) -> list[Write]:
    """The writes that take this Slack account from a user; refused with UserChanged."""
    values = {"team": team_id, "account": slack_user_id, "registeries": list(person.registeries)}
    no_more = "REMOVE slack_team_id, slack_user_id, let_in_by"
    return [
        writes.update(keys.user(person.id), no_more, THEIRS, values, lambda _: UserChanged()),
        writes.forget(keys.slack_account(team_id, slack_user_id)),
    ]
