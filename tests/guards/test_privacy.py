"""A full scenario, and then every log line, message and hidden field of it, searched for the patient."""

import io
import re
import time
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from slack_bolt import BoltRequest

from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.runtime.router import ANSWER_SECONDS
from tests.rig.clinic import Clinic, answering_within
from tests.rig.identifying import NOTE, OF_ZEPHYRINE, ZEPHYRINE, exposed, traces
from tests.rig.scenes import ASSESSED, add_patient, second_registry, sees, send_anyway
from tests.store import faults
from tests.store.faults import Fault


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("patient MUÑOZ", ["munoz"]),
        (r"Mu\u00f1oz", ["munoz"]),
        ("Mun\u0303oz", ["munoz"]),
        ("call 212.555.0187", ["2125550187"]),
        ("born 29 Feb 1984", ["29 feb", "feb 1984"]),
        ("K7Q4 · Z.M.", []),
        ("MRN 77310.", ["77310"]),
        ("of f77310ab5c", []),
    ],
)
def test_the_search_finds_a_patient_however_written(text: str, found: list[str]) -> None:
    assert traces(text) == found


def everything_a_care_manager_does(clinic: Clinic) -> None:
    """The morning with this patient, by every way to find her, and all that can go wrong."""
    maya, workspace = clinic.seat(), clinic.workspace
    maya.command("/cocm add")
    maya.fill({**ZEPHYRINE, "Birth date": "2084-02-29", "Phone": "555"})
    maya.submit()
    maya.close()
    handle = add_patient(maya, **ZEPHYRINE)
    maya.press("Log a contact")
    maya.fill({**ASSESSED, "Note": NOTE, "PHQ-9 total": "28"})
    send_anyway(maya)
    maya.fill({"PHQ-9 total": "18"})
    with faults.on(clinic.ctx.table.client, "*", faults.refuse("InternalServerError", 500)):
        maya.submit()
    quoting = faults.refuse("ValidationException", message=f"The value {ZEPHYRINE['Last name']} is not valid")
    with faults.on(clinic.ctx.table.client, "*", quoting):
        errors = maya.submit()
        assert errors is not None
        assert "Something went wrong on my side" in next(iter(errors.values()))
    assert maya.submit() is None
    sees(maya, "Zephyrine Muñoz-Kvåle", NOTE)
    care_details(maya)
    maya.close(everything=True)
    maya.command("/cocm add")
    maya.fill(ZEPHYRINE)
    assert maya.submit() == {"MRN": "This MRN is already in the registry."}
    maya.close()

    clinic.clock.forward(weeks=2)
    for words in (handle, "QX-77310", "muñoz", "Zephyrine Kv", '"Zephyrine Muñoz-Kvåle"', "Zephyrina"):
        maya.command(f"/cocm patient {words}")
        workspace.settled(quiet=0.05)
        maya.close(everything=True)
    maya.command("/cocm patient")
    assert maya.suggest("Handle, MRN or name", "zeph")
    maya.choose("Handle, MRN or name", "zeph")
    sees(maya, "Zephyrine Muñoz-Kvåle")
    maya.close()
    for command in (
        "today",
        "caseload",
        "caseload all by name",
        "Zephyrine",
        "caseload Muñoz",
        'patient "Muñoz',
    ):
        before = len(maya.messages())
        maya.command(f"/cocm {command}")
        workspace.wait_until(
            lambda: len(maya.messages()) > before or maya.view,  # noqa: B023  (called at once)
            "an answer",
        )
        workspace.settled(quiet=0.05)
        if maya.view:
            maya.close()
    maya.open_home()
    sees(maya, "Zephyrine")
    workspace.fail("response_url", status=500)
    workspace.fail("views.update", error="invalid_arguments")
    maya.command("/cocm caseload")
    maya.command(f"/cocm patient {handle}")
    workspace.settled()
    for outsider in ("Gus Moreau", "Noor Rahimi", "Omar Haddad"):
        clinic.seat(outsider).command("/cocm patient Muñoz")
        workspace.settled(quiet=0.05)


def care_details(maya: Seat) -> None:
    """Edit them on the open card, first with something wrong."""
    maya.choose("More…", "Care details")
    maya.fill({"… outside the team": "Wilhelmina Brook", "Diagnoses": "F33.1 Wilhelmina said"})
    maya.fill({"Next appointment": "2031-03-02", "Id in the health record": "77310"})
    send_anyway(maya)
    maya.fill({"Next appointment": ""})
    assert maya.submit() is None
    sees(maya, "Wilhelmina Brook")


def everything_in_two_registries(clinic: Clinic) -> None:
    """The name in a command that waits for its registry, in one that names another, and as a name of one."""
    second_registry(clinic)
    maya, workspace = clinic.seat(), clinic.workspace
    maya.close(everything=True)
    maya.command("/cocm patient Muñoz-Kvåle")
    sees(maya, "Which one do you want to work in?")
    maya.press("Work here", near="Riverside Clinic")
    sees(maya, "Zephyrine Muñoz-Kvåle")
    maya.close()
    maya.command("/cocm in Harbor patient Zephyrine")
    sees(maya, "No patient of this registry matches")
    maya.close()
    maya.command('/cocm in "Muñoz-Kvåle" today')
    sees(maya, "You can name one of your registries: Harbor Clinic, Riverside Clinic.")
    maya.command("/cocm in Harbor")
    workspace.settled()


def test_nothing_that_identifies_a_patient_leaves_by_the_back_door(log: io.StringIO, clinic: Clinic) -> None:
    everything_a_care_manager_does(clinic)
    everything_in_two_registries(clinic)
    # She was shown, in modals: the search below would find her.
    assert set(traces(clinic.workspace.written_by_bot())) >= {"zephyrine", "munoz", "kvale", "qx-77310"}
    lines = log.getvalue().splitlines()
    assert any("failed doing=contact error=ClientError" in line for line in lines)
    assert [line for line in lines if traces(line)] == []
    assert [text for text in exposed(clinic.workspace.calls) if traces(text)] == []


SLOWER = 3.5
"""Seconds: longer than Slack waits, and than Bolt before it calls a request unhandled."""
LONG = 100.0
"""Seconds in which all of that must be over."""


def slow() -> Fault:
    """Hold the first request back that long and the others as late: each act at once is late by one wait."""
    begun: list[float] = []

    def wait(_request: AWSPreparedRequest) -> None:
        begun.append(time.monotonic())
        time.sleep(max(0.0, begun[0] + SLOWER - time.monotonic()))

    return wait


def everything_while_the_table_is_slow(clinic: Clinic, handle: str) -> None:
    """Every kind of request with the patient's name in it, each answered later than Bolt waits."""
    workspace = clinic.workspace
    # One who asks only once.
    maya = workspace.seat("Maya Okafor")
    maya.command("/cocm patient")
    workspace.settled(quiet=0.05)
    with faults.on(clinic.ctx.table.client, "*", slow()):
        assert maya.suggest("Handle, MRN or name", "Zephyrine") == []
        maya.close()
        workspace.settled(seconds=LONG)
    with faults.on(clinic.ctx.table.client, "*", slow()):
        for said in ("patient Zephyrine Muñoz-Kvåle", "log Zephyrine", "today"):
            maya.command(f"/cocm {said}")
        maya.open_home()
        workspace.settled(seconds=LONG)
    maya.close(everything=True)
    maya.command("/cocm add")
    maya.fill({**ZEPHYRINE, "MRN": "QX-77311"})
    with faults.on(clinic.ctx.table.client, "*", slow()):
        maya.submit()
        workspace.settled(seconds=LONG)
    maya.close(everything=True)
    maya.command(f"/cocm patient {handle}")
    maya.press("Log a contact")
    maya.fill({**ASSESSED, "Note": NOTE})
    with faults.on(clinic.ctx.table.client, "*", slow()):
        maya.submit()
        workspace.settled(seconds=LONG)


def test_a_table_slower_than_slack_waits_puts_no_name_into_the_log(log: io.StringIO, clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya, **ZEPHYRINE)
    maya.close(everything=True)
    with answering_within(ANSWER_SECONDS):
        everything_while_the_table_is_slow(clinic, handle)
    lines = log.getvalue().splitlines()
    assert any("slow doing=find-patient" in line for line in lines)
    assert any("slow doing=enrol" in line for line in lines), lines
    assert any("slow doing=contact" in line for line in lines), lines
    assert [line for line in lines if traces(line)] == []
    late = [call for call in clinic.workspace.calls if call.to == "bot" and (call.seconds or 0) > 3]
    assert [call.name for call in late] == []


def test_what_bolt_says_of_a_request_nobody_answers_holds_no_name(log: io.StringIO, clinic: Clinic) -> None:
    """Socket Mode too: Bolt itself would log whole what it has no listener for."""
    bolt = clinic.bot.bolt
    bodies: list[dict[str, Any]] = [
        {"type": "block_suggestion", "action_id": "no-such", "value": "Zephyrine Muñoz-Kvåle"},
        {
            "type": "view_submission",
            "view": {"type": "modal", "callback_id": "no-such", "state": {"values": ZEPHYRINE}},
        },
        {"type": "block_actions", "actions": [{"action_id": "no-such", "value": NOTE}]},
        {"command": "/no-such", "text": "Zephyrine"},
    ]
    for body in bodies:
        assert bolt.dispatch(BoltRequest(body=body, mode="socket_mode")).status == 404
    lines = log.getvalue().splitlines()
    assert sum(line.endswith("cocm_bot.slack.app unhandled") for line in lines) == len(bodies)
    assert [line for line in lines if "slack_bolt" in line] == []
    assert [line for line in lines if traces(line)] == []


def test_the_access_log_holds_no_name(clinic: Clinic) -> None:
    everything_a_care_manager_does(clinic)
    # Ids and seals are random: now and then their digits are a year.
    entries = [
        re.sub("[0-9a-f]{16,}", "", entry.model_dump_json())
        for entry in (*clinic.accesses(), *clinic.accesses("-"))
    ]
    assert len(entries) > 10
    assert [entry for entry in entries if traces(entry)] == []
    assert len(OF_ZEPHYRINE) == 12
