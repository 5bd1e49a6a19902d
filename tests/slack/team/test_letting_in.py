"""An account that Slack says too little of is let in by an admin, once they said whose it is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cocm_bot.domain.errors import CocmError, Conflict, InvalidInput, NotAllowed
from cocm_bot.domain.members import User
from cocm_bot.operations.access import accounts
from cocm_bot.operations.access.slack_users import AnotherAccount, SlackUser, Unproven
from cocm_bot.operations.team import team
from cocm_bot.operations.team.joining import accept
from cocm_bot.operations.team.team import AccountChanged
from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.slack.runtime.auth import OUTSIDERS
from cocm_bot.store.team import people
from tests.rig.clinic import Clinic
from tests.rig.scenes import sees

IRIS, NOOR = "Iris Lindqvist", "Noor Rahimi"
NOBODY_ELSE = "let another Slack account in as yours in Riverside Clinic."


def opened(clinic: Clinic, name: str = IRIS) -> Seat:
    maya = clinic.seat()
    maya.command("/cocm team")
    sees(maya, "Riverside Clinic")
    maya.press("Change…", near=f"*{name}*")
    sees(maya, name, "Save")
    maya.press("Let an account in…")
    sees(maya, f"Which Slack account is {name}'s?")
    return maya


def let_in(clinic: Clinic, account: str, name: str = IRIS) -> dict[str, str] | None:
    maya = opened(clinic, name)
    maya.fill({"Slack account": [account]})
    return maya.submit()


def user(clinic: Clinic, name: str = IRIS) -> User:
    found = people.user(clinic.ctx.table, clinic.member(name).user_id)
    assert found is not None
    return found


def noor(slack_user_id: str = cast.UNKNOWN, **changes: object) -> SlackUser:
    return replace(SlackUser(slack_user_id, cast.TEAM, "noor.rahimi@example.org", None), **changes)  # type: ignore[arg-type] # any of its fields


def by_maya(clinic: Clinic, person: SlackUser, seen: str = "none") -> None:
    team.let_in(clinic.ctx, clinic.actor(), clinic.member(IRIS).user_id, person, lambda _: None, seen)


@pytest.mark.parametrize("changes", [{"is_email_confirmed": False}, {"unsaid": frozenset({"is_restricted"})}])
def test_an_unproven_account_is_in_once_an_admin_said_whose_it_is(
    clinic: Clinic, changes: dict[str, object]
) -> None:
    state, iris = clinic.workspace, clinic.seat(IRIS)
    state.people[cast.PSYCHIATRIST] = replace(state.people[cast.PSYCHIATRIST], **changes)  # type: ignore[arg-type] # any of its fields
    iris.command("/cocm caseload")
    sees(iris, "Ask an admin of your registry to let this account in")
    assert let_in(clinic, IRIS) is None
    sees(clinic.seat(), "Let in.")
    iris.command("/cocm caseload")
    sees(iris, "There are no patients in this registry yet.")
    assert user(clinic).let_in_by == clinic.member("Maya Okafor").user_id
    # Being let in makes nobody more than they are.
    state.people[cast.PSYCHIATRIST].is_restricted = True
    state.people[cast.PSYCHIATRIST].unsaid = frozenset()
    clinic.clock.forward(minutes=1)
    iris.command("/cocm caseload")
    sees(iris, OUTSIDERS)


def test_the_old_account_is_told_and_out(clinic: Clinic) -> None:
    iris = clinic.seat(IRIS)
    iris.command("/cocm caseload")
    sees(iris, "There are no patients in this registry yet.")
    assert let_in(clinic, NOOR) is None
    clinic.workspace.settled()
    iris.go(cast.BOT)
    sees(iris, f"Maya Okafor {NOBODY_ELSE}", "tell an admin of your registry now")
    iris.command("/cocm caseload")
    sees(iris, str(AnotherAccount()).partition(".")[0])
    seat = clinic.seat(NOOR)
    seat.command("/cocm caseload")
    sees(seat, "There are no patients in this registry yet.")
    clinic.clock.forward(minutes=5)
    clinic.tick()
    assert len([each for each in iris.messages(cast.BOT) if "let another" in str(each.blocks)]) == 1


def test_the_account_with_the_address_is_told_where_none_was_known(clinic: Clinic) -> None:
    assert let_in(clinic, NOOR) is None
    clinic.workspace.settled()
    iris = clinic.seat(IRIS)
    iris.go(cast.BOT)
    sees(iris, NOBODY_ELSE)


@pytest.mark.parametrize("name", ["Gus Moreau", "Emil Castellanos", "Reminder Bot", "Daria Petrov"])
def test_no_outsider_is_let_in(clinic: Clinic, name: str) -> None:
    errors = let_in(clinic, name)
    assert errors
    assert "it can't be let in" in str(errors)
    assert user(clinic).slack_account is None


def test_nobody_is_given_the_account_of_somebody_else(clinic: Clinic) -> None:
    samuel = clinic.seat("Samuel Adeyemi")
    samuel.command("/cocm help")
    sees(samuel, "Hello Samuel")
    errors = let_in(clinic, "Samuel Adeyemi")
    assert "somebody else's" in str(errors)
    assert user(clinic, "Samuel Adeyemi").slack_user_id == cast.PCP


@pytest.mark.parametrize("name", ["Iris Lindqvist", "Omar Haddad"])
def test_only_admins_let_accounts_in(clinic: Clinic, name: str) -> None:
    with pytest.raises(NotAllowed):
        team.let_in(
            clinic.ctx, clinic.actor(name), clinic.member(IRIS).user_id, noor(), lambda _: None, "none"
        )
    assert user(clinic).slack_account is None


def test_an_outsider_is_refused_below_the_screens_too(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput):
        by_maya(clinic, noor(outsider="guest"))


def test_an_admin_who_saw_another_account_looks_again(clinic: Clinic) -> None:
    by_maya(clinic, noor())
    with pytest.raises(AccountChanged):
        by_maya(clinic, noor("U0OTHER"))
    assert user(clinic).slack_user_id == cast.UNKNOWN
    by_maya(clinic, noor("U0OTHER"), seen=cast.UNKNOWN)
    assert user(clinic).slack_user_id == "U0OTHER"


def test_of_two_admins_at_once_one_is_heard(clinic: Clinic) -> None:
    wanted = [noor(f"U0NEW{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as admins:
        futures = [admins.submit(by_maya, clinic, person) for person in wanted]
    failed = [each.exception() for each in futures if each.exception()]
    assert len(failed) == 5
    assert all(isinstance(each, Conflict) for each in failed), failed
    accounts_of = [accounts.account_of(clinic.ctx, each) for each in wanted if knows(clinic, each)]
    assert [each.id if each else None for each in accounts_of] == [user(clinic).id]


def knows(clinic: Clinic, person: SlackUser) -> bool:
    found = accounts.proven_user(clinic.ctx, person)
    return found is not None


def test_whoever_runs_the_bot_lets_in_who_is_in_several_registries(clinic: Clinic) -> None:
    accounts.let_in(clinic.ctx, "Iris.Lindqvist@Example.org.", (cast.TEAM, cast.UNKNOWN), "operator")
    seat = clinic.seat(NOOR)
    clinic.workspace.people[cast.UNKNOWN].unsaid = frozenset({"is_bot"})
    seat.command("/cocm caseload")
    sees(seat, "There are no patients in this registry yet.")
    assert "let_in_user" in [each.action for each in clinic.accesses("-")]


def test_being_let_in_opens_no_invitation_to_an_address_not_confirmed(clinic: Clinic) -> None:
    by_maya(clinic, noor())
    claimed = noor(email="somebody.else@example.org", unproven=Unproven.UNCONFIRMED)
    with pytest.raises(CocmError, match="has not confirmed"):
        accept(clinic.ctx, claimed, clinic.registry_id, "message")
