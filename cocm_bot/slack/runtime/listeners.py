"""Find what listens to a request by its name, at once.

Bolt asks each listener in turn whether a request is its own, and makes for each question all that any
listener could want: a hundred times for one acknowledgement. So Bolt is given one for each kind of request.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any

from slack_bolt import Ack, App

from cocm_bot.slack.runtime.responder import Body

Listener = Callable[[Ack, Body], None]
Name = str | re.Pattern[str]
ANY = re.compile("")


class Heard(Enum):
    """The kinds of requests that name what they are for."""

    ACTION = "a press or a change, by its action id"
    SUBMISSION = "a modal sent off, by its callback id"
    CLOSED = "a modal left, by its callback id"
    SEARCH = "what is typed into a search, by its action id"


class Listeners:
    """All that listens; of two that both could take a request, the one registered first does."""

    def __init__(self, app: App) -> None:
        self._of = {kind: _Named() for kind in Heard}
        bolts: dict[Heard, Callable[..., Any]] = {
            Heard.ACTION: app.block_action,
            Heard.SUBMISSION: app.view_submission,
            Heard.CLOSED: app.view_closed,
            Heard.SEARCH: app.block_suggestion,
        }
        for kind, register in bolts.items():
            _give(register, self._of[kind], kind)

    def add(self, kind: Heard, name: Name, listener: Listener) -> None:
        """Register what listens to requests of a kind for this name, or for all a pattern is found in."""
        self._of[kind].add(name, listener)


class _Named:
    def __init__(self) -> None:
        self._exact: dict[str, tuple[int, Listener]] = {}
        self._patterns: list[tuple[int, re.Pattern[str], Listener]] = []

    def add(self, name: Name, listener: Listener) -> None:
        turn = len(self._exact) + len(self._patterns)
        if isinstance(name, str):
            self._exact.setdefault(name, (turn, listener))
        else:
            self._patterns.append((turn, name, listener))

    def find(self, name: str) -> Listener | None:
        found = [(turn, listener) for turn, pattern, listener in self._patterns if pattern.search(name)]
        if name in self._exact:
            found.append(self._exact[name])
        return min(found, key=lambda each: each[0])[1] if found else None


def _give(register: Callable[..., Any], named: _Named, kind: Heard) -> None:
    def listened_to(body: Body) -> bool:
        return named.find(_name(kind, body)) is not None

    def hand_on(ack: Ack, body: Body) -> None:
        if listener := named.find(_name(kind, body)):
            listener(ack, body)

    register(ANY, matchers=[listened_to])(hand_on)


def _name(kind: Heard, body: Body) -> str:
    match kind:
        case Heard.ACTION:
            return str(body["actions"][0]["action_id"])
        case Heard.SEARCH:
            return str(body["action_id"])
        case Heard.SUBMISSION | Heard.CLOSED:
            return str(body["view"]["callback_id"])
