"""The lists for any size of registry: what is read for them, and that Slack takes every screen."""

import json
import re
from typing import Any

import pytest

from cocm_bot.domain.due.rules import due
from cocm_bot.operations.patients.card import MOST_SHOWN
from tests.rig import crowd
from tests.rig.clinic import MONDAY, Clinic
from tests.rig.scenes import sees
from tests.store import faults

LONG = {"first_name": "Åse" * 66 + "Åå", "last_name": "الطويل " * 28 + "اسمه"}
SHORT = {"first_name": "Ö", "last_name": "李"}


def requests_for(clinic: Clinic, command: str, shown: str) -> tuple[list[dict[str, Any]], str]:
    """Return what the table is asked for a command whose answer shows this, and the answer."""
    maya = clinic.seat()
    with faults.on(clinic.ctx.table.client, "*", faults.none) as requests:
        maya.command(command)
        screen = sees(maya, shown)
    return requests, screen


def of_patients(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The requests that name a patient, a directory or a history; the access log is only written."""
    about = ("registry-patient:", "patient-directory:", "patient-log:")
    return [each for each in requests if any(kind in json.dumps(each) for kind in about)]


@pytest.mark.slow
def test_a_thousand_patients_are_listed_from_the_index_alone(clinic: Clinic) -> None:
    everyone = crowd.synthetic(1000, MONDAY)
    crowd.load(clinic.ctx.table, clinic.registry_id, everyone, findable=False)
    active = crowd.active(everyone)
    waiting = [each for each in active if due(each, clinic.registry.policy, MONDAY)]
    assert 0 < len(waiting) < len(active) < 1000

    for command, words, conditions in (
        ("/cocm caseload", f"{len(active)} patients, sorted by urgency", ["GSI1PK = :patients"]),
        ("/cocm today", f"{len(waiting)} patients need you today", []),
        ("/cocm caseload by name", f"{len(active)} patients, sorted by name", []),
    ):
        requests, _ = requests_for(clinic, command, words)
        asked = of_patients(requests)
        # The index is read whole once; from then on only what changed is read, and nothing did.
        # 250 at a time: 1,000 summaries take four answers, and one that says that there are no more.
        assert list(dict.fromkeys(each["KeyConditionExpression"] for each in asked)) == conditions
        assert {each["IndexName"] for each in asked} <= {"caseload"}
        assert len(asked) <= 5
        assert len([each for each in requests if "patient-changes:" in json.dumps(each)]) == 1
        # Whose patients are whose, and who covers whom, is one Query of the members more.
        team = [
            each
            for each in requests
            if "registry-user:" in json.dumps(each.get("ExpressionAttributeValues", {}))
        ]
        assert len(team) == 1
        assert not any("FilterExpression" in each or "ScanFilter" in each for each in requests)
    assert [refusal for refusal in clinic.workspace.refusals if not refusal.race] == []


@pytest.mark.parametrize("count", [0, 1, 49, 50, 99])
def test_slack_takes_every_screen_of_a_registry_of_any_size(clinic: Clinic, count: int) -> None:
    names = (LONG, SHORT)
    everyone = [
        each.model_copy(update=names[number % 2])
        for number, each in enumerate(crowd.synthetic(count, MONDAY))
    ]
    crowd.load(clinic.ctx.table, clinic.registry_id, everyone)
    maya = clinic.seat()
    for command in (
        "help",
        "today",
        "caseload",
        "caseload flagged by name",
        "caseload not-improving by change",
    ):
        before = len(maya.messages())
        maya.command(f"/cocm {command}")
        clinic.workspace.wait_until(lambda: len(maya.messages()) > before, command)  # noqa: B023  (called at once)
    pages = through_the_pages(clinic, "/cocm caseload")
    shown = [handle for page in pages for handle in re.findall(r"([0-9A-Z]{4}) · [ÅÖ]", page)]
    assert sorted(shown) == sorted(each.handle for each in crowd.active(everyone))

    maya.open_home()
    clinic.workspace.wait_until(lambda: maya.home, "the home")
    maya.go("care-team")
    for command in ("patient 李", "patient ase", "patient", "log", "add"):
        maya.command(f"/cocm {command}")
        clinic.workspace.wait_until(lambda: maya.view and "Loading" not in maya.screen, command)
        maya.close(everything=True)
    for each in everyone[:3]:
        maya.command(f"/cocm patient {each.handle}")
        sees(maya, each.handle, "min this month")
        maya.close()
    maya.command("/cocm patient")
    assert len(maya.suggest("Handle, MRN or name", "s")) == min(count, MOST_SHOWN + 1)
    assert [refusal for refusal in clinic.workspace.refusals if not refusal.race] == []


def through_the_pages(clinic: Clinic, command: str) -> list[str]:
    """Every page of a list, turned by its button."""
    maya = clinic.seat()
    before = len(maya.messages())
    maya.command(command)
    clinic.workspace.wait_until(lambda: len(maya.messages()) > before, command)
    pages = [sees(maya, "Caseload")]
    while "Next ›" in pages[-1]:
        maya.press("Next ›", on=maya.message)
        clinic.workspace.wait_until(lambda: sees(maya) != pages[-1], "the next page")
        pages.append(sees(maya, "Caseload"))
    return pages


@pytest.mark.parametrize("name", ["Maya Okafor", "Lena Novak"])
def test_an_app_home_that_is_drawn_again_reads_no_row(clinic: Clinic, name: str) -> None:
    crowd.load(clinic.ctx.table, clinic.registry_id, crowd.synthetic(40, MONDAY))
    seat = clinic.seat(name)
    asked = []
    for _ in range(2):
        with faults.on(clinic.ctx.table.client, "*", faults.none) as requests:
            seat.open_home()
            clinic.workspace.settled()
        asked.append(sum("IndexName" in each for each in of_patients(requests)))
    assert asked[0] > 0
    assert asked[1] == 0
