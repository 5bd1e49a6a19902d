"""A safety alert: sent at once, in rounds, at least once to each, until somebody takes it."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.records.course import Alert
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.registry_settings import Alerts
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.operations.care.care_details import CareDetails, edit_care
from cocm_bot.operations.contacts.corrections import Correction, correct_contact
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.safety.flags import Flagging, raise_flags, resolve_flags
from cocm_bot.playground import cast
from cocm_bot.playground.state import Message
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import JobKind, JobRef
from tests.jobs.scenes.inbox import later, words
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, sees
from tests.store.build import end_membership

MAYA, IRIS, SAMUEL, LENA = "Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi", "Lena Novak"
NOW = "A patient needs your attention now"
TEXTS = (
    NOW,
    "Your registry needs your attention now",
    "A safety alert was taken",
    "A safety alert is over",
)
RAISER_TOLD = "The safety alert you raised was taken"
RISK = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """A patient who is not at risk yet."""
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    return handle


def flagged(clinic: Clinic, handle: str, by: str = MAYA) -> Alert:
    """Raise a safety flag, of which nobody has been notified yet."""
    raise_flags(clinic.ctx, clinic.actor(by), handle, RISK, new_id())
    return stands(clinic)


def assessed(clinic: Clinic, handle: str, answer: int = 1, *, flag: bool = False) -> None:
    """Log a contact with an answer to the self-harm item."""
    log_contact(clinic.ctx, clinic.actor(), handle, risky(clinic, answer, flag=flag), new_id())


def risky(clinic: Clinic, answer: int, *, flag: bool = False) -> Contact:
    return Contact(
        contact_type=ContactType.INITIAL_ASSESSMENT,
        visit_type=VisitType.PHONE,
        day=clinic.clock().date(),
        minutes=30,
        self_harm={"PHQ-9": answer},
        safety_action="Safety plan written" if answer else "",
        raise_safety_flag=flag,
    )


def ana(clinic: Clinic) -> Patient:
    [patient] = clinic.patients()
    return patient


def stands(clinic: Clinic) -> Alert:
    return ana(clinic).alerts[-1]


def inbox(clinic: Clinic, name: str) -> list[Message]:
    """The alerts somebody has, as they are now."""
    return [message for message in clinic.seat(name).messages(cast.BOT) if message.text in TEXTS]


def told(clinic: Clinic) -> dict[str, int]:
    """Return how many messages each of the team has."""
    counts = {name: len(inbox(clinic, name)) for name in (MAYA, IRIS, SAMUEL, LENA, "Omar Haddad")}
    return {name.split()[0]: count for name, count in counts.items() if count}


def settings(clinic: Clinic, **changes: Any) -> None:
    registry = clinic.registry
    after = registry.model_copy(update={"alerts": Alerts(**changes)})
    registries.save(clinic.ctx.table, registry, after)


def test_who_treats_the_patient_is_told_and_who_raised_it_is_not(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    clinic.tick()
    assert told(clinic) == {"Iris": 1, "Samuel": 1}
    [message] = inbox(clinic, IRIS)
    said = words(message)
    assert message.text == NOW
    assert f"{handle} · A.M. · b. 1984*: a Safety Risk flag was raised." in said
    assert "Raised by Maya Okafor, Care Manager, 3 Mar 2031 09:00. Why: Called in distress" in said
    assert "This is not an emergency service" in said
    assert said.count("I have it Open the card") == 1
    assert "Muñoz" not in said


def test_a_self_harm_item_above_0_tells_them_too_whether_it_is_flagged_or_not(
    clinic: Clinic, handle: str
) -> None:
    assessed(clinic, handle)
    clinic.tick()
    assert ana(clinic).flags == ()
    assert told(clinic) == {"Iris": 1, "Samuel": 1}
    said = words(inbox(clinic, IRIS)[0])
    assert "the self-harm item of PHQ-9 is above 0." in said
    assert "What was done: Safety plan written" in said


def test_the_treating_clinician_is_told_and_the_other_physicians_once_nobody_took_it(
    clinic: Clinic, handle: str
) -> None:
    clinic.add_member("Noor Rahimi", Role.PCP)
    noor = Clinician(name="Noor Rahimi", user_id=clinic.member("Noor Rahimi").user_id)
    version = ana(clinic).version
    wanted = CareDetails(treating_clinician=noor)
    edit_care(clinic.ctx, clinic.actor(), handle, wanted, "care-1", read=version, shown=version)
    flagged(clinic, handle)
    clinic.tick()
    assert (told(clinic), len(inbox(clinic, "Noor Rahimi"))) == ({"Iris": 1}, 1)
    later(clinic, 30)
    assert (told(clinic), len(inbox(clinic, "Noor Rahimi"))) == ({"Maya": 1, "Iris": 1, "Samuel": 1}, 1)
    assert "Nobody has taken this for 30 minutes." in words(inbox(clinic, SAMUEL)[0])


def test_nobody_is_told_twice_of_the_same_round(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    for _ in range(3):
        later(clinic, 9)
    assert told(clinic) == {"Iris": 1, "Samuel": 1}


def test_not_taken_it_goes_to_the_cover_then_to_the_admins_then_on(clinic: Clinic, handle: str) -> None:
    settings(clinic, cover=clinic.member(LENA).user_id, escalate_minutes=30)
    flagged(clinic, handle)
    clinic.tick()
    later(clinic, 30)
    assert told(clinic) == {"Iris": 1, "Samuel": 1, "Lena": 1}
    [message] = inbox(clinic, LENA)
    said = words(message)
    # Lena sees no patients: no words, no initials, and nothing to press.
    assert message.text == "Your registry needs your attention now"
    assert f"A safety alert in *Riverside Clinic*, patient {handle}." in said
    assert (
        "*Nobody has taken this for 30 minutes.* Notified so far: Iris Lindqvist and Samuel Adeyemi." in said
    )
    assert "Please make sure a clinician of the team takes it now." in said
    assert not any(secret in said for secret in ("Called", "A.M.", "Muñoz", "I have it", "Open the card"))
    later(clinic, 30)
    assert told(clinic) == {"Maya": 1, "Iris": 1, "Samuel": 1, "Lena": 1}
    assert "Nobody has taken this for 60 minutes." in words(inbox(clinic, MAYA)[0])
    for _ in range(3):
        later(clinic, 30)
    assert told(clinic)["Maya"] == 4
    # From then on every four hours, by day: at 15:30 and 19:30, and the next morning.
    for minutes, count in ((239, 4), (1, 5), (240, 6), (240, 6), (510, 7)):
        later(clinic, minutes)
        assert told(clinic) == {"Maya": count, "Iris": 1, "Samuel": 1, "Lena": 1}


def test_without_a_cover_the_admins_are_next(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle, by=IRIS)
    clinic.tick()
    assert told(clinic) == {"Maya": 1, "Samuel": 1}
    later(clinic, 30)
    assert told(clinic) == {"Maya": 2, "Samuel": 1}


def test_who_takes_it_is_recorded_and_everybody_is_told(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    clinic.tick()
    clinic.clock.forward(minutes=12)
    iris = clinic.seat(IRIS)
    iris.go(cast.BOT)
    iris.press("I have it")
    sees(iris, "Iris Lindqvist has it, since 3 Mar 2031 09:12.")
    samuel = clinic.seat(SAMUEL)
    samuel.go(cast.BOT)
    shown = sees(samuel, "Iris Lindqvist has it, since 3 Mar 2031 09:12.", "Open the card")
    assert "I have it" not in shown
    assert samuel.message
    assert samuel.message.text == "A safety alert was taken"
    patient, taker = ana(clinic), clinic.member(IRIS).user_id
    [flag], [alert] = patient.flags, patient.alerts
    taken = (taker, clinic.clock().timestamp())
    assert (flag.taken_by_provider_id, flag.taken_date) == (alert.taken_by, alert.taken_at) == taken
    assert patient.audit_logs[-1].action == "safety alert taken"
    assert "safety alert taken" in [each.action for each in clinic.accesses()]
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    card = sees(maya, "Taken by Iris Lindqvist, 3 Mar 2031 09:12")
    assert "I have it" not in card
    clinic.workspace.settled()
    assert jobs.get(clinic.ctx.table, JobKind.ALERT, alert.id) is None
    later(clinic, 60)
    assert told(clinic) == {"Iris": 1, "Samuel": 1}
    assert learned(clinic, MAYA) == ["Iris Lindqvist has it"]
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def learned(clinic: Clinic, name: str) -> list[str]:
    """Return the notices somebody got on who has the alerts they raised."""
    found = [each for each in clinic.seat(name).messages(cast.BOT) if each.text == RAISER_TOLD]
    return [name for each in found for name in re.findall(r"✅ \*(.* has it)\*", str(each.blocks))]


def test_who_takes_what_they_raised_is_told_nothing(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle, by=IRIS)
    clinic.tick()
    iris = clinic.seat(IRIS)
    iris.command(f"/cocm patient {handle}")
    iris.press("I have it")
    sees(iris, "You have this one")
    clinic.workspace.settled()
    assert learned(clinic, IRIS) == []


def test_two_press_at_once_and_one_has_it(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    clinic.tick()
    seats = [clinic.seat(name) for name in (IRIS, SAMUEL)]
    for seat in seats:
        seat.go(cast.BOT)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda seat: seat.press("I have it"), seats))
    for seat in seats:
        sees(seat, "has it, since")
    clinic.workspace.settled()
    alert = stands(clinic)
    taker = next(name for name in (IRIS, SAMUEL) if clinic.member(name).user_id == alert.taken_by)
    for seat in seats:
        sees(seat, f"{taker} has it, since 3 Mar 2031 09:00.")
    assert [each.action for each in ana(clinic).audit_logs].count("safety alert taken") == 1


def test_it_is_taken_on_the_card_by_who_raised_it(clinic: Clinic, handle: str) -> None:
    iris = clinic.seat(IRIS)
    flagged(clinic, handle, by=IRIS)
    clinic.tick()
    iris.command(f"/cocm patient {handle}")
    sees(iris, "Safety alert since 3 Mar 2031 09:00: nobody has taken it yet.")
    iris.press("I have it")
    card = sees(
        iris, "You have this one. The others are being notified.", "Taken by Iris Lindqvist, 3 Mar 2031 09:00"
    )
    assert "[I have it]" not in card
    samuel = clinic.seat(SAMUEL)
    samuel.go(cast.BOT)
    sees(samuel, "Iris Lindqvist has it")


@pytest.mark.parametrize("name", [LENA, "Omar Haddad"])
def test_who_may_not_takes_nothing(clinic: Clinic, handle: str, name: str) -> None:
    flagged(clinic, handle)
    clinic.tick()
    iris, other = clinic.seat(IRIS), clinic.seat(name)
    iris.go(cast.BOT)
    forgery.press(other, iris, "I have it")
    clinic.workspace.settled()
    assert stands(clinic).taken_by is None
    assert [each.action for each in clinic.accesses() if each.outcome == "refused"] == ["take_alert"]


def test_a_resolved_flag_ends_it(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    clinic.tick()
    resolve_flags(clinic.ctx, clinic.actor(IRIS), handle, RISK, new_id())
    clinic.tick()
    for name in (IRIS, SAMUEL):
        said = words(inbox(clinic, name)[0])
        assert "This is over: the risk was resolved, or the entry corrected." in said
        assert "I have it" not in said
    later(clinic, 120)
    assert told(clinic) == {"Iris": 1, "Samuel": 1}


def test_an_entry_that_was_wrong_ends_it_and_one_that_was_right_after_all_begins_it(
    clinic: Clinic, handle: str
) -> None:
    assessed(clinic, handle)
    clinic.tick()
    [log] = ana(clinic).treatment_logs
    harmless = Correction(reason="Wrong form", contact=risky(clinic, 0))
    correct_contact(clinic.ctx, clinic.actor(), handle, log.id, harmless, new_id())
    later(clinic, 60)
    assert told(clinic) == {"Iris": 1, "Samuel": 1}
    assert "This is over" in words(inbox(clinic, IRIS)[0])
    log = ana(clinic).treatment_logs[-1]
    again = Correction(reason="It was right", contact=risky(clinic, 2))
    correct_contact(clinic.ctx, clinic.actor(), handle, log.id, again, new_id())
    clinic.tick()
    assert told(clinic) == {"Iris": 2, "Samuel": 2}


def test_a_corrected_risk_is_the_same_alert(clinic: Clinic, handle: str) -> None:
    assessed(clinic, handle, 1, flag=True)
    clinic.tick()
    [log] = ana(clinic).treatment_logs
    worse = Correction(reason="It was a 3", contact=risky(clinic, 3))
    correct_contact(clinic.ctx, clinic.actor(), handle, log.id, worse, new_id())
    later(clinic, 1)
    assert told(clinic) == {"Iris": 1, "Samuel": 1}
    assert len(ana(clinic).alerts) == 1
    later(clinic, 30)
    assert "What was done: Safety plan written" in words(inbox(clinic, MAYA)[0])


def test_a_member_who_left_is_told_nothing_more(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    end_membership(clinic.ctx.table, clinic.member(SAMUEL).user_id, clinic.registry_id)
    clinic.tick()
    assert told(clinic) == {"Iris": 1}


def test_whoever_is_told_is_in_the_access_log(clinic: Clinic, handle: str) -> None:
    flagged(clinic, handle)
    clinic.tick()
    shown = {each.user_id for each in clinic.accesses() if each.surface == "direct message"}
    assert shown == {clinic.member(name).user_id for name in (IRIS, SAMUEL)}


def test_it_is_told_at_night_and_on_sundays(clinic: Clinic, handle: str) -> None:
    clinic.clock.forward(days=6, minutes=17 * 60)
    flagged(clinic, handle)
    clinic.tick()
    assert clinic.clock().isoformat() == "2031-03-10T07:00:00+00:00"
    assert told(clinic) == {"Iris": 1, "Samuel": 1}


def test_a_process_that_dies_with_an_alert_in_hand_loses_nothing(clinic: Clinic, handle: str) -> None:
    alert = flagged(clinic, handle)
    now = clinic.clock().timestamp()
    assert jobs.claim(clinic.ctx.table, JobRef(JobKind.ALERT, alert.id), now, 120)
    clinic.tick()
    assert told(clinic) == {}
    later(clinic, 2)
    assert told(clinic) == {"Iris": 1, "Samuel": 1}
