"""The timer at the screens: started from the card, one per person, stopped by saving the contact."""

import pytest

from cocm_bot.operations.contacts import timers
from cocm_bot.playground.seats.seat import Seat
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, sees


@pytest.fixture
def maya(clinic: Clinic) -> Seat:
    return clinic.seat()


def running_for(clinic: Clinic, name: str = "Maya Okafor") -> str | None:
    timer = timers.running(clinic.ctx, clinic.actor(name))
    return timer.handle if timer else None


def test_the_timer_fills_the_minutes_and_stops_when_they_are_saved(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.press("Timer")
    sees(maya, handle, "1 min, since 09:00", "until you log the contact")
    maya.close()
    clinic.clock.forward(minutes=22)
    maya.press("Timer")
    sees(maya, "22 min, since 09:00")
    maya.press("Stop and log the contact")
    sees(maya, "Your timer: 22 min, since 09:00. It stops when you save.")
    assert maya.submit() is None
    sees(maya, "0 → 22 min this month")
    clinic.workspace.settled()
    assert running_for(clinic) is None


def test_it_runs_on_until_it_is_saved(clinic: Clinic, maya: Seat) -> None:
    handle = add_patient(maya)
    maya.press("Timer")
    sees(maya, "until you log the contact")
    maya.close()
    clinic.clock.forward(minutes=10)
    maya.press("Log a contact")
    sees(maya, "Your timer: 10 min")
    maya.close()
    assert running_for(clinic) == handle


def test_another_patient_is_asked_about(clinic: Clinic, maya: Seat) -> None:
    first = add_patient(maya)
    maya.press("Timer")
    sees(maya, "until you log the contact")
    maya.close(everything=True)
    second = add_patient(maya, MRN="A-1002")
    clinic.clock.forward(minutes=17)
    maya.press("Timer")
    sees(maya, "Your timer runs for another patient", first, "17 min", f"Discard it, start for {second}")
    assert running_for(clinic) == first
    maya.press(f"Discard it, start for {second}")
    maya.expect("17 minutes will not be recorded.")
    maya.press("Discard and start")
    sees(maya, second, "1 min, since 09:17")
    assert running_for(clinic) == second


def test_a_discarded_timer_is_gone(clinic: Clinic, maya: Seat) -> None:
    add_patient(maya)
    maya.press("Timer")
    maya.press("Discard")
    maya.press("Discard")
    sees(maya, "The timer is discarded.")
    assert running_for(clinic) is None


def test_a_contact_has_at_most_a_working_day(clinic: Clinic, maya: Seat) -> None:
    add_patient(maya)
    maya.press("Timer")
    sees(maya, "until you log the contact")
    maya.close()
    clinic.clock.forward(days=1, minutes=5)
    maya.press("Log a contact")
    sees(
        maya,
        "1445 min, since 09:00 on 3 Mar",
        "A contact has at most 480: enter the minutes you really worked.",
    )
    assert maya.submit() is None
    sees(maya, "0 → 480 min this month")


@pytest.mark.parametrize("name", ["Samuel Adeyemi", "Lena Novak", "Omar Haddad"])
def test_who_logs_no_contact_has_no_timer(clinic: Clinic, maya: Seat, name: str) -> None:
    handle = add_patient(maya)
    other = clinic.seat(name)
    forged.click(clinic, other.person.id, "card-timer", handle)
    sees(other, "you may not log a contact")
    assert running_for(clinic, name) is None
    assert "log_contact" in [entry.action for entry in clinic.accesses() if entry.outcome == "refused"]
