"""A member's own decisions for their digest."""

from cocm_bot.domain.access import AccessAction, Actor
from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.settings.registry_settings import Reminders
from cocm_bot.operations.access.access_logging import recorded
from cocm_bot.operations.context import Context
from cocm_bot.store import registries
from cocm_bot.store.team import people


def own_reminders(ctx: Context, actor: Actor) -> RegistryUser:
    """The actor's membership, with what they decided.

    Raises NotFound when they left, or Unavailable.
    """
    member = people.membership(ctx.table, actor.registry.id, actor.user_id)
    if member is None:
        raise NotFound("You are no longer a member of this registry.")
    return member


def remind(ctx: Context, actor: Actor, wanted: Reminders) -> RegistryUser:
    """Decide for the actor's own digest, and have the clock follow at once; returns the membership after.

    Raises as `own_reminders`, and InvalidInput for days on which the registry never works.
    """
    before, at = own_reminders(ctx, actor), ctx.now().timestamp()
    working = actor.registry.rhythm.working_days
    if wanted.days is not None and not set(wanted.days) & set(working):
        raise InvalidInput("Choose at least one of the days on which the registry works.", "days")
    own = before.reminders
    retimed = (wanted.on, wanted.time, wanted.days) != (own.on, own.time, own.days)
    decided = wanted.model_copy(update={"since": at if retimed else own.since})
    clock = [registries.looked_after(ctx.table, actor.registry.id, at)] if retimed else []
    with recorded(ctx, actor, AccessAction.SET_REMINDERS) as access:
        people.remind(ctx.table, before, decided, [*clock, *access])
    return before.model_copy(update={"reminders": decided})
