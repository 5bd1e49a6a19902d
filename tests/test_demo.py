"""The demo stands up whole, leaves the process as it was, and says where a screen came from."""

import json
import os
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from cocm_bot.demo import MANIFEST, Demo, commands_of, running_demo
from cocm_bot.slack.commands import ROOT


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo(patients=3) as running:
        yield running


def traced(demo: Demo, where: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{demo.url}/trace?{where}") as answer:  # noqa: S310 (this machine)
        found: dict[str, Any] = json.load(answer)
    return found


def test_the_team_is_let_in_each_in_their_role(demo: Demo) -> None:
    for name, role in {
        "Maya Okafor": "Care Manager",
        "Iris Lindqvist": "Consulting Psychiatrist",
        "Samuel Adeyemi": "Primary Care Physician",
        "Lena Novak": "Clinical Ops",
        "Omar Haddad": "Finance",
    }.items():
        seat = demo.workspace.seat(name)
        seat.command(f"{ROOT} help")
        seat.expect("Riverside Family Clinic", role)


def test_a_screen_is_traced_to_its_request_and_the_table(demo: Demo) -> None:
    iris = demo.workspace.seat("Iris Lindqvist")
    iris.command(f"{ROOT} caseload")
    iris.expect("sorted by")
    assert iris.message
    where = f"person={iris.person.id}&channel={iris.message.channel}&ts={iris.message.ts}"
    trace = traced(demo, where)
    assert trace["by"] == "response_url"
    assert trace["sent"]["blocks"][0]["type"] == "header"
    assert (trace["exchange"]["name"], trace["exchange"]["who"]) == (f"{ROOT} caseload", "Iris Lindqvist")
    details = [step["detail"] for step in trace["exchange"]["steps"] if step["what"] == "Query"]
    assert any(detail.startswith("index caseload, ") for detail in details)


def test_a_modal_is_traced_to_the_click_that_opened_it(demo: Demo) -> None:
    maya = demo.workspace.seat("Maya Okafor")
    maya.command(f"{ROOT} help")
    maya.press("Add a patient")
    maya.expect("First name")
    assert maya.view
    trace = traced(demo, f"person={maya.person.id}&view={maya.view.id}")
    assert trace["by"] == "views.update"
    assert trace["exchange"]["name"] == "block_actions command:add"
    assert "views.open" in [step["what"] for step in trace["exchange"]["steps"]]
    maya.close()


def test_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "hospital")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-real")
    monkeypatch.setenv("COCM_TABLE", "real-table")
    before = dict(os.environ)
    with running_demo(patients=0) as demo:
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ACCESS_KEY_ID"] == demo.engine.access_key
        maya = demo.workspace.seat("Maya Okafor")
        maya.command(f"{ROOT} today")
        maya.expect("no patients in this registry yet")
        assert {call.table for call in demo.engine.between(0, 2e10)} == {"cocm-demo"}
    assert dict(os.environ) == before


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), running_demo(port=port, patients=0):
            pass


def test_the_composer_offers_what_the_manifest_does() -> None:
    [command] = commands_of(MANIFEST)
    assert command.command == ROOT
    assert "today" in command.usage_hint
