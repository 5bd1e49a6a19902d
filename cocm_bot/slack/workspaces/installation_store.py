"""Store what Bolt's OAuth flow was given, for workspaces that may install the app."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Installation as Installed
from slack_sdk.oauth.installation_store import InstallationStore

from cocm_bot.slack.runtime.client.connections import SlackClient
from cocm_bot.slack.runtime.client.failures import TROUBLE
from cocm_bot.store.workspaces.installations import Installations, Tokens

logger = logging.getLogger(__name__)


class NotInvited(BoltError):
    """The workspace is not among those that may install the app."""


@dataclass(frozen=True)
class AppCredentials:
    """The id and the secret that Slack knows the app by."""

    client_id: str
    client_secret: str


class TableInstallationStore(InstallationStore):
    """Keeps installations in the table. Bolt's flow only saves; tokens are read where the bots are made."""

    def __init__(
        self,
        installations: Installations,
        may_install: frozenset[str],
        app: AppCredentials,
        client: SlackClient,
        installed: Callable[[str], object],
    ) -> None:
        """`installed` is called with the id of each workspace that installed the app, once it is stored."""
        self._installations = installations
        self._may_install = may_install
        self._app = app
        self._client = client
        self._installed = installed

    def save(self, installation: Installed) -> None:
        """Store an installation; raises NotInvited for a workspace that may not have it, or Unavailable."""
        wide = installation.is_enterprise_install
        workspace = str((installation.enterprise_id if wide else installation.team_id) or "")
        name = str((installation.enterprise_name if wide else installation.team_name) or "")
        token = installation.bot_token or ""
        if workspace not in self._may_install or not token:
            self._take_back(token)
            logger.warning("refused installation workspace=%r", workspace)
            raise NotInvited("this workspace may not install the app")
        expires_at = installation.bot_token_expires_at
        tokens = Tokens(
            token,
            installation.bot_refresh_token or "",
            float(expires_at) if expires_at is not None else None,
        )
        self._installations.install(workspace, name, installation.user_id, tokens, installation.installed_at)
        logger.info("installed workspace=%r", workspace)
        self._installed(workspace)

    def _take_back(self, token: str) -> None:
        """Have Slack remove the app from where it may not be: nobody is to hold that token."""
        try:
            self._client.apps_uninstall(
                token=token, client_id=self._app.client_id, client_secret=self._app.client_secret
            )
        except TROUBLE as error:
            logger.warning("not taken back error=%s", type(error).__name__)
