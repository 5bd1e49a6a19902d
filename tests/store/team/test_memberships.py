"""A membership is changed only as it was read, and ends on all sides at once."""

import pytest

from cocm_bot.domain.members import Registry, RegistryUser, User
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store import registries
from cocm_bot.store.table import keys, writes
from cocm_bot.store.table.errors import RegistryMissing, UserChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import wire_key
from cocm_bot.store.team import memberships, people
from tests.store.build import NOON, REGISTRY, counts, user


@pytest.fixture
def second(table: Table) -> RegistryUser:
    """A psychiatrist beside the registry's admin."""
    people.add_member(table, REGISTRY, user(2), Role.PSYCHIATRIST, is_admin=False, at=5)
    return member(table, "user-2")


def member(table: Table, user_id: str) -> RegistryUser:
    found = people.membership(table, REGISTRY, user_id)
    assert found is not None
    return found


def read(table: Table) -> tuple[Registry, User]:
    """The registry, and the second user, as they are."""
    registry, person = registries.get(table, REGISTRY), people.user(table, "user-2")
    assert registry is not None
    assert person is not None
    return registry, person


def test_role_and_admin_mark_are_changed_and_nothing_else(table: Table, second: RegistryUser) -> None:
    table.transact([memberships.with_role(second, Role.FINANCE)])
    table.transact([memberships.with_admin(member(table, "user-2"), is_admin=True)])
    changed = {"role": Role.FINANCE, "is_admin": True}
    assert member(table, "user-2") == second.model_copy(update=changed)


def test_what_changed_since_it_was_read_is_left_alone(table: Table, second: RegistryUser) -> None:
    table.transact([memberships.with_role(second, Role.PCP)])
    registry, person = read(table)
    for stale in (
        [memberships.with_role(second, Role.FINANCE)],
        [memberships.with_admin(second, is_admin=True)],
        memberships.ended(second, registry, person, NOON),
    ):
        with pytest.raises(UserChanged):
            table.transact(stale)
    assert (member(table, "user-2").role, counts(table)) == (Role.PCP, (2, 0))


def test_who_covers_the_alerts_since_the_registry_was_read_is_not_overlooked(
    table: Table, second: RegistryUser
) -> None:
    registry, person = read(table)
    value = {"alerts": {"cover": "user-2", "escalate_minutes": 30}}
    key = keys.registry(REGISTRY)
    table.transact(
        [writes.update(key, "SET alerts = :alerts", writes.STORED, value, lambda _: UserChanged())]
    )
    with pytest.raises(UserChanged):
        table.transact(memberships.ended(second, registry, person, NOON))
    registry, person = read(table)
    table.transact(memberships.ended(second, registry, person, NOON))
    assert read(table)[0].alerts.cover is None


def test_a_membership_of_a_registry_that_is_gone_does_not_end_by_itself(
    table: Table, second: RegistryUser
) -> None:
    registry, person = read(table)
    table.client.delete_item(TableName=table.name, Key=wire_key(keys.registry(REGISTRY)))
    with pytest.raises(RegistryMissing):
        table.transact(memberships.ended(second, registry, person, NOON))


@pytest.mark.parametrize(("user_id", "stays"), [("user-1", True), ("user-2", False), ("user-9", False)])
def test_who_is_an_admin_is_vouched_for(
    table: Table, second: RegistryUser, user_id: str, *, stays: bool
) -> None:
    del second
    check = [memberships.stays_admin(REGISTRY, user_id)]
    if stays:
        table.transact(check)
    else:
        with pytest.raises(UserChanged):
            table.transact(check)
