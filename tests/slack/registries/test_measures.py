"""Choosing and defining measures at the screens."""

import pytest

from cocm_bot.domain.access import AdminRight
from cocm_bot.slack.registries.measures import SAVED
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees, send_anyway

OWN = {
    "Name": "Well-being",
    "Number of items": "5",
    "Highest score": "25",
    "Direction": "Higher is better",
    "Bands": "0 low\n13 good",
    "Improved below": "10",
    "Remission below": "13",
    "Meaningful change": "4",
}


def test_an_admin_chooses_what_a_contact_asks_for(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm measures")
    sees(maya, "PHQ-9 0–27 · 0 minimal, 5 mild", "improved below 10 · remission below 5")
    maya.fill({"Measures": ["PHQ-9", "ISI"]})
    assert maya.submit() is None
    sees(maya, SAVED, "ISI 0–28")
    maya.close()
    handle = add_patient(maya)
    maya.close()
    maya.command(f"/cocm log {handle}")
    modal = sees(maya, "PHQ-9 total", "ISI total")
    assert "GAD-7" not in modal
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_the_patients_are_computed_anew_and_the_admin_is_told(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close()
    maya.command("/cocm measures")
    sees(maya, "Asked for at every contact")
    maya.fill({"Measures": ["GAD-7"]})
    assert maya.submit() is None
    sees(maya, SAVED)
    # the PHQ-9 of 18 is followed on, but says no more of improvement
    told = clinic.workspace.wait_until(lambda: clinic.calls("chat.postMessage"), "a direct message")
    assert "Your change of the settings is applied." in str(told[-1].arguments["blocks"])
    [patient] = clinic.patients()
    assert patient.course.scores["PHQ-9"].not_improved_since is None


def test_a_measure_of_their_own_is_defined_asked_for_and_read_by_its_bands(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    maya.command("/cocm measures")
    maya.press("Define a measure of our own")
    maya.fill(OWN)
    assert maya.submit() is None
    sees(maya, SAVED, "Well-being 0–25, higher is better")
    sees(maya, "improved above 10 · remission above 13 · worse by 4")
    maya.close()
    assert (
        log_contact(maya, handle, **{"Contact type": "Initial Assessment", "Well-being total": "8"}) is None
    )
    maya.close()
    clinic.clock.forward(weeks=4)
    assert log_contact(maya, handle, **{"Well-being total": "14"}) is None
    sees(maya, "Well-being 8 → 14 (+6) good, remission")
    maya.press("Trend")
    sees(maya, "Well-being 8 → 14 over 4 weeks", "up 6, remission, 2 scores in 4 weeks")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


@pytest.mark.parametrize(
    ("changes", "label", "sentence"),
    [
        ({"Bands": "low"}, "Bands", "Band 1: begin with a whole number"),
        ({"Name": "PHQ 9"}, "Name", "PHQ-9 is in the catalogue"),
        ({"Highest score": "0"}, "Highest score", "must be above the lowest"),
        ({"Remission below": "40"}, "Remission below", "within the range, 0 to 25"),
        ({"Meaningful change": "26"}, "Meaningful change", "Enter 1 to 25, or nothing."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    clinic: Clinic, changes: dict[str, str], label: str, sentence: str
) -> None:
    maya = clinic.seat()
    maya.command("/cocm measures")
    maya.press("Define a measure of our own")
    maya.fill(OWN | changes)
    assert sentence in send_anyway(maya)[label]


def test_a_measure_of_their_own_may_only_screen(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm measures")
    maya.press("Define a measure of our own")
    maya.fill(OWN | {"This measure": "Only screens", "Meaningful change": ""})
    assert maya.submit() is None
    assert "worse by" not in sees(maya, SAVED, "remission above 13 · only screens").partition("Well-being")[2]
    [own] = [each for each in clinic.registry.policy.measures if each.name == "Well-being"]
    assert (own.outcome, own.meaningful_change) == (False, None)


def test_only_an_admin_gets_there(clinic: Clinic) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm measures")
    sees(samuel, "Only an admin of this registry may choose the measures.")
    maya.command("/cocm measures")
    sees(maya, "Asked for at every contact")
    forgery.press(samuel, maya, "Define a measure of our own")
    sees(samuel, "Only an admin")
    assert "Only an admin" in str(forgery.submission(samuel, maya))
    maya.press("Define a measure of our own")
    maya.fill(OWN)
    assert "Only an admin" in str(forgery.submission(samuel, maya))
    assert [measure.name for measure in clinic.registry.policy.measures] == ["PHQ-9", "GAD-7"]
    refused = [each.action for each in clinic.accesses() if each.outcome == "refused"]
    assert refused == [AdminRight.CHOOSE_MEASURES] * 4
