"""Enterprise Grid: an organization that installed the app, its workspaces, and the channels they share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground import cast
from cocm_bot.slack.registries.channels import check_team_channel
from cocm_bot.slack.runtime.auth import ORG_SHARED, OUTSIDERS, SHARED
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from cocm_bot.store.team import people
from tests.rig import clinic as clinics
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import add_patient, sees
from tests.rig.seats import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@contextmanager
def organization(clinic: Clinic, *, org_shared_channels: bool) -> Iterator[None]:
    """The organization installed the app for all its workspaces; a new bot asks which one."""
    state = clinic.workspace
    state.enterprise_id, state.org_install = cast.ENTERPRISE, True
    for id_, person in list(state.people.items()):
        if person.team_id == cast.TEAM:
            state.people[id_] = replace(person, enterprise_id=cast.ENTERPRISE, teams=(cast.TEAM,))
    settings = clinics._settings(state, clinic.ctx.table.name)
    allowed = settings.model_copy(update={"org_shared_channels": org_shared_channels})
    with mock.patch.object(clinics, "_settings", return_value=allowed), clinic.restarted():
        yield


@pytest.fixture(scope="module")
def shared(endpoint: str) -> Iterator[Clinic]:
    with running_clinic(endpoint) as clinic:
        maya = clinic.seat()
        add_patient(maya)
        maya.close(everything=True)
        yield clinic


def typed_in(clinic: Clinic, channel: str, name: str = "Maya Okafor") -> str:
    seat = clinic.seat(name)
    seat.go(channel)
    before = len(seat.messages())
    seat.command("/cocm caseload")
    clinic.workspace.wait_until(lambda: len(seat.messages()) > before, "an answer")
    return sees(seat)


def answers_by_channel(clinic: Clinic) -> dict[str, str]:
    """Return what a command gets in each kind of channel."""
    state, answers = clinic.workspace, {}
    marks: dict[str, dict[str, Any]] = {
        "of one workspace": {},
        "of the organization": {"is_org_shared": True},
        "of another company": {"is_ext_shared": True},
        "of the organization and another company": {"is_org_shared": True, "is_ext_shared": True},
        "waiting for another company": {"is_pending_ext_shared": True},
        "of the organization, waiting for somebody": {"is_org_shared": True, "pending_shared": ("T0NEW",)},
    }
    for name, given in marks.items():
        clinic.clock.forward(minutes=2)  # what Slack said of the channel is forgotten
        state.places[cast.LOBBY] = replace(cast.places()[cast.LOBBY], **given)
        answer = typed_in(clinic, cast.LOBBY)
        told = {"1 patient": "answered", ORG_SHARED: "organization", SHARED: "company"}
        answers[name] = next((word for words, word in told.items() if words in answer), answer)
    state.places[cast.LOBBY] = cast.places()[cast.LOBBY]
    return answers


@pytest.mark.parametrize(("speaking", "of_the_organization"), [(False, "organization"), (True, "answered")])
def test_a_channel_of_the_organization_is_a_setting_and_one_of_another_company_never(
    shared: Clinic, speaking: bool, of_the_organization: str
) -> None:
    with organization(shared, org_shared_channels=speaking):
        assert answers_by_channel(shared) == {
            "of one workspace": "answered",
            "of the organization": of_the_organization,
            "of another company": "company",
            "of the organization and another company": "company",
            "waiting for another company": "company",
            "of the organization, waiting for somebody": "company",
        }


def test_a_team_channel_of_the_organization_is_refused_in_true_words(shared: Clinic) -> None:
    state = shared.workspace
    with organization(shared, org_shared_channels=False):
        client = web_client(state.token, state.api_url, PATIENCE)
        state.places[cast.TEAM_CHANNEL].is_org_shared = True
        with pytest.raises(InvalidInput, match="other workspaces of your organization"):
            check_team_channel(Gateway(client), cast.TEAM_CHANNEL)
        check_team_channel(Gateway(client, org_shared_channels=True), cast.TEAM_CHANNEL)
        state.places[cast.TEAM_CHANNEL].is_ext_shared = True
        with pytest.raises(InvalidInput, match="another company"):
            check_team_channel(Gateway(client, org_shared_channels=True), cast.TEAM_CHANNEL)
        state.places[cast.TEAM_CHANNEL] = cast.places()[cast.TEAM_CHANNEL]


def test_members_of_every_workspace_of_the_organization_work_in_one_registry(
    shared: Clinic,
) -> None:
    with organization(shared, org_shared_channels=False):
        work_in_one_registry(shared)


def work_in_one_registry(clinic: Clinic) -> None:
    state = clinic.workspace
    # Maya was known from before, in her workspace; Henry comes from another workspace for the first time.
    answer = typed_in(clinic, cast.TEAM_CHANNEL)
    assert "1 patient" in answer
    clinic.add_member("Henry Osei", Role.PCP)
    henry = replace(
        state.people[cast.HENRY],
        team_id=cast.SISTER_TEAM,
        teams=(cast.SISTER_TEAM,),
        enterprise_id=cast.ENTERPRISE,
    )
    state.people[cast.HENRY] = henry
    assert OUTSIDERS not in typed_in(clinic, cast.BOT, "Henry Osei")
    user = people.user_by_email(clinic.ctx.table, "henry.osei@example.org")
    assert user is not None
    assert user.slack_account == (cast.ENTERPRISE, cast.HENRY)
    # The same account from a third workspace, by whatever workspace the request names.
    state.people[cast.HENRY] = replace(henry, team_id="T0THIRD", teams=("T0THIRD", cast.SISTER_TEAM))
    clinic.clock.forward(minutes=2)
    assert OUTSIDERS not in typed_in(clinic, cast.BOT, "Henry Osei")
    # And somebody of another organization, in a workspace of the same name, is nobody.
    state.people[cast.HENRY] = replace(henry, enterprise_id=cast.OTHER_ENTERPRISE)
    clinic.clock.forward(minutes=2)
    assert OUTSIDERS in typed_in(clinic, cast.BOT, "Henry Osei")
