"""Recommendations at the screens: sent to those they are for, and answered by them."""

from concurrent.futures import ThreadPoolExecutor

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.records.agreements import Answer, Recommendation, RecommendationKind
from cocm_bot.domain.vocabulary import ContactType
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.playground import cast, interactions
from cocm_bot.playground.seats import finding
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.state import Message
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, sees, send_anyway

IRIS = "Iris Lindqvist"
SAMUEL = "Samuel Adeyemi"


def consult(seat: Seat, handle: str) -> None:
    """Record a consultation; the card is left open."""
    seat.command(f"/cocm log {handle}")
    seat.fill({"Contact type": "Psychiatric Consultation"})
    seat.expect("Recommendation")
    seat.fill({"Recommendation": ["Medication"], "In words": "Raise the dose to 100 mg.", "Minutes": "10"})
    assert seat.submit() is None


def advised(clinic: Clinic) -> str:
    """A patient about whom Iris has recommended something; returns the handle."""
    maya, iris = clinic.seat(), clinic.seat(IRIS)
    handle = add_patient(maya)
    maya.close()
    consult(iris, handle)
    return handle


def letters(clinic: Clinic, *people: str) -> list[Seat]:
    """The seats of people, each at their direct message with the bot."""
    seats = [clinic.seat(name) for name in people]
    for seat in seats:
        seat.go(cast.BOT)
        sees(seat, "Recommendation for")
    return seats


def told(seat: Seat) -> Message:
    message = seat.message
    assert message is not None
    return message


def stands(clinic: Clinic) -> Recommendation:
    [ana] = clinic.patients()
    [recommendation] = ana.recommendations
    return recommendation


def test_it_is_told_accepted_and_done_and_everybody_sees_it(clinic: Clinic) -> None:
    handle = advised(clinic)
    iris = clinic.seat(IRIS)
    iris.expect(
        "Recommended at the last consult",
        "Medication: Raise the dose to 100 mg. (3 Mar 2031 by Iris Lindqvist)",
        "Not answered, given today (3 Mar)",
    )
    samuel, maya = letters(clinic, SAMUEL, "Maya Okafor")
    for seat in (samuel, maya):
        letter = sees(
            seat, f"Recommendation for {handle} · A.M.", "Raise the dose", "Recommended by Iris Lindqvist"
        )
        assert "Muñoz" not in letter
        assert "A-1001" not in letter
        assert told(seat).text == "A recommendation awaits your answer"

    samuel.press("Accept")
    for seat in (samuel, maya):
        sees(seat, "Accepted by Samuel Adeyemi, 3 Mar 2031 09:00", "Done")
        assert told(seat).text == "A recommendation was answered"
    clinic.clock.forward(days=2)
    maya.press("Done")
    for seat in (samuel, maya):
        letter = sees(seat, "Done by Maya Okafor, 5 Mar 2031 09:00")
        assert "[Done]" not in letter
    iris.close()
    iris.command(f"/cocm patient {handle}")
    iris.expect("Done by Maya Okafor, 5 Mar 2031 09:00")
    assert [each.answer for each in stands(clinic).answers] == [Answer.ACCEPTED, Answer.DONE]
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_declining_asks_why(clinic: Clinic) -> None:
    advised(clinic)
    samuel, maya = letters(clinic, SAMUEL, "Maya Okafor")
    samuel.press("Decline…")
    samuel.expect("Decline", "Ana Muñoz", "Raise the dose to 100 mg.")
    assert send_anyway(samuel) == {"Why": "Fill this in."}
    samuel.fill({"Why": "QT prolonged; we stay at 50 mg."})
    assert samuel.submit() is None
    samuel.expect("Recommendation: declined.", "Declined by Samuel Adeyemi", "QT prolonged")
    samuel.close()
    for seat in (samuel, maya):
        sees(seat, "Declined by Samuel Adeyemi, 3 Mar 2031 09:00: QT prolonged; we stay at 50 mg.")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_two_people_answer_at_once_and_one_answer_is_saved(clinic: Clinic) -> None:
    advised(clinic)
    seats = letters(clinic, SAMUEL, "Maya Okafor")
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda seat: seat.press("Accept"), seats))
    for seat in seats:
        sees(seat, "Accepted by")
    [answer] = stands(clinic).answers
    assert answer.user_id in {clinic.member(name).user_id for name in (SAMUEL, "Maya Okafor")}


def test_a_stale_button_says_what_happened_since(clinic: Clinic) -> None:
    advised(clinic)
    samuel, maya = letters(clinic, SAMUEL, "Maya Okafor")
    # No message is redrawn but the one pressed, so Maya presses what was offered before.
    clinic.workspace.fail("chat.update", times=100, error="internal_error")
    samuel.press("Done")
    sees(samuel, "Done by Samuel Adeyemi")
    maya.press("Accept")
    sees(
        maya,
        "Samuel Adeyemi marked this as done meanwhile. Your answer is not saved.",
        "Done by Samuel Adeyemi",
    )
    assert [each.answer for each in stands(clinic).answers] == [Answer.DONE]


def test_a_reason_entered_too_late_is_refused_with_what_happened(clinic: Clinic) -> None:
    advised(clinic)
    samuel, maya = letters(clinic, SAMUEL, "Maya Okafor")
    samuel.press("Decline…")
    samuel.fill({"Why": "Allergic."})
    maya.press("Accept")
    sees(maya, "Accepted by Maya Okafor")
    assert samuel.submit() == {"Why": "Maya Okafor accepted this meanwhile. Your answer is not saved."}
    samuel.close()
    # Opened again it shows what was answered, and may still be declined.
    samuel.press("Decline…")
    samuel.expect("Accepted by Maya Okafor")
    samuel.fill({"Why": "Allergic."})
    assert samuel.submit() is None
    assert [each.answer for each in stands(clinic).answers] == [Answer.ACCEPTED, Answer.DECLINED]


def test_a_double_click_answers_once(clinic: Clinic) -> None:
    advised(clinic)
    [samuel] = letters(clinic, SAMUEL)
    message = told(samuel)
    accept = finding.pressable([message], "Accept").found
    for _ in range(2):
        interactions.act(samuel.sender, samuel.person.id, message, accept, None)
    sees(samuel, "Accepted by Samuel Adeyemi")
    assert len(stands(clinic).answers) == 1


def test_a_recommendation_that_is_reworded_is_told_anew_and_answered_anew(clinic: Clinic) -> None:
    handle = advised(clinic)
    samuel, maya = letters(clinic, SAMUEL, "Maya Okafor")
    samuel.press("Accept")
    sees(samuel, "Accepted by Samuel Adeyemi")
    clinic.workspace.settled()
    [entry] = clinic.patients()[0].treatment_logs
    contact = Contact(
        contact_type=ContactType.CONSULTATION,
        day=clinic.clock().date(),
        minutes=10,
        advice=Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose to 75 mg."),
    )
    correction = Correction(reason="Wrong dose.", contact=contact)
    correct_contact(clinic.ctx, clinic.actor(IRIS), handle, entry.id, correction, "correct")
    # What Samuel sees is out of date: the button he presses was drawn for other words.
    samuel.press("Done")
    sees(samuel, "This was reworded meanwhile: please read it again.", "Raise the dose to 75 mg.")
    samuel.press("Accept")
    sees(samuel, "Accepted by Samuel Adeyemi")
    for seat in (samuel, maya):
        sees(seat, "Raise the dose to 75 mg.", "Accepted by Samuel Adeyemi")
    assert [each.answer for each in stands(clinic).answers] == [Answer.ACCEPTED]


def test_it_can_be_answered_on_the_card(clinic: Clinic) -> None:
    handle = advised(clinic)
    [maya] = letters(clinic, "Maya Okafor")
    maya.command(f"/cocm patient {handle}")
    maya.press("Answer the recommendation")
    maya.expect("Ana Muñoz", "Raise the dose to 100 mg.")
    maya.fill({"Your answer": "Declined"})
    assert maya.submit() == {"Why": "Say why, in a few words: whoever recommended it will want to know."}
    maya.fill({"Your answer": "Done"})
    assert maya.submit() is None
    card = maya.expect("Recommendation: done.", "Done by Maya Okafor")
    assert "Answer the recommendation" not in card
    maya.close()
    maya.go(cast.BOT)
    sees(maya, "Done by Maya Okafor")


def test_unanswered_it_comes_back_in_the_worklist(clinic: Clinic) -> None:
    handle = advised(clinic)
    maya = clinic.seat()
    clinic.clock.forward(days=3)
    maya.command("/cocm today")
    sees(maya, "Recommendations unanswered", handle, "recommended 3 days ago (3 Mar), not answered")


def test_nothing_identifying_stands_in_what_a_lock_screen_shows(clinic: Clinic) -> None:
    advised(clinic)
    [samuel] = letters(clinic, SAMUEL)
    samuel.press("Accept")
    sees(samuel, "Accepted by")
    clinic.workspace.wait_until(lambda: clinic.calls("chat.update"), "the messages drawn anew")
    sent = [call for name in ("chat.postMessage", "chat.update") for call in clinic.calls(name)]
    assert {call.arguments["text"] for call in sent} == {
        "A recommendation awaits your answer",
        "A recommendation was answered",
    }


def test_whoever_is_shown_a_patient_in_a_message_is_in_the_access_log(clinic: Clinic) -> None:
    advised(clinic)
    letters(clinic, SAMUEL, "Maya Okafor")
    shown = {each.user_id for each in clinic.accesses() if each.surface == "direct message"}
    assert shown == {clinic.member(name).user_id for name in (SAMUEL, "Maya Okafor")}


def test_who_may_not_gets_nowhere(clinic: Clinic) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    advised(clinic)
    [samuel] = letters(clinic, SAMUEL)
    other = clinic.seat(IRIS)
    if other.view:
        other.close()
    for words in ("Accept", "Done"):
        forgery.press(other, samuel, words)
    forgery.press(other, samuel, "Decline…")
    other.expect("you may not answer a recommendation")
    samuel.press("Decline…")
    samuel.fill({"Why": "So."})
    assert "you may not answer a recommendation" in forgery.submission(other, samuel)["Why"]
    assert stands(clinic).unanswered
    refused = [each.action for each in clinic.accesses() if each.outcome == "refused"]
    assert refused == ["answer_recommendation"] * 4


def test_a_message_of_somebody_who_left_the_program_says_so(clinic: Clinic) -> None:
    handle = advised(clinic)
    samuel, maya = letters(clinic, SAMUEL, "Maya Okafor")
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Moved away"})
    assert maya.submit() is None
    samuel.press("Accept")
    sees(samuel, "The patient has since left the program: no answer is needed.")
    assert stands(clinic).unanswered
