"""A contact typed as one line: the filled modal, saved at once and undone, and what must be asked first."""

from datetime import timedelta

import pytest

from cocm_bot.domain.errors import Conflict
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.vocabulary import ContactType, Flag, VisitType, WorkKind
from cocm_bot.operations.contacts.undoing import undo_contact
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import View
from cocm_bot.store.patients import history
from tests.rig.clinic import MONDAY, Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees

ACTION = "What did you do about it?"


@pytest.fixture
def maya(clinic: Clinic) -> Seat:
    return clinic.seat()


@pytest.fixture
def ana(clinic: Clinic, maya: Seat) -> str:
    """The handle of a patient in treatment."""
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    sees(maya, "Saved.")
    maya.close(everything=True)
    clinic.clock.forward(weeks=1)
    return handle


def entered(seat: Seat) -> dict[str, object]:
    """Return the values of the modal in front, by label, without the empty ones."""
    assert isinstance(seat.view, View)
    held = {}
    for block in seat.view.blocks:
        if block["type"] == "input":
            element = block["element"]
            option = element.get("initial_option") or {}
            value = (
                element.get("initial_value")
                or element.get("initial_date")
                or option.get("value")
                or [each["value"] for each in element.get("initial_options", [])]
            )
            if value:
                held[block["label"]["text"]] = value
    return held


def latest(clinic: Clinic) -> TreatmentLog:
    [patient] = clinic.patients()
    return patient.treatment_logs[-1]


def count(clinic: Clinic) -> int:
    [patient] = clinic.patients()
    return len([log for log in patient.treatment_logs if log.counts])


# --- the modal, filled in -----------------------------------------------------------------------------------


def test_a_line_opens_the_modal_filled_in_and_one_press_saves_it(
    clinic: Clinic, maya: Seat, ana: str
) -> None:
    maya.command(f'/cocm log {ana} phone 20m phq9 12 item9 0 gad7 8 next 2w "sleeping better"')
    sees(maya, "Ana Muñoz")
    assert entered(maya) == {
        "Contact type": "Follow Up",
        "Date": "2031-03-10",
        "Visit type": "Phone",
        "Minutes": "20",
        "PHQ-9 total": "12",
        "PHQ-9 item 9 · Thoughts of death or self-harm": "0",
        "GAD-7 total": "8",
        "Next appointment": "2031-03-24",
        "Note": "sleeping better",
    }
    assert maya.submit() is None
    sees(maya, "Saved.", "18 → 12")
    log = latest(clinic)
    assert {score.score_name: score.score_value for score in log.scores} == {"PHQ-9": 12, "GAD-7": 8}
    assert (log.visit_type, log.minutes, log.note) == (VisitType.PHONE, 20, "sleeping better")
    assert (log.self_harm, log.next_appointment) == ({"PHQ-9": 0}, "2031-03-24")


def test_what_is_not_understood_is_marked_and_fills_nothing_in(maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana} pohne 20 phq9 28 gad7 8")
    sees(maya, "Not filled in:", "“pohne 20”", "“phq9 28” (PHQ-9 runs from 0 to 27)")
    assert entered(maya)["GAD-7 total"] == "8"
    assert not {"PHQ-9 total", "Minutes"} & entered(maya).keys()
    # It stays in sight when the modal is drawn again.
    maya.press("GAD-7 item by item")
    sees(maya, "GAD-7 · 1 Nervousness", "“pohne 20”")


def test_nine_answers_as_one_word(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana} phone 20m phq9 222222220")
    sees(maya, "PHQ-9 answers")
    assert entered(maya)["PHQ-9 answers"] == "222222220"
    assert maya.submit() is None
    sees(maya, "Saved.")
    assert latest(clinic).answers == {"PHQ-9": (2, 2, 2, 2, 2, 2, 2, 2, 0)}
    assert latest(clinic).scores[0].score_value == 16


def test_a_line_without_an_exact_patient_asks_and_is_kept(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command("/cocm log muñoz phone 20m gad7 8")
    sees(maya, "1 patient matches", "Ana")
    maya.press("Choose")
    sees(maya, "Contact type")
    assert (entered(maya)["Minutes"], entered(maya)["GAD-7 total"]) == ("20", "8")
    maya.close()
    maya.command("/cocm log phone 20m gad7 9")
    sees(maya, "Which patient?")
    maya.choose("Handle, MRN or name", ana)
    sees(maya, "Contact type")
    assert entered(maya)["GAD-7 total"] == "9"
    assert count(clinic) == 1


def test_a_self_harm_answer_asks_what_was_done(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana} phone 20m phq9 213201101")
    sees(maya, "the self-harm item is above 0", ACTION)
    assert maya.submit() == {ACTION: "Please complete this required field."}
    maya.fill({ACTION: "Asked about plans, none"})
    assert maya.submit() is None
    sees(maya, "Saved.")
    assert latest(clinic).self_harm == {"PHQ-9": 1}
    [patient] = clinic.patients()
    assert patient.patient_flag is Flag.SAFETY_RISK


# --- saved at once ------------------------------------------------------------------------------------------


def test_a_line_with_the_mark_is_saved_at_once_and_can_be_undone(
    clinic: Clinic, maya: Seat, ana: str
) -> None:
    maya.command(f'/cocm log {ana} phone 20m phq9 12 item9 0 "better"!')
    shown = sees(maya, ana, "Follow Up", "20 min", "PHQ-9 12", "18 → 12", "Undo works for 10 minutes")
    assert "Muñoz" not in shown
    assert maya.view is None
    assert (count(clinic), latest(clinic).note) == (2, "better")
    log = latest(clinic)
    clinic.clock.forward(minutes=10)
    maya.press("Undo")
    sees(maya, "Undone.")
    assert count(clinic) == 1
    [patient] = clinic.patients()
    assert patient.course.scores["PHQ-9"].latest == 18
    with pytest.raises(Conflict, match="undone or corrected already"):
        undo_contact(clinic.ctx, clinic.actor(), ana, log.id)


def test_a_second_press_and_a_late_one_change_nothing(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana} phone 20m!")
    sees(maya, "Undo works")
    message = maya.message
    assert message is not None
    clinic.clock.forward(minutes=11)
    maya.press("Undo")
    sees(maya, "It is more than 10 minutes since this was saved")
    assert count(clinic) == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("phone 20m phq9 213201101!", "The self-harm item is above 0: say what was done about it."),
        ("phone 20m phq9 25!", "The self-harm item is above 0: say what was done about it."),
        ("phone 20m phq9 12!", "PHQ-9: the answer to item 9 is missing, like item9 0."),
        ("phone!", "The minutes are missing, like 20m."),
        ("20m!", "How it took place is missing, like phone or clinic."),
        ("phone 20m sleeping better!", "I did not understand all of it."),
        ("phone 20m 3/20/2031!", "The date can't be in the future."),
        ("phone 20m no-show gad7 8!", "A no-show has no scores: clear the scores or the no-show."),
        ("consult 20m!", "Say what is recommended."),
    ],
)
def test_what_needs_a_look_opens_the_modal_instead(
    clinic: Clinic, maya: Seat, ana: str, said: str, why: str
) -> None:
    maya.command(f"/cocm log {ana} {said}")
    clinic.workspace.wait_until(lambda: maya.view is not None, "the modal")
    sees(maya, "Ana Muñoz", "Contact type")
    assert count(clinic) == 1
    maya.close()
    sees(maya, "Not saved yet.", why, "The form is open")
    maya.press("Open the form")
    sees(maya, "Ana Muñoz", "Contact type")


def test_nobody_is_guessed_for_a_line_that_is_saved_at_once(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command("/cocm log muñoz phone 20m!")
    clinic.workspace.wait_until(lambda: maya.view is not None, "the modal")
    sees(maya, "1 patient matches")
    maya.press("Choose")
    sees(maya, "Contact type")
    assert entered(maya)["Minutes"] == "20"
    assert count(clinic) == 1


def test_the_first_contact_is_looked_at(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    maya.command(f"/cocm log {handle} clinic 45m!")
    clinic.workspace.wait_until(lambda: maya.view is not None, "the modal")
    sees(maya, "Initial Assessment")
    maya.close()
    sees(maya, "The next entry for this patient would be Initial Assessment")
    maya.command(f"/cocm log {handle} initial clinic 45m!")
    sees(maya, "Undo works for 10 minutes")
    assert latest(clinic).contact_type is ContactType.INITIAL_ASSESSMENT


@pytest.mark.parametrize(
    ("said", "minutes", "no_show", "kind"),
    [
        ("phone no-show!", 0, True, ContactType.FOLLOW_UP),
        ("no-show phone 5m!", 5, True, ContactType.FOLLOW_UP),
        ("outreach 5m!", 5, False, WorkKind.OUTREACH),
        ('coordination 15m "pharmacy"!', 15, False, WorkKind.CARE_COORDINATION),
    ],
)
def test_no_shows_outreach_and_coordination(
    clinic: Clinic, maya: Seat, ana: str, said: str, minutes: int, no_show: bool, kind: ContactType | WorkKind
) -> None:
    maya.command(f"/cocm log {ana} {said}")
    sees(maya, "Undo works for 10 minutes")
    maya.press("Open the card")
    sees(maya, "Ana Muñoz", str(kind))
    [patient] = clinic.patients()
    log = history.contacts(clinic.ctx.table, patient.id)[-1]
    assert (log.minutes, log.no_show, log.contact_type) == (minutes, no_show, kind)


def test_the_form_opens_from_the_message_when_slack_was_too_slow(
    clinic: Clinic, maya: Seat, ana: str
) -> None:
    clinic.workspace.fail("views.open", times=10, error="expired_trigger_id")
    maya.command(f"/cocm log {ana} phone phq9 12!")
    sees(maya, "Not saved yet.", "Open the form: it is filled in.")
    clinic.workspace.faults.clear()
    maya.press("Open the form")
    sees(maya, "Ana Muñoz", "Contact type")
    assert entered(maya)["PHQ-9 total"] == "12"


def test_yesterday_is_yesterday_of_the_registry(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana} yesterday phone 20m!")
    sees(maya, "9 Mar 2031")
    assert clinic.registry.policy.local_date(latest(clinic).date) == MONDAY.date() + timedelta(days=6)


# --- the form itself ----------------------------------------------------------------------------------------


def test_the_answers_can_be_typed_in_the_form(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana}")
    maya.fill({"Minutes": "20", "PHQ-9 answers": "21320110"})
    assert maya.submit() == {
        "PHQ-9 answers": "Type 9 digits from 0 to 3, one for each item, or leave this empty."
    }
    maya.fill({"PHQ-9 answers": "213201101"})
    maya.submit()
    sees(maya, "the self-harm item is above 0", ACTION)
    assert count(clinic) == 1
    maya.fill({ACTION: "Safety plan", "PHQ-9 item 9 · Thoughts of death or self-harm": "2 ·"})
    maya.submit()
    sees(maya, "The answers you typed have 1 for item 9. Correct one of them.")
    # The form follows the answer to item 9 first: a press into that would be lost, as in Slack.
    clinic.workspace.settled()
    maya.press("PHQ-9 item by item")
    sees(maya, "PHQ-9 · 9 Thoughts of death or self-harm")
    maya.fill({"PHQ-9 · 9 Thoughts of death or self-harm": "1 ·"})
    assert maya.submit() is None
    assert latest(clinic).answers == {"PHQ-9": (2, 1, 3, 2, 0, 1, 1, 0, 1)}


def test_a_no_show_is_asked_for_no_minutes(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command(f"/cocm log {ana}")
    maya.fill({"Attendance": ["No-show (missed visit or no answer)"]})
    clinic.workspace.settled()
    assert maya.view is not None
    labels = {block["label"]["text"] for block in maya.view.blocks if block["type"] == "input"}
    assert not {"Minutes", "PHQ-9 total"} & labels
    assert maya.submit() is None
    sees(maya, "Saved.")
    assert (latest(clinic).no_show, latest(clinic).minutes) == (True, 0)


def test_a_name_with_a_slip_asks_who_is_meant(clinic: Clinic, maya: Seat, ana: str) -> None:
    maya.command("/cocm log Munhoz")
    maya.expect("Nobody is called “Munhoz”. Closest match:", ana)
    maya.press("Choose")
    maya.expect("Log a contact", ana)
