"""Absences: a member is away until a day, and another covers them."""

from collections.abc import Sequence
from datetime import date

from cocm_bot.domain.access import AccessAction, Action, Actor, may
from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise, of_member, recorded
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import members
from cocm_bot.store.team import people


def may_be_away(ctx: Context, actor: Actor) -> Sequence[RegistryUser]:
    """Return whose absence the actor may see to: their own, and with the right to hand patients over,
    everybody's.

    Raises NotAllowed or Unavailable.
    """
    authorise(ctx, actor, Action.BE_AWAY)
    others = may(actor.role, Action.HAND_OVER)
    return [
        each
        for each in members(ctx, actor)
        if may(each.role, Action.BE_AWAY) and (others or each.user_id == actor.user_id)
    ]


def may_cover(team: Sequence[RegistryUser], absent: RegistryUser) -> list[RegistryUser]:
    """Return the possible covers of a member: the others of their role."""
    return [each for each in team if each.role is absent.role and each.user_id != absent.user_id]


def be_away(
    ctx: Context, actor: Actor, absent: str, until: date, cover: str | None, since: date | None = None
) -> None:
    """Have a member be away from a local day, today if none, up to another, and covered by one of their role.

    They get no digest; their patients stay assigned to them. A care manager needs a cover, who looks after
    the patients, unless there is no other. Raises NotAllowed, InvalidInput, NotFound, Conflict when it
    changed meanwhile, or Unavailable.
    """
    before = _theirs(ctx, actor, absent)
    if until < actor.registry.policy.local_date(ctx.now().timestamp()):
        raise InvalidInput("Choose today or a day to come.", "until")
    if since and since > until:
        raise InvalidInput("The absence must begin before it ends.", "since")
    covers = {each.user_id for each in may_cover(members(ctx, actor), before)}
    if cover is None and covers and before.role is Role.CARE_MANAGER:
        raise InvalidInput("Choose who covers the patients in the meantime.", "cover")
    if cover and cover not in covers:
        raise InvalidInput(f"Choose another {before.role}: a cover has the same role.", "cover")
    begins = since.isoformat() if since else None
    _write(ctx, actor, before, cover, until.isoformat(), AccessAction.SET_ABSENCE, begins)


def be_back(ctx: Context, actor: Actor, absent: str) -> None:
    """End an absence before its day. Raises NotAllowed, NotFound, Conflict or Unavailable."""
    _write(ctx, actor, _theirs(ctx, actor, absent), None, None, AccessAction.END_ABSENCE)


def _theirs(ctx: Context, actor: Actor, absent: str) -> RegistryUser:
    if absent != actor.user_id:
        authorise(ctx, actor, Action.HAND_OVER)
    found = next((each for each in may_be_away(ctx, actor) if each.user_id == absent), None)
    if found is None:
        raise NotFound("This person can't be marked as away. Choose somebody else.")
    return found


def _write(
    ctx: Context,
    actor: Actor,
    before: RegistryUser,
    by: str | None,
    until: str | None,
    action: AccessAction,
    since: str | None = None,
) -> None:
    if (before.covered_by, before.cover_until, before.away_from) != (by, until, since):
        with recorded(ctx, actor, action, of=of_member(before.user_id)) as entry:
            people.cover(ctx.table, before, by, until, entry, since=since)
