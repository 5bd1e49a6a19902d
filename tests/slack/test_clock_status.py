"""`/cocm status`: what an admin sees of the clock; the times are New York's, of March 2031."""

from cocm_bot.playground import cast
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.table import keys, writes
from tests.rig.clinic import Clinic
from tests.rig.scenes import sees
from tests.store import foreign


def test_an_admin_sees_what_became_of_the_digests(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm status")
    sees(maya, "The clock does not tick", "No digest was due")
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


def test_an_alert_that_does_not_arrive_is_the_first_thing_said(clinic: Clinic) -> None:
    clinic.tick()
    late = jobs.new_job(
        JobKind.ALERT, "a-1", clinic.registry_id, clinic.clock().timestamp() - 200, {"handle": "none"}
    )
    broken = jobs.new_job(JobKind.RECOMMENDATION, "l-1", clinic.registry_id, clinic.clock().timestamp() + 60)
    clinic.ctx.table.transact([jobs.adding(late), jobs.adding(broken)])
    item = clinic.ctx.table.get(keys.work(JobKind.RECOMMENDATION, "l-1"))
    assert item is not None
    clinic.ctx.table.put(writes.put({**item, "tries": {"S": "many"}}))
    for _, each in foreign.in_caseload(clinic.registry_id, 1):
        foreign.store(clinic.ctx.table, each)
    maya = clinic.seat()
    maya.command("/cocm status")
    screen = sees(
        maya,
        "1 safety alert does not reach everybody who should know.",
        "Can't be read, so not done: 1 job.",
        f"Can't be read, and left out of digests: {2 * len(foreign.STRANGE)} records.",
    )
    assert "On time" not in screen
