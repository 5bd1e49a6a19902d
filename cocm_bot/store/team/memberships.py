"""Change a membership: another role, the admin mark, its end.

These are writes for one transaction. Each is refused with UserChanged when something is not as it was read:
read again, and make them again. A change that could take a registry's last admin away goes with `stays_admin`
of somebody else in its transaction.
"""

from cocm_bot.domain.members import Registry, RegistryUser, User
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.errors import RegistryMissing, UserChanged
from cocm_bot.store.table.wire import Item
from cocm_bot.store.table.writes import Refused, Write

AS_READ = "#role = :role AND is_admin = :is_admin"
"""Holds while the membership exists with the role and the admin mark that were read."""

IS_ADMIN = "is_admin = :yes"
"""Holds while the member is an admin."""

NO_CARE_MANAGER = "attribute_not_exists(PK) OR #role <> :care_manager"
"""Holds while the person is no care manager of the registry."""

CARE_MANAGER = "#role = :care_manager"
"""Holds while the person is a care manager of the registry."""

COVERS_ALERTS = "alerts.cover = :user"
"""Holds while the registry's safety alerts are covered by the user."""

COVERS_NO_ALERTS = "attribute_exists(PK) AND (attribute_not_exists(alerts.cover) OR alerts.cover <> :user)"
"""Holds while the registry exists and its safety alerts are not covered by the user."""


def with_role(before: RegistryUser, role: Role) -> Write:
    """The member in another role."""
    return _set(before, "#role = :after", role)


def with_admin(before: RegistryUser, *, is_admin: bool) -> Write:
    """The member as an admin, or as none."""
    return _set(before, "is_admin = :after", is_admin)


def renamed(before: RegistryUser, first_name: str, last_name: str) -> Write:
    """The member under another name; what they did names their id, and so the new name."""
    key = keys.registry_user(before.registry_id, before.user_id)
    values = {"role": before.role, "is_admin": before.is_admin, "first": first_name, "last": last_name}
    return writes.update(key, "SET first_name = :first, last_name = :last", AS_READ, values, _changed)


def with_full_time(before: RegistryUser, full_time: float) -> Write:
    """The member with another full-time equivalent."""
    return _set(before, "full_time = :after", full_time)


def stays_admin(registry_id: str, user_id: str) -> Write:
    """Nothing, provided that somebody is an admin still."""
    return writes.check(keys.registry_user(registry_id, user_id), IS_ADMIN, {"yes": True}, _changed)


def stays_member(registry_id: str, user_id: str, refused: Refused) -> Write:
    """Nothing, provided that somebody is a member still."""
    return writes.check(keys.registry_user(registry_id, user_id), writes.STORED, {}, refused)


def is_no_care_manager(registry_id: str, user_id: str, refused: Refused) -> Write:
    """Nothing, provided that somebody is no care manager of the registry: gone, or in another role."""
    values = {"care_manager": Role.CARE_MANAGER}
    return writes.check(keys.registry_user(registry_id, user_id), NO_CARE_MANAGER, values, refused)


def is_care_manager(registry_id: str, user_id: str, refused: Refused) -> Write:
    """Nothing, provided that somebody is a care manager of the registry."""
    values = {"care_manager": Role.CARE_MANAGER}
    return writes.check(keys.registry_user(registry_id, user_id), CARE_MANAGER, values, refused)


def covers_no_alerts(registry: Registry, user_id: str, at: float) -> list[Write]:
    """The registry without this cover of its safety alerts; nothing if it is not so. `at` is in seconds."""
    if registry.alerts.cover != user_id:
        return []
    values = {"user": user_id, "nobody": None, "at": at}
    uncovered = "SET alerts.cover = :nobody, modified_date = :at"
    return [writes.update(keys.registry(registry.id), uncovered, COVERS_ALERTS, values, _changed)]


def ended(before: RegistryUser, registry: Registry, person: User | None, at: float) -> list[Write]:
    """The registry without the member, the user without the registry, at an instant (seconds UTC).

    The user remains, and so does the history they wrote.
    """
    registry_id, user_id = before.registry_id, before.user_id
    values = {"role": before.role, "is_admin": before.is_admin}
    return [
        writes.delete(keys.registry_user(registry_id, user_id), AS_READ, values, _changed),
        writes.forget(keys.user_registry(user_id, registry_id)),
        _counted_out(registry, user_id, at),
        writes.forget(keys.review(registry_id, user_id)),
        *([_unlisted(person, registry_id)] if person and registry_id in person.registeries else []),
    ]


def _set(before: RegistryUser, assignment: str, after: str | float | bool) -> Write:
    key = keys.registry_user(before.registry_id, before.user_id)
    values = {"role": before.role, "is_admin": before.is_admin, "after": after}
    return writes.update(key, f"SET {assignment}", AS_READ, values, _changed)


def _counted_out(registry: Registry, user_id: str, at: float) -> Write:
    """Return the registry with one member less, who no longer covers its safety alerts."""
    values: dict[str, object] = {"user": user_id, "by": -1}
    counted, condition = "ADD members :by", COVERS_NO_ALERTS
    if registry.alerts.cover == user_id:
        # Settings changed: whoever is about to save others from before must look again.
        values |= {"nobody": None, "at": at}
        counted = f"SET alerts.cover = :nobody, modified_date = :at {counted}"
        condition = COVERS_ALERTS
    return writes.update(keys.registry(registry.id), counted, condition, values, _registry_changed)


def _unlisted(person: User, registry_id: str) -> Write:
    """Return the user without the registry, which is no longer the one they work in."""
    place = f"registeries[{person.registeries.index(registry_id)}]"
    left = f"REMOVE {place}"
    # Holds when the registry is still where it was read; the second, when they work in it.
    here, chosen = f"{place} = :registry", "current_registry = :registry"
    if person.current_registry == registry_id:
        left, here = f"{left}, current_registry", f"{here} AND {chosen}"
    else:
        here = f"{here} AND (attribute_not_exists(current_registry) OR NOT {chosen})"
    return writes.update(keys.user(person.id), left, here, {"registry": registry_id}, _changed)


def _changed(_stored: Item) -> UserChanged:
    return UserChanged()


def _registry_changed(stored: Item) -> UserChanged | RegistryMissing:
    return UserChanged() if stored else RegistryMissing()
