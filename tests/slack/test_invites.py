"""Inviting people from Slack, and what they do who were invited."""

from typing import Any

from cocm_bot.playground import cast
from cocm_bot.playground.seat import Seat
from cocm_bot.registry.vocabulary import Role
from cocm_bot.store import people
from tests import forged
from tests.clinic import Clinic
from tests.scenes import sees

NOOR = "noor.rahimi@example.org"
INVITED = "You are invited to a patient registry"
BY_HAND = {"Or by e-mail": NOOR, "First name": "Noor", "Last name": "Rahimi", "Role": "Care Manager"}


def invite(clinic: Clinic, values: dict[str, Any], name: str = "Maya Okafor") -> Seat:
    """Fill the modal in and send it off; what came of it stays open."""
    seat = clinic.seat(name)
    forged.click(clinic, seat.person.id, "team-invite", "")
    sees(seat, "Invite people")
    seat.fill(values)
    assert seat.submit() is None
    return seat


def invited(clinic: Clinic, name: str = "Noor Rahimi") -> Seat:
    """The invited person, looking at the message."""
    clinic.workspace.settled()
    seat = clinic.seat(name)
    seat.go(cast.BOT)
    sees(seat, "invites you to the patient registry Riverside Clinic")
    return seat


def test_a_picked_person_gets_a_message_and_is_in_once_they_accept(clinic: Clinic) -> None:
    maya = invite(clinic, {"People in Slack": ["Noor Rahimi"], "Role": "Consulting Psychiatrist"})
    sees(maya, "Noor Rahimi is invited as Consulting Psychiatrist.")
    noor = invited(clinic)
    sees(noor, "Maya Okafor invites you", "as Consulting Psychiatrist", "Valid until 2 Apr 2031")
    noor.press("Accept")
    sees(noor, "You are in Riverside Clinic.")
    member = clinic.member("Noor Rahimi")
    assert (member.role, member.is_admin) == (Role.PSYCHIATRIST, False)
    assert clinic.registry.members == 6
    user = people.user(clinic.desk.table, member.user_id)
    assert user is not None
    assert (user.slack_account, user.email) == ((cast.TEAM, cast.UNKNOWN), NOOR)
    noor.command("/cocm today")
    sees(noor, "There are no patients in this registry yet.")
