"""Setting up registries, switching between them, their names and figures, at the screens."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cocm_bot.domain.members import Registry
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.slack_users import SlackUser
from cocm_bot.operations.registries.registries import create
from cocm_bot.operations.registries.setup import new_registry
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.runtime.auth import OUTSIDERS, SHARED
from cocm_bot.store import registries
from cocm_bot.store.team import people
from tests.rig import forged, forgery
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import ANA, add_patient, sees, send_anyway

NAMED = "Only people named by whoever runs the bot can set up a registry from Slack."
LAKESIDE: dict[str, Any] = {"Name": "Lakeside", "Your role": "Care Manager", "Team channel": "care-team"}


@pytest.fixture
def bare(endpoint: str) -> Iterator[Clinic]:
    """A workspace with the bot and nothing in its table."""
    with running_clinic(endpoint, staffed=False) as running:
        yield running


def set_up(seat: Seat, **values: Any) -> None:
    """Set a registry up by `/cocm registry new`; what comes next is left open."""
    seat.command("/cocm registry new")
    sees(seat, "one population of patients")
    seat.fill({**LAKESIDE, **values})
    assert seat.submit() is None


def registry_of(clinic: Clinic, address: str) -> Registry:
    """The registry the user with this address works in."""
    user = people.user_by_email(clinic.ctx.table, address)
    assert user is not None
    assert user.current_registry is not None
    found = registries.get(clinic.ctx.table, user.current_registry)
    assert found is not None
    return found


@pytest.mark.slow
def test_from_an_empty_table_to_a_registry_in_slack_alone(bare: Clinic) -> None:
    noor = bare.seat("Noor Rahimi")
    noor.command("/cocm today")
    sees(noor, "You are not in a patient registry yet.", "/cocm registry new")
    noor.command("/cocm registry new")
    modal = sees(noor, "New registry", "America/New York", "PHQ-9", "GAD-7")
    assert "first name" not in modal
    noor.fill(LAKESIDE)
    assert noor.submit() is None
    sees(noor, "Lakeside is set up, and you work in it now as its admin.", "Lakeside · you are Care Manager")
    registry = registry_of(bare, "noor.rahimi@example.org")
    assert (registry.name, registry.timezone) == ("Lakeside", "America/New_York")
    assert (registry.team_channel, registry.members) == (cast.TEAM_CHANNEL, 1)
    assert [entry.action for entry in bare.accesses(registry.id)] == ["create_registry"]
    noor.press("Settings")
    sees(noor, "Registry settings", "Lakeside", "Default: 14.")
    noor.close(everything=True)
    add_patient(noor)
    sees(noor, "Ana Muñoz")
    assert [each for each in bare.workspace.refusals if not each.race] == []


def test_who_may_not_is_refused_and_written_down(clinic: Clinic) -> None:
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm registry new")
    sees(samuel, NAMED)
    samuel.close()
    [entry] = clinic.accesses("-")
    assert (entry.action, entry.outcome, entry.slack_user_id) == ("create_registry", "refused", cast.PCP)
    samuel.command("/cocm registry")
    assert "New registry" not in sees(samuel, "Riverside Clinic")
    noor = clinic.seat("Noor Rahimi")
    noor.command("/cocm registry new")
    noor.fill(LAKESIDE)
    assert NAMED in str(forgery.submission(samuel, noor))
    assert registries.of_channel(clinic.ctx.table, cast.TEAM_CHANNEL) == []


def test_the_workspaces_admins_may_and_it_is_asked_of_slack_each_time(clinic: Clinic) -> None:
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.person.is_admin = True
    samuel.command("/cocm registry new")
    samuel.fill(LAKESIDE)
    samuel.person.is_admin = False
    assert NAMED in str(send_anyway(samuel))
    samuel.person.is_owner = True
    assert samuel.submit() is None
    sees(samuel, "Lakeside is set up")
    assert [each.name for each in registries_of(clinic, "samuel.adeyemi@example.org")] == [
        "Lakeside",
        "Riverside Clinic",
    ]


def registries_of(clinic: Clinic, address: str) -> list[Registry]:
    user = people.user_by_email(clinic.ctx.table, address)
    assert user is not None
    found = (registries.get(clinic.ctx.table, each) for each in user.registeries)
    return sorted((each for each in found if each), key=lambda each: each.name)


OUTSIDE = ("Gus Moreau", "Solveig Berg", "Emil Castellanos", "Daria Petrov")


@pytest.mark.parametrize("name", OUTSIDE)
def test_outsiders_never_may(clinic: Clinic, name: str) -> None:
    noor, outsider = clinic.seat("Noor Rahimi"), clinic.seat(name)
    outsider.person.is_admin = True
    outsider.command("/cocm registry new")
    sees(outsider, OUTSIDERS)
    noor.command("/cocm registry new")
    noor.fill(LAKESIDE)
    assert OUTSIDERS in str(forgery.submission(outsider, noor))
    assert forged.search(clinic, outsider.person.id, "settings-zone", "york").json == {"options": []}
    assert {entry.reason for entry in clinic.accesses("-")} == {"Outsider"}


def test_not_in_a_shared_channel_and_not_when_slack_is_silent(clinic: Clinic) -> None:
    maya, noor = clinic.seat(), clinic.seat("Noor Rahimi")
    maya.person.is_admin = True
    maya.go(cast.SHARED)
    maya.command("/cocm registry new")
    sees(maya, SHARED)
    clinic.workspace.fail("users.info", times=2, error="internal_error")
    noor.command("/cocm registry new")
    sees(noor, "Slack does not answer right now")


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"Name": "  "}, "Name", "Fill this in."),
    ({"Name": "lakeside"}, "Name", "You are in a registry of this name already."),
    ({"Team channel": "clinicians-only"}, "Team channel", "I am not in this channel yet."),
    ({"Team channel": "lobby"}, "Team channel", "I am not in this channel yet."),
    ({"Team channel": "shared-with-partner"}, "Team channel", "People of another company"),
]


@pytest.mark.parametrize(("changes", "label", "sentence"), WRONG)
def test_what_is_wrong_is_said_at_its_field(
    clinic: Clinic, changes: dict[str, Any], label: str, sentence: str
) -> None:
    noor = clinic.seat("Noor Rahimi")
    set_up(noor)
    noor.close(everything=True)
    noor.command("/cocm registry new")
    noor.fill({**LAKESIDE, "Name": "Hillside", **changes})
    assert sentence in send_anyway(noor)[label]


def test_sent_twice_it_is_set_up_once(clinic: Clinic) -> None:
    noor = clinic.seat("Noor Rahimi")
    noor.command("/cocm registry new")
    noor.fill(LAKESIDE)
    for _ in range(2):
        assert forgery.submission(noor, noor) == {}
    assert len(registries_of(clinic, "noor.rahimi@example.org")) == 1


def test_sent_by_many_at_once_it_is_set_up_once(clinic: Clinic) -> None:
    person = SlackUser(cast.UNKNOWN, cast.TEAM, "noor.rahimi@example.org", None, "Noor", "Rahimi")
    wanted = new_registry(
        name="Lakeside", admin_email=person.email, first_name="Noor", last_name="Rahimi", role=Role.PCP
    )

    def send(_number: int) -> str:
        return create(clinic.ctx, person, "modal", wanted, "request-1").registry.id

    with ThreadPoolExecutor(6) as pool:
        [found] = set(pool.map(send, range(6)))
    [registry] = registries_of(clinic, "noor.rahimi@example.org")
    assert (registry.id, registry.members) == (found, 1)
    assert [entry.action for entry in clinic.accesses(found)] == ["create_registry"]


def test_switching_by_button_and_by_name(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.person.is_admin = True
    handle = add_patient(maya)
    maya.close()
    set_up(maya, **{"Your role": "Clinical Ops", "Team channel": None})
    maya.close()
    maya.command("/cocm registry")
    sees(maya, "Lakeside · you work here", "Clinical Ops, admin · 1 member · 0 patients")
    sees(maya, "Riverside Clinic", "Care Manager, admin · 5 members · 1 patient")
    maya.press("Work here")
    sees(maya, "You work in Riverside Clinic now.", "Riverside Clinic · you work here")
    maya.press("Settings")
    sees(maya, "Registry settings", "Riverside Clinic")
    maya.close()
    maya.command(f"/cocm patient {handle}")
    sees(maya, "Ana Muñoz")
    maya.close()
    maya.command("/cocm registry switch lake")
    sees(maya, "You work in Lakeside now.")
    maya.close()
    maya.command(f"/cocm patient {handle}")
    sees(maya, "you may not")
    maya.close()
    maya.command("/cocm registry switch “ＬＡＫＥ”")
    sees(maya, "You work in Lakeside now.")
    maya.close()
    maya.command("/cocm registry switch Hillside")
    sees(maya, "None of your registries are called so: Lakeside, Riverside Clinic.")


def test_renaming(clinic: Clinic) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm registry rename")
    sees(samuel, "Only an admin of this registry may rename the registry.")
    samuel.close()
    maya.command("/cocm registry")
    maya.press("Rename")
    maya.fill({"Name": "Hillside"})
    assert "Only an admin" in str(forgery.submission(samuel, maya))
    assert maya.submit() is None
    sees(maya, "The registry is called Hillside now.", "Hillside · you work here")
    assert clinic.registry.name == "Hillside"
    actions = [entry.action for entry in clinic.accesses()]
    assert actions.count("rename the registry") == 3


def test_figures_are_for_admins_and_clinical_ops_and_name_nobody(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.close()
    for name in ("Maya Okafor", "Lena Novak"):
        seat = clinic.seat(name)
        seat.command("/cocm registry stats")
        screen = sees(seat, "1 patient at the end", "1 Enrolled", "Outcome of those in the program")
        assert [word for word in (ANA["First name"], ANA["Last name"]) if word in screen] == []
        seat.close()
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm registry stats")
    sees(iris, "you may not see the program's figures. Ask a Clinical Ops.")
    assert clinic.member("Lena Novak").role is Role.CLINICAL_OPS


def test_a_word_it_does_not_know(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm registry setings")
    sees(maya, "I don't know this word after registry. Did you mean /cocm registry settings?", "Settings")
    maya.close()
    maya.command("/cocm registry xyzzy")
    sees(maya, "I don't know this word after registry. Use the buttons below.", "Rename")
