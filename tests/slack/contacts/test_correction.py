"""Correcting an entry at the screens: chosen, filled in as it was recorded, saved or voided."""

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Status, VisitType
from cocm_bot.operations.contacts.log_contact import log_contact as operation
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store.patients import history
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees
from tests.rig.seats import PATIENCE

WHY = "Why is the old entry wrong?"


@pytest.fixture
def maya(clinic: Clinic) -> Seat:
    return clinic.seat()


def assessed(seat: Seat) -> str:
    """A patient who was assessed; the card is left open."""
    handle = add_patient(seat)
    assert log_contact(seat, handle, **ASSESSED) is None
    sees(seat, "Saved.")
    return handle


def correcting(seat: Seat) -> None:
    """From the card to the modal that corrects its only entry."""
    seat.choose("More…", "Correct an entry")
    sees(seat, "Initial Assessment", "45 min")
    seat.press("Correct")
    sees(seat, "As recorded:", WHY)


def only(clinic: Clinic) -> Patient:
    [patient] = clinic.patients()
    return patient


def test_minutes_are_corrected_and_the_change_is_told(clinic: Clinic, maya: Seat) -> None:
    assessed(maya)
    correcting(maya)
    maya.fill({"Minutes": "54", WHY: "Digits swapped"})
    assert maya.submit() is None
    sees(maya, "Saved.", "45 → 54 min this month", "54 min")
    ana = only(clinic)
    assert [(log.minutes, log.visit_type) for log in ana.treatment_logs] == [(54, "Clinic")]
    assert {name: course.latest for name, course in ana.course.scores.items()} == {"PHQ-9": 18, "GAD-7": 14}
    changes = {change.attribute: (change.before, change.after) for change in ana.audit_logs[-1].changes}
    assert changes["minutes"] == ("45", "54")
    assert len(history.contacts(clinic.ctx.table, ana.id)) == 2


def test_an_entry_is_voided_with_a_reason(clinic: Clinic, maya: Seat) -> None:
    assessed(maya)
    correcting(maya)
    maya.fill({"Void": ["This never happened"]})
    assert maya.submit() == {WHY: "Please complete this required field."}
    maya.fill({WHY: "Another patient's"})
    assert maya.submit() is None
    sees(maya, "Voided.", "None yet.", "Enrolled")
    ana = only(clinic)
    assert (ana.status, ana.treatment_logs, ana.minutes_this_month) == (Status.ENROLLED, (), 0)


def test_a_correction_can_turn_it_into_a_consultation(clinic: Clinic, maya: Seat) -> None:
    assessed(maya)
    correcting(maya)
    maya.fill({WHY: "It was Dr Lindqvist I spoke to", "Contact type": "Psychiatric Consultation"})
    sees(maya, "Recommendation", "It was Dr Lindqvist I spoke to")
    maya.fill({"Recommendation": ["Refer"]})
    assert maya.submit() is None
    sees(maya, "Saved.", "Enrolled")
    assert len(only(clinic).recommendations) == 1


def test_two_people_correct_the_same_entry(clinic: Clinic, maya: Seat) -> None:
    handle = assessed(maya)
    clinic.add_member("Noor Rahimi", clinic.member("Maya Okafor").role)
    noor = clinic.seat("Noor Rahimi")
    noor.command(f"/cocm patient {handle}")
    correcting(noor)
    correcting(maya)
    maya.fill({"Minutes": "54", WHY: "Digits swapped"})
    assert maya.submit() is None
    noor.fill({"Minutes": "40", WHY: "Shorter"})
    assert noor.submit() == {
        "Contact type": "Somebody corrected or voided this entry meanwhile. Open the card again to see it."
    }
    assert [log.minutes for log in only(clinic).treatment_logs] == [54]


def test_a_psychiatrist_corrects_only_what_is_theirs(clinic: Clinic, maya: Seat) -> None:
    handle = assessed(maya)
    iris = clinic.seat("Iris Lindqvist")
    iris.command(f"/cocm patient {handle}")
    iris.choose("More…", "Correct an entry")
    sees(iris, "There is no entry you may correct.")
    iris.close()
    correcting(maya)
    maya.fill({"Minutes": "54", WHY: "Digits swapped"})
    errors = forgery.submission(iris, maya)
    assert list(errors.values()) == ["You may correct only what you recorded yourself. Ask a Care Manager."]
    assert [entry.action for entry in clinic.accesses() if entry.outcome == "refused"] == ["correct_contact"]
    assert [log.minutes for log in only(clinic).treatment_logs] == [45]


@pytest.mark.parametrize("name", ["Samuel Adeyemi", "Lena Novak", "Omar Haddad"])
def test_nobody_else_corrects_anything(clinic: Clinic, maya: Seat, name: str) -> None:
    assessed(maya)
    correcting(maya)
    maya.fill({"Minutes": "54", WHY: "Digits swapped"})
    other = clinic.seat(name)
    errors = forgery.submission(other, maya)
    assert ["you may not correct a contact" in error for error in errors.values()] == [True]
    assert [log.minutes for log in only(clinic).treatment_logs] == [45]


def test_a_risk_known_before_alarms_nobody_again(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    maya.command(f"/cocm log {handle}")
    maya.fill({"Minutes": "45", "PHQ-9 item 9": "1 ·"})
    sees(maya, "What did you do about it?")
    maya.fill({"What did you do about it?": "Safety plan"})
    assert maya.submit() is None
    clinic.workspace.wait_until(
        lambda: len(clinic.calls("chat.postMessage")) == 2, "Iris and Samuel told", PATIENCE
    )
    correcting(maya)
    sees(maya, "Safety plan")
    maya.fill({"Minutes": "54", WHY: "Digits swapped"})
    assert maya.submit() is None
    clinic.workspace.settled()
    ana = only(clinic)
    assert [(log.safety_action, log.minutes) for log in ana.treatment_logs] == [("Safety plan", 54)]
    # Sent once: to the psychiatrist and the physician.
    assert (len(ana.flags), len(clinic.calls("chat.postMessage"))) == (1, 2)


def test_an_old_entry_is_found_some_pages_on(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    for number in range(1, 18):
        day = clinic.clock().date()
        entered = Contact(
            contact_type=ContactType.FOLLOW_UP, visit_type=VisitType.PHONE, day=day, minutes=number
        )
        operation(clinic.ctx, clinic.actor(), handle, entered, f"request-{number}")
        clinic.clock.forward(days=1)
    maya.close()
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Correct an entry")
    sees(maya, "17 min")
    maya.press("Next ›")
    sees(maya, " 1 min")
    maya.press("Correct", near=" 1 min")
    maya.fill({"Minutes": "11", WHY: "Left a digit out"})
    assert maya.submit() is None
    sees(maya, "Saved.")
    minutes = [log.minutes for log in history.contacts(clinic.ctx.table, only(clinic).id) if log.counts]
    assert minutes == [11, *range(2, 18)]
