"""Flags at the screens: raised, seen with who and why, resolved."""

from cocm_bot.playground import cast
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, sees, send_anyway


def test_a_flag_is_raised_and_resolved_with_reasons(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    handle = add_patient(maya)
    maya.press("Raise a flag")
    maya.expect("Raise a flag", "Ana Muñoz")
    maya.fill({"Flag": ["Safety Risk", "Review with Psychiatrist"], "Why": "Item 9 at 2"})
    assert maya.submit() is None
    maya.expect(
        "Raised: Safety Risk, Review with Psychiatrist.",
        "Safety Risk since 3 Mar 2031 · Maya Okafor: Item 9 at 2",
    )

    iris.command(f"/cocm patient {handle}")
    iris.expect("Ana Muñoz")
    iris.choose("More…", "Resolve a flag")
    iris.expect("Flag to resolve", "Safety Risk since 3 Mar 2031 · Maya Okafor")
    iris.fill({"Flag to resolve": ["Safety Risk"], "What was done": "Seen today, safety plan agreed"})
    assert iris.submit() is None
    card = iris.expect("Resolved: Safety Risk.", "Review with Psychiatrist since 3 Mar 2031 · Maya Okafor")
    assert "Safety Risk since" not in card
    [ana] = clinic.patients()
    assert ana.patient_flag == "Review with Psychiatrist"

    # What is open is not offered; what was stays in sight.
    iris.press("Raise a flag")
    raising = iris.expect(
        "Safety Risk, 3 Mar 2031 to 3 Mar 2031 · Maya Okafor: Item 9 at 2",
        "resolved by Iris Lindqvist: Seen today, safety plan agreed",
    )
    assert "[ ] Review with Psychiatrist" not in raising
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_the_menu_can_be_used_again_after_a_modal_was_cancelled(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert maya.submit() is None
    maya.expect("Raised: Needs Discussion.")
    for _ in range(2):
        maya.choose("More…", "Resolve a flag")
        maya.expect("Flag to resolve")
        maya.close()
    assert maya.view is not None
    card = maya.view
    clinic.workspace.wait_until(lambda: not card.entered, "the menu drawn anew")


def test_a_safety_risk_raised_by_hand_is_told_to_those_who_treat_the_patient_at_once(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    handle = add_patient(maya)
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Safety Risk", "Needs Discussion"], "Why": "Called in distress"})
    assert maya.submit() is None
    sees(maya, "Raised: Safety Risk, Needs Discussion.", "The psychiatrist is being notified now")
    clinic.workspace.settled()
    for seat in (iris, clinic.seat("Samuel Adeyemi")):
        seat.go(cast.BOT)
        letter = sees(
            seat,
            f"{handle} · A.M. · b. 1984: a Safety Risk flag was raised.",
            "Raised by Maya Okafor, Care Manager, 3 Mar 2031 09:00.",
            "Why: Called in distress",
            "This is not an emergency service",
        )
        assert "Muñoz" not in letter
    calls = clinic.calls("chat.postMessage")
    assert [call.arguments["text"] for call in calls] == ["A patient needs your attention now"] * 2
    iris.press("Open the card")
    sees(iris, "Ana Muñoz", "Safety Risk since 3 Mar 2031")
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_a_double_click_raises_one_flag(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert forgery.submission(maya, maya) == {}
    assert forgery.submission(maya, maya) == {}
    [ana] = clinic.patients()
    assert len(ana.flags) == 1


def test_two_people_raise_the_same_flag(clinic: Clinic) -> None:
    maya, samuel = clinic.seat(), clinic.seat("Samuel Adeyemi")
    handle = add_patient(maya)
    samuel.command(f"/cocm patient {handle}")
    for seat in (maya, samuel):
        seat.press("Raise a flag")
        seat.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert maya.submit() is None
    assert samuel.submit() == {
        "Flag": "Needs Discussion is open already: resolve it first, or choose another."
    }
    [ana] = clinic.patients()
    assert [flag.created_by_provider_id for flag in ana.flags] == [clinic.member("Maya Okafor").user_id]


def test_who_may_not_gets_nowhere(clinic: Clinic) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    maya, other = clinic.seat(), clinic.seat("Lena Novak")
    add_patient(maya)
    other.command("/cocm add")
    other.expect("you may not add a patient")
    forgery.press(other, maya, "Raise a flag")
    other.expect("you may not raise a flag")
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert "you may not raise a flag" in forgery.submission(other, maya)["Flag"]
    assert maya.submit() is None
    other.close()
    maya.expect("Raised: Needs Discussion.")
    forgery.choose(other, maya, "More…", "Resolve a flag")
    other.expect("you may not resolve a flag")
    [ana] = clinic.patients()
    assert len(ana.flags) == 1
    refused = [entry.action for entry in clinic.accesses() if entry.outcome == "refused"]
    assert sorted(refused) == ["enrol_patient", "raise_flag", "raise_flag", "resolve_flag"]


def test_a_reason_is_needed(clinic: Clinic) -> None:
    maya = clinic.seat()
    add_patient(maya)
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "   "})
    assert send_anyway(maya) == {"Why": "Fill this in."}
