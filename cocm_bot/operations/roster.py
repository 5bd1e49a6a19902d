"""Who is who in a registry."""

from collections.abc import Mapping

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.access import Actor
from cocm_bot.store import people


def names(desk: Desk, actor: Actor) -> Mapping[str, str]:
    """The members of the actor's registry by user id, as `Maya Okafor`; who left is not among them."""
    members = people.members(desk.table, actor.registry.id)
    return {member.user_id: f"{member.first_name} {member.last_name}" for member in members}
