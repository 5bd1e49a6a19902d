import pytest

from cocm_bot.domain.errors import Conflict, InvalidInput, NotFound
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.registries.setup import (
    NewRegistry,
    add_member,
    create_registry,
    new_member,
    new_registry,
)
from cocm_bot.store import registries
from cocm_bot.store.team import people
from tests.operations.conftest import Office

WANTED = {
    "name": "Hilltop Clinic",
    "admin_email": "Zoe.Quist@Example.org",
    "first_name": "Zoë",
    "last_name": "Quist",
    "role": "Consulting Psychiatrist",
    "timezone": "Pacific/Auckland",
}


def test_a_registry_begins_with_its_admin_and_no_patient(office: Office) -> None:
    created = create_registry(office.ctx, new_registry(**WANTED))
    registry = registries.get(office.table, created.registry_id)
    assert registry is not None
    assert (registry.name, registry.members, registry.active_patients) == ("Hilltop Clinic", 1, 0)
    assert [each.name for each in registry.questionnaires] == ["PHQ-9", "GAD-7"]
    assert (registry.timezone, registry.created_date) == ("Pacific/Auckland", office.moment.timestamp())

    zoe = people.user_by_email(office.table, "zoe.quist@example.org")
    assert zoe is not None
    assert (zoe.id, zoe.registeries) == (created.user_id, (created.registry_id,))
    member = people.membership(office.table, created.registry_id, zoe.id)
    assert member is not None
    assert (member.role, member.is_admin, member.first_name) == (Role.PSYCHIATRIST, True, "Zoë")
    [seen_by_user] = people.registries_of(office.table, zoe.id)
    assert seen_by_user.registry_id == created.registry_id


def test_an_address_that_is_known_keeps_its_user(office: Office) -> None:
    first = create_registry(office.ctx, new_registry(**WANTED))
    second = create_registry(office.ctx, new_registry(**WANTED | {"first_name": "Other"}))
    assert first.user_id == second.user_id
    assert first.registry_id != second.registry_id
    zoe = people.user(office.table, first.user_id)
    assert zoe is not None
    assert (zoe.first_name, zoe.registeries) == ("Zoë", (first.registry_id, second.registry_id))


@pytest.mark.parametrize(
    ("field", "entered", "sentence"),
    [
        ("name", "  ", "Enter a name."),
        ("admin_email", "", "Give the e-mail address they have in Slack."),
        ("admin_email", "zoe", "Enter an e-mail address like name@clinic.org."),
        ("first_name", "…", "Enter a name."),
        ("last_name", "", "Enter a name."),
        ("role", "Boss", "Care Manager"),
        ("timezone", "Mars/Olympus", "Give a time zone like America/New_York."),
        ("timezone", "", "Give a time zone like America/New_York."),
        ("timezone", "../etc/passwd", "Give a time zone like America/New_York."),
        ("timezone", "America", "Give a time zone like America/New_York."),
        ("phone_number", "12", "Enter a phone number"),
    ],
)
def test_what_is_entered_wrong_is_named(field: str, entered: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        new_registry(**WANTED | {field: entered})
    assert refusal.value.field == field
    assert str(refusal.value).startswith(f"{field}: ")
    assert sentence in str(refusal.value)


def test_care_manager_and_greenwich_unless_said_otherwise() -> None:
    wanted = new_registry(name="A", admin_email="a@example.org", first_name="A", last_name="B")
    assert (wanted.role, wanted.timezone) == (Role.CARE_MANAGER, "UTC")
    assert isinstance(wanted, NewRegistry)


MEMBER = {"email": "Iris@Example.org", "first_name": "Iris", "last_name": "Lindqvist"}


def test_a_member_joins_a_registry_once(office: Office) -> None:
    created = create_registry(office.ctx, new_registry(**WANTED))
    wanted = new_member(**MEMBER, role=Role.PSYCHIATRIST, is_admin=True)
    joined = add_member(office.ctx, created.registry_id, wanted)
    found = people.actor_records(office.table, created.registry_id, joined.user_id)
    assert found is not None
    membership, registry = found
    assert (membership.role, membership.is_admin, registry.members) == (Role.PSYCHIATRIST, True, 2)
    with pytest.raises(Conflict):
        add_member(office.ctx, created.registry_id, wanted)


def test_nobody_joins_a_registry_that_does_not_exist(office: Office) -> None:
    with pytest.raises(NotFound):
        add_member(office.ctx, "nowhere", new_member(**MEMBER, role=Role.PCP))
    assert people.user_by_email(office.table, MEMBER["email"]) is None


@pytest.mark.parametrize(("field", "entered"), [("email", ""), ("role", "Boss"), ("first_name", "…")])
def test_a_member_entered_wrong_is_named(field: str, entered: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        new_member(**MEMBER | {"role": Role.PCP} | {field: entered})
    assert refusal.value.field == field
