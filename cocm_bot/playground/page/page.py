"""The page of one workspace: what its visitors see, and what they do that is no click on a screen."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from cocm_bot.playground import cast, interactions
from cocm_bot.playground.clock import MORNING, Clock, days_later, next_morning
from cocm_bot.playground.dynamodb import Engine
from cocm_bot.playground.page.deeds import Deed, Deeds
from cocm_bot.playground.page.seen import Marks, Offer, Sight, is_seat
from cocm_bot.playground.page.traces import UNTRACED, Traces
from cocm_bot.playground.workspace import Workspace

BEAT_SECONDS = 0.5
"""Seconds between checks whether a stream with nothing to send is still wanted."""


class Line(BaseModel):
    """Something typed into a place."""

    person: str
    place: str
    line: str


class Whose(BaseModel):
    """A person, and a place where it matters."""

    person: str
    place: str = ""


class Move(BaseModel):
    """The clock's next stop: "half-hour", "morning", "week", or a date."""

    to: str


class Page:
    """The page of one workspace."""

    def __init__(self, workspace: Workspace, clock: Clock, engine: Engine, offer: Offer, zone: str) -> None:
        self.workspace = workspace
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._commands = {command.command for command in offer.commands}
        self._marks = Marks(since=clock.seconds())
        self.deeds = Deeds(workspace, zone)
        self._sight = Sight(workspace, clock, self._marks, offer, zone)
        self.traces = Traces(workspace, engine)
        for person in list(workspace.people.values()):
            here = person.team_id == workspace.team_id
            if is_seat(person) and (here or (workspace.org_install and person.enterprise_id)):
                workspace.direct(person.id, cast.BOT)

    def newer(self, person: str, seen: int) -> dict[str, Any] | None:
        """Return what this person sees, as soon as it is newer than revision `seen`; None when nothing
        happens.
        """
        workspace = self.workspace
        try:
            return workspace.wait_until(
                lambda: self._sight.of(person) if workspace.revision != seen else None,
                "something new",
                BEAT_SECONDS,
            )
        except TimeoutError:
            return None

    def type(self, given: Line) -> None:
        """A command, if it begins with a slash, else a plain message."""
        name = given.line.split(maxsplit=1)[0] if given.line.strip() else ""
        if not name.startswith("/"):
            interactions.say(self.workspace.sender, given.person, given.place, given.line)
        elif self._commands and name not in self._commands:
            raise LookupError(f"{name} is not a command of this workspace.")
        else:
            interactions.command(self.workspace.sender, given.person, given.place, given.line)

    def open_home(self, given: Whose) -> None:
        """Turn to the App Home."""
        interactions.open_home(self.workspace.sender, given.person)

    def read(self, given: Whose) -> None:
        """Everything in a place was read."""
        with self.workspace.change():
            self._marks.read[given.person, given.place] = self._latest(given.place)

    def put_aside(self, _given: Whose) -> None:
        """Show no refusal that is on record now."""
        with self.workspace.change():
            self._marks.put_aside = len(self.workspace.refusals)

    def move(self, given: Move) -> None:
        """Move the clock forward."""
        now = self._clock.now()
        moment = {
            "morning": lambda: next_morning(now, self._zone),
            "half-hour": lambda: now + timedelta(minutes=30),
            "week": lambda: days_later(now, self._zone, 7),
        }.get(given.to, lambda: datetime.combine(date.fromisoformat(given.to), MORNING, self._zone))()
        with self.workspace.change():
            self._clock.move_to(moment)

    def trace(self, given: Deed) -> dict[str, Any]:
        """Return where a screen came from; see `Traces.of`. Nothing is known of one that has gone."""
        try:
            return self.traces.of(self.deeds.surface(given))
        except LookupError:
            return dict(UNTRACED)

    def _latest(self, place: str) -> float:
        return max((float(m.ts) for m in self.workspace.messages if m.channel == place), default=0.0)
