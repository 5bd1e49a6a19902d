"""From a person in Slack to the actor an operation is done for."""

from dataclasses import dataclass

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.access import Actor
from cocm_bot.registry.errors import NotAllowed
from cocm_bot.registry.team import User
from cocm_bot.store import people, registries


@dataclass(frozen=True)
class Person:
    """A person as Slack describes them; `outsider` says in a word why they get nothing, if so."""

    id: str
    team_id: str
    email: str
    outsider: str | None
    first_name: str = ""
    last_name: str = ""
    timezone: str = ""
    """Their own zone, by its name; empty where Slack does not say."""
    workspace_admin: bool = False


class Stranger(NotAllowed):
    """A person of the workspace who belongs to no registry."""

    def __init__(self) -> None:
        super().__init__(
            "You are not in a patient registry yet. Ask the admin of your clinic's registry to add you, "
            "with the e-mail address you use in Slack."
        )


class AnotherAccount(NotAllowed):
    """The user belongs to another Slack account."""

    def __init__(self) -> None:
        super().__init__(
            "The registry knows your e-mail address from another Slack account, so I can't let you in with "
            "this one. If both are yours, ask whoever runs the bot to connect it: `cocm-bot user unbind`."
        )


def switch_registry(desk: Desk, actor: Actor, registry_id: str) -> Actor:
    """Work in another registry from now on; returns the actor there.

    Raises NotFound for a registry they are no member of, or Unavailable.
    """
    people.choose_registry(desk.table, actor.user_id, registry_id)
    user = people.user(desk.table, actor.user_id)
    if user is None:
        raise Stranger
    return actor_for(desk, user, slack_user_id=actor.slack_user_id, surface=actor.surface)


def own_registries(desk: Desk, actor: Actor) -> list[tuple[str, str]]:
    """The id and name of each registry the actor is a member of, by name. Raises Unavailable."""
    listed = [membership.registry_id for membership in people.registries_of(desk.table, actor.user_id)]
    found = [registries.get(desk.table, registry_id) for registry_id in listed]
    return sorted(((each.id, each.name) for each in found if each), key=lambda each: each[1].casefold())


def actor_for(desk: Desk, user: User, *, slack_user_id: str, surface: str) -> Actor:
    """The user as a member of the registry they chose, or else of their first, as the table says now.

    Raises Stranger if they are a member of none, AnotherAccount if they were given another Slack account.
    """
    # Whoever asks may know the user from a while ago: which registry they chose since counts.
    user = people.user(desk.table, user.id) or user
    if user.slack_user_id not in {None, slack_user_id}:
        raise AnotherAccount
    for registry_id in _chosen_first(user):
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


def _chosen_first(user: User) -> list[str]:
    """The registries in the order they are tried; stable, so those not chosen keep theirs."""
    return sorted(user.registeries, key=lambda registry_id: registry_id != user.current_registry)
