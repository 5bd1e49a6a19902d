"""Keep the app's installations in workspaces and organizations, with their tokens sealed."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any, NamedTuple

from cocm_bot.domain.records.record import Record
from cocm_bot.store.table import items, keys, writes
from cocm_bot.store.table.errors import InstallationChanged
from cocm_bot.store.table.items import Listing
from cocm_bot.store.table.table import Table
from cocm_bot.store.workspaces.sealing import Sealer

LEASE_SECONDS = 60.0
"""Seconds for which one process renews a token, and no other does: Slack takes each renewal once."""
AS_READ = "version = :version"
"""Holds while nobody installed, renewed or ended it since it was read."""
ALL = "PK = :installations"


class Tokens(NamedTuple):
    """The tokens that Slack gave for an installation."""

    token: str
    refresh_token: str = ""
    """Renews the token; empty where tokens do not expire."""
    expires_at: float | None = None
    """The time until which Slack takes the token (seconds UTC)."""


class Installation(Record):
    """The app in a workspace, or in all of an organization."""

    id: str
    """The id of the workspace, `T…`, or of the organization, `E…`."""
    name: str
    installed_at: float
    """Seconds UTC, as all times here."""
    installed_by: str
    """The Slack user."""
    version: str
    sealed_token: str = ""
    """Empty once it ended."""
    sealed_refresh_token: str = ""
    token_expires_at: float | None = None
    renewing_until: float = 0.0
    """Until when a process is at renewing the token."""
    ended_at: float | None = None
    """The time Slack said that the app is there no more."""
    ended_by: str = ""
    """Slack's word for it."""

    @property
    def live(self) -> bool:
        """Return whether the app is there, as far as Slack has said."""
        return self.ended_at is None and bool(self.sealed_token)


@dataclass(frozen=True)
class Installations:
    """All installations; every method raises Unavailable when the table does not answer.

    `table` has the records of no workspace.
    """

    table: Table
    sealer: Sealer

    def all(self) -> Listing[Installation]:
        """Return every installation there is or was."""
        return everywhere(self.table)

    def get(self, workspace: str) -> Installation | None:
        """Return the installation of a workspace or organization, ended or not. Raises BrokenItem."""
        item = self.table.get(keys.installation(workspace))
        return items.read(Installation, item) if item else None

    def install(self, workspace: str, name: str, by: str, tokens: Tokens, at: float) -> Installation:
        """Store an installation made at an instant, in the place of an earlier one."""
        made = Installation(
            id=workspace, name=name, installed_at=at, installed_by=by, **self._sealed(workspace, tokens)
        )
        self.table.put(writes.put(items.to_item(keys.installation(workspace), made)))
        return made

    def tokens(self, held: Installation) -> Tokens:
        """Return the tokens of an installation; raises Unsealable."""
        refresh = held.sealed_refresh_token
        return Tokens(
            self.sealer.open(held.sealed_token, _token_of(held.id)),
            self.sealer.open(refresh, _refresh_of(held.id)) if refresh else "",
            held.token_expires_at,
        )

    def claim_renewal(self, held: Installation, at: float) -> Installation | None:
        """Be the process that renews a token, from an instant on; None when another is or has been."""
        if held.renewing_until > at:
            return None
        try:
            return self._changed(held, renewing_until=at + LEASE_SECONDS, version=token_hex(8))
        except InstallationChanged:
            return None

    def renew(self, held: Installation, tokens: Tokens) -> Installation:
        """Store the tokens of a renewal under the claim that was made for it; raises InstallationChanged."""
        return self._changed(held, renewing_until=0.0, **self._sealed(held.id, tokens))

    def end(self, held: Installation, why: str, at: float) -> Installation:
        """Forget the tokens of an app that Slack says is there no more; raises InstallationChanged."""
        gone = {
            "sealed_token": "",
            "sealed_refresh_token": "",
            "token_expires_at": None,
            "version": token_hex(8),
        }
        return self._changed(held, ended_at=at, ended_by=why, **gone)

    def sealed_with_newest(self, held: Installation) -> bool:
        """Return whether the tokens are sealed with the newest key."""
        return self.sealer.is_newest(held.sealed_token)

    def _sealed(self, workspace: str, tokens: Tokens) -> dict[str, Any]:
        refresh = tokens.refresh_token
        return {
            "sealed_token": self.sealer.seal(tokens.token, _token_of(workspace)),
            "sealed_refresh_token": self.sealer.seal(refresh, _refresh_of(workspace)) if refresh else "",
            "token_expires_at": tokens.expires_at,
            "version": token_hex(8),
        }

    def _changed(self, held: Installation, **changes: object) -> Installation:
        after = held.model_copy(update=changes)
        item = items.to_item(keys.installation(held.id), after)
        self.table.put(
            writes.replace(item, AS_READ, {"version": held.version}, lambda _: InstallationChanged())
        )
        return after


def everywhere(table: Table) -> Listing[Installation]:
    """Return every installation there is or was, for who needs no token. Raises Unavailable."""
    return items.read_all(Installation, table.query(ALL, {"installations": keys.INSTALLATIONS}))


def _token_of(workspace: str) -> str:
    return f"token of {workspace}"


def _refresh_of(workspace: str) -> str:
    return f"refresh token of {workspace}"
