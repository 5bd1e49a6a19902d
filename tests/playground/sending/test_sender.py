"""Signed requests to a real bot: what it hears, how its silence is met, and what is put on record."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier

from cocm_bot.playground import cast
from cocm_bot.playground.sender import signature
from cocm_bot.playground.workspace import Workspace
from tests.playground.bot import Answer, TinyBot


def test_a_signature_worked_out_by_hand() -> None:
    # echo -n 'v0:1700000000:a=b' | openssl dgst -sha256 -hmac secret
    expected = "v0=2ffb3fc2d007c80947a6a7a44bdc3b55b5a7e86be2fe1c14cbc99c040c671f92"
    assert signature("secret", "1700000000", "a=b") == expected


def test_before_there_is_a_bot_nothing_is_sent() -> None:
    workspace = Workspace()
    workspace.shortcut(cast.MAYA, "log")
    assert [each.error for each in workspace.refusals] == ["connection_failed"]


def test_every_kind_of_request_is_signed_now_whatever_the_clock_says(
    bot: TinyBot, workspace: Workspace
) -> None:
    maya = workspace.seat(cast.MAYA)
    maya.command("/cocm today")
    maya.open_home()
    workspace.shortcut(cast.MAYA, "log")
    verifier = SignatureVerifier(workspace.signing_secret)
    assert [heard.kind for heard in bot.heard] == [
        "/cocm",
        "app_home_opened",
        "shortcut",
    ]
    assert all(verifier.is_valid_request(heard.body, heard.headers) for heard in bot.heard)
    assert not SignatureVerifier("other").is_valid_request(bot.heard[0].body, bot.heard[0].headers)


def test_an_event_in_its_envelope(bot: TinyBot, workspace: Workspace) -> None:
    workspace.event({"type": "channel_shared", "channel": cast.SHARED}, event_id="Ev1")
    [heard] = bot.heard
    envelope = heard.payload
    assert (envelope["type"], envelope["team_id"], envelope["event_id"]) == (
        "event_callback",
        cast.TEAM,
        "Ev1",
    )
    assert envelope["event"] == {"type": "channel_shared", "channel": cast.SHARED}
    assert envelope["is_ext_shared_channel"]
    assert envelope["authorizations"][0]["user_id"] == cast.BOT
    assert "x-slack-retry-num" not in heard.headers


def test_event_ids_differ_unless_given(bot: TinyBot, workspace: Workspace) -> None:
    for _ in range(2):
        workspace.event({"type": "team_join"})
    assert len({heard.payload["event_id"] for heard in bot.heard}) == 2


def test_an_event_the_bot_fails_to_take_is_sent_three_times_more(bot: TinyBot, workspace: Workspace) -> None:
    bot.on("team_join", status=500)
    workspace.event({"type": "team_join"})
    assert [heard.headers.get("x-slack-retry-num") for heard in bot.heard] == [None, "1", "2", "3"]
    assert {heard.headers.get("x-slack-retry-reason") for heard in bot.heard[1:]} == {"http_error"}
    assert len({heard.payload["event_id"] for heard in bot.heard}) == 1
    assert [refusal.error for refusal in workspace.refusals] == ["http_error"] * 4


def test_redelivery_ends_when_the_bot_takes_the_event(bot: TinyBot, workspace: Workspace) -> None:
    answers = iter([(500, ""), (200, "")])
    bot.when("team_join", lambda _payload: next(answers))
    assert workspace.event({"type": "team_join"}).failure is None
    assert len(bot.heard) == 2


@pytest.fixture
def late(bot: TinyBot, workspace: Workspace) -> Iterator[TinyBot]:
    """A bot that answers only when the test is over, for a Slack that waits 0.2 s, not 3."""
    workspace.ack_seconds = 0.2
    over = threading.Event()

    def answer(_payload: dict[str, Any]) -> Answer:
        over.wait(10)
        return 200, ""

    bot.when("shortcut", answer)
    bot.when("/cocm", answer)
    yield bot
    over.set()


def test_a_late_acknowledgement_is_none(late: TinyBot, workspace: Workspace) -> None:
    workspace.shortcut(cast.MAYA, "log")
    [refusal] = workspace.refusals
    assert (refusal.where, refusal.error) == ("shortcut", "http_timeout")


def test_a_command_that_times_out_tells_the_person(late: TinyBot, workspace: Workspace) -> None:
    maya = workspace.seat(cast.MAYA)
    maya.command("/cocm today")
    assert maya.message is not None
    assert "operation_timeout" in maya.message.text
    assert maya.message.only_for == cast.MAYA


@pytest.mark.parametrize("status", [201, 301, 404, 500])
def test_anything_but_200_is_a_failure(bot: TinyBot, workspace: Workspace, status: int) -> None:
    bot.on("/cocm", status=status)
    maya = workspace.seat(cast.MAYA)
    maya.command("/cocm today")
    assert "dispatch_failed" in maya.screen
    assert [refusal.error for refusal in workspace.refusals] == ["http_error"]


def test_a_bot_that_is_not_there(workspace: Workspace) -> None:
    workspace.connect("http://127.0.0.1:9/slack/events")
    workspace.shortcut(cast.MAYA, "log")
    assert [refusal.error for refusal in workspace.refusals] == ["connection_failed"]


def test_what_was_sent_and_answered_is_on_record(bot: TinyBot, workspace: Workspace) -> None:
    bot.on("/cocm", {"text": "Hello"})
    workspace.seat(cast.MAYA).command("/cocm today")
    [call] = workspace.calls
    assert (call.to, call.name, call.status, json.loads(call.answer)) == (
        "bot",
        "/cocm",
        200,
        {"text": "Hello"},
    )
    assert call.arguments["text"] == "today"
    assert call.seconds is not None
