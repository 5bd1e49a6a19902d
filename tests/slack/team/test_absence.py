"""Absences at the screens: what does not reach a member meanwhile, and what reaches their cover."""

from datetime import date

import pytest

from cocm_bot.domain.team.assignment import away
from cocm_bot.domain.vocabulary import Role
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from tests.rig import forgery
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, sees
from tests.slack.recommendations.test_recommendations import consult

NOOR = "Noor Rahimi"
IRIS = "Iris Lindqvist"
SAMUEL = "Samuel Adeyemi"


def goes_away(seat: Seat, until: str, cover: str | None = None) -> None:
    seat.command("/cocm away")
    sees(seat, "Away until a day")
    seat.fill({"Until": until, **({"Covered by": cover} if cover else {})})
    assert seat.submit() is None
    sees(seat, f"{seat.person.name} is away until")
    seat.close()


def test_a_care_manager_is_covered_until_they_are_back(clinic: Clinic) -> None:
    clinic.add_member(NOOR, Role.CARE_MANAGER)
    maya, noor = clinic.seat(), clinic.seat(NOOR)
    handle = add_patient(maya)
    maya.close()
    maya.command("/cocm away")
    sees(maya, "While you are away you get no digest.")
    assert maya.submit() == {"Until": "Say until when."}
    maya.fill({"Until": "2031-03-10"})
    assert maya.submit() == {"Covered by": "Choose who covers the patients in the meantime."}
    maya.fill({"Covered by": NOOR})
    assert maya.submit() is None
    sees(maya, "Maya Okafor is away until 10 Mar 2031, covered by Noor Rahimi.")
    maya.close()
    noor.command("/cocm remind away")
    sees(noor, "Maya Okafor is away until 10 Mar 2031, covered by Noor Rahimi.")
    noor.close()
    clinic.clock.forward(days=7)
    noor.command("/cocm today")
    sees(noor, "1 patient needs you today", "You cover Maya Okafor.", handle)
    noor.open_home()
    sees(noor, "My caseload, Maya Okafor's (covered), and patients without a care manager", handle)
    noor.go("care-team")
    clinic.clock.forward(days=1)
    noor.command("/cocm today")
    sees(noor, "Nothing is due for your patients today.", "Show all")
    noor.command("/cocm today all")
    sees(noor, "1 patient needs the team today", handle)
    assert [each for each in clinic.workspace.refusals if not each.race] == []


def test_where_there_is_one_care_manager_the_team_is_told_that_nobody_is(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm away")
    sees(maya, "Away until a day")
    maya.fill({"Until": "2031-03-10"})
    assert maya.submit() is None
    sees(maya, "covered by nobody. No care manager is there until then, so no digest says who is due.")


def test_who_is_away_gets_no_digest_and_the_cover_what_waited_for_them(clinic: Clinic) -> None:
    maya, samuel, noor = clinic.seat(), clinic.seat(SAMUEL), clinic.seat(NOOR)
    handle = add_patient(maya)
    consult(clinic.seat(IRIS), handle)
    # Who joins later is not among those it was addressed to.
    clinic.add_member(NOOR, Role.PCP)
    clinic.workspace.settled()
    goes_away(samuel, "2031-03-10", NOOR)
    samuel.command("/cocm remind")
    sees(samuel, "You are away until 10 Mar 2031, covered by Noor Rahimi.")
    samuel.close()
    for _ in range(3):
        clinic.clock.forward(days=1)
        clinic.tick()
    noor.go(cast.BOT)
    sees(noor, "Waiting for your answer", "1 recommendation waits for you.", handle)
    samuel.go(cast.BOT)
    assert "Waiting for your answer" not in samuel.screen
    noor.open_home()
    sees(noor, handle, "Raise the dose to 100 mg.")
    noor.go(cast.BOT)
    noor.choose("More for a patient…", f"Answer: {handle}")
    noor.fill({"Your answer": "Accepted"})
    assert noor.submit() is None
    noor.close()
    sees(noor, "Recommendation accepted by Noor at 09:00")


def test_a_letter_reaches_who_covers_the_addressee(clinic: Clinic) -> None:
    clinic.add_member(NOOR, Role.CARE_MANAGER)
    maya = clinic.seat()
    handle = add_patient(maya)
    maya.close()
    goes_away(maya, "2031-03-10", NOOR)
    consult(clinic.seat(IRIS), handle)
    for name in (NOOR, "Maya Okafor", SAMUEL):
        seat = clinic.seat(name)
        seat.go(cast.BOT)
        sees(seat, f"Recommendation for {handle} · A.M.")


def test_the_only_one_of_a_role_can_be_away_and_is_back_when_they_say_so(clinic: Clinic) -> None:
    iris, lena = clinic.seat(IRIS), clinic.seat("Lena Novak")
    iris.command("/cocm away")
    assert "Covered by" not in sees(iris, "Until", "Iris Lindqvist · Consulting Psychiatrist")
    iris.fill({"Until": "2031-03-10"})
    assert iris.submit() is None
    sees(iris, "Iris Lindqvist is away until 10 Mar 2031, covered by nobody.")
    iris.close()
    clinic.clock.forward(days=1)
    clinic.tick()
    iris.go(cast.BOT)
    assert "Nobody is" not in iris.screen
    lena.command("/cocm away")
    lena.fill({"Who": "Iris Lindqvist · Consulting Psychiatrist", "How": "Back: end the absence"})
    assert lena.submit() is None
    sees(lena, "Iris Lindqvist is back.")
    clinic.clock.forward(days=1)
    clinic.tick()
    sees(iris, "Nobody is on the agenda of today's review.")


@pytest.mark.parametrize("name", ["Omar Haddad", SAMUEL])
def test_who_may_not_see_to_anothers_absence(clinic: Clinic, name: str) -> None:
    clinic.add_member(NOOR, Role.CARE_MANAGER)
    maya, other = clinic.seat(), clinic.seat(name)
    maya.command("/cocm away")
    sees(maya, "Away until a day")
    maya.fill({"Until": "2031-03-10", "Covered by": f"{NOOR} · Care Manager"})
    assert "you may not hand patients over" in forgery.submission(other, maya)["Who"]
    assert clinic.member("Maya Okafor").cover_until is None


def test_an_absence_is_planned_ahead_and_begins_on_its_day(clinic: Clinic) -> None:
    clinic.add_member(NOOR, Role.CARE_MANAGER)
    maya = clinic.seat()
    maya.command("/cocm away")
    maya.fill({"From": "2031-03-12", "Until": "2031-03-10", "Covered by": NOOR})
    assert maya.submit() == {"From": "The absence must begin before it ends."}
    maya.fill({"From": "2031-03-05"})
    assert maya.submit() is None
    sees(maya, "Maya Okafor will be away from 5 Mar 2031 to 10 Mar 2031, covered by Noor Rahimi.")
    maya.close()
    days = {3: False, 4: False, 5: True, 10: True, 11: False}
    member = clinic.member("Maya Okafor")
    assert {each: away(member, date(2031, 3, each)) for each in days} == days
    maya.command("/cocm away")
    sees(maya, "Maya Okafor is away from 5 Mar 2031 to 10 Mar 2031, covered by Noor Rahimi.")
    maya.fill({"How": "Back: end the absence"})
    assert maya.submit() is None
    back = clinic.member("Maya Okafor")
    assert (back.away_from, back.cover_until) == (None, None)


def test_an_absence_without_a_cover_is_said(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm away")
    maya.fill({"From": "2031-03-05", "Until": "2031-03-10"})
    assert maya.submit() is None
    sees(maya, "covered by nobody.", "No care manager is there until then")
