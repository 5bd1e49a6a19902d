"""Wire what serves several workspaces: installations, OAuth, and a bot for each in one process."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr
from starlette.routing import Route

from cocm_bot.config import Settings
from cocm_bot.hosting import RELOAD_SECONDS, Host
from cocm_bot.jobs.clock.scheduler import repeating, ticking
from cocm_bot.jobs.gauges import gauges, merged
from cocm_bot.opening import open_table, system_clock
from cocm_bot.slack.runtime.client.connections import Connections
from cocm_bot.slack.runtime.client.failures import SlackFailure
from cocm_bot.slack.runtime.client.gateway import ANSWER_SECONDS, Gateway, web_client
from cocm_bot.slack.runtime.server.readiness import Answers, Health
from cocm_bot.slack.workspaces.installation_store import AppCredentials, TableInstallationStore
from cocm_bot.slack.workspaces.oauth import SealedStates, oauth_flow, oauth_routes
from cocm_bot.slack.workspaces.token_rotation import renewed
from cocm_bot.startup import SCOPES
from cocm_bot.store.audit.keyring import Keyring
from cocm_bot.store.table.administration import reachable
from cocm_bot.store.table.table import Table
from cocm_bot.store.workspaces.installations import Installations
from cocm_bot.store.workspaces.oauth_states import OAuthStates
from cocm_bot.store.workspaces.sealing import Sealer

if TYPE_CHECKING:
    from cocm_bot.bootstrap import Bot

GONE = frozenset({"account_inactive", "invalid_auth", "token_revoked"})
"""Slack's words for the token of an app that was taken out."""
Run = Callable[[Settings], AbstractContextManager["Bot"]]
"""Runs the bot of one workspace by its settings."""


class Workspaces:
    """All workspaces of a process, ready to be served."""

    def __init__(self, host: "Host[Bot]", table: Table, pages: Sequence[Route]) -> None:
        self.host = host
        self.pages = pages
        self._table = table

    def ready(self) -> Answers:
        """Return the state of what all depend on; a token refused is its workspace's own matter."""
        answers = dict[str, Health]()
        for bot in self.host.running()[:1]:
            answers |= {name: health for name, health in bot.ready().items() if health is not Health.REFUSED}
        return answers | {"table": Health.OK if reachable(self._table) else Health.DOWN}

    def gauges(self) -> Mapping[str, Mapping[str, float]]:
        """Return the figures of all workspaces as those of one bot."""
        return merged([gauges(bot.ctx) for bot in self.host.running()])


@contextmanager
def several_workspaces(
    settings: Settings, run: Run, now: Callable[[], datetime] = system_clock
) -> Iterator[Workspaces]:
    """The workspaces while the block runs, each with its clock. Raises NoCipher without the extra."""
    table, ring = open_table(settings), Keyring(settings.audit_secrets)
    app = AppCredentials(
        settings.client_id or "", settings.client_secret.get_secret_value() if settings.client_secret else ""
    )
    slack = web_client(None, settings.slack_url, ANSWER_SECONDS, Connections())
    installations = Installations(table, Sealer(ring))
    host: Host[Bot] = Host(
        installations,
        partial(_ticking_bot, settings, run, now),
        partial(renewed, slack, app),
        partial(_refused, settings),
        settings.may_install,
        _seconds(now),
    )
    states = SealedStates(OAuthStates(table, ring), _seconds(now))
    store = TableInstallationStore(installations, settings.may_install, app, slack, host.installed)
    pages = oauth_routes(oauth_flow(app, sorted(SCOPES), slack, states, store))
    host.reload()
    try:
        with repeating(host.reload, RELOAD_SECONDS):
            yield Workspaces(host, table, pages)
    finally:
        host.close()


@contextmanager
def _ticking_bot(
    settings: Settings, run: Run, now: Callable[[], datetime], workspace: str, token: str
) -> Iterator["Bot"]:
    own = settings.model_copy(update={"workspace": workspace, "bot_token": SecretStr(token)})
    with run(own) as bot, ticking(bot.clock, now(), ensure=bot.ensure):
        yield bot


def _refused(settings: Settings, token: str) -> bool:
    try:
        Gateway(web_client(token, settings.slack_url, ANSWER_SECONDS)).check_token()
    except SlackFailure as failed:
        if failed.reason in GONE:
            return True
        raise
    return False


def _seconds(now: Callable[[], datetime]) -> Callable[[], float]:
    return lambda: now().timestamp()
