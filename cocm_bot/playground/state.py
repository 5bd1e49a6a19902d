"""The state of a workspace: people, places, messages, modals, homes, and a record of all that was asked."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from cocm_bot.playground import cast
from cocm_bot.playground.cast import Person, Place
from cocm_bot.playground.elements import Entered
from cocm_bot.playground.faults import Faults

T = TypeVar("T")

ACK_SECONDS = 3.0
"""Seconds for which Slack waits for an answer, and for which a trigger opens a modal."""

ELSEWHERE_SECONDS = 0.1
"""Seconds between looks for what no change here announces."""

RESTING = 0.1
"""The part of its time that a process may be at work while it rests."""


class Refused(Exception):
    """Slack's `"ok": false`: an error code, and messages where Slack gives them."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


@dataclass(frozen=True)
class Refusal:
    """One thing the bot sent or answered that Slack would not have taken, with the reason."""

    where: str
    error: str
    messages: list[str]
    payload: Any = None

    @property
    def race(self) -> bool:
        """Return whether no bot can avoid it: the person closed the modal, or changed it, a moment before."""
        return self.where == "views.update" and self.error in {"not_found", "hash_conflict"}


@dataclass
class Call:
    """One request and its answer: `to` is "slack" for the bot's calls, "bot" for what Slack sent the bot.

    `started` is real epoch seconds, `seconds` the time to the answer (None while it is under way).
    """

    to: Literal["slack", "bot"]
    name: str
    arguments: Any
    started: float
    status: int | None = None
    answer: Any = None
    seconds: float | None = None


@dataclass
class Message:
    """A message as people see it; `only_for` is the one person an ephemeral message is shown to."""

    ts: str
    channel: str
    author: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    only_for: str | None = None
    edited: bool = False
    metadata: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    entered: dict[str, Entered] = field(default_factory=dict)


@dataclass
class View:
    """A modal on someone's stack, or an App Home; `payload` is the view as the bot gave it, with ids."""

    id: str
    user: str
    payload: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    entered: Entered = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    team: str = cast.TEAM
    """The workspace whose bot opened it."""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks as stored, every one with its block_id."""
        blocks: list[dict[str, Any]] = self.payload["blocks"]
        return blocks


@dataclass
class Trigger:
    """The token a click gives the bot to open a modal with: valid for 3 seconds, once."""

    id: str
    user: str
    issued: float
    spent: bool = False


@dataclass
class ResponseLink:
    """A response_url: where it posts, to whom, and which message it may replace."""

    token: str
    user: str
    channel: str
    issued: float
    message_ts: str | None = None
    uses: int = 0


@dataclass
class Upload:
    """A file: the bot's own, between its upload URL and its completion or after, or a person's."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    title: str = ""
    shared: bool = False
    owner: str = cast.BOT

    def as_slack(self, base_url: str) -> dict[str, Any]:
        """Return the file object of events and answers."""
        address = f"{base_url}/files/{self.id}/{quote(self.name)}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "size": self.length,
            "user": self.owner,
            "mode": "hosted",
            "is_external": False,
            "filetype": self.name.rpartition(".")[2],
            "url_private": address,
            "url_private_download": address,
        }


class State:
    """The workspace's memory, behind one lock.

    `now` gives epoch seconds and rules trigger expiry, response_url life and message ts.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        token: str = "xoxb-playground",  # noqa: S107  (opens nothing but this stand-in)
        ack_seconds: float = ACK_SECONDS,
        team_id: str = cast.TEAM,
    ) -> None:
        self.now = now
        self.team_id = team_id
        self.ack_seconds = ack_seconds
        self.token = token
        self.base_url = ""
        self.enterprise_id: str | None = None
        """The organisation the workspace is one of, on Enterprise Grid."""
        self.label = "CoCM playground"
        """The name on its page."""
        self.org_install = False
        """True when the organisation installed the app, for all its workspaces."""
        self.scopes: tuple[str, ...] = ()
        """The app's scopes, as each answer's header lists them; not listed while empty."""
        self.people: dict[str, Person] = cast.people(team_id)
        self.places: dict[str, Place] = cast.places()
        self.messages: list[Message] = []
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.links: dict[str, ResponseLink] = {}
        self.uploads: dict[str, Upload] = {}
        self.calls: list[Call] = []
        self.refusals: list[Refusal] = []
        self.faults = Faults()
        self.unknown_blocks: set[str] = set()
        """Types of block this workspace refuses, as one that Slack has not brought them to yet."""
        self.at_work: Callable[[], bool] = bool
        """True while a bot in this process is at what it has acknowledged; False unless one says so."""
        self.revision = 0
        self.closing = threading.Event()
        self._changed = threading.Condition(threading.RLock())
        self._numbers = itertools.count(1)
        self._last_ts = 0.0

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock while the workspace changes, then wake everyone who waits for a change."""
        with self._changed:
            try:
                yield
            finally:
                self.revision += 1
                self._changed.notify_all()

    def wait_until(self, ready: Callable[[], T], what: str, seconds: float = 20.0) -> T:
        """The first truthy value of `ready`; TimeoutError names `what`.

        Tried now, after every change, and often enough for what changes elsewhere.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (found := ready()):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"not within {seconds:g} s: {what}")
                self._changed.wait(min(left, ELSEWHERE_SECONDS))
            return found

    def underway(self) -> str:
        """Say what still happens, to whoever waited in vain: the kinds of calls, and nothing they hold."""
        waiting = [f"{call.to} {call.name}" for call in self.calls if call.seconds is None]
        last = [f"{call.to} {call.name} {call.status}" for call in self.calls[-6:]]
        at_work = "the bot is at work" if self.at_work() else "the bot is at rest"
        return f"{at_work}; waiting for {waiting or 'nothing'}; the last calls were {last}"

    def settled(self, quiet: float = 0.2, seconds: float = 30.0) -> None:
        """Wait until nothing is happening, and nothing more will follow from what happened.

        No call is under way, none came for `quiet` seconds, and a bot in this process was not at work on
        what it has answered: it says so of most, and of the rest the processor tells.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                seen, busy = self.revision, time.process_time()
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the workspace did not settle within {seconds:g} s")
                self._changed.wait(quiet)
                rested = time.process_time() - busy < quiet * RESTING
                if (
                    rested
                    and not self.at_work()
                    and self.revision == seen
                    and all(call.seconds is not None for call in self.calls)
                ):
                    return

    def fresh(self, prefix: str) -> str:
        """A new id, never given before in this workspace."""
        return f"{prefix}{next(self._numbers):06d}"

    def fresh_ids(self) -> Iterator[str]:
        """New block and action ids without end, for those the bot left out."""
        while True:
            yield secrets.token_urlsafe(4)

    def fresh_ts(self) -> str:
        """A message timestamp: the clock's, and later than any given before."""
        self._last_ts = max(round(self.now(), 6), round(self._last_ts + 1e-6, 6))
        return f"{self._last_ts:.6f}"

    def fresh_trigger(self, user: str) -> str:
        """A trigger_id for a click of this person, issued now."""
        trigger = Trigger(f"{self.fresh('')}.{self.fresh('')}.{secrets.token_hex(16)}", user, self.now())
        self.triggers[trigger.id] = trigger
        return trigger.id

    def refuse(self, where: str, refused: Refused, payload: Any = None) -> None:
        """Put something Slack would not have taken on record.

        That nobody has an address is the answer to a question, and not on record.
        """
        if (where, refused.error) == ("users.lookupByEmail", "users_not_found"):
            return
        with self.change():
            self.refusals.append(Refusal(where, refused.error, refused.messages, payload))

    def person(self, user_id: Any) -> Person:
        """The person of this id; Refused("user_not_found") for anyone else."""
        if user_id not in self.people:
            raise Refused("user_not_found")
        return self.people[user_id]

    def direct(self, *members: str) -> Place:
        """The direct message between these people (two, or more), opened now if need be."""
        who = set(members)
        with self._changed:
            for place in self.places.values():
                if (place.is_im or place.is_mpim) and place.members == who:
                    return place
            several = len(who) > 2
            name = "mpdm-" + "--".join(sorted(who)) if several else ""
            place = Place(self.fresh("G" if several else "D"), name, who, is_im=not several, is_mpim=several)
            self.places[place.id] = place
            return place
