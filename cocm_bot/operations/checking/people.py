"""People whose memberships, addresses and Slack accounts do not lead to where they should.

What lets somebody in is left as it is: nobody gains a membership, an address or an account here that their
own record does not have.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.members import User
from cocm_bot.operations.checking.findings import Finding, Kind
from cocm_bot.operations.context import Context
from cocm_bot.store.repair import repair_people
from cocm_bot.store.repair.survey import Survey
from cocm_bot.store.table.errors import BrokenItem
from cocm_bot.store.team import people


def check_people(ctx: Context, found: Survey, registry_id: str | None) -> Iterator[Finding]:
    """Yield what is wrong with the people of a table, or those of one registry. Raises Unavailable."""
    users = _Users(ctx, found)
    memberships = found.memberships | {(each, user.id) for user in users.all for each in user.registeries}
    wanted = {pair for pair in memberships if registry_id in (None, pair[0])}
    concerned = {user_id for _, user_id in wanted}

    def is_meant(*user_ids: str) -> bool:
        return registry_id is None or not concerned.isdisjoint(user_ids)

    for user_id in filter(is_meant, sorted(users.broken)):
        yield Finding(Kind.BROKEN, "", user_id)
    for each, user_id in sorted(wanted):
        if user_id not in users.broken:
            yield from _membership(ctx, each, user_id)
    for finding, involved in _addresses(ctx, users, found.emails):
        if is_meant(*involved):
            yield finding
    for user in users.all:
        if is_meant(user.id):
            yield from _account(ctx, user)


class _Users:
    """The users of a table, and the ids of those who can't be read."""

    def __init__(self, ctx: Context, found: Survey) -> None:
        self._table = ctx.table
        self.all: list[User] = []
        self.broken: set[str] = set()
        for user_id in sorted(found.users):
            try:
                user = people.user(ctx.table, user_id)
            except BrokenItem:
                self.broken.add(user_id)
                continue
            if user is not None:
                self.all.append(user)

    def has_by_now(self, user_id: str, email: str) -> bool:
        """Return whether a user who came while the others were read has an address; of a broken one
        nobody knows.
        """
        if user_id in self.broken:
            return True
        user = people.user(self._table, user_id)
        return user is not None and normal_email(user.email) == email


def _membership(ctx: Context, registry_id: str, user_id: str) -> Iterator[Finding]:
    sides = repair_people.sides(ctx.table, registry_id, user_id)
    if sides.member is not None and sides.user is None:
        yield Finding(Kind.NO_USER, registry_id, user_id)
    if sides.agree:
        return
    repair = partial(repair_people.repair_membership, ctx.table, registry_id, user_id)
    yield Finding(Kind.MEMBERSHIP, registry_id, user_id, repair)


def _addresses(ctx: Context, users: _Users, stored: set[str]) -> Iterator[tuple[Finding, Sequence[str]]]:
    """Yield whether each address leads to the one user who has it; with the ids of who is involved."""
    having: dict[str, list[User]] = defaultdict(list)
    for user in users.all:
        if normal_email(user.email):
            having[normal_email(user.email)].append(user)
    for email in sorted(having.keys() | {normal_email(each) for each in stored}):
        owners = having.get(email, [])
        now = repair_people.address(ctx.table, email)
        involved = sorted({*now.holders, *(user.id for user in owners)})
        if len(involved) > 1 or (now.holders and not owners and not users.has_by_now(now.holders[0], email)):
            yield Finding(Kind.ADDRESS_SHARED, "", " ".join(involved)), involved
        elif owners and not (now.holders and now.locked):
            at = int(ctx.now().timestamp())
            repair = partial(repair_people.repair_address, ctx.table, owners[0], at)
            yield Finding(Kind.ADDRESS, "", owners[0].id, repair), involved
        elif now.locked and not involved:
            repair = partial(repair_people.unlock_address, ctx.table, email)
            yield Finding(Kind.ADDRESS_LOCKED, "", repair=repair), involved


def _account(ctx: Context, user: User) -> Iterator[Finding]:
    if user.slack_account is None:
        return
    holder = repair_people.account_holder(ctx.table, user.slack_account)
    if holder is None:
        repair = partial(repair_people.repair_account, ctx.table, user)
        yield Finding(Kind.ACCOUNT, "", user.id, repair)
    elif holder != user.id:
        yield Finding(Kind.ACCOUNT_SHARED, "", f"{user.id} {holder}")
