"""The members of a registry, and their names."""

from collections.abc import Iterable, Mapping, Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.domain.members import RegistryUser
from cocm_bot.domain.people import full_name
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.context import Context
from cocm_bot.store.team import people


def names(ctx: Context, actor: Actor) -> Mapping[str, str]:
    """The members of the actor's registry by user id, as `Maya Okafor`; who left is not among them."""
    return named(people.members(ctx.table, actor.registry.id))


def named(team: Iterable[RegistryUser]) -> Mapping[str, str]:
    """These members by user id, as `Maya Okafor`."""
    return {member.user_id: full_name(member) for member in team}


def members(ctx: Context, actor: Actor) -> Sequence[RegistryUser]:
    """The members of the actor's registry, as the table says now."""
    return people.members(ctx.table, actor.registry.id).records


def care_managers(ctx: Context, actor: Actor) -> Mapping[str, str]:
    """The registry's care managers by user id, as `Maya Okafor`, in the order of their names."""
    found = [member for member in members(ctx, actor) if member.role is Role.CARE_MANAGER]
    return dict(sorted(named(found).items(), key=lambda pair: pair[1].casefold()))
