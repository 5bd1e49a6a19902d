"""`/cocm status`: what an admin sees of the clock; the times are New York's, of March 2031."""

from cocm_bot.playground import cast
from tests.clinic import Clinic
from tests.scenes import sees


def test_an_admin_sees_what_became_of_the_digests(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm status")
    sees(maya, "The clock does not tick", "Nobody was to be told anything")
    clinic.tick()
    clinic.clock.forward(days=1, minutes=-60)
    clinic.workspace.fail("chat.postMessage", error="user_disabled")
    clinic.tick()
    maya.command("/cocm status")
    screen = sees(maya, "On time.", "Tick of 4 Mar 2031 08:00", "Next: 5 Mar 2031 08:00", "4 Mar 2031")
    assert "1 failed" in screen
    assert "user_disabled" in screen


def test_others_do_not(clinic: Clinic) -> None:
    iris = clinic.seat("Iris Lindqvist")
    iris.command("/cocm status")
    sees(iris, "Only an admin of this registry may see how the clock stands")


def test_a_late_clock_says_so(clinic: Clinic) -> None:
    clinic.tick()
    clinic.clock.forward(days=1)
    maya = clinic.seat()
    maya.command("/cocm status", cast.TEAM_CHANNEL)
    sees(maya, "The clock does not tick", "1 thing waits, the longest for 60 min")
