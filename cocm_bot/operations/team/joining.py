"""Accepting and declining an invitation: what a person does before they are in the registry."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from cocm_bot.domain.access import AccessAction, Actor
from cocm_bot.domain.errors import NotAllowed
from cocm_bot.domain.members import Registry, User, UserInvite
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import record_refusal, recorded
from cocm_bot.operations.access.accounts import account_for, account_of, check_address
from cocm_bot.operations.access.slack_users import AnotherAccount, SlackUser
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.team.invites import NoInvite, sending
from cocm_bot.store import counters, jobs, registries
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import AlreadyMember, InviteChanged, RegistryMissing, UserChanged
from cocm_bot.store.team import invites, people

ACCEPT_TRIES = 8
"""Times accepting is tried that met another change of the same invitation or user."""


class InviteExpired(NotAllowed):
    """The invitation can no longer be accepted."""

    def __init__(self) -> None:
        super().__init__("This invitation has expired. Ask whoever invited you to send it again.")


class InviteDeclined(NotAllowed):
    """The person declined the invitation before."""

    def __init__(self) -> None:
        super().__init__(
            "You declined this invitation. "
            "If you changed your mind, ask whoever invited you to send it again."
        )


@dataclass(frozen=True)
class Invitation:
    """An invitation with what the person is to know of it."""

    record: UserInvite
    registry: Registry


def waiting(ctx: Context, email: str) -> Sequence[Invitation]:
    """The invitations of an address that can be accepted now, oldest first. Raises Unavailable."""
    now = ctx.now().timestamp()
    found = [each for each in invites.of_address(ctx.table, email) if each.open(now)]
    known = [(each, registries.get(ctx.table, each.registry_id)) for each in found]
    listed = [Invitation(record, registry) for record, registry in known if registry]
    return sorted(listed, key=lambda each: each.record.date_created)


def invitations_of(ctx: Context, actor: Actor) -> Sequence[Invitation]:
    """The same of a member, whose address is the one the registry knows. Raises Unavailable."""
    if actor.email:
        return waiting(ctx, actor.email)
    user = people.user(ctx.table, actor.user_id)
    return waiting(ctx, user.email) if user else []


def accept(ctx: Context, person: SlackUser, registry_id: str, surface: str) -> Registry:
    """Make the invited person a member, in one transaction and once, however often they accept.

    The person is as Slack describes them now: the invitation is that of their address. Raises NoInvite,
    UnprovenAccount, InviteExpired, InviteDeclined, AnotherAccount, RegistryMissing, Unavailable, or what the
    user pool says.
    """
    with _written_down(ctx, person, surface):
        return _accept(ctx, person, registry_id, surface)


def accept_all(ctx: Context, person: SlackUser, surface: str) -> None:
    """Accept whatever the person is invited to, one by one; raises as `accept` does.

    An invitation that can't be accepted by now keeps nobody from their work: it is left where it is.
    """
    for each in waiting(ctx, person.email):
        with suppress(NoInvite, InviteExpired, InviteDeclined, RegistryMissing):
            _accept(ctx, person, each.registry.id, surface)


def _accept(ctx: Context, person: SlackUser, registry_id: str, surface: str) -> Registry:
    check_address(ctx, person)
    for _ in tries(ACCEPT_TRIES):
        registry = registries.get(ctx.table, registry_id)
        if registry is None:
            raise RegistryMissing
        read = invites.get(ctx.table, person.email, registry_id)
        if read is None:
            return _in_already(ctx, person, registry)
        _check_open(read, ctx.now().timestamp())
        try:
            _join(ctx, person, registry, read, surface)
        except (InviteChanged, UserChanged):
            continue
        return registry
    raise UserChanged


def decline(ctx: Context, person: SlackUser, registry_id: str, surface: str) -> tuple[Registry, str]:
    """Decline an invitation; declining twice is declining once.

    Returns the registry, and the id of the job that notifies the inviter. Raises NoInvite,
    InviteExpired, AnotherAccount, InviteChanged, RegistryMissing or Unavailable.
    """
    with _written_down(ctx, person, surface):
        return _decline(ctx, person, registry_id, surface)


def _decline(ctx: Context, person: SlackUser, registry_id: str, surface: str) -> tuple[Registry, str]:
    check_address(ctx, person)
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise RegistryMissing
    read = invites.get(ctx.table, person.email, registry_id)
    if read is None:
        raise NoInvite
    if read.declined_at is not None:
        return registry, read.id or ""
    now = ctx.now().timestamp()
    _check_open(read, now)
    declined_id = new_id()
    declined = read.model_copy(update={"id": declined_id, "declined_at": int(now)})
    user = account_of(ctx, person)
    actor = _actor(registry, read.role, person, surface, user.id if user else "")
    with recorded(ctx, actor, AccessAction.DECLINE_INVITE, of=f"invite {read.id}") as entry:
        ctx.table.transact([*invites.storing(declined, read), jobs.adding(sending(declined, ctx)), *entry])
    return registry, declined_id


def _join(ctx: Context, person: SlackUser, registry: Registry, read: UserInvite, surface: str) -> None:
    user = account_for(ctx, person, read.first_name, read.last_name)
    _check_address(ctx, person, user)
    now = ctx.now().timestamp()
    user, joining = people.joined(ctx.table, registry.id, user, read.role, is_admin=False, at=int(now))
    actor = _actor(registry, read.role, person, surface, user.id)
    taken = invites.accepting(read, now)
    try:
        with recorded(ctx, actor, AccessAction.ACCEPT_INVITE, of=f"invite {read.id}") as entry:
            ctx.table.transact([*taken, *joining, counters.members(registry.id, 1), *entry])
    except AlreadyMember:
        # Somebody put them in by another way: only the invitation is left to be taken.
        with recorded(ctx, actor, AccessAction.ACCEPT_INVITE, of=f"invite {read.id}") as entry:
            ctx.table.transact([*taken, *entry])


def _in_already(ctx: Context, person: SlackUser, registry: Registry) -> Registry:
    """The registry for who accepted before; raises NoInvite for everybody else."""
    user = account_of(ctx, person)
    if user is None or people.membership(ctx.table, registry.id, user.id) is None:
        raise NoInvite
    return registry


@contextmanager
def _written_down(ctx: Context, person: SlackUser, surface: str) -> Iterator[None]:
    """Write down who was refused what was not theirs to answer."""
    try:
        yield
    except (NotAllowed, NoInvite) as refusal:
        record_refusal(ctx, person.id, surface, type(refusal).__name__)
        raise


def _check_open(read: UserInvite, now: float) -> None:
    if read.declined_at is not None:
        raise InviteDeclined
    if not read.open(now):
        raise InviteExpired


def _check_address(ctx: Context, person: SlackUser, user: User) -> None:
    """Raise AnotherAccount when the address, which can change hands in Slack, is another user's.

    Raises UserChanged when it is their own, made in another place meanwhile.
    """
    holder = people.user_by_email(ctx.table, person.email)
    if holder is None or holder.id == user.id:
        return
    raise UserChanged if person.has(holder.slack_account) else AnotherAccount


def _actor(registry: Registry, role: Role, person: SlackUser, surface: str, user_id: str) -> Actor:
    return Actor(
        user_id=user_id,
        first_name=person.first_name,
        last_name=person.last_name,
        role=role,
        is_admin=False,
        registry=registry,
        slack_user_id=person.id,
        surface=surface,
    )
