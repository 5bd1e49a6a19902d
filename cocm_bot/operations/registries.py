"""Setting registries up and running them: who may, what they are called, and what is set in them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cocm_bot.operations import rederiving
from cocm_bot.operations.accounts import account_for
from cocm_bot.operations.desk import Desk
from cocm_bot.operations.identity import Person
from cocm_bot.operations.oversight import authorise_admin, record_refusal, recorded
from cocm_bot.operations.setup import NewRegistry, registry_of
from cocm_bot.registry.access import Actor, AdminRight
from cocm_bot.registry.configure import configured, differences, values
from cocm_bot.registry.errors import Conflict, InvalidInput, NotAllowed, NotFound
from cocm_bot.registry.fields import folded
from cocm_bot.registry.team import Registry, User
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import people, registries, requests
from cocm_bot.store.errors import AlreadyApplied

CREATE = "create_registry"
NOT_A_CREATOR = (
    "Setting up a registry from Slack is for those whom whoever runs the bot has named. "
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


def may_create(desk: Desk, person: Person) -> bool:
    """Whether this person, as Slack describes them now, may set up a registry."""
    return desk.creators.include(person.email, workspace_admin=person.workspace_admin)


def check_creator(desk: Desk, person: Person, surface: str) -> None:
    """Raise NotAllowed, after logging the refusal, unless the person may set up a registry."""
    if not may_create(desk, person):
        record_refusal(desk, person.id, surface, "not a creator", CREATE)
        raise NotAllowed(NOT_A_CREATOR)


def create(desk: Desk, person: Person, surface: str, wanted: NewRegistry, request_id: str) -> Actor:
    """Set a registry up, once per request id; the person becomes its first member and admin, and works in it.

    Returns them there. Raises NotAllowed, InvalidInput for a name that is taken, Conflict or Unavailable.
    """
    check_creator(desk, person, surface)
    user = account_for(desk, person, wanted.first_name, wanted.last_name)
    registry_id = requests.applied(desk.table, request_id)
    if registry_id is None:
        _check_name(memberships(desk, user.id), wanted.name)
        registry_id = _created(desk, user, person, surface, wanted, request_id)
        people.choose_registry(desk.table, user.id, registry_id)
    found = people.actor_records(desk.table, registry_id, user.id)
    if found is None:
        raise NotFound("This registry was set up, but you are no member of it any more.")
    member, registry = found
    return _acting(user, registry, member.role, person, surface, is_admin=member.is_admin)


def memberships(desk: Desk, user_id: str) -> Sequence[Membership]:
    """The registries a person belongs to, by name. Raises Unavailable."""
    listed = people.registries_of(desk.table, user_id)
    found = (people.actor_records(desk.table, each.registry_id, user_id) for each in listed)
    own = [Membership(registry, member.role, member.is_admin) for member, registry in filter(None, found)]
    return sorted(own, key=lambda each: (folded(each.registry.name), each.registry.id))


def check_rename(desk: Desk, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor may rename the registry."""
    authorise_admin(desk, actor, AdminRight.RENAME)


def rename(desk: Desk, actor: Actor, name: str) -> Registry:
    """Give the registry another name. Raises NotAllowed, InvalidInput, Conflict or Unavailable."""
    check_rename(desk, actor)
    before = actor.registry
    if name == before.name:
        return before
    others = [each for each in memberships(desk, actor.user_id) if each.registry.id != before.id]
    _check_name(others, name)
    after = before.model_copy(update={"name": name, "modified_date": desk.now().timestamp()})
    with recorded(desk, actor, AdminRight.RENAME) as entry:
        return registries.save(desk.table, before, after, entry)


def check_settings(desk: Desk, actor: Actor) -> None:
    """Raise NotAllowed, after logging the refusal, unless the actor may change the registry's settings."""
    authorise_admin(desk, actor, AdminRight.CHANGE_SETTINGS)


def seal(registry: Registry) -> str:
    """Short for what is set in a registry: the same as long as that is the same."""
    text = json.dumps(values(registry), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def change_settings(desk: Desk, actor: Actor, wanted: Mapping[str, Any], seen: str) -> Registry:
    """Set what is wanted, by the settings' names; `seen` is the seal of what the actor had before them.

    A changed policy has every patient computed anew.
    Raises NotAllowed, InvalidInput with the setting at fault, Overtaken, Conflict or Unavailable.
    """
    check_settings(desk, actor)
    before = actor.registry
    after = configured(before, wanted)
    changed = differences(before, after)
    if not changed:
        return before
    if seal(before) != seen:
        raise Overtaken
    if any(each.name == "cover" for each in changed):
        _check_cover(desk, after)
    after = after.model_copy(update={"modified_date": desk.now().timestamp()})
    named = ", ".join(each.name for each in changed)
    again = [rederiving.calling_for(desk, after.id, actor.user_id)] if rederives(before, after) else []
    with recorded(desk, actor, AdminRight.CHANGE_SETTINGS, of=named) as entry:
        return registries.save(desk.table, before, after, [*entry, *again])


def rederives(before: Registry, after: Registry) -> bool:
    """Whether what follows from the patients' histories may be different after a change."""
    return before.policy != after.policy


def _check_name(own: Sequence[Membership], name: str) -> None:
    if any(folded(each.registry.name) == folded(name) for each in own):
        raise InvalidInput(TAKEN, "name")


def _check_cover(desk: Desk, registry: Registry) -> None:
    cover = registry.alerts.cover
    if cover is not None and people.membership(desk.table, registry.id, cover) is None:
        raise InvalidInput("This person is no member of the registry any more. Choose another.", "cover")


def _created(
    desk: Desk, user: User, person: Person, surface: str, wanted: NewRegistry, request_id: str
) -> str:
    """The id of the registry, now that there is one."""
    registry = registry_of(wanted, desk.now().timestamp())
    actor = _acting(user, registry, wanted.role, person, surface, is_admin=True)
    mark = requests.mark(request_id, registry.id, registry.created_date)
    try:
        with recorded(desk, actor, CREATE) as entry:
            registries.create_registry(
                desk.table, registry, user, wanted.role, is_admin=True, also=[mark, *entry]
            )
    except AlreadyApplied as earlier:
        return earlier.result
    return registry.id


def _acting(
    user: User, registry: Registry, role: Role, person: Person, surface: str, *, is_admin: bool
) -> Actor:
    return Actor(
        user_id=user.id,
        first_name=user.first_name,
        last_name=user.last_name,
        role=role,
        is_admin=is_admin,
        registry=registry,
        slack_user_id=person.id,
        surface=surface,
    )
