"""A full scenario, and then every log line, message and hidden field of it, searched for the patient."""

import io
import re

import pytest

from tests.clinic import Clinic
from tests.identifying import NOTE, OF_ZEPHYRINE, ZEPHYRINE, exposed, traces
from tests.scenes import ASSESSED, add_patient, second_registry, sees, send_anyway
from tests.store import faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("patient MUÑOZ", ["munoz"]),
        (r"Mu\u00f1oz", ["munoz"]),
        ("Mun\u0303oz", ["munoz"]),
        ("call 212.555.0187", ["2125550187"]),
        ("born 29 Feb 1984", ["29 feb", "feb 1984"]),
        ("K7Q4 · Z.M.", []),
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
    workspace.wait_until(lambda: maya.home, "a home")
    assert "Zephyrine" in sees(maya)
    workspace.fail("response_url", status=500)
    workspace.fail("views.update", error="invalid_arguments")
    maya.command("/cocm caseload")
    maya.command(f"/cocm patient {handle}")
    workspace.settled()
    for outsider in ("Gus Moreau", "Noor Rahimi", "Omar Haddad"):
        clinic.seat(outsider).command("/cocm patient Muñoz")
        workspace.settled(quiet=0.05)


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
