"""Slack's failures as the project's own errors."""

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.playground import cast, messages
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.kit import alert, data_table, loading, message, modal, section
from cocm_bot.slack.runtime.client.channel_sharing import Sharing
from cocm_bot.slack.runtime.client.failures import TooLate, Unclear
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from tests.rig.seats import PATIENCE

pytestmark = pytest.mark.slow

SILENT = "Slack does not answer right now. Please try again in a moment."
WAIT = "Slack asks me to wait 30 seconds. Please try again after that."
SAID = message("A note", [section("Something")])


@pytest.mark.parametrize(
    ("user", "outsider"),
    [
        (cast.MAYA, None),
        (cast.UNKNOWN, None),
        (cast.GUEST, "guest"),
        (cast.CHANNEL_GUEST, "guest"),
        (cast.EXTERNAL, "external"),
        (cast.DEACTIVATED, "deactivated"),
        (cast.OTHER_BOT, "bot"),
        (cast.BOT, "bot"),
    ],
)
def test_who_somebody_is(gateway: Gateway, user: str, outsider: str | None) -> None:
    person = gateway.person(user)
    assert (person.id, person.outsider) == (user, outsider)


@pytest.mark.parametrize(
    ("channel", "silenced_by"),
    [(cast.TEAM_CHANNEL, None), (cast.LOBBY, None), (cast.SHARED, Sharing.EXTERNAL)],
)
def test_whether_others_listen(gateway: Gateway, channel: str, silenced_by: Sharing | None) -> None:
    assert gateway.silenced_by(channel) is silenced_by


SPEAKING = [
    # the channel's marks, the bot's organization, what the setting allows → what silences it
    ({}, None, True, None),
    ({"is_org_shared": True}, cast.ENTERPRISE, True, None),
    ({"is_org_shared": True}, cast.ENTERPRISE, False, Sharing.ORGANIZATION),
    ({"is_org_shared": True}, None, True, Sharing.EXTERNAL),
    ({"is_org_shared": True, "is_ext_shared": True}, cast.ENTERPRISE, True, Sharing.EXTERNAL),
    ({"is_org_shared": True, "is_pending_ext_shared": True}, cast.ENTERPRISE, True, Sharing.EXTERNAL),
    ({"is_org_shared": True, "pending_shared": ("T0OTHER",)}, cast.ENTERPRISE, True, Sharing.EXTERNAL),
]


@pytest.mark.parametrize(("marks", "organization", "allowed", "silenced_by"), SPEAKING)
def test_where_the_bot_speaks_is_a_setting_inside_the_organization_and_never_outside(
    workspace: Workspace,
    marks: dict[str, Any],
    organization: str | None,
    allowed: bool,
    silenced_by: Sharing | None,
) -> None:
    workspace.enterprise_id = organization
    for mark, value in marks.items():
        setattr(workspace.places[cast.LOBBY], mark, value)
    client = web_client(workspace.token, workspace.api_url, PATIENCE)
    assert Gateway(client, org_shared_channels=allowed).silenced_by(cast.LOBBY) is silenced_by


def test_of_an_organization_everybody_is_listed_once_by_the_workspaces_it_added(workspace: Workspace) -> None:
    workspace.enterprise_id, workspace.org_install = cast.ENTERPRISE, True
    both = replace(workspace.people[cast.RUTH], teams=(cast.TEAM, cast.SISTER_TEAM))
    sister = replace(workspace.people[cast.HENRY], team_id=cast.SISTER_TEAM, enterprise_id=cast.ENTERPRISE)
    foreign = replace(workspace.people[cast.UNKNOWN], team_id=cast.OTHER_TEAM)
    workspace.people |= {each.id: each for each in (both, sister, foreign)}
    listed = [
        each.id for each in Gateway(web_client(workspace.token, workspace.api_url, PATIENCE)).everybody()
    ]
    assert len(listed) == len(set(listed))
    assert {cast.RUTH, cast.HENRY} <= set(listed)
    assert cast.UNKNOWN not in listed
    asked = [call.arguments.get("team_id") for call in workspace.calls if call.name == "users.list"]
    assert asked == [cast.TEAM, cast.SISTER_TEAM]


def called(workspace: Workspace, method: str) -> list[str]:
    """Return the calls made, without those that come before or after the one that is looked at."""
    return [
        call.name for call in workspace.calls if call.name not in {"views.update", "auth.test"} - {method}
    ]


FAULTS: list[dict[str, Any]] = [
    {"error": "internal_error", "status": 500},
    {"error": "service_unavailable", "status": 503},
    {"retry_after": 30},
]
"""An error, an outage, and a rate limit."""
CALLS: dict[str, Callable[[Gateway, Workspace], object]] = {
    "users.info": lambda gateway, _: gateway.person(cast.MAYA),
    "conversations.info": lambda gateway, _: gateway.silenced_by(cast.LOBBY),
    "auth.test": lambda gateway, _: gateway.home(),
    "views.publish": lambda gateway, _: gateway.publish_home(cast.MAYA, {"type": "home", "blocks": []}),
    "chat.postMessage": lambda gateway, _: gateway.tell(cast.MAYA, SAID, "r1"),
    "views.open": lambda gateway, here: gateway.open_view(
        here.fresh_trigger(cast.MAYA), loading("Patient"), on_top=False
    ),
    "response_url": lambda gateway, here: gateway.answer(
        messages.fresh_link(here, cast.MAYA, cast.TEAM_CHANNEL), SAID
    ),
}


@pytest.mark.parametrize("method", CALLS)
def test_whatever_slack_does_a_person_is_told_to_try_again(
    gateway: Gateway, workspace: Workspace, method: str
) -> None:
    for fault in FAULTS:
        workspace.fail(method, **fault)
        with pytest.raises(Unavailable) as failure:
            CALLS[method](gateway, workspace)
        assert str(failure.value) == (WAIT if "retry_after" in fault else SILENT)
    CALLS[method](gateway, workspace)


@pytest.mark.slow
def test_slack_that_never_answers(hasty: Gateway, workspace: Workspace) -> None:
    workspace.fail("users.info", hang=3.0)
    with pytest.raises(Unavailable, match="Slack does not answer right now"):
        hasty.person(cast.MAYA)


@pytest.mark.slow
def test_slack_that_is_not_there() -> None:
    gateway = Gateway(web_client("xoxb-none", "http://127.0.0.1:9/api/", 1))
    assert gateway.answers() is False
    with pytest.raises(Unavailable, match="Slack does not answer right now"):
        gateway.person(cast.MAYA)


def test_a_message_whose_answer_is_lost_is_not_sent_again() -> None:
    """A server that takes each request and hangs up: nobody knows what it did with them."""
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    taken.append(connection.recv(65536))

        taking = threading.Thread(target=hang_up, daemon=True)
        taking.start()
        gateway = Gateway(web_client("xoxb-none", f"http://127.0.0.1:{server.getsockname()[1]}/api/", 2))
        with pytest.raises(Unclear):
            gateway.tell(cast.MAYA, SAID, "r1")
        server.shutdown(socket.SHUT_RDWR)
        taking.join(timeout=5)
    assert [request.split(b" ", 2)[1] for request in taken] == [b"/api/chat.postMessage"]


def test_the_workspace_is_asked_for_its_name_once(gateway: Gateway, workspace: Workspace) -> None:
    workspace.fail("auth.test", error="internal_error")
    with pytest.raises(Unavailable):
        gateway.home()
    assert [gateway.home() for _ in range(3)] == [(cast.TEAM, "")] * 3
    assert len(workspace.calls) == 2


def test_a_trigger_serves_once_and_for_three_seconds(gateway: Gateway, workspace: Workspace) -> None:
    trigger = workspace.fresh_trigger(cast.MAYA)
    gateway.open_view(trigger, loading("Patient"), on_top=False)
    with pytest.raises(TooLate, match="before the window could open"):
        gateway.open_view(trigger, loading("Patient"), on_top=True)


def test_a_modal_that_is_gone_or_redrawn_meanwhile_is_left_alone(
    gateway: Gateway, workspace: Workspace
) -> None:
    view_id = gateway.open_view(workspace.fresh_trigger(cast.MAYA), loading("Patient"), on_top=False)
    gateway.update_view("V-gone", loading("Other"))
    gateway.update_view(view_id, loading("Other"), "an-old-hash")
    [shown] = workspace.modals[cast.MAYA]
    assert shown.payload["title"]["text"] == "Patient"
    gateway.update_view(view_id, loading("Other"), shown.hash)
    assert shown.payload["title"]["text"] == "Other"
    workspace.fail("views.update", error="invalid_arguments")
    with pytest.raises(Unavailable):
        gateway.update_view(view_id, loading("Third"))


def test_an_answer_is_for_one_person_and_can_be_given_five_times(
    gateway: Gateway, workspace: Workspace
) -> None:
    link = messages.fresh_link(workspace, cast.MAYA, cast.TEAM_CHANNEL)
    for _ in range(5):
        gateway.answer(link, SAID)
    with pytest.raises(Unavailable, match="too old to be answered here"):
        gateway.answer(link, SAID)
    assert [each.only_for for each in workspace.messages] == [cast.MAYA] * 5


# --- with a person's patience -------------------------------------------------------------------------------


def for_people(workspace: Workspace) -> Gateway:
    """The gateway of people who wait; it has asked nothing yet."""
    return Gateway(web_client(workspace.token, workspace.api_url, PATIENCE), patience=2.0)


@pytest.fixture
def hurried(workspace: Workspace) -> Gateway:
    return for_people(workspace)


PASSING: list[dict[str, Any]] = [
    {"error": "internal_error", "status": 500},
    {"error": "fatal_error"},
    {"page": "<html>Bad gateway</html>", "status": 502},
    {"page": "<html>Hello</html>"},
    {"broken": True},
    {"retry_after": 0},
]
HARMLESS = sorted(CALLS.keys() - {"chat.postMessage"})


@pytest.mark.parametrize("method", HARMLESS)
@pytest.mark.parametrize("applied", [False, True], ids=["lost", "answer lost"])
def test_what_fails_once_and_does_no_harm_is_done_at_the_second_try(
    workspace: Workspace, method: str, applied: bool
) -> None:
    for fault in PASSING:
        workspace.calls.clear()
        workspace.modals.clear()
        workspace.fail(method, applied=applied and "retry_after" not in fault, **fault)
        CALLS[method](for_people(workspace), workspace)
        names = called(workspace, method)
        assert names == [method] * 2


@pytest.mark.parametrize("method", HARMLESS)
def test_nothing_is_tried_more_than_once_again(hurried: Gateway, workspace: Workspace, method: str) -> None:
    workspace.fail(method, times=10, error="internal_error", status=500)
    with pytest.raises(Unavailable, match="does not answer"):
        CALLS[method](hurried, workspace)
    assert called(workspace, method) == [method] * 2


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize(
    "fault",
    [{"retry_after": 3}, {"error": "invalid_blocks"}, {"error": "missing_scope"}, {"error": "token_revoked"}],
    ids=["too long", "refused", "scope", "token"],
)
def test_what_would_fail_again_is_not_tried_again(
    hurried: Gateway, workspace: Workspace, method: str, fault: dict[str, Any]
) -> None:
    workspace.fail(method, **fault)
    with pytest.raises(Unavailable):
        CALLS[method](hurried, workspace)
    assert called(workspace, method) == [method]


def test_a_message_is_sent_again_only_if_it_was_not_taken(hurried: Gateway, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", retry_after=0)
    hurried.tell(cast.MAYA, SAID, "r1")
    workspace.fail("chat.postMessage", broken=True, applied=True)
    with pytest.raises(Unclear):
        hurried.tell(cast.MAYA, SAID, "r1")
    assert len(workspace.messages) == 2


def test_a_modal_whose_answer_was_lost_for_good_is_found_by_its_name(
    hurried: Gateway, workspace: Workspace
) -> None:
    workspace.fail("views.open", times=10, status=500, applied=True)
    trigger = workspace.fresh_trigger(cast.MAYA)
    view_id = hurried.open_view(trigger, loading("Patient"), on_top=False)
    [shown] = workspace.modals[cast.MAYA]
    assert shown.id == view_id


def test_what_is_pressed_just_before_a_picture_comes_is_drawn_over_it(
    gateway: Gateway, workspace: Workspace
) -> None:
    view_id = gateway.open_view(workspace.fresh_trigger(cast.MAYA), loading("Patient"), on_top=False)

    def shown() -> str:
        return str(workspace.modals[cast.MAYA][-1].blocks)

    drawn = gateway.update_view(view_id, modal("x", [section("numbers")], "card"))
    gateway.show_picture(view_id, modal("x", [section("picture")], "card"), drawn)
    assert "picture" in shown()
    # Pressed in the modal as it was before the picture: the same hash twice, of which the second is late.
    assert gateway.update_view(view_id, modal("x", [section("taken")], "card"), drawn)
    assert gateway.update_view(view_id, modal("x", [section("stale")], "card"), drawn) is None
    assert "taken" in shown()
    # Nor does a picture come over what was drawn since.
    gateway.show_picture(view_id, modal("x", [section("late picture")], "card"), drawn)
    assert "taken" in shown()


def test_a_newer_block_is_blamed_only_where_the_same_is_taken_without_it(
    gateway: Gateway, workspace: Workspace
) -> None:
    view_id = gateway.open_view(workspace.fresh_trigger(cast.MAYA), loading("Patient"), on_top=False)
    banner = modal("x", [alert("Risk")], "card")
    wrong = {**banner, "title": "no title object"}
    with pytest.raises(Unavailable):
        gateway.update_view(view_id, wrong)
    assert not gateway.newer.refused("alert")
    # The answer to a submission shows no block that was not accepted before.
    assert gateway.newer.proven(banner)["blocks"] == [section("Risk")]
    gateway.update_view(view_id, banner)
    assert gateway.newer.proven(banner) == banner
    workspace.unknown_blocks.add("data_table")
    table = message("x", [data_table("x", ["A"], [["1"]])])
    for _ in range(2):
        gateway.tell(cast.MAYA, table, "r1")
    assert gateway.newer.refused("data_table")
    refused = [each.error for each in workspace.refusals if each.error == "invalid_blocks"]
    assert len(refused) == 1
