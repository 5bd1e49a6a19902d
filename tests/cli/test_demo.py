"""The demo comes up whole, leaves the process as it was, and shows the details of a request."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from cocm_bot.cli.synthetic.demo import MANIFEST, Demo, offer_of
from cocm_bot.playground import cast, interactions
from cocm_bot.slack.commands import ROOT
from tests.rig.demos import unhurried_demo
from tests.rig.servers.served import run_here

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with unhurried_demo(patients=3) as running:
        yield running


def traced(demo: Demo, where: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{demo.url}/trace?{where}") as answer:  # noqa: S310 (this machine)
        found: dict[str, Any] = json.load(answer)
    return found


def test_the_team_is_let_in_each_in_their_role(demo: Demo) -> None:
    for name, role in {
        "Maya Okafor": "Care Manager",
        "Ruth Delgado": "Care Manager",
        "Iris Lindqvist": "Consulting Psychiatrist",
        "Samuel Adeyemi": "Primary Care Physician",
        "Henry Osei": "Primary Care Physician",
        "Lena Novak": "Clinical Ops",
        "Omar Haddad": "Finance",
    }.items():
        seat = demo.workspace.seat(name)
        seat.command(f"{ROOT} help")
        seat.expect("Riverside Family Clinic", role)


def test_a_screen_is_traced_to_its_request_and_the_table(demo: Demo) -> None:
    iris = demo.workspace.seat("Iris Lindqvist")
    iris.open_home()
    iris.expect("Hello Iris")
    iris.command(f"{ROOT} caseload")
    iris.expect("sorted by")
    assert iris.message
    where = f"person={iris.person.id}&channel={iris.message.channel}&ts={iris.message.ts}"
    trace = traced(demo, where)
    assert trace["by"] == "response_url"
    assert trace["sent"]["blocks"][0]["type"] == "header"
    assert (trace["exchange"]["name"], trace["exchange"]["who"]) == (f"{ROOT} caseload", "Iris Lindqvist")
    details = [step["detail"] for step in trace["exchange"]["steps"] if step["what"] == "Query"]
    # What changed since the process looked last: it remembers the rest.
    assert any(detail.endswith(" items") for detail in details)


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
    with unhurried_demo(patients=0) as demo:
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ACCESS_KEY_ID"] == demo.engine.access_key
        maya = demo.workspace.seat("Maya Okafor")
        maya.command(f"{ROOT} today")
        maya.expect("no patients in this registry yet")
        assert {call.table for call in demo.engine.between(0, 2e10)} == {"cocm-demo"}
    assert dict(os.environ) == before


def test_nothing_expires_by_the_machines_clock() -> None:
    with unhurried_demo(patients=0):
        status = boto3.client("dynamodb").describe_time_to_live(TableName="cocm-demo")
        assert status["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"


def test_the_next_morning_brings_the_digest() -> None:
    # A Monday, half past ten in New York.
    with unhurried_demo(patients=12, begins=datetime(2026, 3, 2, 15, 30, tzinfo=UTC)) as demo:
        demo.clock.move_to(datetime(2026, 3, 3, 13, tzinfo=UTC))
        maya = demo.workspace.seat("Maya Okafor")
        direct = demo.workspace.direct(cast.MAYA, cast.BOT).id
        demo.workspace.wait_until(
            lambda: [each for each in demo.workspace.messages if each.channel == direct], "the digest", 20
        )
        maya.go(direct)
        maya.expect("Your caseload today")
        assert demo.workspace.refusals == []
        week = [each for each in demo.workspace.messages if each.channel == cast.TEAM_CHANNEL][:5]
        zone = ZoneInfo("America/New_York")
        mornings = [f"{datetime.fromtimestamp(float(each.ts), zone):%a %d %H:%M}" for each in week]
        assert mornings == ["Mon 23 08:00", "Tue 24 08:00", "Wed 25 08:00", "Thu 26 08:00", "Fri 27 08:00"]
        assert all("the team today" in str(each.blocks) for each in week)
        # The week passed over, to a Sunday, is no outage: nobody hears of digests that were not sent.
        demo.workspace.settled(quiet=2)
        before = len(demo.workspace.messages)
        demo.clock.move_to(datetime(2026, 3, 15, 18, tzinfo=UTC))
        demo.workspace.settled(quiet=2)
        assert [each.text for each in demo.workspace.messages[before:]] == []
        demo.clock.move_to(datetime(2026, 3, 16, 12, 1, tzinfo=UTC))
        demo.workspace.wait_until(
            lambda: "Your caseload for today" in [m.text for m in demo.workspace.messages[before:]], "it", 20
        )


def test_a_stray_message_is_answered(demo: Demo) -> None:
    maya = demo.workspace.seat("Maya Okafor")
    maya.go(cast.BOT)
    interactions.say(maya.sender, maya.person.id, maya.place, "good morning, anybody there?")
    maya.expect("Hello Maya. I did not understand that, and nothing was changed.", "Help")


COMMAND = [sys.executable, "-c", "from cocm_bot.cli.main import main; main()", "demo", "--no-browser"]


@pytest.mark.slow
def test_the_command_runs_until_it_is_stopped() -> None:
    asked = [*COMMAND, "--port", "0", "--patients", "3"]
    with subprocess.Popen(  # noqa: S603 (our own command)
        asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline(), process.stdout.readline()]
        url = lines[1].split()[-1]
        with urllib.request.urlopen(url) as answer:  # noqa: S310 (this machine)
            assert "CoCM playground" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")


@pytest.mark.slow
def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asked = [*COMMAND, "--port", str(taken.getsockname()[1])]
        done = subprocess.run(  # noqa: S603 (our own command)
            asked, capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 2
    assert "Address already in use). Choose another with --port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ministack", None)
    done = run_here({**os.environ}, "demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "The demo needs more than is installed: pip install 'cocm-bot[demo]'.\n"


def test_the_composer_offers_what_the_manifest_does() -> None:
    [command] = offer_of(MANIFEST).commands
    assert command.command == ROOT
    assert "today" in command.usage_hint
