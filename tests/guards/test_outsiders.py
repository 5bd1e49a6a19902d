"""Everything the bot offers, tried by everybody it is not for: always the same refusal, and never a patient.

The ways in are those of the table in test_roles, which is held against what the features register, and the
App Home. A press is sent as from a message, from a window and from the App Home; the window is one that a
member has open, as it would be with somebody who was one a moment ago.

All stand before one gate: a guest tries every door, the others share the doors out among them, and each tries
one of every place. So do members in places where others listen, and those whom Slack does not vouch for.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cocm_bot.playground import cast, messages, payloads, views
from cocm_bot.playground.sender import Reply
from cocm_bot.playground.state import Call, View
from cocm_bot.slack.kit import block_of
from cocm_bot.slack.runtime.auth import OUTSIDERS, REMEMBERED_SECONDS, SHARED, UNSEEN
from cocm_bot.slack.shared_views.notices import UNSEARCHED
from tests.guards.test_roles import WAYS, Way
from tests.rig.clinic import Clinic, running_clinic
from tests.rig.scenes import add_patient, sees

pytestmark = [pytest.mark.slow, pytest.mark.long(40)]

SILENT = "Slack does not answer right now. Please try again in a moment."
OF_ANA = ("Ana", "Muñoz", "A.M.", "A-1001", "1984-02-29", "555-010-0134", "ana.munoz")
UNKNOWN_HANDLE = "Z0Z0"
FRESH = re.compile(r'"(view_id|hash)": "[^"]*"|Reference [0-9A-F]{6}')
"""Values that are different each time."""
ONLY = {"digest-worklist": ("message",), "card-more": ("window",)}
"""The places in which a press works that needs the link of a message, or a window to draw again."""
IN_PLACES = ("command", "message")
"""The place of a way in's channel."""


@dataclass(frozen=True)
class Door:
    """A way in and where it is tried from."""

    way: Way | None
    place: str

    def __str__(self) -> str:
        return f"{self.way or 'home'} from {self.place}"


def doors() -> Iterator[Door]:
    """Each way in; a press also from a window and from the App Home."""
    yield Door(None, "home")
    for way in WAYS:
        if way.kind != "press":
            yield Door(way, way.kind)
        elif way.name.startswith("shortcut:"):
            yield Door(way, "shortcut")
        else:
            yield from (Door(way, place) for place in ONLY.get(way.name, ("message", "window", "home")))


DOORS = list(doors())
FRONT_DOORS = [door for door in DOORS if door.way is None or door.place != "home"]
"""All, but for what is pressed in an App Home: the gate is the same."""


def shared_out(doors: list[Door], kinds: Iterable[str]) -> dict[str, list[Door]]:
    """Return the doors each kind of person tries: each door is one kind's, and one of every place all try."""
    order, in_each_place = list(kinds), {door.place: door for door in doors}.values()
    return {
        kind: [
            door for number, door in enumerate(doors) if number % len(order) == turn or door in in_each_place
        ]
        for turn, kind in enumerate(order)
    }


@dataclass
class Scene:
    """A clinic with a patient, and the window that a member has open about her."""

    clinic: Clinic
    handle: str
    window: View

    def lend(self, user: str) -> dict[str, Any]:
        """The window, as if it were open at somebody's; as Slack would send it."""
        own = replace(self.window, id=f"V{user}", root_id=f"V{user}", user=user, previous_id=None)
        self.clinic.workspace.modals[user] = [own]
        return views.as_slack(own)

    def sent(self, user: str, door: Door, about: str, channel: str) -> Reply:
        """Go through a door, about a patient."""
        state = self.clinic.workspace
        if door.way is None:
            return state.event({"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"})
        if door.place == "write":
            written = {"type": "message", "channel_type": "im", "channel": "D1", "user": user}
            return state.event(written | {"text": f"{about} phone 20m", "ts": f"{state.now():.6f}"})
        if door.place == "command":
            typed = payloads.command(state, user, channel, "/cocm", f"{door.way.name} {about}")
            return state.sender.command(typed)
        if door.place == "shortcut":
            return state.sender.interact(payloads.shortcut(state, user, door.way.name))
        return state.sender.interact(self.payload(user, door.place, door.way.name, about, channel))

    def payload(self, user: str, place: str, name: str, about: str, channel: str) -> dict[str, Any]:
        """Return what Slack would send of a screen."""
        state = self.clinic.workspace
        common = {"team": {"id": state.people[user].team_id}, "user": {"id": user}}
        block = block_of(self.clinic.registry_id, 0)
        action = {"action_id": name, "block_id": block, "selected_option": {"value": f"card-log {about}"}}
        pressed = {**common, "type": "block_actions", "actions": [action]}
        match place:
            case "submit":
                memo = {"registry": self.clinic.registry_id, "handle": about, "request_id": "r"}
                view = self.lend(user) | {"callback_id": name, "private_metadata": json.dumps(memo)}
                return {**common, "type": "view_submission", "view": view}
            case "search":
                typed = {"action_id": name, "block_id": block, "value": about}
                return {**common, "type": "block_suggestion", **typed, "view": self.lend(user)}
            case "message":
                pressed["response_url"] = messages.fresh_link(state, user, channel)
                pressed["channel"] = {"id": channel}
            case "window" | "note":
                pressed["view"] = self.lend(user)
            case "home":
                pressed["view"] = self.lend(user) | {"type": "home"}
        return pressed | {"trigger_id": state.fresh_trigger(user)}

    def told(self, user: str, door: Door, about: str, channel: str) -> str:
        """Return the last sentence they get."""
        state = self.clinic.workspace
        state.modals.pop(user, None)
        before = len(state.calls)
        reply = self.sent(user, door, about, channel)
        if door.place in ("submit", "search"):
            return FRESH.sub("", json.dumps(reply.json))
        if door.place == "note":
            # Nothing is said: a sentence in the window's place would lose what somebody types. See `refused`.
            state.settled()
            return ""

        def answers() -> list[Call]:
            return [call for call in state.calls[before:] if call.seconds is not None and answering(call)]

        found = state.wait_until(answers, str(door))
        if door.place == "write":
            # To an account that is closed nothing can be sent, and it is tried in two ways.
            state.settled()
            found = found[:1]
        told = "".join(json.dumps(call.arguments) for call in found)
        return FRESH.sub("", told)


def answering(call: Call) -> bool:
    """Return whether a person is shown this: of modals a notice, and not the menu that is drawn
    again.
    """
    if call.name == "views.update":
        view = call.arguments["view"]
        return bool(view["callback_id"] == "notice" or view["blocks"][0].get("block_id") == "notice")
    return call.name in ("views.publish", "response_url", "chat.postMessage")


@pytest.fixture(scope="module")
def scene(endpoint: str) -> Iterator[Scene]:
    with running_clinic(endpoint) as clinic:
        maya = clinic.seat()
        handle = add_patient(maya)
        maya.close()
        maya.command(f"/cocm log {handle}")
        sees(maya, "Ana Muñoz")
        assert maya.view is not None
        # A menu in it is drawn again as it was: what is looked for must not be there already.
        blank = {
            "blocks": [block for block in maya.view.blocks if block["type"] == "input"],
            "private_metadata": json.dumps({"registry": clinic.registry_id}),
        }
        window = replace(maya.view, payload=maya.view.payload | blank)
        maya.close()
        clinic.workspace.settled()
        yield Scene(clinic, handle, window)


def refused(scene: Scene, user: str, sentence: str, tried: list[Door], channel: str = cast.LOBBY) -> None:
    """Try all doors about a patient who exists and one who does not: refused alike, and written down."""
    clinic = scene.clinic
    before = clinic.patients(), clinic.accesses(), len(clinic.accesses("-"))
    mark = len(clinic.workspace.calls)
    found: dict[str, tuple[str, str]] = {}
    for door in tried:
        known, unknown = (scene.told(user, door, about, channel) for about in (scene.handle, UNKNOWN_HANDLE))
        nothing = UNSEARCHED if sentence == SILENT else '{"options": []}'
        expected = {"search": nothing, "note": ""}.get(door.place, json.dumps(sentence)[1:-1])
        if known != unknown or expected not in known:
            found[str(door)] = (known, unknown)
    assert found == {}
    clinic.workspace.settled()
    written = "".join(
        json.dumps(call.arguments if call.to == "slack" else call.answer, default=str)
        for call in clinic.workspace.calls[mark:]
    )
    assert [word for word in (*OF_ANA, scene.handle, UNKNOWN_HANDLE) if word in written] == []
    assert (clinic.patients(), clinic.accesses()) == before[:2]
    new = clinic.accesses("-")[before[2] :]
    assert len(new) == 2 * len(tried)
    assert {(entry.outcome, entry.patient_ids) for entry in new} == {("refused", ())}


OUTSIDE = {
    "a guest": cast.GUEST,
    "a guest of one channel": cast.CHANNEL_GUEST,
    "of another company": cast.EXTERNAL,
    "deactivated": cast.DEACTIVATED,
    "an app": cast.OTHER_BOT,
}
GUEST, *OTHERS = OUTSIDE
OF_OUTSIDERS = {GUEST: DOORS} | shared_out(DOORS, OTHERS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", OUTSIDE)
def test_outsiders_get_through_no_door(scene: Scene, kind: str) -> None:
    refused(scene, OUTSIDE[kind], OUTSIDERS, OF_OUTSIDERS[kind])


CHANGES: dict[str, dict[str, Any]] = {
    "a guest since": {"is_restricted": True},
    "deactivated since": {"deleted": True},
    "of another workspace": {"team_id": cast.OTHER_TEAM},
    "external": {"is_stranger": True},
    "without an address": {"email": None},
}
UNVOUCHED = "unvouched"
OF_CHANGED = shared_out(FRONT_DOORS, [*CHANGES, UNVOUCHED])


@pytest.fixture
def later(scene: Scene) -> Iterator[Callable[..., None]]:
    """Lets the bot forget what Slack said of people; in the end they are who they were."""
    clinic = scene.clinic
    state = clinic.workspace
    people, places = dict(state.people), {key: replace(place) for key, place in state.places.items()}

    def change(user: str, **changes: Any) -> None:
        state.people[user] = replace(state.people[user], **changes)
        clinic.clock.forward(minutes=REMEMBERED_SECONDS // 60)

    yield change
    state.people.update(people)
    state.places.update(places)
    clinic.clock.forward(minutes=REMEMBERED_SECONDS // 60)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("change", CHANGES)
def test_a_member_who_becomes_one_gets_through_no_door(
    scene: Scene, later: Callable[..., None], change: str
) -> None:
    later(cast.MAYA, **CHANGES[change])
    refused(scene, cast.MAYA, OUTSIDERS, OF_CHANGED[change])


@pytest.mark.timeout(300)
def test_whoever_slack_does_not_vouch_for_gets_through_no_door(
    scene: Scene, later: Callable[..., None]
) -> None:
    later(cast.MAYA)
    scene.clinic.workspace.fail("users.info", times=10_000, error="internal_error")
    try:
        refused(scene, cast.MAYA, SILENT, OF_CHANGED[UNVOUCHED])
    finally:
        scene.clinic.workspace.faults.clear()


PLACES = {
    "is_ext_shared": SHARED,
    "is_pending_ext_shared": SHARED,
    "is_org_shared": SHARED,
    "unseen": UNSEEN,
}
OF_PLACES = shared_out([door for door in DOORS if door.place in IN_PLACES], PLACES)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mark", PLACES)
def test_a_member_gets_nothing_where_others_listen(
    scene: Scene, later: Callable[..., None], mark: str
) -> None:
    channel = cast.PRIVATE
    if mark != "unseen":
        channel = cast.LOBBY
        setattr(scene.clinic.workspace.places[channel], mark, True)
    later(cast.MAYA)
    refused(scene, cast.MAYA, PLACES[mark], OF_PLACES[mark], channel)
