"""Requests find what listens to them: by a name or a pattern, the first registered of two, or nothing."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

from cocm_bot.slack.runtime.listeners import Heard, Listener, Listeners

FORM = ["application/x-www-form-urlencoded"]
REGISTERED = (
    (Heard.ACTION, "save", "save"),
    (Heard.ACTION, re.compile("^page:"), "a page"),
    (Heard.ACTION, "page:3", "page 3, after its pattern"),
    (Heard.ACTION, "page-of", "what only looks like a page"),
    (Heard.ACTION, "save", "save, once more"),
    (Heard.SUBMISSION, "contact", "a contact"),
    (Heard.CLOSED, "plan", "a plan left"),
    (Heard.CLOSED, re.compile(".*"), "any form left"),
    (Heard.SEARCH, "find", "a search"),
)


def pressed(name: str) -> dict[str, Any]:
    return {"type": "block_actions", "actions": [{"action_id": name, "block_id": "b"}]}


def of_view(kind: str, name: str) -> dict[str, Any]:
    return {"type": kind, "view": {"type": "modal", "callback_id": name}}


def searched(name: str) -> dict[str, Any]:
    return {"type": "block_suggestion", "action_id": name, "block_id": "b", "value": "Ana"}


def status_and_heard(body: Mapping[str, Any]) -> tuple[int, list[str]]:
    app = App(
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=None),
        request_verification_enabled=False,
        process_before_response=True,
        signing_secret="none is asked for",
    )
    listeners, heard = Listeners(app), list[str]()

    def noting(said: str) -> Listener:
        def listen(ack: Ack, body: Mapping[str, Any]) -> None:
            heard.append(said)
            ack()

        return listen

    for kind, name, said in REGISTERED:
        listeners.add(kind, name, noting(said))
    sent = {"user": {"id": "U0MAYA"}, "team": {"id": "T0"}, **body}
    request = BoltRequest(body=f"payload={quote(json.dumps(sent))}", headers={"content-type": FORM})
    return app.dispatch(request).status, heard


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (pressed("save"), "save"),
        (pressed("page:2"), "a page"),
        (pressed("page:3"), "a page"),
        (pressed("page-of"), "what only looks like a page"),
        (of_view("view_submission", "contact"), "a contact"),
        (of_view("view_closed", "plan"), "a plan left"),
        (of_view("view_closed", "contact"), "any form left"),
        (searched("find"), "a search"),
    ],
)
def test_the_first_that_takes_it_hears_it_alone(body: Mapping[str, Any], said: str) -> None:
    assert status_and_heard(body) == (200, [said])


@pytest.mark.parametrize(
    "body",
    [
        pressed("savings"),
        pressed("contact"),
        pressed(""),
        of_view("view_submission", "save"),
        of_view("view_submission", "plan"),
        searched("save"),
        {"type": "interactive_message", "callback_id": "save", "actions": [{"name": "save"}]},
    ],
)
def test_what_nobody_listens_to_is_not_found(body: Mapping[str, Any]) -> None:
    assert status_and_heard(body) == (404, [])
