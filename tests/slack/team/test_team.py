"""The team at the screens: seen by everybody, changed by admins, and left at once by who is removed."""

import re
from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.access import Action, AdminRight, may
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.operations.team.absence import be_away
from cocm_bot.operations.team.assignment import assign_one
from cocm_bot.operations.team.team import change_role, set_admin
from cocm_bot.playground import cast, views
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.team.team_view import MEMBERS_PER_PAGE
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.team import people
from tests.rig import forged
from tests.rig.clinic import Clinic
from tests.rig.scenes import add_patient, log_contact, sees

NOOR = "Noor Rahimi"
STRANGER = "You are not in a patient registry yet."


@pytest.fixture
def team(clinic: Clinic) -> Clinic:
    """The clinic with Noor as a second care manager."""
    clinic.add_member(NOOR, Role.CARE_MANAGER)
    return clinic


def opened(clinic: Clinic, name: str, seat: Seat | None = None) -> Seat:
    """The team with a member in front."""
    seat = seat or clinic.seat()
    seat.command("/cocm team")
    sees(seat, "Riverside Clinic")
    seat.press("Change…", near=f"*{name}*")
    sees(seat, name, "Save")
    return seat


def confirmed(seat: Seat, words: str, yes: str) -> None:
    """Press what asks first, and answer yes."""
    seat.press(words)
    seat.press(yes)


def patient_of(clinic: Clinic, name: str, mrn: str = "A-1") -> str:
    """A patient assigned to a member; returns the handle."""
    maya = clinic.seat()
    handle = add_patient(maya, MRN=mrn)
    maya.close(everything=True)
    if name != "Maya Okafor":
        assign_one(clinic.ctx, clinic.actor(), handle, clinic.member(name).user_id, f"assign-{mrn}")
    return handle


def told(clinic: Clinic, user: str) -> list[str]:
    """Return somebody's direct messages, in order."""
    sent = [call for call in clinic.calls("chat.postMessage") if call.arguments["channel"] == user]
    return [str(call.arguments["blocks"]) for call in sent if call.answer and call.answer["ok"]]


def reschedule(clinic: Clinic) -> bool:
    """Return whether somebody is still to be notified, later."""
    table, far = clinic.ctx.table, clinic.clock().timestamp() + 3600
    waiting = [each for shard in range(jobs.SHARDS) for each in jobs.due(table, shard, far).waiting]
    found = [jobs.get(table, *each) for each in waiting if each.kind == JobKind.OFFBOARDING]
    return any(each and each.holder is None for each in found)


def well(clinic: Clinic) -> None:
    """Nothing was sent that Slack would refuse."""
    assert [refusal for refusal in clinic.workspace.refusals if not refusal.race] == []


# --- the list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Maya Okafor", "Omar Haddad"])
def test_everybody_sees_the_team_and_admins_its_buttons(team: Clinic, name: str) -> None:
    seat = team.seat(name)
    seat.command("/cocm team")
    screen = sees(seat, "6 members", "Maya Okafor", "Care Manager · 🔑 admin", "Finance", "Who may do what")
    assert f"{name} (you)" in screen
    assert ("Change…" in screen) is (name == "Maya Okafor")
    assert ("Invite…" in screen) is (name == "Maya Okafor")
    well(team)


def test_a_large_team_is_shown_page_by_page(clinic: Clinic) -> None:
    for number in range(2 * MEMBERS_PER_PAGE):
        wanted = new_member(
            email=f"nurse.{number}@example.org", first_name="Nurse", last_name=f"No{number:03}", role=Role.PCP
        )
        add_member(clinic.ctx, clinic.registry_id, wanted)
    maya = clinic.seat()
    maya.command("/cocm team")
    assert "No010" in sees(maya, "55 members", f"1–{MEMBERS_PER_PAGE} of 55")
    maya.press("Next ›")
    sees(maya, "26–50 of 55")
    maya.press("Change…", near="No030")
    sees(maya, "Nurse No030", "Save")
    maya.fill({"Role": "Finance"})
    assert maya.submit() is None
    sees(maya, "26–50 of 55", "Saved: Finance.", "No030 · Finance")
    well(clinic)


def test_who_may_do_what_is_told_as_the_code_has_it(clinic: Clinic) -> None:
    omar = clinic.seat("Omar Haddad")
    omar.command("/cocm team roles")
    screen = sees(omar, "You are Finance here.", "An admin, whatever their role").split("here. ")[1]
    heads = [*Role, "Everybody", "An admin, whatever their role", "Being an admin adds"]
    places = [screen.index(f"{head} ") for head in heads]
    assert places == sorted(places)
    told_of = {head: screen[at:to] for head, at, to in zip(heads, places, places[1:], strict=False)}
    for action in Action:
        allowed = {role for role in Role if may(role, action)}
        if allowed == set(Role):
            assert action in told_of["Everybody"]
        else:
            whole = re.compile(rf"{re.escape(action)}(?![\w'’])")
            assert {role for role in Role if whole.search(told_of[role])} == allowed
    assert [right for right in AdminRight if right not in told_of[heads[-2]]] == []
    omar.close()
    omar.command("/cocm team rolls")
    sees(omar, "for the members, or", "for who may do what.")
    well(clinic)


# --- roles and admins ---------------------------------------------------------------------------------------


def test_a_role_is_changed_and_the_list_says_so(team: Clinic) -> None:
    maya = opened(team, "Samuel Adeyemi")
    maya.fill({"Role": "Care Manager"})
    assert maya.submit() is None
    sees(maya, "Saved: Care Manager.", "Samuel Adeyemi · Care Manager")
    assert team.member("Samuel Adeyemi").role is Role.CARE_MANAGER
    maya.close()
    team.clock.forward(minutes=1)
    maya.command("/cocm team")
    sees(maya, "Maya Okafor (you) · Care Manager · 🔑 admin [ Change… ] last seen today")
    maya.close()
    maya.command("/cocm audit samuel")
    sees(maya, "Maya Okafor · change a role to Care Manager · Samuel Adeyemi · modal")
    well(team)


def test_the_admin_mark_is_given_and_taken_but_never_the_last(team: Clinic) -> None:
    maya = opened(team, "Maya Okafor")
    confirmed(maya, "Step down as admin", "Step down")
    sees(maya, "A registry needs an admin, and there is no other. Make somebody else one first.")
    maya.close(everything=True)
    opened(team, NOOR, maya)
    confirmed(maya, "Make admin", "Make admin")
    sees(maya, "An admin now.", "Take admin away")
    maya.close()
    sees(maya, "Noor Rahimi · Care Manager · 🔑 admin")
    maya.press("Change…", near="*Maya Okafor*")
    sees(maya, "Step down as admin")
    confirmed(maya, "Step down as admin", "Step down")
    sees(maya, "You are no longer an admin of this registry.")
    maya.close()
    team.workspace.wait_until(lambda: "Change…" not in sees(maya, "6 members"), "the list without buttons")
    assert not team.member("Maya Okafor").is_admin
    well(team)


def test_what_needs_an_admin_is_refused_to_all_others_and_written_down(team: Clinic) -> None:
    maya = opened(team, NOOR)
    assert maya.view is not None
    forgery = views.as_slack(maya.view)
    omar = team.seat("Omar Haddad").person.id
    replies = [
        forged.submission(team, omar, forgery),
        forged.click(team, omar, "team-admin", "yes", view=forgery),
        forged.click(team, omar, "team-remove", "", view=forgery),
        forged.click(team, omar, "team-member", f"{team.member(NOOR).user_id} 1"),
    ]
    team.workspace.settled()
    assert "Only an admin of this registry may change a member's role." in str(replies[0].json)
    refused = sorted(each.action for each in team.accesses() if each.outcome == "refused")
    assert refused == sorted(
        [AdminRight.CHANGE_ROLE, AdminRight.CHANGE_ADMIN, AdminRight.REMOVE_MEMBER, AdminRight.CHANGE_ROLE]
    )
    assert (team.member(NOOR).role, team.member(NOOR).is_admin) == (Role.CARE_MANAGER, False)


def test_a_member_with_a_new_slack_account_is_let_in_again(team: Clinic) -> None:
    noor = team.seat(NOOR)
    noor.command("/cocm today")
    sees(noor, "There are no patients in this registry yet.")
    maya = opened(team, NOOR)
    confirmed(maya, "New Slack account", "New account")
    sees(maya, "I forgot their Slack account.")
    assert "New Slack account" not in sees(maya, "Noor Rahimi · Care Manager")
    user = people.user(team.ctx.table, team.member(NOOR).user_id)
    assert user is not None
    assert user.slack_account is None
    well(team)


# --- removal ----------------------------------------------------------------------------------------------


def test_a_removed_members_patients_are_handed_over_from_the_message(team: Clinic) -> None:
    handles = [patient_of(team, NOOR, f"A-{number}") for number in range(3)]
    maya = opened(team, NOOR)
    sees(maya, "3 patients are assigned to them.")
    confirmed(maya, "Remove", "Remove")
    sees(maya, "Removed. Their access has ended")
    maya.close()
    assert NOOR not in sees(maya, "5 members")
    maya.close()
    maya.go(cast.BOT)
    sees(
        maya, "Noor Rahimi was removed from the registry by Maya Okafor. 3 patients have no care manager now."
    )
    maya.press("Hand over 3 patients")
    sees(maya, "Nobody: 3 without a care manager")
    maya.fill({"To": "Maya Okafor"})
    assert maya.submit() is None
    sees(maya, "3 patients will go from nobody (no care manager) to Maya Okafor")
    assert maya.submit() is None
    sees(maya, "Handing over 3 patients.")
    team.workspace.wait_until(lambda: all(each.care_manager for each in team.patients()), "all are theirs")
    assert {each.care_manager for each in team.patients()} == {team.member("Maya Okafor").user_id}
    assert [each.handle for each in team.patients()] == handles
    noor = team.seat(NOOR).person.id
    [message] = team.workspace.wait_until(lambda: told(team, noor), "the message")
    assert "You are no longer a member of Riverside Clinic. Maya Okafor removed you" in message
    well(team)


def test_nothing_a_removed_member_has_open_works_any_more(team: Clinic) -> None:
    handle = patient_of(team, NOOR)
    noor = team.seat(NOOR)
    noor.open_home()
    sees(noor, "My day")
    noor.at_home = False
    noor.command(f"/cocm log {handle}")
    noor.fill({"Minutes": "20"})
    assert noor.view is not None
    logging = views.as_slack(noor.view)
    confirmed(opened(team, NOOR), "Remove", "Remove")
    team.workspace.settled()
    assert noor.submit()
    assert STRANGER in str(forged.submission(team, noor.person.id, logging).json)
    noor.close(everything=True)
    forged.click(team, noor.person.id, "card-flag", handle)
    team.workspace.settled()
    [after] = team.patients()
    assert (after.total_sessions, after.flags) == (0, ())
    noor.close(everything=True)
    noor.at_home = True
    assert "My day" not in sees(noor, "You are no longer a member of Riverside Clinic.")
    well(team)


def test_a_member_of_two_registries_keeps_the_other(team: Clinic) -> None:
    wanted = new_registry(
        name="Harbor Clinic",
        admin_email="noor.rahimi@example.org",
        first_name="Noor",
        last_name="Rahimi",
        role=Role.CARE_MANAGER,
    )
    create_registry(team.ctx, wanted)
    people.choose_registry(team.ctx.table, team.member(NOOR).user_id, team.registry_id)
    handle = patient_of(team, NOOR)
    noor = team.seat(NOOR)
    noor.command(f"/cocm log {handle}")
    noor.fill({"Minutes": "20"})
    confirmed(opened(team, NOOR), "Remove", "Remove")
    team.workspace.settled()
    assert "a registry you are not a member of" in str(noor.submit())
    assert [each.total_sessions for each in team.patients()] == [0]
    noor.close(everything=True)
    noor.command("/cocm team")
    sees(noor, "Harbor Clinic · 1 member", "You are alone here so far. Invite the others")
    well(team)


def test_an_admin_leaves_when_there_is_another(team: Clinic) -> None:
    maya = opened(team, NOOR)
    confirmed(maya, "Make admin", "Make admin")
    sees(maya, "An admin now.")
    maya.close(everything=True)
    opened(team, "Maya Okafor", maya)
    confirmed(maya, "Leave the registry", "Leave")
    sees(maya, "You have left Riverside Clinic.")
    maya.close(everything=True)
    maya.command("/cocm team")
    sees(maya, STRANGER)
    well(team)


def test_a_care_manager_who_becomes_something_else_leaves_their_patients(team: Clinic) -> None:
    handle = patient_of(team, NOOR)
    maya = opened(team, NOOR)
    maya.fill({"Role": "Finance"})
    assert maya.submit() is None
    sees(maya, "Saved: Finance.")
    maya.close()
    maya.go(cast.BOT)
    sees(
        maya,
        "Noor Rahimi is no longer a care manager. 1 patient has no care manager now.",
        "Hand over 1 patient",
    )
    assert [each.care_manager for each in team.patients()] == [None]
    noor = team.seat(NOOR)
    noor.command(f"/cocm patient {handle}")
    sees(noor, "As Finance you may not search for a patient.")
    assert told(team, noor.person.id) == []


def test_who_was_covered_learns_that_they_are_not_any_more(team: Clinic) -> None:
    until = date(2031, 3, 10)
    iris = "Iris Lindqvist"
    team.clock.forward(minutes=1)
    change_role(team.ctx, team.actor(), team.member(iris).user_id, Role.CARE_MANAGER)
    be_away(team.ctx, team.actor(), team.member(iris).user_id, until, team.member(NOOR).user_id)
    maya = team.seat()
    maya.command("/cocm team")
    sees(maya, "not seen yet · away until 10 Mar 2031, covered by Noor Rahimi")
    confirmed(opened(team, NOOR, maya), "Remove", "Remove")
    sees(maya, "Removed.")
    maya.close()
    assert "covered by Noor" not in sees(maya, "5 members")
    team.workspace.settled()
    maya.close()
    maya.command("/cocm team")
    sees(maya, "5 members", "away until 10 Mar 2031, covered by nobody")
    [message] = team.workspace.wait_until(lambda: told(team, cast.PSYCHIATRIST), "the message")
    assert "Noor Rahimi no longer covers you in Riverside Clinic." in message


def test_whom_slack_does_not_let_be_told_is_told_later_and_nobody_twice(team: Clinic) -> None:
    patient_of(team, NOOR)
    set_admin(team.ctx, team.actor(), team.member("Lena Novak").user_id, is_admin=True)
    maya = opened(team, NOOR)
    team.workspace.fail("chat.postMessage", times=2, error="fatal_error")
    confirmed(maya, "Remove", "Remove")
    sees(maya, "Removed.")
    team.workspace.wait_until(lambda: reschedule(team), "the work to be put off")
    team.clock.forward(minutes=2)
    team.tick()
    people = {name: team.seat(name).person.id for name in (NOOR, "Maya Okafor", "Lena Novak")}
    team.workspace.settled()
    assert {name: len(told(team, user)) for name, user in people.items()} == dict.fromkeys(people, 1)


def test_what_finance_sees_is_minutes_codes_payer_mrn_and_handle(team: Clinic) -> None:
    maya = team.seat()
    handle = add_patient(maya, Payer="Aetna")
    maya.close()
    scores: dict[str, Any] = {"PHQ-9 total": "17", "GAD-7 total": "13", "Note": "Sleeps badly"}
    assert (
        log_contact(maya, handle, **{"Contact type": "Initial Assessment", "Minutes": "45"}, **scores) is None
    )
    maya.press("Raise a flag")
    maya.fill({"Flag": ["Needs Discussion"], "Why": "School leave"})
    assert maya.submit() is None
    omar = team.seat("Omar Haddad")
    omar.command("/cocm billing")
    screens = [sees(omar, "A-1001", handle, "Aetna", "45 before consent", "born 1984-02-29")]
    omar.close()
    omar.open_home()
    screens.append(sees(omar, "A-1001", handle, "Aetna", "45 before consent", "born 1984-02-29"))
    hidden = (
        "Ana",
        "Muñoz",
        "0134",
        "PHQ",
        "17",
        "GAD",
        "Sleeps",
        "Needs Discussion",
        "School",
        "Treatment",
    )
    for screen in screens:
        assert [word for word in hidden if word in screen] == []
