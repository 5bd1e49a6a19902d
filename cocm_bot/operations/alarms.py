"""Whom to tell at once of a patient at risk."""

from cocm_bot.operations.desk import Desk
from cocm_bot.operations.recommendations import Letter
from cocm_bot.registry.access import Actor
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import people


def psychiatrists(desk: Desk, actor: Actor) -> list[Letter]:
    """The registry's psychiatrists but the actor, with where to reach them. Raises Unavailable."""
    members = people.members(desk.table, actor.registry.id)
    found = []
    for member in members:
        if member.role is Role.PSYCHIATRIST and member.user_id != actor.user_id:
            person = people.user(desk.table, member.user_id)
            name = f"{member.first_name} {member.last_name}"
            found.append(Letter(member.user_id, name, person.email if person else None))
    return found
