"""From an e-mail address to the actor an operation is done for."""

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.access import Actor
from cocm_bot.registry.errors import NotAllowed
from cocm_bot.registry.team import User
from cocm_bot.store import people


class Stranger(NotAllowed):
    """A person of the workspace who belongs to no registry."""

    def __init__(self) -> None:
        super().__init__(
            "You are not in a patient registry yet. Ask the admin of your clinic's registry to add you, "
            "with the e-mail address you use in Slack."
        )


def known_user(desk: Desk, email: str) -> User:
    """The user an address belongs to, case ignored; raises Stranger if there is none."""
    user = people.user_by_email(desk.table, email)
    if user is None:
        raise Stranger
    return user


def actor_for(desk: Desk, user: User, *, slack_user_id: str, surface: str) -> Actor:
    """The user as a member of their first registry, as the table says now; raises Stranger if of none."""
    for registry_id in user.registeries:
        found = people.actor_records(desk.table, registry_id, user.id)
        if found is not None:
            membership, registry = found
            return Actor(
                user_id=user.id,
                first_name=user.first_name,
                last_name=user.last_name,
                role=membership.role,
                is_admin=membership.is_admin,
                registry=registry,
                slack_user_id=slack_user_id,
                surface=surface,
            )
    raise Stranger
