"""Inviting people into a registry: by its admins, to an e-mail address."""

from collections.abc import Sequence

from pydantic import BaseModel

from cocm_bot.domain.access import AccessAction, Actor, AdminRight
from cocm_bot.domain.errors import Conflict, NotFound
from cocm_bot.domain.fields import PersonName, SlackEmail
from cocm_bot.domain.members import UserInvite
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise_admin, recorded
from cocm_bot.operations.context import Context, new_id
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import AlreadyMember, InviteChanged
from cocm_bot.store.team import invites, people

DAY_SECONDS = 24 * 3600
CHANGE_TRIES = 3
"""Times inviting is tried that met another change of the same invitation."""


class AlreadyInvited(Conflict):
    """The address has an invitation to the registry that can be accepted."""

    def __init__(self, invite: UserInvite) -> None:
        super().__init__("This person is invited already. Send the invitation again if it was missed.")
        self.invite = invite


class NoInvite(NotFound):
    """The invitation is no longer there."""

    def __init__(self) -> None:
        super().__init__("This invitation is gone: it was accepted or withdrawn.")


class NewInvite(BaseModel):
    """The person to invite, and the role."""

    email: SlackEmail
    first_name: PersonName
    last_name: PersonName
    role: Role


def check_may_invite(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor is an admin."""
    authorise_admin(ctx, actor, AdminRight.INVITE)


def invite(ctx: Context, actor: Actor, wanted: NewInvite, invite_id: str) -> UserInvite:
    """Invite somebody to the actor's registry; the same id twice is the same invitation.

    Raises NotAllowed, AlreadyMember, AlreadyInvited, Conflict or Unavailable.
    """
    check_may_invite(ctx, actor)
    registry_id, at = actor.registry.id, ctx.now().timestamp()
    known = people.user_by_email(ctx.table, wanted.email)
    if known and people.membership(ctx.table, registry_id, known.id):
        raise AlreadyMember
    record = UserInvite(
        email=wanted.email,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        invited_by=actor.user_id,
        registry_id=registry_id,
        date_created=int(at),
        role=wanted.role,
        id=invite_id,
        valid_until=_valid_until(actor, at),
    )
    for _ in tries(CHANGE_TRIES):
        before = invites.get(ctx.table, wanted.email, registry_id)
        if before is not None and before.id == invite_id:
            return before
        if before is not None and before.open(at):
            raise AlreadyInvited(before)
        try:
            _store(ctx, actor, AccessAction.INVITE, record, before)
        except InviteChanged:
            continue
        return record
    raise InviteChanged


def pending(ctx: Context, actor: Actor) -> Sequence[UserInvite]:
    """The registry's invitations, latest first: open, declined and lately expired. Raises NotAllowed."""
    check_may_invite(ctx, actor)
    found = invites.of_registry(ctx.table, actor.registry.id)
    return sorted(found, key=lambda each: (-each.date_created, each.email))


def resend(ctx: Context, actor: Actor, invite_id: str) -> UserInvite:
    """Send an invitation again, valid as long as a new one. Raises NotAllowed, NoInvite or Unavailable."""
    before = _meant(ctx, actor, invite_id)
    until = _valid_until(actor, ctx.now().timestamp())
    fresh = {"id": new_id(), "valid_until": until, "declined_at": None, "told": None}
    record = before.model_copy(update=fresh)
    _store(ctx, actor, AccessAction.RESEND_INVITE, record, before)
    return record


def withdraw(ctx: Context, actor: Actor, invite_id: str) -> UserInvite:
    """Take an invitation back; returns what it was. Raises NotAllowed, NoInvite or Unavailable."""
    before = _meant(ctx, actor, invite_id)
    with recorded(ctx, actor, AccessAction.WITHDRAW_INVITE, of=_of(before)) as entry:
        ctx.table.transact([*invites.removing(before), *entry])
    return before


def _meant(ctx: Context, actor: Actor, invite_id: str) -> UserInvite:
    found = next((each for each in pending(ctx, actor) if each.id == invite_id), None)
    if found is None:
        raise NoInvite
    return found


def _valid_until(actor: Actor, at: float) -> int:
    return int(at) + actor.registry.invite_days * DAY_SECONDS


def _store(
    ctx: Context, actor: Actor, action: AccessAction, record: UserInvite, before: UserInvite | None
) -> None:
    with recorded(ctx, actor, action, of=_of(record)) as entry:
        ctx.table.transact([*invites.storing(record, before), jobs.adding(sending(record, ctx)), *entry])


def sending(record: UserInvite, ctx: Context) -> jobs.Job:
    """Return the job that sends an invitation as it is now, or notifies the inviter of a refusal."""
    return jobs.new_job(JobKind.INVITE, record.id or "", record.registry_id, ctx.now().timestamp())


def _of(record: UserInvite) -> str:
    return f"invite {record.id}"
