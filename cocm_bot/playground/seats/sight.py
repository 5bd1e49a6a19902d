"""Return one person's modal, App Home and messages, and wait until something is there."""

from collections.abc import Callable
from typing import TypeVar

from rich.console import RenderableType

from cocm_bot.playground import cast, reading
from cocm_bot.playground.seats import text
from cocm_bot.playground.seats.finding import Spot, Surface
from cocm_bot.playground.state import Message, State, View

T = TypeVar("T")


class Sight:
    """One person's view of the workspace; what they wait for may take up to `patience` seconds to appear."""

    def __init__(self, workspace: State, person: str, patience: float = 15.0) -> None:
        self.workspace = workspace
        self.person = workspace.people[person]
        self.patience = patience
        self.place = cast.TEAM_CHANNEL
        self.at_home = False
        self.asked: Spot | None = None

    @property
    def view(self) -> View | None:
        """The top modal, if one is open."""
        stack = self.workspace.modals.get(self.person.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """The App Home, once it was published for this person."""
        return self.workspace.homes.get(self.person.id)

    def messages(self, channel: str | None = None) -> list[Message]:
        """Return what this person sees in a place (by id or name; the current one by default), oldest
        first.
        """
        place = self.place_of(channel) if channel else self.place
        mine = (None, self.person.id)
        return [m for m in self.workspace.messages if m.channel == place and m.only_for in mine]

    @property
    def message(self) -> Message | None:
        """The newest message of the current place."""
        return next(reversed(self.messages()), None)

    @property
    def screen(self) -> str:
        """Return what is in front of this person: a dialog, else the modal, else App Home or the newest
        message.
        """
        return text.plain(self._picture())

    @property
    def words(self) -> str:
        """Return what the screen says as one line."""
        return reading.words(self._picture())

    def expect(self, *words: str) -> str:
        """Wait until all these words are in front of this person, however they wrap; returns the screen."""

        def missing() -> list[str]:
            line = self.words
            return [each for each in words if " ".join(each.split()) not in line]

        try:
            return self.workspace.wait_until(lambda: "" if missing() else self.screen, "", self.patience)
        except TimeoutError:
            seen = f"never saw {missing()} on this screen ({self.workspace.underway()}):\n{self.screen}"
            raise AssertionError(seen) from None

    def errors(self, view: View | None = None) -> dict[str, str]:
        """The errors shown in a modal (the top one by default), by the label of their input."""
        shown = view or self.view
        labels = {b["block_id"]: b["label"]["text"] for b in shown.blocks if "label" in b} if shown else {}
        return {labels[block_id]: error for block_id, error in shown.errors.items()} if shown else {}

    def front(self) -> Surface:
        """The modal, App Home or newest message in front; LookupError when there is none."""
        front = self.surfaces(None)
        if not front:
            raise LookupError("nothing is in front of this person")
        return front[0]

    def surfaces(self, on: Surface | None) -> list[Surface]:
        """Return where something can be pressed, front to back: the modal alone, the App Home, or all
        messages.
        """
        if on is not None:
            return [on]
        if self.view:
            return [self.view]
        if self.at_home:
            return [self.home] if self.home else []
        return list(reversed(self.messages()))

    def place_of(self, channel: str) -> str:
        """The id of a channel (by id or name) or direct message (by a person's id) this person is in."""
        if channel in self.workspace.people:
            return self.workspace.direct(self.person.id, channel).id
        for place in self.workspace.places.values():
            if channel.removeprefix("#") in (place.id, place.name) and self.person.id in place.members:
                return place.id
        raise LookupError(f"{self.person.name} is in no channel “{channel}”")

    def wait(self, find: Callable[[], T]) -> T:
        """Return what `find` finds, once it raises no LookupError; the last of those after `patience`
        seconds.
        """
        last: list[LookupError] = []

        def found() -> list[T]:
            try:
                return [find()]
            except LookupError as error:
                last[:] = [error]
                return []

        try:
            return self.workspace.wait_until(found, "", self.patience)[0]
        except TimeoutError:
            last[0].add_note(self.workspace.underway())
            raise last[0] from None

    def _picture(self) -> RenderableType:
        if self.asked:
            return text.dialog(self.asked.found.element["confirm"])
        front = self.view or (self.home if self.at_home else self.message)
        return text.drawing(self.workspace, front, self.person.id) if front else ""
