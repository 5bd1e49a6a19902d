"""A person in Slack, as far as the registry knows them."""

from dataclasses import dataclass
from enum import StrEnum

from cocm_bot.domain.errors import NotAllowed


class Unproven(StrEnum):
    """A reason why an account can't be known by its address; the value is shown to the person."""

    UNANSWERED = "Slack does not say whether your account is a guest's or an app's"
    UNCONFIRMED = "Slack has not confirmed your e-mail address"


@dataclass(frozen=True)
class SlackUser:
    """A person as Slack describes them; `outsider` says in a word why they get nothing, if so.

    `team_id` is the workspace's the bot works in, for whoever belongs to it.
    """

    id: str
    team_id: str
    email: str
    outsider: str | None
    first_name: str = ""
    last_name: str = ""
    timezone: str = ""
    """Their own zone, by its name; empty where Slack does not say."""
    workspace_admin: bool = False
    unproven: Unproven | None = None
    """The reason why they are let in only once an admin said whose account it is, if so."""
    homes: tuple[str, ...] = ()
    """Every workspace, and the organization, that Slack names for a member: one account has one id in all of
    them, and may be known from before the app moved from a workspace to its organization, or back."""

    organization_wide: bool = False
    """True where the organization installed the app: Slack's ids of people are then one space."""

    @property
    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Return the names under which their account may be stored, today's first."""
        return tuple((home, self.id) for home in dict.fromkeys((self.team_id, *self.homes)))

    def has(self, account: tuple[str, str] | None) -> bool:
        """Return whether a stored account (workspace, id) is theirs; it may be from a workspace they left."""
        return account is not None and (
            account in self.accounts or (self.organization_wide and account[1] == self.id)
        )


class Stranger(NotAllowed):
    """A person of the workspace who belongs to no registry; `founds` says that they may set one up."""

    def __init__(self, *, founds: bool = False) -> None:
        super().__init__(
            "You are not in a patient registry yet. Ask the admin of your clinic's registry to add you, "
            "with the e-mail address you use in Slack."
            + (" Or set up a registry yourself: type /cocm registry new." if founds else "")
        )


class AnotherAccount(NotAllowed):
    """The user belongs to another Slack account."""

    def __init__(self) -> None:
        super().__init__(
            "The registry knows your e-mail address from another Slack account, so I can't let you in with "
            "this one. If both are yours, ask an admin of your registry for a new Slack account in "
            "`/cocm team`, or whoever runs the bot: `cocm-bot user unbind`."
        )


class UnprovenAccount(NotAllowed):
    """Slack does not say enough of the account, and no admin has let it in."""

    def __init__(self, why: Unproven) -> None:
        super().__init__(
            f"{why}, so I can't tell who you are. Ask an admin of your registry to let this account in: "
            "`/cocm team`, then “Change…” beside your name, then “Let an account in…”."
        )
        self.why = why
