"""Serve every workspace that installed the app: a bot for each, apart from the others.

A bot has a table's client of its own, which reaches no record of another workspace, and a token of its own.
What is shared is the server, the table's name and the keys.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from slack_bolt import App, BoltRequest, BoltResponse

from cocm_bot.domain.errors import CocmError
from cocm_bot.logs import what
from cocm_bot.slack.runtime.events.uninstalled import ends
from cocm_bot.slack.workspaces.token_rotation import is_due
from cocm_bot.store.workspaces.installations import Installation, Installations, Tokens

RELOAD_SECONDS = 60.0
"""Seconds between looks at the installations: at other processes some are made, renewed or ended."""
MISSED_SECONDS = 5.0
"""Seconds for which a workspace that was not found is not looked for again."""
MISSED = 1000
CLOSING = 8
"""The number of bots that end at a time."""

NOT_INSTALLED = (
    "I am not installed in this workspace, or no longer. Ask an admin of your workspace to install me again."
)

logger = logging.getLogger(__name__)


class Hosted(Protocol):
    """The bot of one workspace."""

    @property
    def bolt(self) -> App:
        """The app that takes its requests."""

    @property
    def use_token(self) -> Callable[[str], None]:
        """Calls Slack with another token from now on."""


H = TypeVar("H", bound=Hosted)
Start = Callable[[str, str], AbstractContextManager[H]]
"""Runs the bot of a workspace, by its id, with a token."""
Renew = Callable[[Installation, Tokens], Tokens]
"""Has Slack renew tokens; raises Unavailable."""


@dataclass
class _Running(Generic[H]):
    hosted: H
    version: str
    ending: ExitStack


@dataclass
class Host(Generic[H]):
    """The bots of all workspaces. `now` gives seconds UTC."""

    installations: Installations
    start: Start[H]
    renew: Renew
    refused: Callable[[str], bool]
    """Return whether Slack says that a token is worth nothing; raises Unavailable where it says nothing."""
    allowed: frozenset[str]
    """The workspaces and organizations that may have the app."""
    now: Callable[[], float]
    _running: dict[str, _Running[H]] = field(default_factory=dict)
    _missed: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(CLOSING, "closing"))

    def dispatch(self, request: BoltRequest) -> BoltResponse:
        """Hand a request to the bot of the workspace that it names; nobody else's sees it."""
        workspaces = _named(request)
        event, typed = request.body.get("event"), "command" in request.body
        if isinstance(event, Mapping) and ends(event):
            return self._ended(workspaces, event, float(request.body.get("event_time") or self.now()))
        try:
            running = next(filter(None, map(self._of, workspaces)), None)
        except CocmError as error:
            logger.warning("unread installation error=%s", what(error))
            return BoltResponse(status=200 if typed else 503, body=str(error))
        if running is None:
            logger.warning("not installed")
            return BoltResponse(status=200, body=NOT_INSTALLED if typed else "")
        return running.hosted.bolt.dispatch(request)

    def reload(self) -> None:
        """Start, renew and end bots as the table says by now. Never raises a CocmError."""
        try:
            listed = self.installations.all()
        except CocmError as error:
            logger.warning("unread installations error=%s", what(error))
            return
        live = [each for each in listed if self._served(each)]
        # One that can't be read is not one that has ended.
        for workspace in set() if listed.broken else set(self._running) - {each.id for each in live}:
            self._stop(workspace)
        for held in live:
            self._up_to_date(held)

    def installed(self, workspace: str) -> None:
        """Start the bot of a workspace that installed the app just now."""
        self._missed.pop(workspace, None)
        held = self.installations.get(workspace)
        if held is not None and self._served(held):
            self._up_to_date(held)

    def running(self) -> list[H]:
        """Return the bots that run here."""
        return [each.hosted for each in list(self._running.values())]

    def close(self) -> None:
        """End all bots; each finishes what it has in hand."""
        for workspace in list(self._running):
            self._stop(workspace)
        self._closing.shutdown(wait=True)

    def _served(self, held: Installation) -> bool:
        return held.live and held.id in self.allowed

    def _of(self, workspace: str) -> _Running[H] | None:
        """The bot of a workspace, started now if another process installed it a moment ago."""
        running, since = self._running.get(workspace), self._missed.get(workspace)
        if running is not None or (since is not None and time.monotonic() - since < MISSED_SECONDS):
            return running
        self.installed(workspace)
        running = self._running.get(workspace)
        if running is None:
            if len(self._missed) >= MISSED:
                self._missed.clear()
            self._missed[workspace] = time.monotonic()
        return running

    def _up_to_date(self, held: Installation) -> None:
        """Have the bot of an installation run with its token of now. A failure leaves the others alone."""
        try:
            held = self._renewed(held)
            running = self._running.get(held.id)
            if running is None:
                self._start(held)
            elif running.version != held.version:
                running.hosted.use_token(self.installations.tokens(held).token)
                running.version = held.version
        except CocmError as error:
            logger.warning("workspace=%r not served error=%s", held.id, what(error))

    def _renewed(self, held: Installation) -> Installation:
        """The installation with a token that lasts, sealed with the newest key."""
        if not is_due(held, self.now()):
            if self.installations.sealed_with_newest(held):
                return held
            return self.installations.renew(held, self.installations.tokens(held))
        claimed = self.installations.claim_renewal(held, self.now())
        if claimed is None:
            return held
        try:
            return self.installations.renew(claimed, self.renew(claimed, self.installations.tokens(claimed)))
        except CocmError as error:
            # The old one is good for a while still; the next look tries again.
            logger.warning("workspace=%r token not renewed error=%s", held.id, what(error))
            return claimed

    def _start(self, held: Installation) -> None:
        token = self.installations.tokens(held).token
        with self._lock:
            if held.id in self._running:
                return
            ending = ExitStack()
            hosted = ending.enter_context(self.start(held.id, token))
            self._running[held.id] = _Running(hosted, held.version, ending)
        logger.info("serving workspace=%r", held.id)

    def _stop(self, workspace: str) -> None:
        with self._lock:
            running = self._running.pop(workspace, None)
        if running is not None:
            logger.info("ending workspace=%r", workspace)
            self._closing.submit(running.ending.close)

    def _ended(self, workspaces: Sequence[str], event: Mapping[str, Any], at: float) -> BoltResponse:
        """End the workspace that took the app out; raises Unavailable, for Slack to say it again."""
        for workspace in workspaces:
            held = self.installations.get(workspace)
            # What comes late may be about an installation before this one.
            if held is not None and held.live and int(held.installed_at) <= at:
                if workspace != workspaces[0] and not self.refused(self.installations.tokens(held).token):
                    # A workspace took it out, where the organization as a whole has it still.
                    continue
                self.installations.end(held, str(event["type"]), at)
                logger.warning("ended workspace=%r reason=%s", workspace, event["type"])
                self._stop(workspace)
                break
        return BoltResponse(status=200, body="")


def _named(request: BoltRequest) -> list[str]:
    """The installations a request may be for, as Bolt reads it: the organization's alone where it says so."""
    context = request.context
    wide = [context.enterprise_id] if context.enterprise_id else []
    if context.is_enterprise_install:
        return wide
    return [*([context.team_id] if context.team_id else []), *wide]
