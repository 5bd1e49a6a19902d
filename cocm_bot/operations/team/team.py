"""The team of a registry: who is in it and as what, and what its admins change about that."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from cocm_bot.domain.access import AccessAction, Action, Actor, AdminRight, LoggedAction, may
from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound
from cocm_bot.domain.fields import folded
from cocm_bot.domain.members import RegistryUser, User
from cocm_bot.domain.people import full_name
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access import clearing
from cocm_bot.operations.access.access_logging import authorise, authorise_admin, of_member, recorded
from cocm_bot.operations.access.accounts import holder_of
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import named
from cocm_bot.operations.team import offboarding
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job, JobRef
from cocm_bot.store.patients import lists
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import RegistryMissing, UserChanged
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import accounts, memberships, people

CHANGE_TRIES = 8
"""Times a change that met another change of the team is made again."""


class ElsewhereToo(Conflict):
    """The member's Slack account is not the affair of this registry's admins alone."""

    def __init__(self) -> None:
        super().__init__(
            "They are in other registries too, so this is for whoever runs the bot: `cocm-bot user unbind`, "
            "or `cocm-bot user let-in`."
        )


ROLE_CHANGES: Mapping[Role, AccessAction] = MappingProxyType(
    {
        Role.CARE_MANAGER: AccessAction.TO_CARE_MANAGER,
        Role.PSYCHIATRIST: AccessAction.TO_PSYCHIATRIST,
        Role.PCP: AccessAction.TO_PCP,
        Role.CLINICAL_OPS: AccessAction.TO_CLINICAL_OPS,
        Role.FINANCE: AccessAction.TO_FINANCE,
    }
)


class AccountChanged(Conflict):
    """The member has another Slack account than the admin was shown."""

    def __init__(self) -> None:
        super().__init__(
            "Their Slack account was changed in the meantime. Close this window and look again first."
        )


LEAST_PERCENT, FULL_TIME = 5, 100
"""Of a full-time care manager."""


class LastAdmin(Conflict):
    """The registry would be left without an admin."""

    def __init__(self) -> None:
        super().__init__("A registry needs an admin, and there is no other. Make somebody else one first.")


@dataclass(frozen=True)
class Team:
    """The members by name; `broken` records can't be read."""

    members: Sequence[RegistryUser]
    names: Mapping[str, str]
    broken: int


@dataclass(frozen=True)
class Member:
    """A member as their admins see them."""

    record: RegistryUser
    names: Mapping[str, str]
    patients: int
    """Those in the program who are assigned to them."""
    bound: bool
    """True if they are known by a Slack account, which can be forgotten."""
    seen: str
    """Their account, in a word; see `account_seen`."""


@dataclass(frozen=True)
class _Change:
    """A change of a member, along with what it calls for."""

    writes: Sequence[Write]
    logged: LoggedAction
    gives_up_admin: bool = False
    calls_for: Sequence[Job] = ()


def team(ctx: Context, actor: Actor) -> Team:
    """Everybody of the actor's registry. Raises NotAllowed or Unavailable."""
    authorise(ctx, actor, Action.VIEW_TEAM)
    listing = people.members(ctx.table, actor.registry.id)
    names = named(listing)
    by_name = sorted(listing, key=lambda member: (folded(names[member.user_id]), member.user_id))
    return Team(by_name, names, listing.broken)


def member(ctx: Context, actor: Actor, user_id: str) -> Member:
    """One of them, for whoever may change something. Raises NotAllowed, NotFound or Unavailable."""
    authorise_admin(ctx, actor, AdminRight.CHANGE_ROLE)
    everybody = team(ctx, actor)
    record = next((each for each in everybody.members if each.user_id == user_id), None)
    if record is None:
        raise _gone()
    assigned = [each for each in lists.caseload(ctx.table, actor.registry.id) if each.care_manager == user_id]
    person = people.user(ctx.table, user_id)
    bound = person is not None and person.slack_account is not None
    seen = account_seen(person) if person else ""
    return Member(record, everybody.names, len(assigned), bound, seen)


def change_role(ctx: Context, actor: Actor, user_id: str, role: Role) -> Sequence[JobRef]:
    """Give a member another role.

    Returns the work this calls for, to be woken: what they had in Slack in the old one is taken back, and the
    patients of somebody who is no longer a care manager become nobody's. Raises NotAllowed, NotFound,
    Conflict or Unavailable.
    """

    def change(before: RegistryUser, everybody: Sequence[RegistryUser]) -> _Change | None:
        if before.role is role:
            return None
        writes = [memberships.with_role(before, role)]
        if not may(role, Action.VIEW_PATIENT):
            writes += _covers_no_alerts(ctx, before)
        called = [_clearing(ctx, before)]
        if before.role is Role.CARE_MANAGER:
            called.append(offboarding.work_after(ctx, actor, before, everybody, removed=False))
        return _Change(writes, ROLE_CHANGES[role], calls_for=called)

    return _changed(ctx, actor, user_id, AdminRight.CHANGE_ROLE, change)


def rename(ctx: Context, actor: Actor, user_id: str, first_name: str, last_name: str) -> Sequence[JobRef]:
    """Correct a member's name in this registry, after a marriage, say; entries keep their id.

    Raises NotAllowed, NotFound, Conflict or Unavailable.
    """

    def change(before: RegistryUser, _everybody: Sequence[RegistryUser]) -> _Change | None:
        if (before.first_name, before.last_name) == (first_name, last_name):
            return None
        return _Change([memberships.renamed(before, first_name, last_name)], AccessAction.RENAME_MEMBER)

    return _changed(ctx, actor, user_id, AdminRight.CHANGE_ROLE, change)


def set_full_time(ctx: Context, actor: Actor, user_id: str, percent: int) -> None:
    """Set how much of a full-time care manager a member is, in percent: figures count the caseload by it.

    Raises NotAllowed, InvalidInput, NotFound, Conflict or Unavailable.
    """
    if not LEAST_PERCENT <= percent <= FULL_TIME:
        raise InvalidInput(f"Enter {LEAST_PERCENT} to {FULL_TIME} percent.", "percent")

    def change(before: RegistryUser, _everybody: Sequence[RegistryUser]) -> _Change | None:
        full_time = percent / FULL_TIME
        if before.full_time == full_time:
            return None
        return _Change([memberships.with_full_time(before, full_time)], AccessAction.SET_FULL_TIME)

    _changed(ctx, actor, user_id, AdminRight.CHANGE_ROLE, change)


def set_admin(ctx: Context, actor: Actor, user_id: str, *, is_admin: bool) -> Sequence[JobRef]:
    """Make a member an admin, or take that away, from oneself too.

    Returns the work this calls for, to be woken: what they had in Slack as an admin is taken back.
    Raises NotAllowed, NotFound, Unavailable, or Conflict: LastAdmin when nobody else is one.
    """

    def change(before: RegistryUser, _everybody: Sequence[RegistryUser]) -> _Change | None:
        if before.is_admin is is_admin:
            return None
        logged = AccessAction.MAKE_ADMIN if is_admin else AccessAction.TAKE_ADMIN
        return _Change(
            [memberships.with_admin(before, is_admin=is_admin)],
            logged,
            gives_up_admin=not is_admin,
            calls_for=[] if is_admin else [_clearing(ctx, before)],
        )

    return _changed(ctx, actor, user_id, AdminRight.CHANGE_ADMIN, change)


def remove(ctx: Context, actor: Actor, user_id: str) -> Sequence[JobRef]:
    """End a membership, the actor's own too: from then on nothing of the registry is shown to them.

    Returns the work this calls for, to be woken: what they had in Slack, and what they leave behind.
    Raises as `set_admin`.
    """

    def change(before: RegistryUser, everybody: Sequence[RegistryUser]) -> _Change:
        registry = registries.get(ctx.table, before.registry_id)
        if registry is None:
            raise RegistryMissing
        person = people.user(ctx.table, user_id)
        return _Change(
            memberships.ended(before, registry, person, ctx.now().timestamp()),
            AdminRight.REMOVE_MEMBER,
            gives_up_admin=True,
            calls_for=[
                _clearing(ctx, before),
                offboarding.work_after(ctx, actor, before, everybody, removed=True),
            ],
        )

    return _changed(ctx, actor, user_id, AdminRight.REMOVE_MEMBER, change)


def forget_account(ctx: Context, actor: Actor, user_id: str) -> Sequence[JobRef]:
    """Let a member of this registry alone come with another Slack account, known by their address once more.

    Returns the work this calls for, to be woken: what the old account has in Slack is taken back.
    Raises NotAllowed, NotFound, Unavailable, or Conflict: ElsewhereToo for who is in other registries too.
    """

    def change(before: RegistryUser, _everybody: Sequence[RegistryUser]) -> _Change | None:
        person = people.user(ctx.table, before.user_id)
        if person is None or person.slack_account is None:
            return None
        if person.registeries != (before.registry_id,):
            raise ElsewhereToo
        at = ctx.now().timestamp()
        cleared = clearing.after_account(person, *person.slack_account, before.registry_id, at)
        unbound = accounts.unbinding(person, *person.slack_account)
        return _Change(unbound, AccessAction.FORGET_ACCOUNT, calls_for=[cleared])

    return _changed(ctx, actor, user_id, AdminRight.FORGET_ACCOUNT, change)


def let_in(
    ctx: Context,
    actor: Actor,
    user_id: str,
    person: SlackUser,
    with_address: Callable[[str], SlackUser | None],
    seen: str,
) -> Sequence[JobRef]:
    """Say that a Slack account is a member's, in place of the one they had: on the admin's word alone.

    `with_address` finds the account that has an address, for whom no account is known; `seen` is the account
    the admin knew of, as `account_seen`. Returns the work this calls for, to be woken: the old account is
    notified, and its screens are cleared. Raises NotAllowed, NotFound, InvalidInput for an account that gets
    nothing at all, Conflict or Unavailable.
    """
    if person.outsider:
        raise InvalidInput(f"Slack has this account as {person.outsider}: it can't be let in.", "account")

    def change(before: RegistryUser, _everybody: Sequence[RegistryUser]) -> _Change | None:
        user = people.user(ctx.table, before.user_id)
        if user is None:
            raise _gone()
        if person.has(user.slack_account) and user.let_in_by:
            return None
        if user.registeries != (before.registry_id,):
            raise ElsewhereToo
        if account_seen(user) != seen:
            raise AccountChanged
        holder = holder_of(ctx, person)
        if holder is not None and holder.id != user.id:
            raise Conflict("This Slack account is somebody else's in the registry already.")
        return _Change(
            accounts.letting_in(user, person.team_id, person.id, actor.user_id),
            AccessAction.LET_ACCOUNT_IN,
            calls_for=_clearing_old(ctx, actor, user, person, with_address),
        )

    return _changed(ctx, actor, user_id, AdminRight.FORGET_ACCOUNT, change)


def account_seen(user: User) -> str:
    """Return the Slack account a user has, in a word for who looks at it."""
    return user.slack_user_id or "none"


def _clearing_old(
    ctx: Context, actor: Actor, user: User, person: SlackUser, with_address: Callable[[str], SlackUser | None]
) -> list[Job]:
    """Return the job that notifies and clears the account a user had, or else the one with their address."""
    old = user.slack_account
    if old is None:
        other = with_address(user.email)
        old = (other.team_id, other.id) if other and not other.outsider else None
    if old is None or person.has(old):
        return []
    at, admin = ctx.now().timestamp(), full_name(actor)
    return [clearing.after_account(user, *old, actor.registry.id, at, told_by=admin)]


def _changed(
    ctx: Context,
    actor: Actor,
    user_id: str,
    right: AdminRight,
    change: Callable[[RegistryUser, Sequence[RegistryUser]], _Change | None],
) -> Sequence[JobRef]:
    """Change a member in one transaction, as long as the actor is an admin; again when the team changed."""
    authorise_admin(ctx, actor, right)
    for _ in tries(CHANGE_TRIES):
        everybody = people.members(ctx.table, actor.registry.id).records
        # The actor was read a moment ago: another admin may have been quicker.
        admins = {each.user_id for each in everybody if each.is_admin}
        authorise_admin(ctx, replace(actor, is_admin=actor.user_id in admins), right)
        before = next((each for each in everybody if each.user_id == user_id), None)
        if before is None:
            raise _gone()
        wanted = change(before, everybody)
        if wanted is None:
            return []
        queued = [jobs.adding(each) for each in wanted.calls_for]
        stays = _stays(actor, before, admins if wanted.gives_up_admin else None)
        try:
            with recorded(ctx, actor, wanted.logged, of=of_member(user_id)) as entry:
                ctx.table.transact([*stays, *wanted.writes, *queued, *entry])
        except UserChanged:
            continue
        return [JobRef(each.kind, each.id) for each in wanted.calls_for]
    raise UserChanged


def _stays(actor: Actor, before: RegistryUser, admins: Collection[str] | None) -> list[Write]:
    """Require that somebody is an admin after the change: its maker, or another when they give it up.

    Two who take it from each other, or give it up together, can't both succeed: each one's transaction
    requires that the other's was not done. `admins` is None where nothing is given up.
    """
    if before.user_id != actor.user_id:
        return [memberships.stays_admin(before.registry_id, actor.user_id)]
    if admins is None:
        return []
    other = min((each for each in admins if each != actor.user_id), default=None)
    if other is None:
        raise LastAdmin
    return [memberships.stays_admin(before.registry_id, other)]


def _clearing(ctx: Context, before: RegistryUser) -> Job:
    person = people.user(ctx.table, before.user_id)
    return clearing.after_change(before.user_id, person, before.registry_id, ctx.now().timestamp())


def _covers_no_alerts(ctx: Context, before: RegistryUser) -> list[Write]:
    registry = registries.get(ctx.table, before.registry_id)
    if registry is None:
        raise RegistryMissing
    return memberships.covers_no_alerts(registry, before.user_id, ctx.now().timestamp())


def _gone() -> NotFound:
    return NotFound("This person is no longer a member of the registry.")
