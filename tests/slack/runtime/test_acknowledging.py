"""Every kind of request is acknowledged whatever else goes on, and answered in words where it finds no place.

What Slack sends is recorded from a visit to each kind of screen, and then sent again on a bad day.
"""

import io
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from botocore.awsrequest import AWSPreparedRequest

from cocm_bot import bootstrap
from cocm_bot.playground import cast, interactions, messages, payloads
from cocm_bot.playground.sender import Reply
from cocm_bot.playground.state import Call
from cocm_bot.slack.billing.billing import NO_FILE
from cocm_bot.slack.patients.course.trend_view import NOT_TAKEN
from cocm_bot.slack.runtime.client import gateway
from cocm_bot.slack.runtime.router import SLOW
from cocm_bot.slack.runtime.server.pools import SIZES, Kind, Size
from cocm_bot.slack.shared_views.card_actions import MORE
from cocm_bot.slack.shared_views.notices import BUSY
from cocm_bot.store.table.table import Table
from tests.rig.clinic import Clinic, answering_within
from tests.rig.scenes import ANA, ASSESSED, add_patient, sees
from tests.rig.seats import PATIENCE
from tests.slack.runtime.test_router import MOMENT, contact_modal, one_patient, table_waiting
from tests.store import faults

pytestmark = pytest.mark.slow

NAMES = ("Zebulon", "Quixotic")
KINDS = {
    "slash_command: message",
    "slash_command: modal",
    "shortcut",
    "block_actions: home",
    "block_actions: message",
    "block_actions: modal",
    "block_actions: modal's menu",
    "block_actions: typing",
    "block_suggestion",
    "view_submission",
    "view_closed",
    "app_home_opened",
    "message",
    "channel_shared",
}
ANSWERED = ("slash_command", "view_submission", "block_suggestion")
"""The kinds whose acknowledgement is itself shown."""
SLOW_SECONDS = 0.9
"""Seconds that each request to a slow table takes."""
SLACK_WAITS = 3.0
WEB_METHODS = (
    "auth.test",
    "chat.postMessage",
    "conversations.info",
    "conversations.open",
    "response_url",
    "users.info",
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
)


def kind_of(call: Call) -> str:
    """The kind of listener that a request of Slack reaches."""
    given = call.arguments
    if call.name == "/cocm":
        opens = given["text"].startswith(("patient", "log"))
        return "slash_command: modal" if opens else "slash_command: message"
    if call.name != "block_actions":
        return call.name
    pressed = given["actions"][0]
    if "view" not in given:
        return "block_actions: message"
    if given["view"]["type"] == "home":
        return "block_actions: home"
    if pressed["type"] in {"plain_text_input", "number_input", "radio_buttons"}:
        return "block_actions: typing"
    return "block_actions: modal's menu" if pressed["action_id"] == MORE else "block_actions: modal"


def visited(clinic: Clinic) -> dict[str, Call]:
    """One request of each kind, in which somebody's name is typed wherever anything is."""
    maya, state = clinic.seat(), clinic.workspace
    named = dict(zip(("First name", "Last name"), NAMES, strict=True))
    handle = add_patient(maya, **named)
    maya.press("Log a contact")
    maya.fill({"Note": "Zebulon slept badly", **ASSESSED})
    assert maya.submit() is None
    sees(maya, "Zebulon", "PHQ-9 18")
    maya.press("Log a contact")
    maya.fill({"PHQ-9 item 9": "0 · not at all", "Note": "Quixotic"})
    maya.close(everything=True)
    maya.command("/cocm patient Zebulon")
    maya.choose("More…", "History")
    sees(maya, "Initial Assessment", "[ Correct ]")
    maya.close(everything=True)
    maya.command("/cocm patient")
    maya.suggest("Handle, MRN or name", "Quixotic")
    maya.close(everything=True)
    maya.command("/cocm help")
    sees(maya, "Hello Maya")
    maya.press("Caseload")
    sees(maya, handle)
    maya.open_home()
    maya.press("Find a patient")
    maya.close(everything=True)
    maya.say("log Zebulon Quixotic", channel=cast.BOT)
    interactions.event(state.sender, {"type": "channel_shared", "channel": cast.TEAM_CHANNEL})
    state.sender.interact(payloads.shortcut(state, cast.MAYA, "shortcut:add"))
    state.settled()
    return {kind_of(call): call for call in state.calls if call.to == "bot"}


def again(clinic: Clinic, call: Call) -> Reply:
    """The same request, made again by the person: with a trigger and links of its own."""
    state, given = clinic.workspace, dict(call.arguments)
    if "event" in given:
        return state.sender.event(given["event"])
    if "trigger_id" in given:
        given["trigger_id"] = state.fresh_trigger(cast.MAYA)
    if "response_url" in given:
        given["response_url"] = messages.fresh_link(state, cast.MAYA, cast.TEAM_CHANNEL)
    return state.sender.command(given) if call.name == "/cocm" else state.sender.interact(given)


class Everything(logging.Handler):
    """Keeps what each record says, at any level, before anything is withheld of it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("slack", "cocm_bot", "urllib3", "uvicorn")):
            self.said.append(f"{record.name}: {record.getMessage()}")


@contextmanager
def everything_logged() -> Iterator[Everything]:
    kept, root = Everything(), logging.getLogger()
    before, root.level = root.level, logging.DEBUG
    root.addHandler(kept)
    try:
        yield kept
    finally:
        root.removeHandler(kept)
        root.setLevel(before)


def quoted(logged: Everything, written: str) -> list[str]:
    """The lines that name somebody."""
    lines = [*logged.said, *written.splitlines()]
    return [line for line in lines if any(name in line for name in NAMES)]


def test_each_kind_is_acknowledged_while_the_table_says_nothing(log: io.StringIO, clinic: Clinic) -> None:
    recorded = visited(clinic)
    assert recorded.keys() >= KINDS, KINDS - recorded.keys()
    with everything_logged() as logged:
        with table_waiting(clinic) as go, answering_within(MOMENT):
            for kind, call in recorded.items():
                assert again(clinic, call).failure is None, kind
                assert not go.is_set(), "nothing was read for it"
        clinic.workspace.settled()
    assert quoted(logged, log.getvalue()) == []
    assert any("slow doing=" in line for line in logged.said)


SHOWN_BY = {
    "slash_command: message": "response_url",
    "block_actions: message": "response_url",
    "app_home_opened": "views.publish",
    "message": "chat.postMessage",
}
"""The call that shows what was asked for, of kinds that open no modal first."""


def test_a_slow_table_keeps_nobody_waiting_unanswered(log: io.StringIO, clinic: Clinic) -> None:
    recorded, state = visited(clinic), clinic.workspace
    before = {name: len(clinic.calls(name)) for name in SHOWN_BY.values()}
    wanted = Counter(SHOWN_BY.values())

    def slow(_request: AWSPreparedRequest) -> None:
        time.sleep(SLOW_SECONDS)

    def answered() -> bool:
        drawn = all(len(clinic.calls(name)) >= before[name] + number for name, number in wanted.items())
        return drawn and "Loading…" not in str(state.modals)

    with everything_logged() as logged:
        with faults.on(clinic.ctx.table.client, "*", slow), answering_within(SLACK_WAITS - SLOW_SECONDS):
            with ThreadPoolExecutor(len(recorded)) as people:
                found = people.map(lambda call: again(clinic, call), recorded.values())
                replies = dict(zip(recorded, found, strict=True))
            state.wait_until(answered, "everybody sees what they asked for", seconds=4 * PATIENCE)
        state.settled()
    assert {kind: reply.failure for kind, reply in replies.items()} == dict.fromkeys(recorded)
    submitted = replies["view_submission"].json
    assert submitted.get("response_action") != "errors" or SLOW in submitted["errors"].values()
    assert quoted(logged, log.getvalue()) == []


def test_each_kind_is_acknowledged_while_slack_itself_says_nothing(log: io.StringIO, clinic: Clinic) -> None:
    recorded = visited(clinic)
    hasty = mock.patch.multiple(bootstrap, ANSWER_SECONDS=1, PATIENCE_SECONDS=0)
    impatient = mock.patch.object(gateway, "ANSWER_SECONDS", 1)
    with everything_logged() as logged, hasty, impatient, clinic.restarted():
        for method in WEB_METHODS:
            clinic.workspace.fail(method, times=100, hang=600.0)
        with answering_within(MOMENT):
            replies = {kind: again(clinic, call) for kind, call in recorded.items()}
        assert {kind: reply.failure for kind, reply in replies.items()} == dict.fromkeys(recorded)
    clinic.workspace.faults.clear()
    assert quoted(logged, log.getvalue()) == []


def told(clinic: Clinic) -> int:
    """The number of messages that say there was no place."""
    return sum(BUSY in str(each.blocks) for each in list(clinic.workspace.messages))


def no_places(**others: Size) -> Mapping[Kind, Size]:
    """Pools without a place in any but those named."""
    return {kind: others.get(kind, Size(1, 0)) for kind in Kind}


def in_words(kind: str, reply: Reply) -> bool:
    """Return whether the answer itself says the sentence, or offers nothing, where Slack shows an answer."""
    if kind.startswith("slash_command"):
        return reply.text == BUSY
    if kind == "view_submission":
        return BUSY in reply.json["errors"].values()
    return bool(reply.json == {"options": []})


def test_what_finds_no_place_is_answered_in_words_at_once(log: io.StringIO, clinic: Clinic) -> None:
    recorded = visited(clinic)
    # It names nobody to answer; whether a channel is shared is looked at again before each post.
    del recorded["channel_shared"]
    full = mock.patch.object(bootstrap, "SIZES", no_places())
    with everything_logged() as logged, full, clinic.restarted():
        for kind, call in recorded.items():
            before = told(clinic)
            reply = again(clinic, call)
            assert reply.failure is None, kind
            if kind.startswith(ANSWERED):
                assert in_words(kind, reply), kind
                continue
            # Nobody gets two sentences at the same moment: then the next press has its own.
            clinic.workspace.wait_until(lambda: told(clinic) > before or not again(clinic, call), kind)  # noqa: B023 - called at once
    assert quoted(logged, log.getvalue()) == []
    assert sum("full doing=" in line for line in logged.said) >= len(recorded)


def test_who_presses_on_is_told_once_at_a_time(clinic: Clinic) -> None:
    recorded = visited(clinic)
    go = threading.Event()
    say = gateway.Gateway.answer

    def waiting(*given: Any, **named: Any) -> None:
        go.wait(20)
        say(*given, **named)

    full = mock.patch.object(bootstrap, "SIZES", no_places())
    with full, clinic.restarted(), mock.patch.object(gateway.Gateway, "answer", waiting):
        for _ in range(10):
            assert again(clinic, recorded["block_actions: message"]).failure is None
        go.set()
        clinic.workspace.wait_until(lambda: told(clinic), "the sentence")
    assert told(clinic) == 1


def test_what_was_typed_is_still_there_once_there_is_a_place(clinic: Clinic) -> None:
    maya = clinic.seat()
    contact_modal(maya, add_patient(maya))
    with mock.patch.object(bootstrap, "SIZES", no_places()), clinic.restarted():
        errors = maya.submit()
        assert errors is not None
        assert list(errors.values()) == [BUSY]
    with clinic.restarted():
        assert maya.submit() is None
        sees(maya, "PHQ-9 18", "45 min this month")
    assert len(one_patient(clinic).treatment_logs) == 1


def test_a_submission_not_begun_in_time_is_not_done_behind_the_person_s_back(clinic: Clinic) -> None:
    """One place, held by a submission that waits: the next waits for it, and is given up whole."""
    maya = clinic.seat()
    handle = add_patient(maya)
    contact_modal(maya, handle)
    view = maya.view
    assert view is not None
    payload = payloads.view_submission(clinic.workspace, view)
    one = no_places(**{Kind.ANSWER: Size(1, 2), Kind.KEEP: Size(1, 9), Kind.SCREEN: Size(1, 9)})
    with mock.patch.object(bootstrap, "SIZES", one), clinic.restarted():
        with table_waiting_for_all() as go, answering_within(MOMENT):
            for _ in range(2):
                reply = clinic.workspace.sender.interact(payload)
                assert SLOW in reply.json["errors"].values()
            go.set()
        clinic.workspace.settled()
    assert len(one_patient(clinic).treatment_logs) == 1


@contextmanager
def table_waiting_for_all() -> Iterator[threading.Event]:
    """As `table_waiting`, for the table of whichever bot asks."""
    go = threading.Event()
    get = Table.batch_get

    def waiting(*given: Any) -> Any:
        go.wait(20)
        return get(*given)

    with mock.patch.object(Table, "batch_get", waiting):
        try:
            yield go
        finally:
            go.set()


def test_those_that_wait_for_an_answer_leave_threads_to_those_that_do_not(clinic: Clinic) -> None:
    """As many submissions as there are places, all waiting: a command is acknowledged before any of them."""
    recorded = visited(clinic)
    submission = recorded["view_submission"]
    places, more = SIZES[Kind.ANSWER].places, 5
    replies: list[Reply] = []
    long = answering_within(PATIENCE - 2)
    with ThreadPoolExecutor(places + more) as people, long, table_waiting(clinic) as go:
        for _ in range(places + more):
            people.submit(lambda: replies.append(again(clinic, submission)))
        clinic.workspace.wait_until(lambda: len(replies) == more, "no place for these", PATIENCE)
        assert again(clinic, recorded["slash_command: message"]).failure is None
        assert all(BUSY in reply.json["errors"].values() for reply in replies[:more])
        assert (len(replies), go.is_set()) == (more, False)
    assert len(replies) == places + more


@pytest.mark.parametrize("asked", ["trend", "billing"])
def test_a_chart_or_a_file_without_a_place_is_refused_in_words(clinic: Clinic, asked: str) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.press("Log a contact")
    maya.fill(ASSESSED)
    maya.submit()
    sees(maya, "PHQ-9 18")
    maya.close(everything=True)
    few: dict[str, Size] = {kind: Size(2, 20) for kind in Kind if kind is not Kind.FILE}
    with mock.patch.object(bootstrap, "SIZES", no_places(**few)), clinic.restarted():
        if asked == "trend":
            maya.command(f"/cocm patient {handle}")
            sees(maya, ANA["First name"])
            maya.press("Trend")
            sees(maya, NOT_TAKEN)
        else:
            omar = clinic.seat("Omar Haddad")
            omar.command("/cocm billing")
            omar.press("CSV")
            clinic.workspace.wait_until(
                lambda: [each for each in clinic.workspace.messages if NO_FILE in str(each.blocks)], "why not"
            )
