"""The relapse prevention plan at the screens: written, revised, read, and written by two at once."""

import pytest

from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, deactivate

PLAN = {
    "Warning signs": "Sleeps badly, stays in",
    "What helps": "Walks, calling Ben",
    "Who to call": "The clinic, 555-010-0100",
    "Next check": "2031-04-07",
    "Visit type": "Clinic",
    "Minutes": "30",
}


@pytest.fixture
def handle(clinic: Clinic) -> str:
    """A patient in treatment."""
    maya = clinic.seat()
    added = add_patient(maya)
    maya.choose("More…", "Change status")
    assert maya.submit() is None
    maya.expect("Status is now Treatment.")
    maya.close()
    return added


def test_a_plan_is_written_read_and_revised(clinic: Clinic, handle: str) -> None:
    maya = clinic.seat()
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Relapse prevention plan")
    maya.fill(PLAN)
    assert maya.submit() is None
    maya.expect(
        "Plan saved. Status is Relapse Prevention Plan.",
        "Plan written 3 Mar 2031 by Maya Okafor, next check 7 Apr 2031",
        "3 Mar 2031 · Relapse Prevention Plan · Clinic · 30 min",
    )

    maya.choose("More…", "Show the plan as text")
    text = maya.expect("My warning signs", "Sleeps badly, stays in", "My medication", "None", "7 Apr 2031")
    assert "Ana" not in text
    assert handle not in text
    maya.close()

    clinic.clock.forward(weeks=6)
    maya.choose("More…", "Relapse prevention plan")
    maya.expect("Walks, calling Ben")
    maya.fill({"What helps": "Walks", "Minutes": "10"})
    assert maya.submit() == {"Next check": "The next check can't be in the past."}
    maya.fill({"Next check": "2031-07-07"})
    assert maya.submit() is None
    maya.expect("Plan written 14 Apr 2031 by Maya Okafor, next check 7 Jul 2031")
    [ana] = clinic.patients()
    assert [log.plan.what_helps for log in ana.treatment_logs if log.plan] == ["Walks, calling Ben", "Walks"]
    assert ana.total_sessions == 2


def test_a_plan_somebody_else_wrote_meanwhile(clinic: Clinic, handle: str) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    for seat in (maya, iris):
        seat.command(f"/cocm patient {handle}")
        seat.choose("More…", "Relapse prevention plan")
        seat.fill(PLAN)
    iris.fill({"What helps": "Swimming"})
    assert iris.submit() is None
    iris.expect("Plan saved.")
    clinic.clock.forward(minutes=5)
    assert maya.submit() is None
    maya.expect("Iris Lindqvist wrote a plan meanwhile.", "Swimming", "Walks, calling Ben")
    assert maya.submit() is None
    maya.expect("Plan saved.", "by Maya Okafor")
    [ana] = clinic.patients()
    assert ana.plan is not None
    assert ana.plan.what_helps == "Walks, calling Ben"
    assert len(ana.treatment_logs) == 2


def test_a_plan_sent_after_the_patient_was_deactivated(clinic: Clinic, handle: str) -> None:
    maya, iris = clinic.seat(), clinic.seat("Iris Lindqvist")
    iris.command(f"/cocm patient {handle}")
    iris.choose("More…", "Relapse prevention plan")
    iris.fill(PLAN)
    maya.command(f"/cocm patient {handle}")
    maya.choose("More…", "Deactivate")
    maya.fill({"Reason": "Declined"})
    assert deactivate(maya) is None
    maya.expect("Deactivated: Declined.")
    assert iris.submit() == {
        "Warning signs": "This patient is deactivated: reopen the record before writing a plan."
    }
    assert "Swimming" not in iris.screen
    [ana] = clinic.patients()
    assert ana.treatment_logs == ()


def test_who_may_not_gets_nowhere(clinic: Clinic, handle: str) -> None:
    """One of them; tests/guards/test_roles.py tries everybody."""
    maya, other = clinic.seat(), clinic.seat("Samuel Adeyemi")
    other.command("/cocm add")
    other.expect("you may not add a patient")
    maya.command(f"/cocm patient {handle}")
    maya.expect("Ana Muñoz")
    forgery.choose(other, maya, "More…", "Relapse prevention plan")
    other.expect("you may not write a relapse prevention plan")
    maya.choose("More…", "Relapse prevention plan")
    maya.fill(PLAN)
    assert "you may not write a relapse prevention plan" in forgery.submission(other, maya)["Warning signs"]
    [ana] = clinic.patients()
    assert ana.plan is None
