"""The people and places of the playground's workspace: one of each kind the bot has to distinguish."""

from dataclasses import dataclass, field, replace
from typing import Any

TEAM = "T0COCM"
OTHER_TEAM = "T0PARTNER"
SISTER_TEAM = "T0SISTER"
"""Another workspace of the same organisation, where the playground is one of several."""
ENTERPRISE = "E0COCM"
OTHER_ENTERPRISE = "E0OTHER"
APP = "A0COCM"
BOT_ID = "B0COCMBOT"

BOT = "U0COCMBOT"
MAYA = "U0MAYA"
RUTH = "U0RUTH"
PSYCHIATRIST = "U0IRIS"
PCP = "U0SAMUEL"
HENRY = "U0HENRY"
OPS = "U0LENA"
FINANCE = "U0OMAR"
UNKNOWN = "U0NOOR"
GUEST = "U0GUS"
CHANNEL_GUEST = "U0SOLVEIG"
EXTERNAL = "U0EMIL"
DEACTIVATED = "U0DARIA"
OTHER_BOT = "U0REMINDBOT"

TEAM_CHANNEL = "C0CARETEAM"
LOBBY = "C0LOBBY"
PRIVATE = "C0PRIVATE"
SHARED = "C0SHARED"
ARCHIVED = "C0ARCHIVED"
ORG_CHANNEL = "C0ALLCLINICS"
"""Of both workspaces, where the playground is an organization of two."""


@dataclass
class Person:
    """A member, guest, stranger or bot as `users.info` returns them; change it while running as you like.

    `unsaid` names attributes that Slack leaves out; `team_id` None is left out, too. `teams` and
    `enterprise_id` are those of `enterprise_user`, on Enterprise Grid.
    """

    id: str
    name: str
    title: str = ""
    email: str | None = None
    team_id: str | None = TEAM
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_email_confirmed: bool = True
    enterprise_id: str | None = None
    teams: tuple[str, ...] = ()
    unsaid: frozenset[str] = frozenset()

    @property
    def handle(self) -> str:
        """The short user name, as slash commands carry it."""
        return self.name.lower().replace(" ", ".")

    def as_slack(self) -> dict[str, Any]:
        """The `user` object of users.info."""
        first, _, last = self.name.partition(" ")
        profile = {"real_name": self.name, "display_name": first, "first_name": first, "last_name": last}
        profile |= {"title": self.title, "team": self.team_id or TEAM}
        if self.email and not self.deleted:
            profile["email"] = self.email
        said: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": "America/New_York",
            "tz_label": "Eastern Time",
            "tz_offset": -18000,
            "profile": profile,
            "is_admin": self.is_admin or self.is_owner,
            "is_owner": self.is_owner,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": self.is_stranger,
            "is_email_confirmed": self.is_email_confirmed,
            "updated": 1735689600,
        }
        if self.enterprise_id:
            named = {"id": self.id, "enterprise_id": self.enterprise_id, "teams": list(self.teams)}
            said["enterprise_user"] = named
        left_out = self.unsaid if self.team_id else self.unsaid | {"team_id"}
        return {name: value for name, value in said.items() if name not in left_out}


@dataclass
class Place:
    """A channel or a direct message, as `conversations.info` returns it."""

    id: str
    name: str = ""
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_org_shared: bool = False
    pending_shared: tuple[str, ...] = ()
    """Workspaces that were invited to the channel and have not accepted yet."""

    def as_slack(self, *, member: str) -> dict[str, Any]:
        """The `channel` object as the given member sees it."""
        if self.is_im:
            other = next(iter(self.members - {member}), member)
            return {"id": self.id, "is_im": True, "user": other, "is_archived": self.is_archived}
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not (self.is_private or self.is_mpim),
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": self.is_mpim,
            "is_private": self.is_private or self.is_mpim,
            "is_archived": self.is_archived,
            "is_shared": self.is_ext_shared or self.is_org_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_pending_ext_shared": self.is_pending_ext_shared,
            "is_org_shared": self.is_org_shared,
            "pending_shared": list(self.pending_shared),
            "is_member": member in self.members,
            "num_members": len(self.members),
        }


_PEOPLE = (
    Person(BOT, "CoCM Registry", is_bot=True),
    Person(MAYA, "Maya Okafor", "Care manager", "maya.okafor@example.org"),
    Person(RUTH, "Ruth Delgado", "Care manager", "ruth.delgado@example.org"),
    Person(PSYCHIATRIST, "Iris Lindqvist", "Consulting psychiatrist", "iris.lindqvist@example.org"),
    Person(PCP, "Samuel Adeyemi", "Primary care physician", "samuel.adeyemi@example.org"),
    Person(HENRY, "Henry Osei", "Primary care physician", "henry.osei@example.org"),
    Person(OPS, "Lena Novak", "Clinical operations", "lena.novak@example.org"),
    Person(FINANCE, "Omar Haddad", "Finance", "omar.haddad@example.org"),
    Person(UNKNOWN, "Noor Rahimi", "Member of no registry", "noor.rahimi@example.org"),
    Person(GUEST, "Gus Moreau", "Guest", "gus.moreau@example.org", is_restricted=True),
    Person(
        CHANNEL_GUEST,
        "Solveig Berg",
        "Guest of one channel",
        "solveig.berg@example.org",
        is_restricted=True,
        is_ultra_restricted=True,
    ),
    Person(
        EXTERNAL,
        "Emil Castellanos",
        "From another company",
        "emil.castellanos@partner.example.org",
        team_id=OTHER_TEAM,
        is_stranger=True,
    ),
    Person(DEACTIVATED, "Daria Petrov", "Left the clinic", "daria.petrov@example.org", deleted=True),
    Person(OTHER_BOT, "Reminder Bot", is_bot=True),
)

CLINIC = frozenset({MAYA, RUTH, PSYCHIATRIST, PCP, HENRY, OPS, FINANCE})
"""The people who work at the clinic."""

_PLACES = (
    Place(TEAM_CHANNEL, "care-team", {BOT, GUEST, UNKNOWN, *CLINIC}),
    Place(LOBBY, "lobby", {UNKNOWN, CHANNEL_GUEST, *CLINIC}),
    Place(PRIVATE, "clinicians-only", {MAYA, PSYCHIATRIST}, is_private=True),
    Place(SHARED, "shared-with-partner", {BOT, MAYA, EXTERNAL}, is_ext_shared=True),
    Place(ARCHIVED, "old-pilot", {BOT, MAYA}, is_archived=True),
)


def org_channel() -> Place:
    """Return the channel that both workspaces of the organization have."""
    return Place(ORG_CHANNEL, "all-clinics", {BOT, UNKNOWN, *CLINIC}, is_org_shared=True)


def people(team_id: str = TEAM) -> dict[str, Person]:
    """Fresh copies of everyone, by id, as the people of a workspace."""
    return {
        person.id: replace(person, team_id=team_id if person.team_id == TEAM else person.team_id)
        for person in _PEOPLE
    }


def places() -> dict[str, Place]:
    """Fresh copies of every channel, by id; direct messages appear when they are opened."""
    return {place.id: replace(place, members=set(place.members)) for place in _PLACES}
