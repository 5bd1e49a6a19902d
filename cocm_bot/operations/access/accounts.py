"""Match a person in Slack to a user: by their Slack account, the first time by their address."""

from cocm_bot.domain.access import AccessAction
from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import User
from cocm_bot.operations.access import clearing
from cocm_bot.operations.access.access_logging import NO_REGISTRY, record_export
from cocm_bot.operations.access.slack_users import (
    AnotherAccount,
    SlackUser,
    Stranger,
    Unproven,
    UnprovenAccount,
)
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store import jobs
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import UserChanged
from cocm_bot.store.team import accounts, people

OPERATOR = "Whoever runs the bot"
"""The name of the operator who lets an account in from the command line, as the old account sees it."""
BIND_TRIES = 3
"""Times somebody is looked for whose account changed between reading and writing."""


def account_of(ctx: Context, person: SlackUser) -> User | None:
    """The user whose Slack account this is; None when the person has none yet.

    Who comes for the first time is known by their address, and from then on by the Slack account alone.
    Raises UnprovenAccount, AnotherAccount or Unavailable.
    """
    for _ in tries(BIND_TRIES):
        found = proven_user(ctx, person)
        if found is not None:
            return found
        user = people.user_by_email(ctx.table, person.email)
        if user is None:
            return None
        if person.has(user.slack_account):
            return user  # theirs since a moment ago
        if user.slack_account is not None:
            raise AnotherAccount
        try:
            return accounts.bind(ctx.table, user, person.team_id, person.id)
        except UserChanged:
            continue
    raise UserChanged


def holder_of(ctx: Context, person: SlackUser) -> User | None:
    """Return the user a person's Slack account is stored for, under any of its names. Raises Unavailable."""
    stored = (accounts.user_of(ctx.table, *each) for each in person.accounts)
    return next((each for each in stored if each), None)


def proven_user(ctx: Context, person: SlackUser) -> User | None:
    """The user to whom this Slack account was given; None for one that is to be known by its address.

    Raises UnprovenAccount where neither Slack nor an admin says enough of it, or Unavailable.
    """
    found = holder_of(ctx, person)
    if found is not None and not (person.unproven is Unproven.UNANSWERED and found.let_in_by is None):
        return found
    if person.unproven is not None:
        raise UnprovenAccount(person.unproven)
    return None


def check_address(ctx: Context, person: SlackUser) -> None:
    """Raise UnprovenAccount unless a person's address is theirs: by Slack's word, or by that of an admin.

    For what an address alone opens: an invitation, setting up a registry. Raises Unavailable, too.
    """
    if person.unproven is None:
        return
    user = proven_user(ctx, person)
    if user is None or user.let_in_by is None or normal_email(user.email) != normal_email(person.email):
        raise UnprovenAccount(person.unproven)


def known_user(ctx: Context, person: SlackUser) -> User:
    """The user whose Slack account this is; raises Stranger if there is none, or as `account_of` does."""
    user = account_of(ctx, person)
    if user is None:
        raise Stranger
    return user


def account_for(ctx: Context, person: SlackUser, first_name: str = "", last_name: str = "") -> User:
    """The user of a person in Slack, or one to be stored with what makes them a member.

    Raises AnotherAccount, Unavailable, or what the user pool says.
    """
    user = account_of(ctx, person)
    if user is not None:
        return user
    fresh = user_with(ctx, person.email, first_name or person.first_name, last_name or person.last_name)
    return fresh.model_copy(update={"slack_team_id": person.team_id, "slack_user_id": person.id})


def user_with(ctx: Context, email: str, first_name: str, last_name: str, phone_number: str = "") -> User:
    """The user with an address, or one to be stored: with the user pool's id, where there is a pool.

    Raises Unavailable, or what the user pool says.
    """
    known = people.user_by_email(ctx.table, email)
    if known is not None:
        return known
    return User(
        id=ctx.pool.sub_of(email, first_name, last_name) if ctx.pool else new_id(),
        email=email,
        first_name=first_name,
        last_name=last_name,
        phone_number=phone_number,
        registeries=(),
    )


def unbind(ctx: Context, email: str, account: str) -> None:
    """Let the user with this address be known by their address once more, from any Slack account.

    What the Slack account they had shows of a registry is taken back by the clock.
    `account` is that of the operating system; it goes to the access log. Raises NotFound or Unavailable.
    """
    user = people.user_by_email(ctx.table, email)
    if user is None:
        raise NotFound("Nobody has this e-mail address.")
    record_export(ctx, NO_REGISTRY, AccessAction.UNBIND_USER, account)
    if user.slack_account is not None:
        cleared = clearing.after_account(user, *user.slack_account, "", ctx.now().timestamp())
        unbound = accounts.unbinding(user, *user.slack_account)
        ctx.table.transact([*unbound, jobs.adding(cleared)])


def let_in(ctx: Context, email: str, slack_account: tuple[str, str], account: str) -> None:
    """Bind a Slack account (workspace, id) to the user with this address; their previous one is notified.

    `account` is that of the operating system; it goes to the access log. Raises NotFound, UserChanged where
    the Slack account is another user's, or Unavailable.
    """
    user = people.user_by_email(ctx.table, email)
    if user is None:
        raise NotFound("Nobody has this e-mail address.")
    record_export(ctx, NO_REGISTRY, AccessAction.LET_IN_USER, account)
    old, at = user.slack_account, ctx.now().timestamp()
    told = old is not None and old != slack_account
    cleared = [clearing.after_account(user, *old, "", at, told_by=OPERATOR)] if old and told else []
    binding = accounts.letting_in(user, *slack_account, by=OPERATOR)
    ctx.table.transact([*binding, *map(jobs.adding, cleared)])
