"""The contact modal follows what is entered, and nothing that was entered is lost on the way."""

from typing import Any

import pytest

from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, Flag, Role
from cocm_bot.operations.registries import measures
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact, sees, send_anyway, with_item
from tests.rig.seats import PATIENCE
from tests.store.build import end_membership

NINE = ["2 · more than half the days"] * 8
TOPICS = [
    "Interest and joy",
    "Low mood",
    "Sleep",
    "Energy",
    "Appetite",
    "Self-worth",
    "Concentration",
    "Slowed down or restless",
]
ITEM_9 = "PHQ-9 item 9 · Thoughts of death or self-harm"
ITEM_9_OF_NINE = "PHQ-9 · 9 Thoughts of death or self-harm"
ACTION = "What did you do about it?"
FILLED: dict[str, Any] = {
    ITEM_9: "0 ·",
    "Minutes": "25",
    "PHQ-9 total": "12",
    "Note": "Doing a little better.",
}


@pytest.fixture
def maya(clinic: Clinic) -> Seat:
    return clinic.seat()


def opened(clinic: Clinic, seat: Seat) -> str:
    """Open the contact modal for a patient who was just added."""
    handle = add_patient(seat)
    seat.close()
    seat.command(f"/cocm log {handle}")
    sees(seat, "Contact type")
    return handle


def settled(clinic: Clinic) -> None:
    clinic.workspace.settled()


def labels(seat: Seat) -> list[str]:
    assert seat.view is not None
    return [block["label"]["text"] for block in seat.view.blocks if block["type"] == "input"]


def only(clinic: Clinic) -> Patient:
    [patient] = clinic.patients()
    return patient


def logged(clinic: Clinic) -> TreatmentLog:
    [log] = only(clinic).treatment_logs
    return log


def all_told(clinic: Clinic, people: int) -> None:
    """Wait until so many were notified of a risk, which the clock does meanwhile."""
    clinic.workspace.wait_until(
        lambda: len([call for call in clinic.calls("chat.postMessage") if call.answer]) == people,
        f"{people} messages",
        PATIENCE,
    )


def told(clinic: Clinic, name: str) -> list[str]:
    """Return what the bot sent somebody by direct message: text and blocks."""
    seat = clinic.seat(name)
    return [f"{each.text} {each.blocks}" for each in seat.messages(cast.BOT)]


# --- the inputs follow the type -----------------------------------------------------------------------------


def test_a_consultation_asks_for_a_recommendation_instead_of_a_visit(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    assert "Visit type" in labels(maya)
    maya.fill({**FILLED, "Contact type": "Psychiatric Consultation"})
    sees(maya, "Recommendation")
    assert labels(maya) == [
        "Contact type",
        "Date",
        "Recommendation",
        "In words",
        "Next consult",
        "Minutes",
        "Note",
    ]
    maya.fill({"Recommendation": ["Medication", "Measure again"], "In words": "Sertraline 50 mg"})
    assert maya.submit() is None
    sees(maya, "Saved.")
    log = logged(clinic)
    assert (log.contact_type, log.minutes, log.note) == (
        ContactType.CONSULTATION,
        25,
        "Doing a little better.",
    )
    assert log.scores == ()
    assert log.recommendation is not None
    assert log.recommendation.kinds == ("Medication", "Measure again")
    assert [each.id for each in only(clinic).recommendations] == [log.id]


def test_the_type_can_be_changed_back_with_what_was_entered(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({**FILLED, "Contact type": "Psychiatric Consultation"})
    sees(maya, "Recommendation")
    maya.fill({"Contact type": "Follow Up"})
    sees(maya, "Visit type")
    maya.fill({ITEM_9: "0 ·", "PHQ-9 total": "12"})
    assert maya.submit() is None
    assert (logged(clinic).minutes, logged(clinic).contact_type) == (25, ContactType.FOLLOW_UP)


def test_a_consultation_without_a_recommendation_is_refused_there(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Minutes": "10", "Contact type": "Psychiatric Consultation"})
    sees(maya, "Recommendation")
    assert maya.submit() == {"Recommendation": "Say what is recommended."}
    maya.fill({"Recommendation": ["Other"]})
    assert maya.submit() == {"In words": "Say in words what else is recommended."}


def test_a_submission_that_overtakes_the_redrawing_is_asked_the_rest(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Minutes": "10"})
    clinic.workspace.fail("views.update", times=10, error="internal_error")
    maya.fill({"Contact type": "Psychiatric Consultation"})
    settled(clinic)
    clinic.workspace.faults.clear()
    assert "Recommendation" not in labels(maya)
    maya.submit()
    sees(maya, "Recommendation")
    maya.fill({"Recommendation": ["Refer"]})
    assert maya.submit() is None
    assert logged(clinic).minutes == 10


# --- item by item -------------------------------------------------------------------------------------------


def test_items_add_up_and_the_difficulty_is_kept(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Minutes": "25", "Note": "On paper"})
    maya.press("PHQ-9 item by item")
    sees(maya, "PHQ-9 · 1 Interest and joy", "Problems make daily life")
    maya.fill({f"PHQ-9 · {number} {topic}": "2 ·" for number, topic in enumerate(TOPICS, 1)})
    maya.fill({ITEM_9_OF_NINE: "0 ·", "Problems make daily life…": "Much difficulty"})
    settled(clinic)
    assert maya.submit() is None
    sees(maya, "PHQ-9 16")
    log = logged(clinic)
    assert log.answers == {"PHQ-9": (2, 2, 2, 2, 2, 2, 2, 2, 0)}
    assert (log.difficulty, log.note) == ("Much difficulty", "On paper")


def test_partial_and_disagreeing_answers_are_refused_at_the_total(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Minutes": "25", "GAD-7 total": "3"})
    maya.press("GAD-7 item by item")
    sees(maya, "GAD-7 · 1 Nervousness")
    seven = [label for label in labels(maya) if label.startswith("GAD-7 · ")]
    maya.fill(dict.fromkeys(seven[:6], "1 ·"))
    assert maya.submit() == {
        "GAD-7 total": "GAD-7 has no total until all 7 items are answered: item 7 is missing. "
        "Answer them, or hide the items."
    }
    maya.fill({seven[6]: "1 ·"})
    assert maya.submit() == {
        "GAD-7 total": "The items of GAD-7 add up to 7, the total says 3. "
        "Correct one of them, or clear the total."
    }
    maya.press("GAD-7: total only")
    maya.fill({"GAD-7 total": "7"})
    settled(clinic)
    assert not [label for label in labels(maya) if label.startswith("GAD-7 · ")]
    assert maya.submit() is None
    assert (logged(clinic).answers, logged(clinic).scores[0].score_value) == ({}, 7)


def test_the_self_harm_answer_stays_when_the_items_are_shown(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Minutes": "25", ITEM_9: "1 ·"})
    sees(maya, ACTION)
    maya.fill({ACTION: "Safety plan"})
    maya.press("PHQ-9 item by item")
    sees(maya, "PHQ-9 · 1 Interest and joy", ACTION, "Safety plan")
    maya.fill({f"PHQ-9 · {number} {topic}": "0 ·" for number, topic in enumerate(TOPICS, 1)})
    assert maya.submit() is None
    assert logged(clinic).answers == {"PHQ-9": (0, 0, 0, 0, 0, 0, 0, 0, 1)}
    assert logged(clinic).safety_action == "Safety plan"


# --- a self-harm item above 0 -------------------------------------------------------------------------------


def test_an_answer_above_0_asks_what_was_done_and_tells_the_psychiatrist(clinic: Clinic, maya: Seat) -> None:
    handle = opened(clinic, maya)
    maya.fill({**FILLED, ITEM_9: "1 · several days"})
    sees(maya, "the self-harm item is above 0", ACTION, "Raise Safety Risk", "Doing a little better.")
    assert maya.submit() == {ACTION: "Please complete this required field."}
    assert only(clinic).treatment_logs == ()
    maya.fill({ACTION: "Asked about plans, none; safety plan written"})
    assert maya.submit() is None
    sees(maya, "Saved.", "The psychiatrist is being notified now, by direct message.", "Safety Risk")
    all_told(clinic, 2)

    ana = only(clinic)
    assert ana.patient_flag is Flag.SAFETY_RISK
    assert (logged(clinic).self_harm, logged(clinic).minutes) == ({"PHQ-9": 1}, 25)
    assert logged(clinic).safety_action == "Asked about plans, none; safety plan written"
    [message] = told(clinic, "Iris Lindqvist")
    assert handle in message
    assert "A.M." in message
    assert "safety plan written" in message
    assert "Muñoz" not in message
    call, _to_samuel = clinic.calls("chat.postMessage")
    assert call.arguments["text"] == "A patient needs your attention now"
    iris = clinic.seat("Iris Lindqvist")
    iris.go(cast.BOT)
    iris.press("Open the card")
    sees(iris, "Ana Muñoz", "Safety Risk")


def test_the_person_may_leave_the_flag_out(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({**FILLED, ITEM_9: "2 ·"})
    sees(maya, ACTION)
    maya.fill({ACTION: "Long-standing, assessed, unchanged", "Flag": []})
    assert maya.submit() is None
    all_told(clinic, 2)
    assert only(clinic).flags == ()
    assert len(told(clinic, "Iris Lindqvist")) == 1


def test_a_total_that_needs_the_item_is_asked_about_on_saving(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({"Minutes": "25", "PHQ-9 total": "25", "Note": "Doing a little better."})
    maya.submit()
    sees(maya, "the self-harm item is above 0", ACTION, "Doing a little better.")
    assert only(clinic).treatment_logs == ()
    maya.fill({ACTION: "Called the crisis team"})
    assert maya.submit() is None
    assert logged(clinic).scores[0].score_value == 25
    assert only(clinic).patient_flag is Flag.SAFETY_RISK


def test_an_answer_taken_back_is_asked_no_more(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({**FILLED, ITEM_9: "1 ·"})
    sees(maya, ACTION)
    maya.fill({ITEM_9: "0 ·"})
    settled(clinic)
    assert ACTION not in labels(maya)
    assert maya.submit() is None
    settled(clinic)
    assert (only(clinic).flags, told(clinic, "Iris Lindqvist")) == ((), [])


def test_a_forged_submission_past_the_question_saves_nothing(clinic: Clinic, maya: Seat) -> None:
    opened(clinic, maya)
    maya.fill({**FILLED, ITEM_9: "1 ·"})
    sees(maya, ACTION)
    assert send_anyway(maya) == {ACTION: "Fill this in."}
    assert only(clinic).treatment_logs == ()


def test_a_registry_without_a_psychiatrist_says_so(clinic: Clinic, maya: Seat) -> None:
    end_membership(clinic.ctx.table, clinic.member("Iris Lindqvist").user_id, clinic.registry_id)
    opened(clinic, maya)
    maya.fill({**FILLED, ITEM_9: "1 ·"})
    sees(maya, ACTION)
    maya.fill({ACTION: "Safety plan"})
    assert maya.submit() is None
    sees(maya, "no psychiatrist I can notify: please call one now")


def test_every_psychiatrist_but_the_one_who_records_it_is_told(clinic: Clinic) -> None:
    clinic.add_member("Noor Rahimi", Role.PSYCHIATRIST)
    handle = add_patient(clinic.seat())
    iris = clinic.seat("Iris Lindqvist")
    iris.command(f"/cocm log {handle}")
    iris.fill({**FILLED, ITEM_9: "1 ·"})
    sees(iris, ACTION)
    iris.fill({ACTION: "Seen at once"})
    assert iris.submit() is None
    # Noor, and Maya and Samuel who treat the patient too.
    all_told(clinic, 3)
    assert (len(told(clinic, "Iris Lindqvist")), len(told(clinic, "Noor Rahimi"))) == (0, 1)


def test_the_psychiatrists_own_contact_counts_no_minutes(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    iris = clinic.seat("Iris Lindqvist")
    assert log_contact(iris, handle) is None
    assert only(clinic).minutes_this_month == 0


def test_who_may_not_log_is_refused_before_anything_more_is_asked(clinic: Clinic) -> None:
    """The registry's measures changed since the form was drawn: it would be drawn again."""
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    maya.command(f"/cocm log {handle}")
    maya.fill({"Minutes": "20", **with_item({"PHQ-9 total": "9"})})
    assert maya.view is not None
    sent = views.as_slack(maya.view)
    measures.choose(clinic.ctx, clinic.actor(), ("PHQ-9", "GAD-7", "AUDIT-C"))
    answer = forged.submission(clinic, cast.OPS, sent).text
    assert "you may not log a contact" in answer
    assert "Ana" not in answer
    [refused] = [each for each in clinic.accesses() if each.outcome == "refused"]
    assert refused.action == "log_contact"
