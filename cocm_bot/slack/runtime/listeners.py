"""Find the listener that a payload is meant for, by its kind and id.

Bolt asks each listener in turn whether it is meant, which takes a millisecond of CPU or two with as many as
there are here; so it has one for each kind of payload, and the one that is meant is looked up.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from slack_bolt import Ack, App

Body = Mapping[str, Any]
Listener = Callable[..., None]
"""Takes `ack` and `body`; one of an event `body` and `event`, which is acknowledged by then."""
ANY = re.compile("")


class Offer(Enum):
    """The kinds of payload."""

    COMMAND = "command"
    SHORTCUT = "shortcut"
    ACTION = "action"
    SUBMISSION = "submission"
    CLOSED = "closed"
    SUGGESTIONS = "suggestions"
    EVENT = "event"


class Listeners:
    """The listeners of each kind: of several that match an id, the one that was added first."""

    def __init__(self, app: App) -> None:
        self._exact: dict[tuple[Offer, str], tuple[int, Listener]] = {}
        self._patterns: dict[Offer, list[tuple[int, re.Pattern[str], Listener]]] = {}
        self._added = 0
        app.command(ANY, [self._known(Offer.COMMAND)])(self._called(Offer.COMMAND))
        app.global_shortcut(ANY, [self._known(Offer.SHORTCUT)])(self._called(Offer.SHORTCUT))
        app.action(ANY, [self._known(Offer.ACTION)])(self._called(Offer.ACTION))
        app.view_submission(ANY, [self._known(Offer.SUBMISSION)])(self._called(Offer.SUBMISSION))
        app.view_closed(ANY, [self._known(Offer.CLOSED)])(self._called(Offer.CLOSED))
        app.options(ANY, [self._known(Offer.SUGGESTIONS)])(self._called(Offer.SUGGESTIONS))
        app.event(ANY, [self._known(Offer.EVENT)])(self._heard)

    def add(self, offer: Offer, wanted: str | re.Pattern[str], listener: Listener) -> None:
        """Have a listener called for payloads of a kind with this id, or one that the pattern is found in."""
        self._added += 1
        if isinstance(wanted, str):
            self._exact.setdefault((offer, wanted), (self._added, listener))
        else:
            self._patterns.setdefault(offer, []).append((self._added, wanted, listener))

    def meant(self, offer: Offer, name: str) -> Listener | None:
        """Return the listener for an id; None where there is none."""
        first, found = self._exact.get((offer, name), (self._added + 1, None))
        for number, pattern, listener in self._patterns.get(offer, ()):
            if number > first:
                break
            if pattern.search(name):
                return listener
        return found

    def _known(self, offer: Offer) -> Callable[..., bool]:
        def known(body: Body) -> bool:
            return self._of(offer, body) is not None

        return known

    def _called(self, offer: Offer) -> Listener:
        def call(ack: Ack, body: Body) -> None:
            listener = self._of(offer, body)
            if listener is not None:
                listener(ack, body)

        return call

    def _heard(self, body: Body, event: Mapping[str, Any]) -> None:
        listener = self._of(Offer.EVENT, body)
        if listener is not None:
            listener(body, event)

    def _of(self, offer: Offer, body: Body) -> Listener | None:
        name = _id_of(offer, body)
        return None if name is None else self.meant(offer, name)


def _id_of(offer: Offer, body: Body) -> str | None:
    """Return a payload's id; None where it is of a kind that Slack no longer sends."""
    found: Any
    match offer:
        case Offer.COMMAND:
            found = body["command"]
        case Offer.SHORTCUT:
            found = body["callback_id"]
        case Offer.ACTION:
            found = body["actions"][0]["action_id"] if body.get("type") == "block_actions" else None
        case Offer.SUBMISSION | Offer.CLOSED:
            found = body["view"]["callback_id"]
        case Offer.SUGGESTIONS:
            found = body["action_id"] if body.get("type") == "block_suggestion" else None
        case Offer.EVENT:
            found = body["event"]["type"]
    return None if found is None else str(found)
