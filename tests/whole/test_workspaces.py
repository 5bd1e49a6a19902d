"""Two workspaces on one table: nobody of one sees, finds or changes a record of the other."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from cocm_bot.hosting import NOT_INSTALLED
from cocm_bot.playground import cast, payloads
from cocm_bot.playground.state import View
from cocm_bot.slack.runtime.auth import OUTSIDERS
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import Item
from tests.guards.test_outsiders import DOORS, OF_ANA, Door, Scene
from tests.rig import crowd
from tests.rig.clinic import Clinic
from tests.rig.grids import HERE, THERE, Hosting, running_grid, staffed
from tests.rig.scenes import add_patient, sees

pytestmark = [pytest.mark.slow, pytest.mark.long(60), pytest.mark.timeout(600)]

OWN_PACE = ("clock", "audit-", "work", "access-log:-", "home", "post", "digest", "request")
"""Kinds of items that a bot writes by itself; the access log's of requests that reached no registry."""


@dataclass(frozen=True)
class Both:
    """A patient here, and a registry there of the same people, by id and by address, with none."""

    hosting: Hosting
    here: Clinic
    there: Clinic
    handle: str
    window: View


@pytest.fixture(scope="module")
def both(endpoint: str) -> Iterator[Both]:
    with running_grid(endpoint) as hosting:
        for workspace in (HERE, THERE):
            assert hosting.install(workspace).status == 200
        here = hosting.clinic(HERE, staffed(hosting.bot(HERE).ctx))
        there = hosting.clinic(THERE, staffed(hosting.bot(THERE).ctx, "Elsewhere Clinic"))
        maya = here.seat()
        handle = add_patient(maya)
        maya.close(everything=True)
        maya.command(f"/cocm log {handle}")
        sees(maya, "Ana Muñoz")
        assert maya.view is not None
        blank = {
            "blocks": [block for block in maya.view.blocks if block["type"] == "input"],
            "private_metadata": json.dumps({"registry": here.registry_id}),
        }
        window = replace(maya.view, payload=maya.view.payload | blank)
        maya.close(everything=True)
        here.workspace.settled()
        yield Both(hosting, here, there, handle, window)


def records(both: Both, workspace: str) -> dict[str, Item]:
    """Every record of a workspace, without what its bot writes by itself."""
    prefix = keys.workspace_prefix(workspace)
    found = {}
    for item in crowd.stored(both.hosting.table):
        place = str(item["PK"]["S"])
        if place.startswith(prefix) and not place.removeprefix(prefix).startswith(OWN_PACE):
            found[f"{place} {item['SK']['S']}"] = item
    return found


def attempted(scene: Scene, user: str, doors: Sequence[Door] = DOORS) -> str:
    """Go through doors of the bot; returns all that anybody was sent or answered by that."""
    state = scene.clinic.workspace
    mark, answers = len(state.calls), []
    for number, door in enumerate(doors):
        state.modals.pop(user, None)
        reply = scene.sent(user, door, scene.handle, cast.LOBBY)
        answers.append(reply.text)
        if number % 12 == 0:
            state.settled()
    state.settled()
    sent = [call.arguments for call in state.calls[mark:] if call.to == "slack"]
    return json.dumps([answers, sent], default=str, ensure_ascii=False)


def test_by_every_way_in_somebody_of_another_workspace_gets_nothing(both: Both) -> None:
    """Maya there has the id and the address of Maya here, and is the admin of a registry of her own."""
    before, mark = records(both, HERE), len(both.here.workspace.calls)
    attack = Scene(
        replace(both.there, registry_id=both.here.registry_id), both.handle, replace(both.window, team=THERE)
    )
    said = attempted(attack, cast.MAYA)
    assert [word for word in OF_ANA if word in said] == []
    assert records(both, HERE) == before
    assert both.here.workspace.calls[mark:] == []
    assert both.there.patients() == []


def test_the_same_doors_are_open_to_the_one_they_are_for(both: Both) -> None:
    """Shows that the test before could fail."""
    said = attempted(Scene(both.here, both.handle, both.window), cast.MAYA, DOORS[::9])
    assert {"Ana", "Muñoz"} <= {word for word in OF_ANA if word in said}


def test_a_window_of_this_workspace_in_the_hands_of_another_is_refused(both: Both) -> None:
    """Slack says of a window which workspace's app opened it: that bot asks, and lets nobody in."""
    before = records(both, HERE)
    attack = Scene(both.here, both.handle, replace(both.window, team=HERE))
    body = attack.payload(cast.MAYA, "submit", "contact", both.handle, cast.LOBBY) | {"team": {"id": THERE}}
    reply = both.there.workspace.sender.interact(body)
    assert json.dumps(OUTSIDERS)[1:-1] in json.dumps(reply.json)
    assert records(both, HERE) == before


def test_an_address_or_an_invitation_here_opens_nothing_there(both: Both) -> None:
    here, there = both.here, both.there
    state = there.workspace
    before = records(both, HERE)
    # The attacker gives their account the address of somebody here who has not come yet.
    state.people[cast.UNKNOWN] = replace(state.people[cast.UNKNOWN], email="noor.invited@example.org")
    maya = here.seat()
    maya.command("/cocm team")
    maya.close(everything=True)
    noor = there.seat("Noor Rahimi")
    noor.command("/cocm today")
    there.workspace.wait_until(noor.messages, "an answer")
    assert "You are not in a patient registry yet." in noor.screen
    grown = records(both, HERE).keys() - before.keys()
    assert {key for key in grown if "user" in key or "invite" in key} == set()


def test_each_clock_posts_with_its_own_token(both: Both) -> None:
    marks = {each: len(each.calls) for each in (both.here.workspace, both.there.workspace)}
    both.hosting.clock.moment += timedelta(days=1)
    for clinic in (both.here, both.there):
        clinic.tick()
        clinic.workspace.settled()
    sent = {
        workspace.team_id: json.dumps(
            [call.arguments for call in workspace.calls[mark:] if call.name == "chat.postMessage"],
            ensure_ascii=False,
        )
        for workspace, mark in marks.items()
    }
    assert "Riverside Clinic" in sent[HERE]
    assert "Elsewhere Clinic" not in sent[HERE]
    assert "Riverside Clinic" not in sent[THERE]
    assert both.here.registry_id not in sent[THERE]


FOREIGN = {
    "a workspace that never installed it": {"team_id": "T0NOBODY", "enterprise_id": ""},
    "an organization that did not": {"team_id": "", "enterprise_id": "E0NOBODY"},
    "no workspace": {"team_id": "", "enterprise_id": ""},
    "an organization's installation that is none": {"is_enterprise_install": "true"},
}


@pytest.mark.parametrize("changes", FOREIGN.values(), ids=FOREIGN)
def test_a_request_of_no_installation_reaches_no_bot(both: Both, changes: dict[str, str]) -> None:
    state = both.here.workspace
    state.settled()  # or what follows from before comes between
    mark = len(state.calls)
    form = payloads.command(state, cast.MAYA, cast.LOBBY, "/cocm", "caseload") | changes
    reply = state.sender.command(form)
    assert reply.text == NOT_INSTALLED
    state.settled()
    assert [call.name for call in state.calls[mark:] if call.to == "slack"] == []
