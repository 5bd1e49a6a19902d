"""Listeners are looked up: a request costs as little with a thousand of them as with one."""

import json
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.listener_matcher.builtins import BuiltinListenerMatcher

from cocm_bot.slack.runtime.listeners import Listeners, Offer

PAYLOADS: dict[Offer, dict[str, Any]] = {
    Offer.COMMAND: {"command": "{}", "text": "today"},
    Offer.SHORTCUT: {"type": "shortcut", "callback_id": "{}"},
    Offer.ACTION: {"type": "block_actions", "actions": [{"action_id": "{}"}]},
    Offer.SUBMISSION: {"type": "view_submission", "view": {"type": "modal", "callback_id": "{}"}},
    Offer.CLOSED: {"type": "view_closed", "view": {"type": "modal", "callback_id": "{}"}},
    Offer.SUGGESTIONS: {"type": "block_suggestion", "action_id": "{}", "value": "a"},
    Offer.EVENT: {"type": "event_callback", "event": {"type": "{}"}},
}


def payload(offer: Offer, name: str) -> dict[str, Any]:
    return dict(json.loads(json.dumps(PAYLOADS[offer]).replace("{}", name)))


class Desk:
    """Listeners that write down what they were called for."""

    def __init__(self) -> None:
        self.app = App(
            name="slack_bolt.test",
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=None),
            request_verification_enabled=False,
            token_verification_enabled=False,
            process_before_response=True,
        )
        self.listeners = Listeners(self.app)
        self.called: list[str] = []

    def offer(self, offer: Offer, wanted: str | re.Pattern[str], says: str) -> None:
        def listener(ack: Ack, body: dict[str, Any]) -> None:
            self.called.append(says)
            ack()

        def heard(body: dict[str, Any], event: dict[str, Any]) -> None:
            assert event is body["event"]
            self.called.append(says)

        self.listeners.add(offer, wanted, heard if offer is Offer.EVENT else listener)

    def send(self, body: dict[str, Any]) -> int:
        return int(self.app.dispatch(BoltRequest(body=body, mode="socket_mode")).status)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def asked() -> Iterator[mock.MagicMock]:
    """Counts what Bolt asks whether it is meant."""
    matches = BuiltinListenerMatcher.matches
    with mock.patch.object(BuiltinListenerMatcher, "matches", autospec=True, side_effect=matches) as counted:
        yield counted


@pytest.mark.parametrize("offer", Offer)
def test_each_kind_of_payload_reaches_the_one_that_is_meant(desk: Desk, offer: Offer) -> None:
    for other in Offer:
        desk.offer(other, "one", f"{other} one")
        desk.offer(other, "two", f"{other} two")
    assert desk.send(payload(offer, "two")) == 200
    assert desk.called == [f"{offer} two"]


@pytest.mark.parametrize("offer", Offer)
def test_what_nobody_offers_is_unhandled(desk: Desk, offer: Offer) -> None:
    desk.offer(offer, "one", "one")
    assert desk.send(payload(offer, "two")) == 404
    assert desk.called == []


@pytest.mark.parametrize("offer", Offer)
def test_a_request_costs_the_same_with_many_listeners(
    desk: Desk, offer: Offer, asked: mock.MagicMock
) -> None:
    for number in range(500):
        desk.offer(offer, f"id-{number}", f"{number}")
    assert desk.send(payload(offer, "id-499")) == 200
    assert desk.called == ["499"]
    assert asked.call_count <= len(Offer)


ORDERS: list[tuple[list[tuple[str | re.Pattern[str], str]], str, str | None]] = [
    ([("a", "first"), ("a", "second")], "a", "first"),
    ([("a", "exact"), (re.compile(".*"), "pattern")], "a", "exact"),
    ([(re.compile(".*"), "pattern"), ("a", "exact")], "a", "pattern"),
    ([(re.compile("^b"), "pattern"), ("a", "exact")], "a", "exact"),
    ([(re.compile("^a"), "first"), (re.compile("a$"), "second")], "a", "first"),
    ([(re.compile("b"), "found in it")], "abc", "found in it"),
    ([("a", "exact")], "ab", None),
    ([(re.compile("^list:"), "list")], "list:next", "list"),
    ([], "a", None),
]


@pytest.mark.parametrize(("added", "name", "meant"), ORDERS)
def test_of_several_the_one_that_was_added_first_is_meant(
    desk: Desk, added: list[tuple[str | re.Pattern[str], str]], name: str, meant: str | None
) -> None:
    for wanted, says in added:
        desk.offer(Offer.ACTION, wanted, says)
    assert desk.send(payload(Offer.ACTION, name)) == (200 if meant else 404)
    assert desk.called == ([meant] if meant else [])


@pytest.mark.parametrize(
    "body",
    [
        {"type": "interactive_message", "callback_id": "one", "actions": [{"name": "n"}]},
        {"type": "dialog_submission", "callback_id": "one", "submission": {}, "state": ""},
        {"type": "dialog_suggestion", "callback_id": "one", "name": "n", "value": "v"},
        {"type": "message_action", "callback_id": "one"},
    ],
)
def test_what_slack_sent_long_ago_is_nobodys(desk: Desk, body: dict[str, Any]) -> None:
    for offer in Offer:
        desk.offer(offer, re.compile(".*"), str(offer))
    assert desk.send(body) == 404
    assert desk.called == []
