"""Return the workspace as one person sees it now, as JSON for the page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cocm_bot.playground import cast
from cocm_bot.playground.cast import Person, Place
from cocm_bot.playground.clock import Clock
from cocm_bot.playground.elements import STATE_KEY, Entered, placed
from cocm_bot.playground.state import Message, Refusal, State, View

MESSAGES = 60
"""The number of a place's latest messages that are shown."""


@dataclass(frozen=True)
class Command:
    """A slash command as the app's manifest offers it."""

    command: str
    description: str
    usage_hint: str


@dataclass(frozen=True)
class Shortcut:
    """A global shortcut as the app's manifest offers it."""

    callback_id: str
    name: str
    description: str


@dataclass(frozen=True)
class Offer:
    """Commands and shortcuts that people can start from anywhere."""

    commands: Sequence[Command] = ()
    shortcuts: Sequence[Shortcut] = ()


@dataclass
class Marks:
    """The place people have read up to, by person and place, and the number of dismissed refusals."""

    read: dict[tuple[str, str], float] = field(default_factory=dict)
    put_aside: int = 0
    since: float = 0.0
    """The time (seconds UTC) before which everything counts as read."""


class Sight:
    """Draws up what a person sees; every part is JSON."""

    def __init__(self, state: State, clock: Clock, marks: Marks, offer: Offer, zone: str) -> None:
        self._state = state
        self._clock = clock
        self._marks = marks
        self._offer = {name: list(offered) for name, offered in asdict(offer).items()}
        self._zone = ZoneInfo(zone)

    def of(self, viewer: str) -> dict[str, Any]:
        """Everything in front of this person; to be called while the workspace holds still."""
        state = self._state
        shown = [place for place in state.places.values() if _shows(place, viewer)]
        stack = state.modals.get(viewer, [])
        return {
            "revision": state.revision,
            "me": viewer,
            "workspace": state.label,
            "bot": cast.BOT,
            "zone": self._zone.key,
            "clock": {"now": self._clock.seconds(), "moved": self._clock.moved},
            **self._offer,
            "people": [self._person(person) for person in state.people.values() if is_seat(person)],
            "names": {
                "people": {person.id: person.name for person in state.people.values()},
                "places": {place.id: place.name for place in state.places.values()},
            },
            "places": [self._place(place, viewer) for place in shown],
            "messages": {place.id: self._messages(place, viewer) for place in shown},
            "modal": self._view(stack[-1]) | {"depth": len(stack)} if stack else None,
            "home": self._view(state.homes[viewer]) if viewer in state.homes else None,
            "refusals": [
                _refusal(refusal) for refusal in state.refusals[self._marks.put_aside :] if not refusal.race
            ],
        }

    def _person(self, person: Person) -> dict[str, Any]:
        unread = sum(
            self._unread(place, person.id)
            for place in self._state.places.values()
            if _shows(place, person.id)
        )
        member = person.id in cast.CLINIC
        return {"id": person.id, "name": person.name, "title": person.title, "team": member, "unread": unread}

    def _place(self, place: Place, viewer: str) -> dict[str, Any]:
        return {
            "id": place.id,
            "name": place.name,
            "kind": _kind(place),
            "bot": cast.BOT in place.members,
            "unread": self._unread(place, viewer),
        }

    def _unread(self, place: Place, viewer: str) -> int:
        read = self._marks.read.get((viewer, place.id), self._marks.since)
        latest = (m for m in self._state.messages if m.channel == place.id and m.only_for in (None, viewer))
        return sum(float(message.ts) > read and message.author != viewer for message in latest)

    def _messages(self, place: Place, viewer: str) -> list[dict[str, Any]]:
        mine = [m for m in self._state.messages if m.channel == place.id and m.only_for in (None, viewer)]
        return [self._message(message, viewer) for message in mine[-MESSAGES:]]

    def _message(self, message: Message, viewer: str) -> dict[str, Any]:
        return {
            "ts": message.ts,
            "channel": message.channel,
            "author": message.author,
            "text": message.text,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "files": message.files,
            "private": message.only_for is not None,
            "edited": message.edited,
            "threaded": message.thread_ts is not None,
            "held": self._held(message.blocks, message.entered.get(viewer, {})),
        }

    def _view(self, view: View) -> dict[str, Any]:
        given = view.payload
        return {
            "id": view.id,
            "hash": view.hash,
            "title": given.get("title"),
            "submit": given.get("submit"),
            "close": given.get("close"),
            "blocks": view.blocks,
            "held": self._held(view.blocks, view.entered),
            "errors": view.errors,
            "trouble": view.trouble,
        }

    def _held(self, blocks: list[dict[str, Any]], entered: Entered) -> dict[str, dict[str, Any]]:
        """Return what every element holds, by block_id and action_id."""
        held: dict[str, dict[str, Any]] = {}
        for found in placed(blocks):
            if found.kind in STATE_KEY:
                value = found.value(entered)
                if found.kind == "datetimepicker" and value is not None:
                    value = f"{datetime.fromtimestamp(value, self._zone):%Y-%m-%dT%H:%M}"
                held.setdefault(found.key[0], {})[found.key[1]] = value
        return held


def is_seat(person: Person) -> bool:
    """Return whether somebody can sit there: no bot, and nobody who left."""
    return not (person.is_bot or person.deleted)


def _shows(place: Place, viewer: str) -> bool:
    return viewer in place.members and not place.is_archived


def _kind(place: Place) -> str:
    if place.is_im or place.is_mpim:
        return "direct"
    if place.is_ext_shared or place.is_pending_ext_shared:
        return "shared"
    if place.is_org_shared:
        return "organization"
    return "private" if place.is_private else "channel"


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {"where": refusal.where, "error": refusal.error, "messages": refusal.messages}
