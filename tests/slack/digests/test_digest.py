"""A digest as it is lived with: it comes, is worked through, and shows what has been done."""

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import ASSESSED, add_patient, log_contact, sees


@pytest.fixture
def handles(clinic: Clinic) -> list[str]:
    """Two patients whose assessment is due since the 10th, a Monday; it is 9:00 there, past digest time."""
    maya, found = clinic.seat(), []
    for number, name in enumerate(("Ana", "Bea")):
        found.append(add_patient(maya, MRN=f"A-{number}", **{"First name": name}))
        maya.close(everything=True)
    for _ in range(7):
        clinic.clock.forward(days=1)
        clinic.tick()
    return found


def opened(clinic: Clinic, name: str = "Maya Okafor") -> Seat:
    """Somebody looking at what the bot sent them."""
    seat = clinic.seat(name)
    seat.go(cast.BOT)
    return seat


def row(seat: Seat, handle: str) -> str:
    """The row of a patient in the newest digest, as markup; others' messages may have come after it."""
    digest = next(each for each in reversed(seat.messages()) if handle in str(each.blocks))
    texts = [str(block.get("text", {}).get("text", "")) for block in digest.blocks]
    return next(each for each in texts if handle in each)


def struck(clinic: Clinic, seat: Seat, handle: str) -> str:
    """Wait until the row is struck through; return the words beside it."""
    clinic.workspace.wait_until(lambda: row(seat, handle).startswith(f"~{handle}"), "the row struck through")
    return row(seat, handle).partition("\n")[2]


def test_the_digest_comes_and_a_row_is_struck_once_the_contact_is_logged(
    clinic: Clinic, handles: list[str]
) -> None:
    maya = opened(clinic)
    sees(maya, "Your caseload today", "2 patients need you today", "Assessments due: 2", *handles)
    maya.choose("More for a patient…", f"Log a contact: {handles[0]}")
    maya.fill(ASSESSED)
    assert maya.submit() is None
    sees(maya, "Saved.")
    maya.close()
    assert struck(clinic, maya, handles[0]) == "_Contact logged by Maya at 10:00_"
    assert row(maya, handles[1]).startswith(f"*{handles[1]}")


def test_a_snooze_strikes_the_row_and_ending_it_brings_it_back(clinic: Clinic, handles: list[str]) -> None:
    maya = opened(clinic)
    maya.choose("More for a patient…", f"Snooze: {handles[0]}")
    sees(maya, "For how long", "left out of the care managers' lists")
    maya.fill({"For how long": "Until a day", "Why": "On holiday"})
    assert maya.submit() == {"Until": "Choose the day."}
    maya.fill({"Until": "2031-03-10"})
    assert maya.submit() == {"Until": "Choose a day from tomorrow on, 90 days ahead at most."}
    maya.fill({"Until": "2031-03-20"})
    assert maya.submit() is None
    sees(maya, "Snoozed until 20 Mar 2031 by Maya Okafor: On holiday")
    maya.close()
    assert struck(clinic, maya, handles[0]) == "_Snoozed by Maya at 10:00_"

    maya.command("/cocm today")
    sees(maya, "1 patient needs you today", "1 snoozed.")
    maya.command("/cocm today snoozed")
    sees(maya, "1 patient snoozed with something due.", handles[0], "Until 20 Mar 2031: On holiday")
    maya.command(f"/cocm patient {handles[0]}")
    maya.choose("More…", "End the snooze")
    sees(maya, "Take the patient back into the lists now?")
    assert maya.submit() is None
    sees(maya, "The snooze has ended.")
    maya.close(everything=True)
    maya.go(cast.BOT)
    clinic.workspace.wait_until(lambda: row(maya, handles[0]).startswith("*"), "the row as it was")


def test_what_is_done_for_several_at_once_strikes_their_rows(clinic: Clinic, handles: list[str]) -> None:
    clinic.add_member("Noor Rahimi", Role.CARE_MANAGER)
    maya = opened(clinic)
    sees(maya, *handles)
    clinic.clock.forward(minutes=12)
    elsewhere = clinic.seat()
    elsewhere.command("/cocm caseload", channel="care-team")
    elsewhere.press("Choose several…")
    chosen = [f"{handle} · {name} Muñoz" for handle, name in zip(handles, ("Ana", "Bea"), strict=True)]
    elsewhere.fill({"Patients": chosen, "What to do": "Assign to…", "Care manager": "Noor Rahimi"})
    assert elsewhere.submit() is None
    sees(elsewhere, "2 patients will be assigned to Noor Rahimi.")
    assert elsewhere.submit() is None
    sees(elsewhere, "Assigning 2 patients.")
    elsewhere.close()
    assert [struck(clinic, maya, handle) for handle in handles] == ["_Assigned by Maya at 10:12_"] * 2
    updated = [each for each in clinic.calls("chat.update") if "Your caseload" in str(each.arguments)]
    assert len(updated) == 1, "one digest, drawn once"


def test_a_colleagues_contact_strikes_the_row_and_a_late_press_says_so(
    clinic: Clinic, handles: list[str]
) -> None:
    clinic.add_member("Noor Rahimi", Role.CARE_MANAGER)
    maya, noor = opened(clinic), clinic.seat("Noor Rahimi")
    before = maya.message
    assert before is not None
    menu = next(each for block in before.blocks for each in block.get("elements", []) if "options" in each)
    stale = next(each["value"] for each in menu["options"] if each["value"].startswith(f"log {handles[0]}"))
    clinic.clock.forward(minutes=12)
    assert log_contact(noor, handles[0], **ASSESSED) is None
    assert struck(clinic, maya, handles[0]) == "_Contact logged by Noor at 10:12_"

    # What Slack sends from a screen that has not been drawn again yet.
    state = clinic.workspace
    forged.click(clinic, maya.person.id, "patient-pick", stale)
    state.settled()
    sees(maya, "Contact logged by Noor at 10:12. Nothing was changed now.", "Ana")


def test_a_physician_answers_from_the_digest(clinic: Clinic) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    handle = add_patient(maya)
    maya.close()
    assert log_contact(maya, handle, **ASSESSED) is None
    maya.close(everything=True)
    iris.command(f"/cocm log {handle}")
    iris.fill({"Contact type": "Psychiatric Consultation"})
    sees(iris, "Recommendation")
    iris.fill({"Recommendation": ["Medication"], "Minutes": "5"})
    assert iris.submit() is None
    for _ in range(3):
        clinic.clock.forward(days=1)
        clinic.tick()
    samuel = opened(clinic, "Samuel Adeyemi")
    sees(samuel, "Waiting for your answer", "1 recommendation waits for you.")
    samuel.choose("More for a patient…", f"Answer: {handle}")
    samuel.fill({"Your answer": "Accepted"})
    assert samuel.submit() is None
    samuel.close()
    assert struck(clinic, samuel, handle) == "_Recommendation accepted by Samuel at 09:00_"


def test_nothing_due_is_said_kindly_or_not_at_all(clinic: Clinic) -> None:
    clinic.tick()
    clinic.clock.forward(days=1)
    clinic.tick()
    maya = opened(clinic)
    sees(maya, "Nothing is due for your patients today.")
    maya.command("/cocm remind quiet on")
    sees(maya, "Saved.")
    told = len(clinic.calls("chat.postMessage"))
    clinic.clock.forward(days=1)
    clinic.tick()
    channel = [call for call in clinic.calls("chat.postMessage")[told:] if "caseload" in str(call.arguments)]
    assert channel == []


def test_the_digest_that_is_asked_for_follows_what_is_done(clinic: Clinic, handles: list[str]) -> None:
    maya = clinic.seat()
    maya.command("/cocm digest")
    sees(maya, "Your caseload today", *handles)
    maya.choose("More for a patient…", f"Log a contact: {handles[0]}")
    maya.fill(ASSESSED)
    assert maya.submit() is None
    maya.close()
    sees(maya, "1 patient needs you today", "Assessments due: 1", handles[1])


def test_each_role_asks_for_its_own(clinic: Clinic, handles: list[str]) -> None:
    del handles
    for name, words in {
        "Iris Lindqvist": "Nobody is at risk or flagged for you.",
        "Samuel Adeyemi": "No recommendation waits for your answer.",
        "Lena Novak": "Contacted in two weeks",
        "Omar Haddad": "No minutes are recorded in February 2031.",
    }.items():
        seat = clinic.seat(name)
        seat.command("/cocm digest")
        sees(seat, words)


def test_who_looks_at_a_digest_is_in_the_access_log(clinic: Clinic, handles: list[str]) -> None:
    ids = {each.id for each in clinic.patients() if each.handle in handles}
    seen = [entry for entry in clinic.accesses() if entry.surface == "digest"]
    assert [(entry.user_id, set(entry.patient_ids)) for entry in seen] == [
        (clinic.member("Maya Okafor").user_id, ids)
    ]


def test_finance_sets_when_the_month_comes(clinic: Clinic) -> None:
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm remind")
    sees(omar, "Last month's billing comes on the first working day of a month at 08:00 (America/New York).")
    omar.close()
    omar.command("/cocm digest")
    sees(omar, "No minutes are recorded in February 2031.")


def test_a_member_decides_when_their_digest_comes(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm remind")
    sees(
        maya, "Your digest comes on Monday, Tuesday, Wednesday, Thursday, Friday at 08:00 (America/New York)."
    )
    maya.fill({"Time": "07:30", "Days": ["Monday", "Wednesday"]})
    assert maya.submit() is None
    sees(maya, "Saved. Your digest comes on Monday, Wednesday at 07:30 (America/New York).")
    maya.close()
    for words, told in {
        "time 6:15": "at 06:15",
        "time default": "at 08:00",
        "days tue fri": "on Tuesday, Friday at",
        "days default": "on Monday, Tuesday, Wednesday, Thursday, Friday",
        "off": "You get no digest. Safety alerts still reach you.",
        "on": "Your digest comes on Monday",
        "away": "While you are away you get no digest.",
    }.items():
        maya.command(f"/cocm remind {words}")
        sees(maya, told)
        maya.close(everything=True)
    for words in ("time 25:00", "time", "days someday", "days sat sun", "quiet", "perhaps"):
        maya.command(f"/cocm remind {words}")
        sees(maya, "Choose at least one of the days" if words == "days sat sun" else "I understand: on, off")
        maya.close(everything=True)
    own = clinic.member("Maya Okafor").reminders
    assert (own.on, own.time, own.days, own.quiet_when_empty) == (True, None, None, False)


def test_a_digest_comes_at_the_members_own_time(clinic: Clinic, handles: list[str]) -> None:
    """It is 10:00; Maya had Monday's digest already, and has Tuesday's at 10:30."""
    maya = clinic.seat()
    maya.command("/cocm remind time 10:30")
    sees(maya, "at 10:30")
    maya.close()

    def told() -> int:
        return sum("Your caseload today" in str(call.arguments) for call in clinic.calls("chat.postMessage"))

    before = told()
    for minutes, more in ((31, 0), (23 * 60 + 58, 0), (1, 1), (60, 1)):
        clinic.clock.forward(minutes=minutes)
        clinic.tick()
        assert told() - before == more, (minutes, handles)
