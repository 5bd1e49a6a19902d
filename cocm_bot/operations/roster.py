"""Who is who in a registry."""

from collections.abc import Mapping, Sequence

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.access import Actor
from cocm_bot.registry.team import RegistryUser
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import people


def names(desk: Desk, actor: Actor) -> Mapping[str, str]:
    """The members of the actor's registry by user id, as `Maya Okafor`; who left is not among them."""
    members = people.members(desk.table, actor.registry.id)
    return {member.user_id: f"{member.first_name} {member.last_name}" for member in members}


def members(desk: Desk, actor: Actor) -> Sequence[RegistryUser]:
    """The members of the actor's registry, as the table says now."""
    return people.members(desk.table, actor.registry.id).records


def care_managers(desk: Desk, actor: Actor) -> Mapping[str, str]:
    """The registry's care managers by user id, as `Maya Okafor`, in the order of their names."""
    found = [member for member in members(desk, actor) if member.role is Role.CARE_MANAGER]
    named = {member.user_id: f"{member.first_name} {member.last_name}" for member in found}
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))
