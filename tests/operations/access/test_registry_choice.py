"""The registry a request means, for a person in one, in several and in none."""

from dataclasses import replace

import pytest

from cocm_bot.domain.access import Actor
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.accounts import known_user
from cocm_bot.operations.access.registry_choice import (
    NotNamed,
    NotThere,
    RequestedRegistry,
    Undecided,
    actor_for,
    ask,
    command_asked,
    own_registries,
    switch_registry,
    work_here,
)
from cocm_bot.operations.access.slack_users import SlackUser, Stranger
from cocm_bot.store import registries
from cocm_bot.store.questions import KEPT_SECONDS
from cocm_bot.store.table import keys
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY, end_membership, registry, user

RIVERSIDE, HILLTOP, HILLSIDE = REGISTRY, "registry-2", "registry-3"
NOBODYS = "registry-9"
TEAM, OTHERS = "C0TEAM", "C0OTHERS"


def acting(office: Office, requested: RequestedRegistry = RequestedRegistry()) -> Actor:  # noqa: B008 - it is frozen
    person = known_user(office.ctx, SlackUser("U1", "T1", "person.1@example.org", None))
    return actor_for(office.ctx, person, requested, slack_user_id="U1", surface="message")


def found(office: Office, registry_id: str, name: str, channel: str | None = None) -> None:
    """Another registry of the person's."""
    wanted = registry(registry_id).model_copy(update={"name": name, "team_channel": channel})
    registries.create_registry(office.table, wanted, user(), Role.PCP, is_admin=False)


def leave(office: Office, registry_id: str) -> None:
    end_membership(office.table, "user-1", registry_id)


@pytest.fixture
def several(office: Office) -> Office:
    """A person in Riverside Clinic, Hilltop and Hillside; Seaview is somebody else's."""
    found(office, HILLTOP, "Hilltop", TEAM)
    found(office, HILLSIDE, "Hillside")
    another = registry(NOBODYS).model_copy(update={"name": "Seaview", "team_channel": OTHERS})
    registries.create_registry(office.table, another, user(2), Role.PCP, is_admin=False)
    return office


def test_the_only_registry_is_meant_whatever_is_said(office: Office) -> None:
    for requested in (
        RequestedRegistry(),
        RequestedRegistry(channel_id=TEAM),
        RequestedRegistry(name="riverside clinic"),
        RequestedRegistry(screen=RIVERSIDE),
    ):
        assert acting(office, requested).registry.id == RIVERSIDE


def test_who_never_chose_is_asked(several: Office) -> None:
    with pytest.raises(Undecided) as asked:
        acting(several)
    assert [choice.name for choice in asked.value.choices] == ["Hillside", "Hilltop", "Riverside Clinic"]
    assert asked.value.user_id == "user-1"


def test_the_chosen_one_is_meant_until_another_is_or_the_person_left_it(several: Office) -> None:
    assert (
        switch_registry(several.ctx, acting(several, RequestedRegistry(screen=HILLTOP)), HILLSIDE).role
        is Role.PCP
    )
    assert acting(several).registry.id == HILLSIDE
    leave(several, HILLSIDE)
    with pytest.raises(Undecided):
        acting(several)
    leave(several, HILLTOP)
    assert acting(several).registry.id == RIVERSIDE
    leave(several, RIVERSIDE)
    with pytest.raises(Stranger):
        acting(several)


def test_the_channels_comes_before_the_chosen_one(several: Office) -> None:
    work_here(several.ctx, acting(several, RequestedRegistry(screen=HILLSIDE)))
    assert acting(several, RequestedRegistry(channel_id=TEAM)).registry.id == HILLTOP
    assert acting(several, RequestedRegistry(channel_id=OTHERS)).registry.id == HILLSIDE, (
        "the channel is not theirs"
    )
    assert acting(several, RequestedRegistry(channel_id="C0ANY")).registry.id == HILLSIDE
    assert acting(several).registry.id == HILLSIDE, "what a channel means is not chosen"


def test_a_channel_that_was_given_up_means_nothing(several: Office) -> None:
    before = registries.get(several.table, HILLTOP)
    assert before is not None
    # as if the record of the channel had been left behind
    several.table.transact(
        registries.channel_writes(None, before.model_copy(update={"id": HILLSIDE, "team_channel": "C0OLD"}))
    )
    with pytest.raises(Undecided):
        acting(several, RequestedRegistry(channel_id="C0OLD"))


def test_of_two_registries_of_a_channel_the_chosen_one_is_meant_or_it_is_asked(several: Office) -> None:
    found(several, "registry-4", "Harbor", TEAM)
    with pytest.raises(Undecided) as asked:
        acting(several, RequestedRegistry(channel_id=TEAM))
    assert [choice.name for choice in asked.value.choices] == ["Harbor", "Hilltop"]
    work_here(several.ctx, acting(several, RequestedRegistry(screen=HILLTOP)))
    assert acting(several, RequestedRegistry(channel_id=TEAM)).registry.id == HILLTOP


@pytest.mark.parametrize(
    ("name", "requested"),
    [
        ("Hilltop", HILLTOP),
        ("  hILLtop ", HILLTOP),
        ("hillt", HILLTOP),
        ("Riverside", RIVERSIDE),
        ("riverside clinic", RIVERSIDE),
    ],
)
def test_a_registry_is_named_by_its_name_or_the_beginning_of_it(
    several: Office, name: str, requested: str
) -> None:
    work_here(several.ctx, acting(several, RequestedRegistry(screen=HILLSIDE)))
    assert acting(several, RequestedRegistry(name=name, channel_id=TEAM)).registry.id == requested
    assert acting(several).registry.id == HILLSIDE, "what is named once is not chosen"


@pytest.mark.parametrize("name", ["Hill", "", " ", "Clinic", "Seaview", "No Such Place", NOBODYS])
def test_other_names_get_the_same_sentence_whether_there_is_such_a_registry_or_not(
    several: Office, name: str
) -> None:
    with pytest.raises(NotNamed) as refused:
        acting(several, RequestedRegistry(name=name))
    assert str(refused.value) == (
        "You can name one of your registries: Hillside, Hilltop, Riverside Clinic. "
        'Like this: /cocm in "Hillside" today'
    )


def test_two_registries_of_one_name_are_told_apart_in_the_home_only(several: Office) -> None:
    found(several, "registry-4", "Hilltop")
    with pytest.raises(NotNamed):
        acting(several, RequestedRegistry(name="Hilltop"))


def test_a_screen_is_of_its_registry_wherever_the_person_works(several: Office) -> None:
    work_here(several.ctx, acting(several, RequestedRegistry(screen=HILLSIDE)))
    actor = acting(several, RequestedRegistry(screen=RIVERSIDE))
    assert (actor.registry.id, actor.role, actor.is_admin) == (RIVERSIDE, Role.CARE_MANAGER, True)
    assert acting(several).registry.id == HILLSIDE


@pytest.mark.parametrize("screen", [NOBODYS, "no-such-registry", ""])
def test_a_screen_of_no_registry_of_theirs_gives_nothing(several: Office, screen: str) -> None:
    with pytest.raises(NotThere):
        acting(several, RequestedRegistry(screen=screen))


def test_a_screen_is_over_when_the_membership_is(several: Office) -> None:
    leave(several, HILLTOP)
    with pytest.raises(NotThere):
        acting(several, RequestedRegistry(screen=HILLTOP))
    for registry_id in (HILLSIDE, RIVERSIDE):
        leave(several, registry_id)
    with pytest.raises(Stranger):
        acting(several, RequestedRegistry(screen=HILLTOP))


def test_own_registries_are_told_by_name(several: Office) -> None:
    own = own_registries(several.ctx, acting(several, RequestedRegistry(screen=RIVERSIDE)))
    assert [name for _, name in own] == ["Hillside", "Hilltop", "Riverside Clinic"]


def test_a_command_waits_for_its_person_and_for_nobody_else(several: Office) -> None:
    with pytest.raises(Undecided) as asked:
        acting(several)
    question = ask(several.ctx, asked.value, "patient K7Q4")
    actor = acting(several, RequestedRegistry(screen=HILLTOP))
    assert command_asked(several.ctx, actor, question) == "patient K7Q4"
    stored = several.table.get(keys.question(question))
    assert stored is not None
    assert int(stored["expires_at"]["N"]) == int(several.moment.timestamp()) + KEPT_SECONDS
    other = people.user_by_email(several.table, "person.2@example.org")
    assert other is not None
    another = replace(actor, user_id=other.id, slack_user_id="U2")
    for stranger, wanted in ((another, question), (actor, "unknown"), (actor, "")):
        with pytest.raises(InvalidInput, match="Please type your command again"):
            command_asked(several.ctx, stranger, wanted)
