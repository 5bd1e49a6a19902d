"""Patients who came with an import: what is not known of them is said, and can be filled in."""

from cocm_bot.operations.exchange.importing import prepare
from cocm_bot.operations.exchange.sources import Source
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient

TRACKER = """\
MRN,Name,DOB,Phone,Initial Assessment,PHQ-9 first
AK 2,"Muñoz, Ana",unknown,206-555-0177 / 0178,1/13/2025,25
"""


def test_a_patient_without_a_birth_date_is_shown_and_completed(clinic: Clinic) -> None:
    importing = prepare(clinic.ctx, clinic.registry_id, Source(TRACKER.encode()), "tester")
    list(importing.apply())
    [ana] = clinic.patients()
    maya = clinic.seat()
    maya.command(f"/cocm patient {ana.handle}")
    maya.expect("birth date not known", "MRN AK 2", "206-555-0177 / 0178", "Self-harm")
    maya.choose("More…", "Edit details")
    maya.fill({"Birth date": "1984-02-29"})
    assert maya.submit() is None
    maya.expect("✅ Saved.", "born 29 Feb 1984")
    [ana] = clinic.patients()
    assert (ana.date_of_birth, ana.patient_mrn, ana.imported) == (
        "1984-02-29",
        "AK 2",
        importing.report.import_id,
    )
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_whoever_may_be_there_already_is_shown_before_they_are_added_again(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.command("/cocm add")
    maya.fill({"MRN": "A-99", "First name": "Ana", "Last name": "Munoz", "Birth date": "1984-02-29"})
    assert maya.submit() is None
    maya.expect("Is this patient in the registry already?", handle, "the same name and birth date", "A-1001")
    assert len(clinic.patients()) == 1
    maya.fill({"MRN": "A-1001"})
    assert maya.submit() == {"MRN": "This MRN is already in the registry."}
    maya.fill({"MRN": "A-99"})
    assert maya.submit() is None
    maya.expect("✅ Added.")
    assert len(clinic.patients()) == 2
