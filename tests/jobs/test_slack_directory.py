"""People of the workspace, looked up one by one or all at once; both let in the same ones."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.members import User
from cocm_bot.jobs.slack_directory import FRESH_SECONDS, ONE_BY_ONE, Directory
from cocm_bot.playground import cast
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from tests.rig.seats import PATIENCE
from tests.rig.servers.standing import running_workspace

pytestmark = pytest.mark.slow


class Bench:
    """A directory with the clock it looks at."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.now = 0.0
        client = web_client(workspace.token, workspace.api_url, PATIENCE)
        self.directory = Directory(Gateway(client), lambda: self.now)

    def ask_much(self) -> None:
        """So many questions that everybody is listed."""
        for _ in range(ONE_BY_ONE + 1):
            self.directory.member(user("maya.okafor@example.org"))

    def calls(self, name: str) -> int:
        return sum(call.name == name for call in self.workspace.calls)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with running_workspace() as workspace:
        yield Bench(workspace)


def user(email: str, slack_user_id: str | None = None) -> User:
    return User(
        id="user-1",
        email=email,
        first_name="Cara",
        last_name="Example",
        phone_number="",
        registeries=(),
        slack_team_id=cast.TEAM if slack_user_id else None,
        slack_user_id=slack_user_id,
    )


KNOWN = [
    ("Maya.Okafor@example.org", None, cast.MAYA),
    ("maya.okafor@example.org", cast.MAYA, cast.MAYA),
    # The account is theirs, whatever address it has by now.
    ("an.older.address@example.org", cast.MAYA, cast.MAYA),
    ("maya.okafor@example.org", cast.GUEST, None),
    ("gus.moreau@example.org", None, None),
    ("daria.petrov@example.org", cast.DEACTIVATED, None),
    ("emil.castellanos@partner.example.org", None, None),
    ("nobody@example.org", None, None),
    ("nobody@example.org", "U0NOBODY", None),
]


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "all at once"])
@pytest.mark.parametrize(("email", "slack_user_id", "expected"), KNOWN)
def test_full_members_of_the_workspace_alone_are_found(
    bench: Bench, email: str, slack_user_id: str | None, expected: str | None, many: bool
) -> None:
    if many:
        bench.ask_much()
    before = bench.calls("users.info") + bench.calls("users.lookupByEmail")
    found = bench.directory.member(user(email, slack_user_id))
    assert (found.id if found else None) == expected
    asked = bench.calls("users.info") + bench.calls("users.lookupByEmail") - before
    assert asked == (0 if many else 1)


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "all at once"])
@pytest.mark.parametrize(
    ("changes", "let_in_by", "expected"),
    [
        ({}, None, (True, True)),
        ({"is_email_confirmed": False}, None, (False, True)),
        ({"unsaid": frozenset({"is_restricted"})}, None, (False, False)),
        ({"unsaid": frozenset({"is_restricted"})}, "user-9", (False, True)),
        ({"is_restricted": True}, "user-9", (False, False)),
    ],
)
def test_an_unproven_account_is_told_only_what_it_was_let_in_for(
    bench: Bench, many: bool, changes: dict[str, Any], let_in_by: str | None, expected: tuple[bool, bool]
) -> None:
    """Expected is whether they are found by their address alone, and by their account."""
    bench.workspace.people[cast.MAYA] = replace(bench.workspace.people[cast.MAYA], **changes)
    if many:
        bench.ask_much()
    address = "maya.okafor@example.org"
    known = user(address, cast.MAYA).model_copy(update={"let_in_by": let_in_by})
    found = tuple(bench.directory.member(each) is not None for each in (user(address), known))
    assert found == expected


def test_many_questions_cost_one_list_which_is_believed_for_a_while(bench: Bench) -> None:
    bench.ask_much()
    bench.ask_much()
    assert (bench.calls("users.lookupByEmail"), bench.calls("users.list")) == (ONE_BY_ONE, 1)
    bench.workspace.people[cast.MAYA].deleted = True
    bench.now += FRESH_SECONDS + 1
    assert bench.directory.member(user("maya.okafor@example.org", cast.MAYA)) is None


@pytest.mark.parametrize("other", [cast.GUEST, cast.EXTERNAL])
def test_an_account_that_may_not_be_told_hides_nobody_with_its_address(bench: Bench, other: str) -> None:
    bench.workspace.people[other].email = "maya.okafor@example.org"
    bench.ask_much()
    found = bench.directory.member(user("maya.okafor@example.org"))
    assert found is not None
    assert found.id == cast.MAYA


def test_a_workspace_too_large_to_be_listed_is_asked_one_by_one(bench: Bench) -> None:
    bench.workspace.fail("users.list", retry_after=30)
    bench.ask_much()
    found = bench.directory.member(user("maya.okafor@example.org"))
    assert found is not None
    assert bench.calls("users.list") == 1


def test_when_slack_does_not_answer_nobody_is_taken_for_gone(bench: Bench) -> None:
    bench.workspace.fail("users.lookupByEmail", status=503)
    with pytest.raises(Unavailable):
        bench.directory.member(user("maya.okafor@example.org"))
    bench.workspace.fail("users.info", error="fatal_error")
    with pytest.raises(Unavailable):
        bench.directory.member(user("maya.okafor@example.org", cast.MAYA))
