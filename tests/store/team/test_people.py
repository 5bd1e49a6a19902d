from typing import Any

import pytest

from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.members import User, UserEmail
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store import registries
from cocm_bot.store.table import items, keys
from cocm_bot.store.table.errors import AlreadyMember, BrokenItem, RegistryMissing, UserChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.table.wire import wire_key
from cocm_bot.store.team import people
from tests.store import faults
from tests.store.build import REGISTRY, counts, end_membership, found_registry, user


def add(table: Table, person: User, registry_id: str = REGISTRY) -> User:
    return people.add_member(table, registry_id, person, Role.PSYCHIATRIST, is_admin=False, at=5)


def agreed(table: Table, user_id: str) -> set[str]:
    """The user's registries, which the three places must agree on."""
    person = people.user(table, user_id)
    assert person is not None
    by_user = {entry.registry_id for entry in people.registries_of(table, user_id)}
    by_registry = {
        registry_id
        for registry_id in {*person.registeries, *by_user, REGISTRY, "registry-2"}
        if people.membership(table, registry_id, user_id)
    }
    assert by_user == by_registry == set(person.registeries)
    return by_user


def test_a_new_member_is_known_from_all_sides(table: Table) -> None:
    added = add(table, user(2))
    assert added == user(2).model_copy(update={"registeries": (REGISTRY,)})
    assert people.user(table, "user-2") == people.user_by_email(table, "person.2@example.org") == added
    assert agreed(table, "user-2") == {REGISTRY}
    assert counts(table) == (2, 0)
    assert [member.user_id for member in people.members(table, REGISTRY)] == ["user-1", "user-2"]
    member = people.membership(table, REGISTRY, "user-2")
    assert member is not None
    assert (member.role, member.is_admin, member.first_name) == (Role.PSYCHIATRIST, False, "Cara")


@pytest.mark.parametrize(
    "written", ["Person.1@Example.org", "person.1@example.org", " PERSON.1@EXAMPLE.ORG "]
)
def test_a_user_is_found_however_the_address_is_written(table: Table, written: str) -> None:
    found = people.user_by_email(table, written)
    assert found is not None
    assert found.id == "user-1"


def test_nobody_is_found_under_an_unknown_address(table: Table) -> None:
    assert people.user_by_email(table, "nobody@example.org") is None
    assert people.user_by_email(table, "#lock") is None


def test_an_address_belongs_to_one_user(table: Table) -> None:
    found_registry(table, "registry-2")
    add(table, user(2))
    same_address = user(3).model_copy(update={"email": "PERSON.2@example.org"})
    assert add(table, same_address, "registry-2").id == "user-2"
    assert people.user(table, "user-3") is None
    assert agreed(table, "user-2") == {REGISTRY, "registry-2"}


def test_two_users_of_one_address_are_both_kept_out(table: Table) -> None:
    second = UserEmail(email="person.1@example.org", user_id="user-9", date_created=5)
    item: Any = items.to_item(keys.user_email("person.1@example.org", "user-9"), second)
    table.client.put_item(TableName=table.name, Item=item)
    with pytest.raises(BrokenItem):
        people.user_by_email(table, "person.1@example.org")


def test_a_member_is_not_added_twice(table: Table) -> None:
    with pytest.raises(AlreadyMember):
        add(table, user(1))
    assert counts(table) == (1, 0)


def test_a_member_needs_a_registry(empty_table: Table) -> None:
    with pytest.raises(RegistryMissing):
        add(empty_table, user(1))
    assert people.user_by_email(empty_table, "person.1@example.org") is None
    assert people.user(empty_table, "user-1") is None


def test_a_removed_member_keeps_the_other_registry(table: Table) -> None:
    found_registry(table, "registry-2")
    assert agreed(table, "user-1") == {REGISTRY, "registry-2"}
    end_membership(table, "user-1")
    assert agreed(table, "user-1") == {"registry-2"}
    assert counts(table) == (0, 0)
    assert people.user_by_email(table, "person.1@example.org") is not None


@pytest.mark.parametrize("user_id", ["user-2", "user-1"])
def test_nobody_is_removed_twice(table: Table, user_id: str) -> None:
    add(table, user(2))
    end_membership(table, user_id)
    with pytest.raises(NotFound):
        end_membership(table, user_id)
    assert counts(table) == (1, 0)


def test_a_removed_member_may_come_back(table: Table) -> None:
    end_membership(table, "user-1")
    add(table, user(1))
    assert agreed(table, "user-1") == {REGISTRY}
    assert counts(table) == (1, 0)


def test_a_user_changed_meanwhile_is_read_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    found_registry(table, "registry-2")
    stale = [people.user(table, "user-1")]
    end_membership(table, "user-1")
    read = people.user
    monkeypatch.setattr(people, "user", lambda *key: stale.pop() if stale else read(*key))
    add(table, user(1))
    assert stale == []
    assert agreed(table, "user-1") == {REGISTRY, "registry-2"}
    assert counts(table) == (1, 0)


def test_a_lock_without_a_user_lets_nobody_in(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "CHANGE_TRIES", 2)
    lock: Any = wire_key(keys.email_lock("person.2@example.org"))
    table.client.put_item(TableName=table.name, Item=lock)
    with pytest.raises(UserChanged):
        add(table, user(2))
    assert counts(table) == (1, 0)


def test_an_actor_is_read_in_one_request(table: Table) -> None:
    with faults.on(table.client, "*", faults.none) as asked:
        found = people.actor_records(table, REGISTRY, "user-1")
    assert found is not None
    member, record = found
    assert (member.user_id, record) == ("user-1", registries.get(table, REGISTRY))
    (request,) = asked
    assert request["RequestItems"][table.name]["ConsistentRead"] is True


@pytest.mark.parametrize(("registry_id", "user_id"), [(REGISTRY, "user-2"), ("registry-2", "user-1")])
def test_who_is_no_member_is_no_actor(table: Table, registry_id: str, user_id: str) -> None:
    assert people.actor_records(table, registry_id, user_id) is None


def test_a_membership_of_a_registry_that_is_gone_makes_no_actor(table: Table) -> None:
    key: Any = wire_key(keys.registry(REGISTRY))
    table.client.delete_item(TableName=table.name, Key=key)
    assert people.actor_records(table, REGISTRY, "user-1") is None
