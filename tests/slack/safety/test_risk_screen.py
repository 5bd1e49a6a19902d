"""The risk screen and the safety plan at the screens, and what the institution says of a crisis."""

from typing import Any

import pytest

from cocm_bot.domain.records.risk_screen import Triage
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store import registries
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact, sees

QUIET: dict[str, Any] = {
    "1 · Wish to be dead": "No",
    "2 · Thoughts of suicide": "No",
    "6 · Suicidal behavior": "Never",
}
CRISIS = "Call 988, then page the clinic's duty line <555-010-0999>."


@pytest.fixture
def maya(clinic: Clinic) -> Seat:
    return clinic.seat()


def test_a_screen_is_recorded_with_what_was_done_and_tells_the_team_of_the_flag(
    clinic: Clinic, maya: Seat
) -> None:
    handle = add_patient(maya)
    maya.choose("More…", "Risk screen")
    maya.fill({**QUIET, "2 · Thoughts of suicide": "Yes", "3 · Thought of a method": "Yes"})
    errors = maya.submit()
    assert errors == {"4 · Some intent to act": "There are thoughts: this must be asked too."}
    maya.fill({"4 · Some intent to act": "Yes", "5 · Plan with intent": "No"})
    assert maya.submit() == {"What was done": "The result is high: say what was done."}
    maya.fill({"What was done": ["Handed over in person", "Other"]})
    assert maya.submit() == {"In words": "Say in words what else was done."}
    maya.fill({"In words": "Her brother came"})
    assert maya.submit() is None
    sees(
        maya,
        "Risk screen saved: high.",
        "The psychiatrist is being notified now",
        "Risk screen: high · 3 Mar 2031 09:00 · Maya Okafor",
        "Thoughts of suicide; Thought of a method; Some intent to act",
        "Done: Handed over in person, Other",
        "Her brother came",
    )
    [ana] = clinic.patients()
    assert (ana.risk_screens[0].triage, ana.patient_flag) == (Triage.HIGH, Flag.SAFETY_RISK)
    iris = clinic.seat("Iris Lindqvist")
    iris.go(cast.BOT)
    sees(iris, f"{handle} · A.M.", "a Safety Risk flag was raised", "Risk screen: high.")
    maya.choose("More…", "Changes")
    sees(maya, "risk screen recorded", "triage: high", "intent: yes", "plan: no")


def test_a_screen_answers_an_item_that_was_not_known(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **{"PHQ-9 item 9": "Not known", "PHQ-9 total": "14"}) is None
    sees(maya, "due now: Self-harm item open", "PHQ-9 14 of today (3 Mar), answer to item 9 not known")
    sees(maya, "PHQ-9 14 (item 9: not known)")
    maya.choose("More…", "Risk screen")
    maya.fill(QUIET)
    assert maya.submit() is None
    card = sees(maya, "Risk screen: nothing reported", "No question was answered with yes.")
    assert "Self-harm item open" not in card
    [ana] = clinic.patients()
    assert (ana.flags, ana.alerts) == ((), ())


def test_a_correction_answers_it_too_and_pages(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **{"PHQ-9 item 9": "Not known", "PHQ-9 total": "14"}) is None
    maya.choose("More…", "Correct an entry")
    maya.press("Correct")
    sees(maya, "Not known")
    maya.fill({"PHQ-9 item 9": "1 ·"})
    sees(maya, "What did you do about it?")
    maya.fill({"What did you do about it?": "Called", "Why is the old entry wrong?": "Found the form"})
    assert maya.submit() is None
    card = sees(maya, "The psychiatrist is being notified now", "PHQ-9 14 (item 9: 1)", "Risk screen")
    assert "Self-harm item open" not in card


@pytest.mark.parametrize("total", ["1", "9", "14", "24"])
def test_a_total_alone_is_not_taken(clinic: Clinic, maya: Seat, total: str) -> None:
    handle = add_patient(maya)
    maya.close()
    errors = log_contact(maya, handle, **{"PHQ-9 item 9": None, "PHQ-9 total": total})
    [(field, said)] = (errors or {}).items()
    assert field.startswith("PHQ-9 item 9")
    assert said == "The total alone does not say. Choose the answer to item 9, or “Not known”."
    [ana] = clinic.patients()
    assert ana.treatment_logs == ()


def test_a_total_of_0_needs_no_answer(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **{"PHQ-9 item 9": None, "PHQ-9 total": "0"}) is None
    sees(maya, "PHQ-9 0")


def test_a_measure_of_their_own_asks_about_self_harm(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    maya.command("/cocm measures")
    maya.press("measures-define")
    maya.fill({"Name": "PHQ-A", "Number of items": "9", "Highest score": "27"})
    maya.fill({"Item that asks about self-harm": "10", "Highest answer of that item": "3"})
    assert maya.submit() == {"Item that asks about self-harm": "There are only 9 items."}
    maya.fill({"Item that asks about self-harm": "9"})
    assert maya.submit() is None
    sees(maya, "PHQ-A 0–27 · item 9 asks about self-harm (0–3)")
    maya.close(everything=True)
    maya.command(f"/cocm log {handle}")
    maya.fill({"Minutes": "20", "PHQ-A total": "27"})
    maya.submit()
    sees(maya, "PHQ-A: the self-harm item is above 0.", "PHQ-A item 9 · Thoughts of self-harm")
    maya.fill({"What did you do about it?": "Called her mother"})
    assert maya.submit() is None
    sees(maya, "The psychiatrist is being notified now")
    iris = clinic.seat("Iris Lindqvist")
    iris.go(cast.BOT)
    sees(iris, "PHQ-A 27, item 9: above 0, as the total tells", "Contact of 3 Mar 2031.")


def test_old_contacts_typed_in_make_one_page_and_marked_ones_none(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    answered = {"PHQ-9 item 9": "1 ·", "PHQ-9 total": "14"}
    for day, marked in (("2031-01-06", True), ("2031-01-13", False), ("2031-01-20", False)):
        maya.command(f"/cocm log {handle}")
        maya.fill({"Minutes": "20", "Date": day, **answered})
        sees(maya, "What did you do about it?")
        maya.fill({"What did you do about it?": "As noted then"})
        if marked:
            maya.fill({"From the past": ["This is history: page nobody"]})
        maya.fill({"Flag": []})
        assert maya.submit() is None
        sees(maya, "Saved.")
        maya.close()
    [ana] = clinic.patients()
    assert [each.quiet for each in ana.alerts] == [True, False, True]
    maya.command(f"/cocm patient {handle}")
    sees(
        maya,
        "Self-harm item of PHQ-9 above 0 on 6 Jan 2031, typed in 3 Mar 2031: nobody was paged.",
        "Self-harm item of PHQ-9 above 0 on 20 Jan 2031, typed in 3 Mar 2031: nobody was paged.",
    )
    clinic.workspace.settled()
    iris = clinic.seat("Iris Lindqvist")
    iris.go(cast.BOT)
    [message] = iris.messages(cast.BOT)
    assert "Contact of 13 Jan 2031." in str(message.blocks)
    maya.press("I have it")
    sees(maya, "You have this one")
    [ana] = clinic.patients()
    assert all(each.taken_by for each in ana.alerts)


def test_the_safety_plan_is_written_reviewed_and_read(clinic: Clinic, maya: Seat) -> None:
    add_patient(maya)
    maya.choose("More…", "Safety plan")
    errors = maya.submit()
    assert errors == {"1 · Warning signs": "Write at least one step."}
    maya.fill({"1 · Warning signs": "Not sleeping", "5 · Professionals and crisis line": "988"})
    assert maya.submit() is None
    sees(maya, "Safety plan written 3 Mar 2031 by Maya Okafor, last reviewed 3 Mar 2031 by Maya Okafor")
    clinic.clock.forward(weeks=2)
    maya.choose("More…", "Safety plan")
    sees(maya, "Not sleeping")
    assert maya.submit() is None
    sees(maya, "written 3 Mar 2031 by Maya Okafor, last reviewed 17 Mar 2031 by Maya Okafor")
    maya.choose("More…", "Show the safety plan as text")
    text = sees(maya, "1. Warning signs", "Not sleeping", "6. Making my surroundings safe")
    assert "Muñoz" not in text
    maya.close()
    maya.choose("More…", "Changes")
    sees(maya, "safety plan written", "safety plan reviewed")


def test_two_write_the_safety_plan_and_neither_is_lost(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    iris = clinic.seat("Iris Lindqvist")
    iris.command(f"/cocm patient {handle}")
    for seat, words in ((maya, "Not sleeping"), (iris, "Stays in bed")):
        seat.choose("More…", "Safety plan")
        seat.fill({"1 · Warning signs": words})
    assert maya.submit() is None
    iris.submit()
    sees(iris, "Maya Okafor wrote a safety plan meanwhile.", "Not sleeping", "Stays in bed")
    assert iris.submit() is None
    [ana] = clinic.patients()
    assert ana.safety_plan is not None
    assert ana.safety_plan.warning_signs == "Stays in bed"


def test_the_text_for_a_crisis_is_shown_wherever_self_harm_is_asked_about(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.close()
    maya.command("/cocm registry settings")
    maya.press("Messages")
    sees(maya, "Text for a crisis")
    maya.fill({"Text for a crisis": CRISIS, "Self-harm answers are history after (days)": "21"})
    assert maya.submit() is None
    sees(maya, "Saved")
    maya.close()
    stored = registries.get(clinic.ctx.table, clinic.registry_id)
    assert stored is not None
    assert (stored.alerts.crisis_text, stored.alerts.history_days) == (CRISIS, 21)
    maya.command(f"/cocm log {handle}")
    sees(maya, CRISIS)
    maya.press("PHQ-9 item by item")
    sees(maya, "PHQ-9 · 9 Thoughts", CRISIS)
    maya.close()
    maya.command(f"/cocm patient {handle}")
    for way in ("Risk screen", "Safety plan"):
        maya.choose("More…", way)
        sees(maya, CRISIS)
        maya.close()
