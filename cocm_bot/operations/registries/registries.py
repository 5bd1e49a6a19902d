"""Setting registries up and running them: who may, what they are called, and what is set in them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cocm_bot.domain.access import AccessAction, Actor, AdminRight
from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed
from cocm_bot.domain.members import Registry
from cocm_bot.domain.registries.configure import configured, differences, values
from cocm_bot.domain.registries.names import name_key
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise_admin, record_refusal, recorded
from cocm_bot.operations.access.accounts import account_for, check_address
from cocm_bot.operations.access.registry_choice import RequestedRegistry, actor_for
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.context import Context
from cocm_bot.operations.registries import recalculation
from cocm_bot.operations.registries.setup import NewRegistry, registry_of
from cocm_bot.store import registries, requests
from cocm_bot.store.table.backoff import tries
from cocm_bot.store.table.errors import AlreadyApplied, UserChanged
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people
from cocm_bot.store.team.memberships import stays_member

CREATE_TRIES = 4
"""Times setting a registry up is tried that met another change of the same person."""
NOT_A_CREATOR = (
    "Only people named by whoever runs the bot can set up a registry from Slack. "
    "Ask them, or ask the admin of your clinic's registry to invite you."
)
TAKEN = "You are in a registry of this name already. Choose another name."


@dataclass(frozen=True)
class Membership:
    """One of a person's registries, and what they are there."""

    registry: Registry
    role: Role
    is_admin: bool


class Overtaken(Conflict):
    """Somebody else saved settings after these were read; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Somebody else saved settings of this registry meanwhile.")


def may_create(ctx: Context, person: SlackUser) -> bool:
    """Return whether this person, as Slack describes them now, may set up a registry."""
    if person.outsider or person.unproven:
        return False
    return ctx.creators.include(person.email, workspace_admin=person.workspace_admin)


def check_creator(ctx: Context, person: SlackUser, surface: str) -> None:
    """Raise NotAllowed, after logging the refusal, unless the person may set up a registry."""
    if not may_create(ctx, person):
        record_refusal(ctx, person.id, surface, "not a creator", AccessAction.CREATE_REGISTRY)
        raise NotAllowed(NOT_A_CREATOR)


def create(ctx: Context, person: SlackUser, surface: str, wanted: NewRegistry, request_id: str) -> Actor:
    """Set a registry up, once per request id; the person becomes its first member and admin, and works in it.

    Returns them there. Raises NotAllowed, InvalidInput for a name that is taken, Conflict or Unavailable.
    """
    check_creator(ctx, person, surface)
    check_address(ctx, person)
    registry_id = _created(ctx, person, surface, wanted, request_id)
    # Read again: another delivery of the same request may have stored the user, under another id.
    user = account_for(ctx, person)
    people.choose_registry(ctx.table, user.id, registry_id)
    there = RequestedRegistry(screen=registry_id)
    return actor_for(ctx, user, there, slack_user_id=person.id, surface=surface)


def memberships(ctx: Context, user_id: str) -> Sequence[Membership]:
    """The registries a person belongs to, by name. Raises Unavailable."""
    listed = people.registries_of(ctx.table, user_id)
    found = (people.actor_records(ctx.table, each.registry_id, user_id) for each in listed)
    own = [Membership(registry, member.role, member.is_admin) for member, registry in filter(None, found)]
    return sorted(own, key=lambda each: (name_key(each.registry.name), each.registry.id))


def check_rename(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor may rename the registry."""
    authorise_admin(ctx, actor, AdminRight.RENAME)


def rename(ctx: Context, actor: Actor, name: str) -> Registry:
    """Give the registry another name. Raises NotAllowed, InvalidInput, Conflict or Unavailable."""
    check_rename(ctx, actor)
    before = actor.registry
    if name == before.name:
        return before
    others = [each for each in memberships(ctx, actor.user_id) if each.registry.id != before.id]
    _check_name(others, name)
    after = before.model_copy(update={"name": name, "modified_date": ctx.now().timestamp()})
    with recorded(ctx, actor, AdminRight.RENAME) as entry:
        return registries.save(ctx.table, before, after, entry)


def check_settings(ctx: Context, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor may change the registry's settings."""
    authorise_admin(ctx, actor, AdminRight.CHANGE_SETTINGS)


def seal(registry: Registry) -> str:
    """Short for what is set in a registry: the same as long as that is the same."""
    text = json.dumps(values(registry), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def change_settings(ctx: Context, actor: Actor, wanted: Mapping[str, Any], seen: str) -> Registry:
    """Set what is wanted, by the settings' names; `seen` is the seal of what the actor had before them.

    A changed policy has every patient computed again.
    Raises NotAllowed, InvalidInput with the setting at fault, Overtaken, Conflict or Unavailable.
    """
    check_settings(ctx, actor)
    before = actor.registry
    after = configured(before, wanted)
    changed = differences(before, after)
    if not changed:
        return before
    if seal(before) != seen:
        raise Overtaken
    after = after.model_copy(update={"modified_date": ctx.now().timestamp()})
    named = ", ".join(each.name for each in changed)
    called = _called_for(ctx, actor, before, after)
    with recorded(ctx, actor, AdminRight.CHANGE_SETTINGS, of=named) as entry:
        return registries.save(ctx.table, before, after, [*entry, *called])


def rederives(before: Registry, after: Registry) -> bool:
    """Return whether what follows from the patients' histories may be different after a change."""
    return before.policy != after.policy


def _check_name(own: Sequence[Membership], name: str) -> None:
    if any(name_key(each.registry.name) == name_key(name) for each in own):
        raise InvalidInput(TAKEN, "name")


def _called_for(ctx: Context, actor: Actor, before: Registry, after: Registry) -> list[Write]:
    """Return what goes with a change: patients computed again, and that who covers is a member still."""
    called = [recalculation.calling_for(ctx, after.id, actor.user_id)] if rederives(before, after) else []
    cover = after.alerts.cover
    if cover not in (None, before.alerts.cover):
        called.append(stays_member(after.id, cover, lambda _: _no_cover()))
    return called


def _no_cover() -> InvalidInput:
    return InvalidInput("This person is no longer a member of the registry. Choose another.", "cover")


def _created(ctx: Context, person: SlackUser, surface: str, wanted: NewRegistry, request_id: str) -> str:
    """The id of the registry, now that there is one."""
    for _ in tries(CREATE_TRIES):
        try:
            applied = requests.applied(ctx.table, request_id)
            return applied or _create(ctx, person, surface, wanted, request_id)
        except AlreadyApplied as earlier:
            return earlier.result
        except InvalidInput:
            # Perhaps another delivery of this request took the name just now.
            if applied := requests.applied(ctx.table, request_id):
                return applied
            raise
        except UserChanged:
            continue
    raise UserChanged


def _create(ctx: Context, person: SlackUser, surface: str, wanted: NewRegistry, request_id: str) -> str:
    user = account_for(ctx, person, wanted.first_name, wanted.last_name)
    _check_name(memberships(ctx, user.id), wanted.name)
    registry = registry_of(ctx, wanted)
    actor = Actor(
        user_id=user.id,
        first_name=user.first_name,
        last_name=user.last_name,
        role=wanted.role,
        is_admin=True,
        registry=registry,
        slack_user_id=person.id,
        surface=surface,
    )
    also = [requests.mark(request_id, registry.id, registry.created_date)]
    with recorded(ctx, actor, AccessAction.CREATE_REGISTRY) as entry:
        also += entry
        registries.create_registry(ctx.table, registry, user, wanted.role, is_admin=True, also=also)
    return registry.id
