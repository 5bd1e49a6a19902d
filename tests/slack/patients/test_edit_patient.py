"""Editing at the screens: two people at once, a corrected MRN, what may not be."""

import re

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground.seats.seat import Seat
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """A patient added by Maya; Noor is a second care manager."""
    clinic.add_member("Noor Rahimi", Role.CARE_MANAGER)
    maya = clinic.seat()
    added = add_patient(maya)
    maya.close()
    return added


def editing(clinic: Clinic, name: str, handle: str) -> Seat:
    """The seat with the edit modal open."""
    seat = clinic.seat(name)
    seat.command(f"/cocm patient {handle}")
    seat.expect("Ana Muñoz")
    seat.choose("More…", "Edit details")
    seat.expect("First name")
    return seat


def test_what_two_people_typed_into_one_field_is_asked_about(clinic: Clinic, handle: str) -> None:
    maya, noor = editing(clinic, "Maya Okafor", handle), editing(clinic, "Noor Rahimi", handle)
    noor.fill({"Phone": "555-010-0122", "E-mail": "ana@example.org"})
    assert noor.submit() is None
    noor.expect("✅ Saved.", "555-010-0122 · ana@example.org")

    maya.fill({"Phone": "555-010-0111", "Last name": "Muñoz Díaz"})
    assert maya.submit() is None
    maya.expect(
        "Noor Rahimi changed Phone meanwhile: 555-010-0134 → 555-010-0122",
        "What you typed is still here.",
        "Noor Rahimi changed E-mail meanwhile: ana.munoz@example.org → ana@example.org. Saving keeps that.",
        "555-010-0111",
        "Muñoz Díaz",
    )
    assert not re.search(r"555-?010", str(maya.view and maya.view.payload["private_metadata"]))
    [ana] = clinic.patients()
    assert (ana.phone_number, ana.last_name) == ("555-010-0122", "Muñoz")

    assert maya.submit() is None
    maya.expect("✅ Saved.", "Ana Muñoz Díaz", "555-010-0111 · ana@example.org")
    [ana] = clinic.patients()
    assert (ana.phone_number, ana.email, ana.last_name) == ("555-010-0111", "ana@example.org", "Muñoz Díaz")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_different_fields_are_merged_and_told(clinic: Clinic, handle: str) -> None:
    maya, noor = editing(clinic, "Maya Okafor", handle), editing(clinic, "Noor Rahimi", handle)
    noor.fill({"E-mail": ""})
    assert noor.submit() is None
    maya.fill({"Payer": "Aetna"})
    assert maya.submit() is None
    maya.expect("✅ Saved. Noor Rahimi changed E-mail meanwhile: ana.munoz@example.org → nothing.", "Aetna")
    [ana] = clinic.patients()
    assert (ana.email, ana.payer) == ("", "Aetna")


def test_a_corrected_mrn(clinic: Clinic, handle: str) -> None:
    maya = clinic.seat()
    add_patient(maya, MRN="B-2002", **{"First name": "Ben"})
    maya.close()
    assert log_contact(maya, handle, **{"Contact type": "Initial Assessment"}) is None
    maya.close()
    editing(clinic, "Maya Okafor", handle)
    maya.fill({"MRN": "B-2002"})
    assert maya.submit() == {"MRN": "This MRN is already in the registry."}
    maya.fill({"MRN": "C-3003"})
    assert maya.submit() is None
    maya.expect("✅ Saved.", "MRN C-3003", "Initial Assessment")
    maya.close()
    maya.command("/cocm patient C-3003")
    maya.expect(handle, "Ana Muñoz", "3 Mar 2031 · Initial Assessment")
    maya.close()
    maya.command("/cocm patient A-1001")
    maya.expect("No patient of this registry matches")


def test_nothing_to_save(clinic: Clinic, handle: str) -> None:
    maya = editing(clinic, "Maya Okafor", handle)
    assert maya.submit() is None
    maya.expect("✅ Nothing to save: nothing was changed.")
    [ana] = clinic.patients()
    assert ana.version == 1


def test_a_double_click(clinic: Clinic, handle: str) -> None:
    maya = editing(clinic, "Maya Okafor", handle)
    maya.fill({"Phone": "555-010-0111"})
    for _ in range(2):
        assert forgery.submission(maya, maya) == {}
    [ana] = clinic.patients()
    assert (ana.phone_number, ana.version) == ("555-010-0111", 2)


def test_a_modal_from_before_a_restart(clinic: Clinic, handle: str) -> None:
    maya = editing(clinic, "Maya Okafor", handle)
    maya.fill({"Phone": "555-010-0111"})
    with clinic.restarted():
        assert maya.submit() is None
        maya.expect("✅ Saved.", "555-010-0111")


def test_a_modal_that_says_no_version_is_out_of_date(clinic: Clinic, handle: str) -> None:
    maya = editing(clinic, "Maya Okafor", handle)
    assert maya.view is not None
    memo = maya.view.payload["private_metadata"]
    maya.view.payload["private_metadata"] = memo.replace('"version":1', '"shown":1')
    assert maya.submit() == {"MRN": "This window is out of date. Please close it and open it again."}


def test_who_may_not_gets_nowhere(clinic: Clinic, handle: str) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    other = clinic.seat("Iris Lindqvist")
    other.command("/cocm add")
    other.expect("you may not add a patient")
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.expect("Ana Muñoz")
    forgery.choose(other, maya, "More…", "Edit details")
    other.expect("you may not edit a patient")
    maya.choose("More…", "Edit details")
    maya.fill({"Phone": "555-010-0111"})
    assert "you may not edit a patient" in forgery.submission(other, maya)["MRN"]
    [ana] = clinic.patients()
    assert ana.version == 1
