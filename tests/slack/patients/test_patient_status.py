"""A patient's status at the screens: moved on, deactivated with a reason, reopened."""

from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, deactivate, log_contact, send_anyway


def test_a_patient_leaves_and_comes_back(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.choose("More…", "Change status")
    maya.expect("Change status", "Ana Muñoz", "Enrolled since 3 Mar 2031", "Treatment")
    assert maya.submit() is None
    maya.expect("Status is now Treatment.", "Treatment, since 3 Mar 2031")

    clinic.clock.forward(weeks=1)
    maya.choose("More…", "Deactivate")
    maya.expect("This ends the episode")
    maya.fill({"Reason": "Other"})
    assert maya.submit() == {"In words": "Say in a few words why."}
    maya.fill({"Reason": "Moved away", "In words": "To Ohio"})
    assert deactivate(maya) is None
    card = maya.expect("Deactivated: Moved away.", "Deactivated, since 10 Mar 2031")
    assert "Log a contact" not in card
    assert "card-deactivate" not in str(maya.view and maya.view.blocks)
    assert clinic.registry.active_patients == 0

    clinic.clock.forward(weeks=4)
    maya.close()
    maya.command(f"/cocm patient {handle}")
    maya.press("Reopen")
    maya.expect("Episode 1: 3 Mar 2031 to 10 Mar 2031 (Moved away: To Ohio)", "A new episode begins")
    maya.fill({"Why": "Moved home, PHQ-9 is up", "Episode": "A new episode begins"})
    assert maya.submit() is None
    maya.expect(
        "Reopened: a new episode begins.", "Enrolled, since 7 Apr 2031", "Nothing is due. Next: 14 Apr 2031."
    )
    assert clinic.registry.active_patients == 1
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_nobody_is_deactivated_with_an_open_safety_risk(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Lost to contact"})
    stale = maya.view
    assert stale is not None
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm patient A-1001")
    samuel.press("Raise a flag")
    samuel.fill({"Flag": ["Safety Risk"], "Why": "Called in distress"})
    assert samuel.submit() is None
    assert maya.submit() == {"Reason": "A Safety Risk flag is open: resolve it first, saying what was done."}
    maya.close()
    maya.choose("More…", "Deactivate")
    refused = maya.expect("🔴 A Safety Risk flag is open: resolve it")
    assert "Reason" not in refused
    assert clinic.registry.active_patients == 1


def test_impossible_moves_are_not_offered_and_refused_if_sent(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.choose("More…", "Change status")
    assert "Relapse Prevention Plan" not in maya.expect("New status")
    # Meanwhile the patient is assessed, which begins treatment.
    stale = maya.view
    assert stale is not None
    maya.close(everything=True)
    assert log_contact(maya, handle, **ASSESSED) is None
    clinic.workspace.modals[maya.person.id] = [stale]
    assert send_anyway(maya) == {"New status": "The patient is Treatment now and can't move to Treatment."}
    maya.close()
    maya.command(f"/cocm patient {handle}")
    maya.expect("Treatment, week 0")
    menu = str(maya.view.blocks) if maya.view else ""
    assert "card-deactivate" in menu
    assert "card-status" not in menu


def test_a_contact_sent_after_the_patient_was_deactivated(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    handle = add_patient(maya)
    iris.command(f"/cocm patient {handle}")
    iris.press("Raise a flag")
    iris.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Declined"})
    assert forgery.submission(maya, maya) == {}
    assert forgery.submission(maya, maya) == {}
    assert iris.submit() == {"Flag": "This patient is deactivated: reopen the record before raising a flag."}
    [ana] = clinic.patients()
    assert (ana.status, len(ana.episodes), ana.flags) == ("Deactivated", 1, ())
    assert clinic.registry.active_patients == 0


def test_who_may_not_gets_nowhere(clinic: Clinic) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    maya, other = clinic.seat(), clinic.seat("Samuel Adeyemi")
    add_patient(maya)
    other.command("/cocm add")
    other.expect("you may not add a patient")
    forgery.choose(other, maya, "More…", "Deactivate")
    other.expect("you may not change a patient's status")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Declined"})
    assert "you may not change a patient's status" in forgery.submission(other, maya)["Reason"]
    [ana] = clinic.patients()
    assert ana.status == "Enrolled"
    refused = [entry.action for entry in clinic.accesses() if entry.outcome == "refused"]
    assert sorted(refused) == ["change_status", "change_status", "enrol_patient"]
