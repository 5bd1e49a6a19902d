"""Clear a person's screens of a registry once their role, membership or account has changed.

It waits in the clock's queue from the transaction on that changes it, so that a Slack that does not answer
only delays it. Done again, it does no harm: it goes by who the person is when it is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from cocm_bot.domain.members import Registry, User
from cocm_bot.domain.team.readers import Reader
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store import jobs, registries
from cocm_bot.store.digests import live_digests
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.team import accounts, people


@dataclass(frozen=True)
class Clearing:
    """The person whose screens are searched, and what may stay there."""

    user: User | None
    account: str
    """The Slack account; empty where only the address is known."""
    registry: Registry | None
    """The registry whose screens are cleared; None for those of all registries."""
    now: Reader | None
    """The person's membership there now; None for no member."""
    whole_account: bool = False
    """True if the account as a whole is nobody's by now, or an outsider's."""
    registries: tuple[str, ...] = ()
    """Those whose digests the owner had in this account."""
    owner: str = ""


def after_change(user_id: str, person: User | None, registry_id: str, at: float) -> Job:
    """Return the work after a member's role, admin mark or membership changed; `at` is in seconds UTC."""
    account = (person.slack_user_id if person else None) or ""
    return jobs.new_job(JobKind.CLEARING, new_id(), registry_id, at, {"user": user_id, "account": account})


def after_account(
    user: User, team_id: str, account: str, registry_id: str, at: float, told_by: str = ""
) -> Job:
    """Return the work after a Slack account ceased to be a user's: everything in it is taken back.

    With `told_by`, the name of an admin, the account is notified of who let another one in.
    """
    state = {"account": account, "team": team_id, "of": user.id, "told_by": told_by}
    return jobs.new_job(JobKind.CLEARING, new_id(), registry_id, at, state)


def became_outsider(ctx: Context, account: str, team_ids: Iterable[str]) -> list[JobRef]:
    """Have everything taken back from a Slack account that is a guest's, deactivated or external by now.

    `team_ids` are the workspaces it is of. Returns the work, to be done at once; none for an account that is
    no user's. Raises Unavailable.
    """
    at = ctx.now().timestamp()
    known = ((team_id, accounts.user_of(ctx.table, team_id, account)) for team_id in team_ids)
    found = [after_account(user, team_id, account, "", at) for team_id, user in known if user]
    if found:
        ctx.table.transact([jobs.adding(each) for each in found])
    return [JobRef(each.kind, each.id) for each in found]


def found(ctx: Context, held: Job) -> Clearing:
    """Read whose screens they are, and who the person is now. Raises Unavailable."""
    state, registry = held.state, registries.get(ctx.table, held.registry_id)
    if "user" not in state:
        user = accounts.user_of(ctx.table, state["team"], state["account"])
        owner = people.user(ctx.table, state["of"])
        listed = owner.registeries if owner else ()
        return Clearing(user, state["account"], registry, None, True, listed, state["of"])
    user = people.user(ctx.table, state["user"])
    member = people.membership(ctx.table, held.registry_id, state["user"])
    now = Reader(member.role, member.is_admin) if member else None
    here = (held.registry_id,)
    return Clearing(user, state["account"], registry, now, registries=here, owner=state["user"])


def forget_digests(ctx: Context, clearing: Clearing) -> None:
    """Let nobody draw today's and yesterday's digests of a former reader again. Raises Unavailable."""
    for registry in filter(None, (registries.get(ctx.table, each) for each in clearing.registries)):
        today = registry.policy.local_date(ctx.now().timestamp())
        for day in (today, today - timedelta(days=1)):
            live_digests.forget(ctx.table, registry.id, day, clearing.owner)
