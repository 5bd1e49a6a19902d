"""A care manager's first morning and the one two weeks later; every number is worked out by hand."""

from tests.rig.clinic import Clinic
from tests.rig.scenes import (
    ANA,
    ASSESSED,
    ITEM_9,
    NOT_AT_ALL,
    add_patient,
    handle_on,
    log_contact,
    sees,
    send_anyway,
)


def test_a_care_managers_first_morning_and_one_two_weeks_later(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm help")
    sees(maya, "Hello Maya", "/cocm today", "/cocm caseload", "/cocm patient", "/cocm add", "/cocm log")

    maya.press("Today")
    sees(maya, "There are no patients in this registry yet.")

    maya.press("Add the first patient")
    maya.fill(ANA)
    assert maya.submit() is None
    # Monday 3 March 2031; an assessment is due within 7 days; born on a leap day, 47 until 1 March 2032.
    card = sees(
        maya, "Ana Muñoz", "47 years (born 29 Feb 1984) · MRN A-1001", "Nothing is due. Next: 10 Mar 2031."
    )
    handle = handle_on(card)

    maya.press("Log a contact")
    sees(maya, "Ana Muñoz", "No contact yet.")
    maya.fill(ASSESSED)
    assert maya.submit() is None
    sees(
        maya,
        "Saved. Status Enrolled → Treatment · PHQ-9 18, the first score · GAD-7 14, the first score"
        " · 0 → 45 min this month · next due 10 Mar 2031",
        "Treatment, week 0, since 3 Mar 2031",
    )
    maya.close()

    maya.command("/cocm caseload")
    sees(maya, "1 patient, sorted by urgency", f"{handle} · A.M. · b. 1984", "Treatment", "18", "45")
    maya.command("/cocm today")
    sees(maya, "Nothing is due today.")

    clinic.clock.forward(weeks=2)
    maya.command("/cocm today")
    # 17 March: the follow-up fell due 7 days after the assessment, on the 10th.
    sees(
        maya,
        "1 patient needs you today",
        "Follow-ups due: 1",
        f"{handle} · A.M.",
        "last contact 14 days ago (3 Mar)",
    )
    maya.choose("More for a patient…", f"Log a contact: {handle}")
    maya.fill(
        {"Visit type": "Phone", "Minutes": "30", ITEM_9: NOT_AT_ALL, "PHQ-9 total": "12", "GAD-7 total": "9"}
    )
    assert maya.submit() is None
    sees(
        maya,
        "Saved. PHQ-9 18 → 12 (−6) · GAD-7 14 → 9 (−5) · 45 → 75 min this month · next due 24 Mar 2031",
        "Treatment, week 2, since 3 Mar 2031 · 2 sessions",
        "75 min this month · no code: consent is missing",
        "Last follow-up 17 Mar 2031",
        "PHQ-9 18 → 12 (−6) moderate, not improved",
        "GAD-7 14 → 9 (−5) mild, improved",
        "17 Mar 2031 · Follow Up · Phone · 30 min · PHQ-9 12 (item 9: 0) · GAD-7 9",
        "3 Mar 2031 · Initial Assessment · Clinic · 45 min · PHQ-9 18 (item 9: 0) · GAD-7 14",
    )
    maya.close()
    # The list the modal was opened from was redrawn behind it.
    sees(maya, "Nothing is due today.")
    maya.command("/cocm caseload")
    sees(maya, f"{handle} · A.M. · b. 1984", "Not improved", "12", "−6", "75")

    [ana] = clinic.patients()
    assert (ana.total_sessions, ana.minutes_this_month, ana.weeks_since_initial_assessment) == (2, 75, 2)
    assert clinic.registry.active_patients == 1
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_what_is_wrong_is_refused_at_its_field_and_nothing_is_saved(clinic: Clinic) -> None:
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()

    maya.command("/cocm add")
    maya.fill(ANA)
    assert maya.submit() == {"MRN": "This MRN is already in the registry."}
    assert "Muñoz" in maya.screen
    maya.fill({"MRN": "A-1002", "Birth date": "2031-03-04"})
    assert maya.submit() == {"Birth date": "The birth date can't be in the future."}
    maya.close()

    assert log_contact(maya, handle, **{"PHQ-9 total": "28"}) == {
        "PHQ-9 total": "Please enter a number no greater than 27."
    }
    errors = send_anyway(maya)
    assert list(errors) == ["PHQ-9 total"]
    assert "27" in errors["PHQ-9 total"]
    maya.fill({"PHQ-9 total": "24", "Date": "2031-03-04"})
    assert maya.submit() == {"Date": "The date can't be in the future."}
    maya.fill({"Date": "2031-03-03"})
    assert maya.submit() is None

    [ana] = clinic.patients()
    assert [log.scores[0].score_value for log in ana.treatment_logs] == [24]
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_a_guest_is_refused(clinic: Clinic) -> None:
    add_patient(clinic.seat())
    guest = clinic.seat("Gus Moreau")
    guest.command("/cocm today")
    screen = sees(guest, "I only work for members of this workspace, not for guests")
    assert "A.M." not in screen
