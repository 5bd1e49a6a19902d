"""Inviting people from Slack, and what they do who were invited."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.team.invites import NewInvite
from cocm_bot.operations.team.invites import invite as invite_from
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.store.team import invites, people
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import second_registry, sees
from tests.store import faults

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


def looked_for(clinic: Clinic) -> None:
    """Wait until the invited person was looked for in Slack, and what came of it is known."""

    def known() -> bool:
        found = invites.of_registry(clinic.ctx.table, clinic.registry_id)
        return all(each.told is not None for each in found)

    clinic.workspace.wait_until(known, "what became of the message")


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
    user = people.user(clinic.ctx.table, member.user_id)
    assert user is not None
    assert (user.slack_account, user.email) == ((cast.TEAM, cast.UNKNOWN), NOOR)
    noor.command("/cocm today")
    sees(noor, "There are no patients in this registry yet.")


def test_who_is_written_out_is_invited_once_they_are_in_slack(clinic: Clinic) -> None:
    noor = clinic.workspace.people[cast.UNKNOWN]
    noor.email = "elsewhere@example.org"
    maya = invite(clinic, BY_HAND)
    maya.close()
    looked_for(clinic)
    maya.command("/cocm team")
    sees(maya, "Invited, not in yet · 1", "Noor Rahimi · Care Manager", "not in Slack with this address yet")
    noor.email = NOOR.upper()
    clinic.clock.forward(days=1)
    clinic.tick()
    invited(clinic).press("Accept")
    assert clinic.workspace.wait_until(lambda: clinic.registry.members == 6, "the member")
    assert clinic.member("Noor Rahimi").role is Role.CARE_MANAGER


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("users.lookupByEmail", {"error": "internal_error"}),
        ("chat.postMessage", {"status": 500}),
        ("chat.postMessage", {"error": "ratelimited", "retry_after": 30}),
    ],
    ids=["no look-up", "no answer", "too many"],
)
def test_a_message_slack_does_not_take_is_sent_by_the_clock(
    clinic: Clinic, method: str, trouble: dict[str, Any]
) -> None:
    clinic.workspace.fail(method, **trouble)
    invite(clinic, BY_HAND)
    clinic.workspace.wait_until(lambda: clinic.calls(method), "the call that fails")
    clinic.workspace.settled()
    assert clinic.seat("Noor Rahimi").messages() == []
    clinic.clock.forward(minutes=2)
    clinic.tick()
    invited(clinic).press("Accept")
    assert clinic.workspace.wait_until(lambda: clinic.registry.members == 6, "the member")


@pytest.mark.parametrize("first", ["command", "home"])
def test_the_first_thing_they_do_accepts_too(clinic: Clinic, first: str) -> None:
    invite(clinic, BY_HAND)
    message, noor = invited(clinic), clinic.seat("Noor Rahimi")
    if first == "command":
        noor.command("/cocm help")
        sees(noor, "Hello Noor")
    else:
        noor.open_home()
        sees(noor, "Hello Noor", "Riverside Clinic · you are Care Manager")
    assert clinic.registry.members == 6
    message.press("Accept")
    sees(message, "You are in Riverside Clinic.")
    assert clinic.registry.members == 6


def test_a_second_registry_is_accepted_or_declined_at_home(clinic: Clinic) -> None:
    registry_id = second_registry(clinic, "Hilltop Clinic")
    invite(clinic, BY_HAND | {"Role": "Finance"})
    noor = invited(clinic)
    noor.press("Accept")
    sees(noor, "You are in Riverside Clinic.")
    there = {"email": NOOR, "first_name": "Noor", "last_name": "Rahimi", "role": "Finance"}
    from_hilltop(clinic, registry_id, there)
    noor.open_home()
    sees(noor, "You are invited to Hilltop Clinic as Finance.")
    noor.press("Accept")
    home = sees(noor, "Registry", "Riverside Clinic")
    assert "You are invited" not in home


def test_whoever_declines_is_told_of_and_may_be_asked_again(clinic: Clinic) -> None:
    maya = invite(clinic, BY_HAND)
    maya.close()
    noor = invited(clinic)
    noor.press("Decline")
    noor.press("Decline")
    sees(noor, "You declined the invitation to Riverside Clinic.")
    clinic.workspace.settled()
    maya.go(cast.BOT)
    sees(maya, "Noor Rahimi declined your invitation to Riverside Clinic.")
    noor.command("/cocm help")
    sees(noor, "You are not in a patient registry yet.")
    maya.command("/cocm team")
    sees(maya, "Noor Rahimi · Care Manager", "declined")
    maya.press("Send again")
    sees(maya, "the message is on its way")
    noor = invited(clinic)
    noor.press("Accept")
    sees(noor, "You are in Riverside Clinic.")


def test_what_was_withdrawn_can_not_be_accepted(clinic: Clinic) -> None:
    maya = invite(clinic, BY_HAND)
    maya.close()
    noor = invited(clinic)
    looked_for(clinic)
    maya.command("/cocm team")
    sees(maya, "has the message")
    maya.press("Withdraw")
    maya.press("Withdraw")
    sees(maya, "Noor Rahimi is no longer invited.")
    noor.press("Accept")
    sees(noor, "This invitation is gone: it was accepted or withdrawn.")
    assert clinic.registry.members == 5


def test_who_is_in_or_invited_already_is_said_to_be(clinic: Clinic) -> None:
    invite(clinic, BY_HAND)
    maya = invite(
        clinic, {"People in Slack": ["Noor Rahimi", "Iris Lindqvist", "Gus Moreau"], "Role": "Finance"}
    )
    sees(
        maya,
        "Noor Rahimi is invited already.",
        "Iris Lindqvist: This person is a member of the registry already.",
        "Slack has them as guest, and I work for full members of this workspace only.",
    )
    maya.press("Send again")
    sees(maya, "Noor Rahimi · Care Manager")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, {"People in Slack": "Pick somebody, or give an e-mail address below."}),
        ({"Or by e-mail": NOOR}, {"First name": "Give the first name that goes with the address."}),
        (
            {"Or by e-mail": NOOR, "First name": "Noor"},
            {"Last name": "Give the last name that goes with the address."},
        ),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    clinic: Clinic, values: dict[str, str], complaint: dict[str, str]
) -> None:
    seat = clinic.seat()
    forged.click(clinic, seat.person.id, "team-invite", "")
    sees(seat, "Invite people")
    seat.fill({**values, "Role": "Finance"})
    assert seat.submit() == complaint
    assert invites.of_registry(clinic.ctx.table, clinic.registry_id).records == []


def test_nobody_accepts_what_another_was_invited_to(clinic: Clinic) -> None:
    """Neither with a forged press, nor as a member of another registry, nor from outside."""
    invite(clinic, BY_HAND)
    clinic.workspace.settled()
    for person in (cast.GUEST, cast.EXTERNAL, cast.DEACTIVATED, cast.OTHER_BOT, cast.MAYA):
        before = len(clinic.accesses("-"))
        for action in ("invite-accept", "invite-decline"):
            forged.click(clinic, person, action, clinic.registry_id)
        clinic.workspace.settled()
        refused = clinic.accesses("-")[before:]
        # A member who accepts again is in, and has nothing to decline.
        assert len(refused) == (1 if person == cast.MAYA else 2)
        assert {entry.outcome for entry in refused} == {"refused"}
    assert clinic.registry.members == 5
    [left] = invites.of_registry(clinic.ctx.table, clinic.registry_id)
    assert left.declined_at is None


def test_another_who_takes_the_address_stays_who_they_are(clinic: Clinic) -> None:
    iris, maya = clinic.seat("Iris Lindqvist"), clinic.seat()
    iris.command("/cocm help")
    sees(iris, "Hello Iris")
    maya.command("/cocm help")
    sees(maya, "Hello Maya")
    slack = clinic.workspace.people
    address = slack[cast.MAYA].email
    slack[cast.MAYA].email, slack[cast.PSYCHIATRIST].email = "maya.new@example.org", address
    clinic.clock.forward(minutes=6)
    iris.command("/cocm help")
    sees(iris, "Hello Iris")
    maya.command("/cocm help")
    sees(maya, "Hello Maya")

    slack[cast.UNKNOWN].email, slack[cast.PSYCHIATRIST].email = address, "iris.new@example.org"
    noor = clinic.seat("Noor Rahimi")
    noor.command("/cocm help")
    sees(noor, "The registry knows your e-mail address from another Slack account")
    [refusal] = clinic.accesses("-")
    assert (refusal.reason, refusal.slack_user_id) == ("AnotherAccount", cast.UNKNOWN)


def test_a_member_is_admitted_with_one_read_and_with_two_more_the_first_time(clinic: Clinic) -> None:
    maya = clinic.seat()
    maya.command("/cocm help")
    sees(maya, "Hello Maya")
    clinic.workspace.settled()
    for minutes, reads in ((6, 3), (0, 1)):
        clinic.clock.forward(minutes=minutes)
        with faults.on(clinic.ctx.table.client, "*", faults.none) as asked:
            maya.command("/cocm help")
            clinic.workspace.settled()
        assert len(asked) == reads


def from_hilltop(clinic: Clinic, registry_id: str, wanted: dict[str, str]) -> None:
    """An invitation of Maya's to her other registry."""
    maya = people.user_by_email(clinic.ctx.table, "maya.okafor@example.org")
    assert maya is not None
    found = people.actor_records(clinic.ctx.table, registry_id, maya.id)
    assert found is not None
    actor = replace(clinic.actor(), registry=found[1], is_admin=True)
    invite_from(clinic.ctx, actor, NewInvite.model_validate(wanted), "invite-hilltop")


def test_first_commands_at_once_are_all_answered(clinic: Clinic) -> None:
    invite(clinic, BY_HAND)
    clinic.workspace.settled()
    noor = clinic.seat("Noor Rahimi")
    with ThreadPoolExecutor(6) as hands:
        list(hands.map(lambda _: noor.command("/cocm help"), range(6)))

    def greetings() -> list[str]:
        shown = [str(each.blocks) for each in noor.messages()]
        return [each for each in shown if "Hello Noor" in each]

    clinic.workspace.wait_until(lambda: len(greetings()) == 6, "six answers")
    assert clinic.registry.members == 6
