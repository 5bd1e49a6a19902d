"""Waiting for changes, and for quiet."""

import threading
import time

import pytest
from slack_sdk import WebClient

from cocm_bot.playground import cast
from cocm_bot.playground.state import State
from cocm_bot.playground.workspace import Workspace


def test_waiting_ends_with_the_change(workspace: Workspace, client: WebClient) -> None:
    poster = threading.Timer(
        0.05, client.chat_postMessage, kwargs={"channel": cast.TEAM_CHANNEL, "text": "Here"}
    )
    poster.start()
    assert workspace.wait_until(lambda: workspace.messages, "a message")[0].text == "Here"
    poster.join()


def test_waiting_for_what_never_comes_says_what() -> None:
    with pytest.raises(TimeoutError, match=r"not within 0.01 s: a message"):
        State().wait_until(lambda: None, "a message", 0.01)


def test_settled_waits_for_calls_under_way(workspace: Workspace, client: WebClient) -> None:
    workspace.fail("auth.test", hang=0.3)
    caller = threading.Thread(target=client.auth_test)
    caller.start()
    workspace.wait_until(lambda: workspace.calls, "the call")
    workspace.settled(quiet=0.05)
    assert workspace.calls[0].seconds is not None
    assert workspace.calls[0].seconds >= 0.3
    caller.join()


def test_a_workspace_that_never_settles(workspace: Workspace, client: WebClient) -> None:
    workspace.fail("auth.test", hang=5)
    caller = threading.Thread(target=client.auth_test)
    caller.start()
    workspace.wait_until(lambda: workspace.calls, "the call")
    with pytest.raises(TimeoutError, match="did not settle"):
        workspace.settled(quiet=0.05, seconds=0.2)
    workspace.closing.set()
    caller.join()


def test_quiet_is_quick() -> None:
    started = time.monotonic()
    State().settled(quiet=0.02)
    assert time.monotonic() - started < 1


def test_each_workspace_starts_with_its_own_people_and_places() -> None:
    first, second = State(), State()
    first.people[cast.MAYA].deleted = True
    first.places[cast.TEAM_CHANNEL].members.clear()
    assert not second.people[cast.MAYA].deleted
    assert cast.BOT in second.places[cast.TEAM_CHANNEL].members
