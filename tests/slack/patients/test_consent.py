"""Consent at the screens: missing in plain sight, asked at enrolment or recorded later."""

import pytest

from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, send_anyway

MISSING = "No consent on record: needed before billable time."


def test_consent_is_missing_until_it_is_recorded(clinic: Clinic) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    handle = add_patient(maya)
    maya.expect(MISSING)
    samuel.command(f"/cocm patient {handle}")
    samuel.expect(MISSING)
    samuel.choose("More…", "Record consent")
    samuel.fill({"Given on": "2031-03-04"})
    assert samuel.submit() == {"Given on": "The date can't be in the future."}
    samuel.fill({"Consent": "Written", "Given on": "2031-02-27"})
    assert samuel.submit() is None
    card = samuel.expect("Consent recorded.", "Consent: Written, 27 Feb 2031")
    assert MISSING not in card

    maya.choose("More…", "Record consent")
    maya.expect("◉ Written", "2031-02-27")


def test_consent_at_enrolment(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya, **{"Consent": "Verbal", "Consent given on": "2031-02-27"})
    maya.expect("Consent: Verbal, 27 Feb 2031", handle)


def test_the_day_of_consent_is_today_unless_another_is_chosen(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya, MRN="A-1", Consent="Verbal")
    maya.expect("Consent: Verbal, 3 Mar 2031")
    maya.close()
    add_patient(maya, MRN="A-2")
    maya.expect(MISSING)


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"Consent": "Verbal", "Consent given on": ""}, {"Consent given on": "Say when the patient agreed."}),
        ({"Consent given on": "2031-03-02"}, {"Consent": "Say how the patient agreed."}),
        (
            {"Consent": "Verbal", "Consent given on": "2031-03-04"},
            {"Consent given on": "The date can't be in the future."},
        ),
    ],
)
def test_half_a_consent_at_enrolment(clinic: Clinic, entered: dict[str, str], errors: dict[str, str]) -> None:
    maya = clinic.seat()
    maya.command("/cocm add")
    maya.fill({"MRN": "A-1", "First name": "Ana", "Last name": "Muñoz", "Birth date": "1984-02-29"} | entered)
    assert send_anyway(maya) == errors
    assert clinic.patients() == []


def test_who_may_not_gets_nowhere(clinic: Clinic) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    maya, other = clinic.seat(), clinic.seat("Iris Lindqvist")
    add_patient(maya)
    other.command("/cocm add")
    other.expect("you may not add a patient")
    forgery.choose(other, maya, "More…", "Record consent")
    other.expect("you may not record consent")
    maya.choose("More…", "Record consent")
    maya.expect("Given on")
    assert "you may not record consent" in forgery.submission(other, maya)["Consent"]
    [ana] = clinic.patients()
    assert ana.consent is None
