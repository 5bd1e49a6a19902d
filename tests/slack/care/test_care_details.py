"""Care details, medication and the link to the health record at the screens."""

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact, sees

SAMUEL, IRIS, NOOR = "Samuel Adeyemi", "Iris Lindqvist", "Noor Rahimi"


@pytest.fixture
def handle(clinic: Clinic) -> str:
    clinic.add_member(NOOR, Role.PCP)
    maya = clinic.seat()
    added = add_patient(maya)
    maya.close()
    return added


def opened(clinic: Clinic, name: str, handle: str, words: str = "Care details") -> Seat:
    seat = clinic.seat(name)
    seat.command(f"/cocm patient {handle}")
    seat.expect("Ana Muñoz")
    seat.choose("More…", words)
    seat.expect("Cancel")
    return seat


def test_all_of_it_is_saved_shown_and_in_the_history(clinic: Clinic, handle: str) -> None:
    maya = opened(clinic, "Maya Okafor", handle)
    assert "Canceled: none is agreed now" not in maya.screen
    maya.fill(
        {
            "Treating clinician": SAMUEL,
            "Diagnoses": "f331 Recurrent depression, moderate\nF41.1 Generalized anxiety",
            "Referred on": "2031-02-20",
            "Sex at birth": "Female",
            "Own follow-up interval (days)": "10",
            "Next appointment": "2031-03-14",
            "Id in the health record": "77 / 4",
        }
    )
    assert maya.submit() is None
    card = sees(
        maya,
        "Saved.",
        "female",
        "Treating clinician: Samuel Adeyemi",
        "Diagnoses F33.1 Recurrent depression, moderate · F41.1 Generalized anxiety",
        "Referred 20 Feb 2031",
        "Next appointment 14 Mar 2031",
        "Own interval: every 10 days",
    )
    assert "health record" not in card
    [ana] = clinic.patients()
    assert ana.treating_clinician is not None
    assert ana.treating_clinician.user_id == clinic.member(SAMUEL).user_id
    assert (ana.follow_up_days, ana.course.follow_up_days, ana.ehr_id) == (10, 10, "77 / 4")

    # What is canceled or emptied is gone, before and after in the history.
    maya.choose("More…", "Care details")
    maya.expect("Canceled: none is agreed now")
    maya.fill(
        {
            "Treating clinician": "Nobody of the team",
            "… outside the team": "Dr. <Ada> Brook",
            "Appointment": ["Canceled: none is agreed now"],
            "Own follow-up interval (days)": "",
            "Diagnoses": "F33.1 Recurrent depression, moderate",
        }
    )
    assert maya.submit() is None
    card = sees(maya, "Saved.", "Treating clinician: Dr. <Ada> Brook")
    assert "Next appointment" not in card
    maya.choose("More…", "Changes")
    sees(
        maya,
        "Maya Okafor · care details edited · treating clinician Samuel Adeyemi → Dr. <Ada> Brook",
        "F41.1 Generalized anxiety → F33.1 Recurrent depression, moderate",
        "own follow-up interval (days) 10 → nothing",
        "next appointment 2031-03-14 → nothing",
        "treating clinician: Samuel Adeyemi",
        "date referred: 2031-02-20",
        "sex at birth: Female",
        "health record id: 77 / 4",
    )
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_what_is_wrong_is_said_at_its_field(clinic: Clinic, handle: str) -> None:
    maya = opened(clinic, "Maya Okafor", handle)
    cases = [
        ({"Diagnoses": "depression"}, "Diagnoses", "Line 1: “depression” is not shaped like"),
        (
            {"Diagnoses": "", "Referred on": "2031-03-04"},
            "Referred on",
            "The referral can't be in the future.",
        ),
        ({"Referred on": "1984-02-28"}, "Referred on", "The patient was not born yet"),
        (
            {"Referred on": "2031-02-20", "Next appointment": "2031-03-02"},
            "Next appointment",
            "The next appointment can't be in the past.",
        ),
        (
            {
                "Next appointment": "2031-03-03",
                "Treating clinician": SAMUEL,
                "… outside the team": "Dr. Brook",
            },
            "… outside the team",
            "Choose a member or write a name, not both.",
        ),
    ]
    for values, field, sentence in cases:
        maya.fill(values)
        errors = maya.submit()
        assert errors is not None
        assert errors[field].startswith(sentence)
    maya.fill({"… outside the team": ""})
    assert maya.submit() is None
    sees(maya, "Saved.", "Next appointment 3 Mar 2031")


def test_two_people_at_once_lose_nothing_unseen(clinic: Clinic, handle: str) -> None:
    maya, samuel = opened(clinic, "Maya Okafor", handle), opened(clinic, SAMUEL, handle)
    samuel.fill({"Treating clinician": SAMUEL, "Own follow-up interval (days)": "21"})
    assert samuel.submit() is None
    sees(samuel, "Treating clinician: Samuel Adeyemi")
    maya.fill({"Treating clinician": NOOR})
    assert maya.submit() is None
    sees(
        maya,
        "Samuel Adeyemi changed Treating clinician meanwhile: nothing → Samuel Adeyemi",
        "changed Own follow-up interval meanwhile: nothing → 21. Saving keeps that.",
    )
    assert maya.submit() is None
    sees(maya, "Treating clinician: Noor Rahimi", "Own interval: every 21 days")
    # A contact logged meanwhile agrees an appointment: a form opened before does not undo it.
    iris = opened(clinic, IRIS, handle)
    appointed = {"Contact type": "Initial Assessment", "Next appointment": "2031-03-12"}
    maya.close()
    assert log_contact(maya, handle, **appointed) is None
    iris.fill({"Sex at birth": "Female"})
    assert iris.submit() is None
    sees(iris, "Saved. Maya Okafor changed Next appointment meanwhile: nothing → 2031-03-12.")
    [ana] = clinic.patients()
    assert (ana.next_appointment, ana.sex_at_birth) == ("2031-03-12", "Female")


def test_medication_at_a_contact_and_apart_from_one(clinic: Clinic, handle: str) -> None:
    maya = clinic.seat()
    wrong = {"Contact type": "Initial Assessment", "Medication changes": "Sertraline 50 mg"}
    errors = log_contact(maya, handle, **wrong)
    assert errors is not None
    assert errors["Medication changes"].startswith("Line 1: begin with")
    maya.fill({"Medication changes": "started Sertraline, 50 mg\ntaking Metformin, 500 mg, since 2029-06-01"})
    assert maya.submit() is None
    sees(maya, "Medication Sertraline 50 mg (since 3 Mar 2031) · Metformin 500 mg (since 1 Jun 2029)")

    # The physician logs no contacts, and changes the dose all the same.
    clinic.clock.forward(minutes=1)
    samuel = opened(clinic, SAMUEL, handle, "Medication")
    sees(samuel, "Medication Sertraline 50 mg")
    samuel.fill({"Medication changes": "changed Sertralin, 100 mg"})
    refused = samuel.submit()
    assert refused is not None
    assert "Sertralin is not on the list" in refused["Medication changes"]
    samuel.fill({"Medication changes": "changed Sertraline, 100 mg"})
    assert samuel.submit() is None
    sees(
        samuel,
        "Saved.",
        "Medication Sertraline 100 mg (since 3 Mar 2031)",
        "Care Coordination · 0 min · changed Sertraline, 100 mg",
    )
    [ana] = clinic.patients()
    assert (ana.total_sessions, ana.minutes_this_month) == (1, 20)

    # The entry is corrected, and the list with it.
    clinic.clock.forward(minutes=1)
    maya.close(everything=True)
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "History")
    sees(
        maya,
        "Medication: changed Sertraline, 100 mg",
        "Medication: started Sertraline, 50 mg; taking Metformin",
    )
    maya.press("Correct", near="Care Coordination")
    sees(maya, "changed Sertraline, 100 mg")
    maya.fill(
        {"Medication changes": "changed Sertraline, 75 mg", "Why is the old entry wrong?": "Typed wrong"}
    )
    assert maya.submit() is None
    sees(maya, "Medication Sertraline 75 mg (since 3 Mar 2031)")
    maya.choose("More…", "Changes")
    sees(maya, "medication changed Sertraline, 100 mg → changed Sertraline, 75 mg")


def test_a_recommendation_goes_to_the_treating_clinician_and_to_the_next_one(
    clinic: Clinic, handle: str
) -> None:
    maya = opened(clinic, "Maya Okafor", handle)
    maya.fill({"Treating clinician": SAMUEL})
    assert maya.submit() is None
    sees(maya, "Treating clinician: Samuel Adeyemi")
    maya.close()
    iris = clinic.seat(IRIS)
    iris.command(f"/cocm log {handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    iris.expect("Recommendation")
    iris.fill({"Recommendation": ["Medication"], "In words": "Raise the dose.", "Minutes": "10"})
    assert iris.submit() is None
    samuel, noor = clinic.seat(SAMUEL), clinic.seat(NOOR)
    samuel.go(cast.BOT)
    sees(samuel, "Recommendation for")
    clinic.workspace.settled()
    assert noor.messages(cast.BOT) == []
    # Handed to another physician, it is theirs to answer too.
    opened(clinic, "Maya Okafor", handle)
    maya.fill({"Treating clinician": NOOR})
    assert maya.submit() is None
    clinic.tick()
    noor.go(cast.BOT)
    sees(noor, "Recommendation for")


def test_the_link_to_the_health_record(clinic: Clinic, handle: str) -> None:
    maya = clinic.seat()
    maya.command("/cocm registry settings")
    maya.press("Health record")
    sees(maya, "Link to the health record")
    maya.fill({"Link to the health record": "http://ehr.example.org/{id}"})
    errors = maya.submit() or {}
    assert errors["Link to the health record"].startswith("Enter an address that begins with https://")
    maya.fill({"Link to the health record": "https://ehr.example.org/open?patient={id}&tab=chart"})
    assert maya.submit() is None
    sees(maya, "Saved.")
    maya.close()
    opened(clinic, "Maya Okafor", handle)
    maya.fill({"Id in the health record": "a&b|<c>"})
    assert maya.submit() is None
    sees(maya, "Open in the health record")
    assert maya.view is not None
    drawn = str(maya.view.payload["blocks"])
    assert (
        "<https://ehr.example.org/open?patient=a%26b%7C%3Cc%3E&amp;tab=chart|Open in the health record>"
        in drawn
    )
    assert "ehr.example.org" not in str(maya.view.payload["private_metadata"])
