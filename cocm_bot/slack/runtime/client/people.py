"""Identify somebody by Slack's own word: a member of our workspace or organisation, or why they get nothing.

On Enterprise Grid `team_id` can be missing, or name another workspace of the organisation: what counts there
is `enterprise_user`. Source: Slack's reference of the user object.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cocm_bot.operations.access.slack_users import SlackUser, Unproven

OUTSIDE = {
    "deleted": "deactivated",
    "is_bot": "bot",
    "is_stranger": "external",
    "is_restricted": "guest",
    "is_ultra_restricted": "guest",
}
"""The marks of who gets nothing, each with a word for it."""
ALWAYS_ANSWERED = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")
"""The fields Slack gives of every account; `is_stranger` it leaves out where it is false."""


class Home(NamedTuple):
    """The workspace the bot works in, and its organisation: empty outside Enterprise Grid.

    Where the organisation installed the app for all its workspaces, both are the organisation: an account
    is then known by it, whichever workspace it is asked from.
    """

    team_id: str
    enterprise_id: str = ""

    @property
    def organization_wide(self) -> bool:
        """Return whether the organisation installed the app, for all its workspaces."""
        return bool(self.enterprise_id) and self.team_id == self.enterprise_id


def home_of(answer: Mapping[str, Any]) -> Home:
    """Return the workspace and organisation by the answer to auth.test."""
    enterprise_id = str(answer.get("enterprise_id") or "")
    if answer.get("is_enterprise_install") is True:
        return Home(enterprise_id, enterprise_id)
    return Home(str(answer.get("team_id") or ""), enterprise_id)


def from_home(home: Home, team_id: str, enterprise_id: str) -> bool:
    """Return whether a request that names this workspace and organisation, empty where it does not, is
    for us.
    """
    if home.enterprise_id and enterprise_id:
        return enterprise_id == home.enterprise_id
    return bool(team_id) and team_id == home.team_id


def person_of(user: Mapping[str, Any], home: Home) -> SlackUser:
    """Return a person by Slack's `user` object."""
    profile = user.get("profile") or {}
    # Not everybody fills in first and last name apart; everybody has a real name.
    first, _, last = str(profile.get("real_name") or "").partition(" ")
    belongs = _belongs(user, home)
    return SlackUser(
        id=str(user["id"]),
        team_id=home.team_id if belongs else str(user.get("team_id") or ""),
        email=str(profile.get("email") or ""),
        outsider=_outsider(user) or (None if belongs else "external"),
        first_name=str(profile.get("first_name") or first),
        last_name=str(profile.get("last_name") or last),
        timezone=str(user.get("tz") or ""),
        workspace_admin=user.get("is_admin") is True or user.get("is_owner") is True,
        unproven=_unproven(user),
        homes=tuple(homes_of(user)) if belongs else (),
        organization_wide=belongs and home.organization_wide,
    )


def is_outsider(user: Mapping[str, Any]) -> bool:
    """Return whether Slack says of somebody that they are a guest, an app, external or deactivated."""
    return _outsider(user) is not None


def workspaces_of(user: Mapping[str, Any]) -> list[str]:
    """Return every workspace Slack names for somebody."""
    enterprise = _enterprise(user)
    named = [user.get("team_id"), *_listed(user.get("teams")), *_listed(enterprise.get("teams"))]
    return list(dict.fromkeys(str(each) for each in named if each))


def homes_of(user: Mapping[str, Any]) -> list[str]:
    """Return every name under which somebody's account may be known: their workspaces, their organisation."""
    organisation = str(_enterprise(user).get("enterprise_id") or "")
    return [*workspaces_of(user), *([organisation] if organisation else [])]


def _belongs(user: Mapping[str, Any], home: Home) -> bool:
    """Return whether somebody is of our workspace, or of our organisation.

    Where both name an organisation, that alone decides: it is Slack's word on whose account it is.
    """
    organisation = str(_enterprise(user).get("enterprise_id") or "")
    if home.enterprise_id and organisation:
        return organisation == home.enterprise_id
    return bool(home.team_id) and home.team_id in workspaces_of(user)


def _enterprise(user: Mapping[str, Any]) -> Mapping[str, Any]:
    said = user.get("enterprise_user")
    return said if isinstance(said, Mapping) else {}


def _listed(teams: object) -> Iterable[object]:
    return [each for each in teams if isinstance(each, str)] if isinstance(teams, list) else []


def _outsider(user: Mapping[str, Any]) -> str | None:
    return next((word for mark, word in OUTSIDE.items() if user.get(mark)), None)


def _unproven(user: Mapping[str, Any]) -> Unproven | None:
    if any(user.get(mark) is not False for mark in ALWAYS_ANSWERED):
        return Unproven.UNANSWERED
    return None if user.get("is_email_confirmed") is True else Unproven.UNCONFIRMED
