import pytest

from cocm_bot.domain.registries.configure import configured
from cocm_bot.domain.vocabulary import Role
from cocm_bot.store import counters, jobs, registries
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table.errors import AlreadyStored, RegistryChanged
from cocm_bot.store.table.table import Table
from cocm_bot.store.team import people
from tests.store import faults
from tests.store.build import found_registry, registry, user


def test_a_registry_comes_with_its_first_member_in_one_transaction(empty_table: Table) -> None:
    with faults.on(empty_table.client, "TransactWriteItems", faults.none) as asked:
        member = registries.create_registry(
            empty_table,
            registry().model_copy(update={"members": 7, "active_patients": 7}),
            user(),
            Role.CLINICAL_OPS,
            is_admin=True,
        )
    assert len(asked) == 1
    assert registries.get(empty_table, "registry-1") == registry().model_copy(update={"members": 1})
    assert people.user_by_email(empty_table, "person.1@example.org") == member
    found = people.membership(empty_table, "registry-1", "user-1")
    assert found is not None
    assert (found.role, found.is_admin, found.date_created) == (Role.CLINICAL_OPS, True, 1_767_268_800)
    assert [entry.registry_id for entry in people.registries_of(empty_table, "user-1")] == ["registry-1"]


def test_the_user_of_a_known_address_founds_another_registry(table: Table) -> None:
    same_person = user(2).model_copy(update={"email": "person.1@example.org"})
    member = registries.create_registry(
        table, registry("registry-2"), same_person, Role.CARE_MANAGER, is_admin=True
    )
    assert (member.id, member.registeries) == ("user-1", ("registry-1", "registry-2"))
    assert people.user(table, "user-1") == member
    assert people.user(table, "user-2") is None
    assert people.actor_records(table, "registry-2", "user-1") is not None


def test_a_registry_id_is_used_once(table: Table) -> None:
    before = registries.get(table, "registry-1")
    with pytest.raises(AlreadyStored):
        registries.create_registry(table, registry(), user(2), Role.FINANCE, is_admin=False)
    assert registries.get(table, "registry-1") == before
    assert people.user(table, "user-2") is None


def test_an_unknown_registry(empty_table: Table) -> None:
    assert registries.get(empty_table, "registry-1") is None
    found_registry(empty_table)
    assert registries.get(empty_table, "registry-2") is None


def test_a_channel_is_known_as_the_registrys_from_when_it_is_chosen_until_another_is(
    empty_table: Table,
) -> None:
    chosen = registry().model_copy(update={"team_channel": "C1"})
    registries.create_registry(empty_table, chosen, user(), Role.CARE_MANAGER, is_admin=True)
    other = registry("registry-2").model_copy(update={"team_channel": "C1"})
    registries.create_registry(empty_table, other, user(), Role.CARE_MANAGER, is_admin=True)
    assert registries.of_channel(empty_table, "C1") == ["registry-1", "registry-2"]

    moved = chosen.model_copy(update={"team_channel": "C2"})
    empty_table.transact(registries.channel_writes(chosen, moved))
    assert registries.of_channel(empty_table, "C1") == ["registry-2"]
    assert registries.of_channel(empty_table, "C2") == ["registry-1"]

    assert registries.channel_writes(moved, moved.model_copy(update={"name": "Hillside"})) == []
    empty_table.transact(registries.channel_writes(moved, registry()))
    assert registries.of_channel(empty_table, "C2") == []


def test_the_clock_looks_after_a_registry_from_its_first_moment(empty_table: Table) -> None:
    found_registry(empty_table)
    waiting = jobs.get(empty_table, JobKind.DIGEST, "registry-1")
    assert waiting is not None
    assert (waiting.registry_id, waiting.visible_at) == ("registry-1", registry().created_date)


def test_what_is_set_is_kept_with_the_counts_as_they_are(empty_table: Table) -> None:
    found_registry(empty_table)
    before = registry()
    empty_table.transact([counters.active_patients(before.id, 2)])
    after = configured(before, {"lost_days": 90, "digest_time": "07:30", "team_channel": "C1"}).model_copy(
        update={"name": "Hillside", "timezone": "Asia/Kolkata", "modified_date": before.modified_date + 1}
    )
    saved = registries.save(empty_table, before, after)
    kept = saved.model_copy(update={"members": 1, "active_patients": 2})
    assert registries.get(empty_table, before.id) == kept
    assert registries.of_channel(empty_table, "C1") == [before.id]
    assert (kept.timed_since, kept.zone_before) == (after.modified_date, before.timezone)
    waiting = jobs.get(empty_table, JobKind.DIGEST, before.id)
    assert waiting is not None
    assert waiting.visible_at == after.modified_date, "the clock looks at once when digests are due"

    with pytest.raises(RegistryChanged):
        registries.save(empty_table, before, before.model_copy(update={"name": "Lakeside"}))
    assert registries.get(empty_table, before.id) == kept
