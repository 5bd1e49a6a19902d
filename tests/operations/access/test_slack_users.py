import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.accounts import known_user
from cocm_bot.operations.access.registry_choice import RequestedRegistry, actor_for
from cocm_bot.operations.access.slack_users import SlackUser, Stranger
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

ADDRESS = "person.1@example.org"


def person_with(address: str, slack_user_id: str = "U1") -> SlackUser:
    return SlackUser(slack_user_id, "T1", address, None)


def admitted(office: Office) -> Actor:
    person = known_user(office.ctx, person_with(ADDRESS))
    return actor_for(office.ctx, person, RequestedRegistry(), slack_user_id="U1", surface="message")


@pytest.mark.parametrize("address", [ADDRESS, "Person.1@Example.org", "  PERSON.1@EXAMPLE.ORG "])
def test_an_address_names_its_user_however_it_is_written(office: Office, address: str) -> None:
    assert known_user(office.ctx, person_with(address)).id == "user-1"


@pytest.mark.parametrize("address", ["nobody@example.org", "person.1@example.com", "#lock"])
def test_an_unknown_address_is_a_strangers(office: Office, address: str) -> None:
    with pytest.raises(Stranger, match="Ask the admin of your clinic's registry to add you"):
        known_user(office.ctx, person_with(address))


def test_a_member_acts_in_their_registry_with_the_role_the_table_says(office: Office) -> None:
    actor = admitted(office)
    assert (actor.user_id, actor.first_name, actor.last_name) == ("user-1", "Cara", "Manager")
    assert (actor.role, actor.is_admin, actor.registry.id) == (Role.CARE_MANAGER, True, REGISTRY)
    assert (actor.slack_user_id, actor.surface) == ("U1", "message")
