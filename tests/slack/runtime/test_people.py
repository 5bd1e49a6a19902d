"""Somebody's identity by what Slack says of them, its odd answers included."""

from typing import Any

import pytest

from cocm_bot.operations.access.slack_users import Unproven
from cocm_bot.slack.runtime.client.people import Home, from_home, home_of, homes_of, person_of, workspaces_of

PLAIN, GRID = Home("T1"), Home("T1", "E1")
MAYA: dict[str, Any] = {
    "id": "U1",
    "team_id": "T1",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_email_confirmed": True,
    "profile": {"real_name": "Maya Okafor", "email": "maya@example.org"},
}


def of_organisation(enterprise_id: Any, teams: Any = ()) -> dict[str, Any]:
    return {"enterprise_user": {"enterprise_id": enterprise_id, "teams": teams}}


BELONGING = [
    (PLAIN, {}, None),
    (PLAIN, {"team_id": "T2"}, "external"),
    (PLAIN, {"team_id": None}, "external"),
    (PLAIN, {"team_id": "T2", "teams": ["T2", "T1"]}, None),
    (PLAIN, {"team_id": None, **of_organisation("E1", ["T1"])}, None),
    (PLAIN, {"team_id": "T2", **of_organisation("E1", ["T2"])}, "external"),
    (PLAIN, {"team_id": "T2", "teams": "T1"}, "external"),
    (PLAIN, {"team_id": "T2", "enterprise_user": "T1"}, "external"),
    (GRID, {}, None),
    (GRID, {"team_id": "T2"}, "external"),
    (GRID, {"team_id": "T2", **of_organisation("E1", ["T2"])}, None),
    (GRID, {"team_id": None, **of_organisation("E1")}, None),
    (GRID, {"team_id": "T1", **of_organisation("E2", ["T1"])}, "external"),
    (GRID, {"team_id": "T2", **of_organisation("", ["T1"])}, None),
    (GRID, {"is_stranger": True, **of_organisation("E1", ["T1"])}, "external"),
    (GRID, {"is_restricted": True, **of_organisation("E1", ["T1"])}, "guest"),
    (Home(""), {"team_id": ""}, "external"),
]


@pytest.mark.parametrize(("home", "changes", "outsider"), BELONGING)
def test_whom_slack_counts_to_us(home: Home, changes: dict[str, Any], outsider: str | None) -> None:
    person = person_of(MAYA | changes, home)
    assert person.outsider == outsider
    if outsider is None:
        assert person.team_id == home.team_id, "one account has one name, whichever workspace it is asked in"


@pytest.mark.parametrize(
    ("changes", "unproven"),
    [
        ({}, None),
        ({"is_email_confirmed": False}, Unproven.UNCONFIRMED),
        ({"is_email_confirmed": None}, Unproven.UNCONFIRMED),
        ({"is_email_confirmed": "true"}, Unproven.UNCONFIRMED),
        ({"is_email_confirmed": 1}, Unproven.UNCONFIRMED),
        *(({mark: None}, Unproven.UNANSWERED) for mark in ("deleted", "is_bot", "is_restricted")),
        ({"is_ultra_restricted": ""}, Unproven.UNANSWERED),
        ({"is_restricted": 0}, Unproven.UNANSWERED),
    ],
)
def test_what_slack_leaves_open(changes: dict[str, Any], unproven: Unproven | None) -> None:
    assert person_of(MAYA | changes, PLAIN).unproven == unproven


@pytest.mark.parametrize(
    ("home", "team_id", "enterprise_id", "ours"),
    [
        (PLAIN, "T1", "", True),
        (PLAIN, "T2", "", False),
        (PLAIN, "", "", False),
        (PLAIN, "", "E1", False),
        (GRID, "T2", "E1", True),
        (GRID, "", "E1", True),
        (GRID, "T1", "E2", False),
        (GRID, "T1", "", True),
        (GRID, "T2", "", False),
        (Home(""), "", "", False),
    ],
)
def test_which_requests_are_for_us(home: Home, team_id: str, enterprise_id: str, ours: bool) -> None:
    assert from_home(home, team_id, enterprise_id) is ours


def test_every_workspace_is_named_once() -> None:
    user = {"team_id": "T1", "teams": ["T1", "T2"], **of_organisation("E1", ["T2", "T3", None])}
    assert workspaces_of(user) == ["T1", "T2", "T3"]
    assert homes_of(user) == ["T1", "T2", "T3", "E1"]


HOMES = [
    ({"team_id": "T1"}, Home("T1"), False),
    ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": False}, Home("T1", "E1"), False),
    ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": True}, Home("E1", "E1"), True),
    ({"team_id": "E1", "enterprise_id": "E1", "is_enterprise_install": True}, Home("E1", "E1"), True),
    ({"team_id": None, "enterprise_id": "E1", "is_enterprise_install": True}, Home("E1", "E1"), True),
    ({"team_id": "T1", "is_enterprise_install": True}, Home(""), False),
    ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}, Home("T1", "E1"), False),
]


@pytest.mark.parametrize(("answer", "home", "organization_wide"), HOMES)
def test_where_the_bot_is_installed(answer: dict[str, Any], home: Home, organization_wide: bool) -> None:
    assert (home_of(answer), home_of(answer).organization_wide) == (home, organization_wide)


ORGANIZATION = Home("E1", "E1")
ACCOUNTS = [
    # whatever workspace of the organization somebody is in, and asks from, they are one account
    (ORGANIZATION, {"team_id": "T2", **of_organisation("E1", ["T2", "T3"])}, ["E1", "T2", "T3"]),
    (ORGANIZATION, {"team_id": None, **of_organisation("E1")}, ["E1"]),
    (GRID, {"team_id": "T2", **of_organisation("E1", ["T1", "T2"])}, ["T1", "T2", "E1"]),
    (PLAIN, {}, ["T1"]),
    # of a stranger nothing is looked for but the account itself
    (ORGANIZATION, {"team_id": "T1", **of_organisation("E2", ["T1"])}, ["T1"]),
    (ORGANIZATION, {"team_id": "T1"}, ["T1"]),
]


@pytest.mark.parametrize(("home", "changes", "names"), ACCOUNTS)
def test_the_names_an_account_may_be_stored_under(
    home: Home, changes: dict[str, Any], names: list[str]
) -> None:
    person = person_of(MAYA | changes, home)
    assert [team for team, _ in person.accounts] == names
    assert person.has((names[-1], "U1"))
    assert not person.has((names[-1], "U2"))
    assert person.has(("T9", "U1")) is person.organization_wide
    assert not person.has(None)
