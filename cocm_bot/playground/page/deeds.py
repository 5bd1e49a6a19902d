"""Carry out a person's actions on the page in the workspace: the page only says what was meant."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Base64Bytes, BaseModel, ConfigDict

from cocm_bot.playground import interactions
from cocm_bot.playground.elements import STATE_KEY, Placed, offered, placed
from cocm_bot.playground.seats.finding import Surface
from cocm_bot.playground.seats.seat import Trouble
from cocm_bot.playground.state import View
from cocm_bot.playground.workspace import Workspace

Value = str | list[str] | None
"""The value given to an element: text, the value of an option, an id, a date, or several of them."""

GONE = "This screen is no longer there."


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Entry(_Given):
    """A value for an element, named by its ids."""

    block: str
    action: str
    value: Value = None


class Deed(_Given):
    """A person and a surface: a view by its id, or a message by its channel and ts."""

    person: str
    view: str | None = None
    channel: str | None = None
    ts: str | None = None
    entered: list[Entry] = []


class Act(Deed):
    """A click on a button, or a choice in a menu outside an input; a button comes with its own value."""

    chosen: Entry


class Closing(_Given):
    """The person whose top modal closes, or with `everything` all of theirs."""

    person: str
    everything: bool = False


class Use(_Given):
    """The person who uses a global shortcut, and the shortcut."""

    person: str
    callback_id: str


class Sharing(_Given):
    """A file that a person shares in a place."""

    person: str
    place: str
    name: str
    content: Base64Bytes


class Ask(Deed):
    """The text typed into a search menu."""

    block: str
    action: str
    query: str


class Deeds:
    """Carries out what people do; LookupError, with a sentence, for what is not there to do it to."""

    def __init__(self, workspace: Workspace, zone: str) -> None:
        self._workspace = workspace
        self._zone = ZoneInfo(zone)
        self._suggested: dict[tuple[str, str], dict[str, Any]] = {}

    def use(self, given: Use) -> None:
        """Use a global shortcut."""
        self._workspace.shortcut(given.person, given.callback_id)

    def share(self, given: Sharing) -> None:
        """Share a file; the bot hears of it in its direct message."""
        seat = self._workspace.seat(given.person, patience=0)
        seat.upload(given.name, given.content, given.place)

    def enter(self, deed: Deed) -> None:
        """Put what was typed and picked into the elements; nothing is sent."""
        surface = self.surface(deed)
        for entry in deed.entered:
            found = _at(surface, entry.block, entry.action)
            interactions.enter(
                self._workspace, deed.person, surface, found, self._value(found, surface, deed.person, entry)
            )

    def act(self, deed: Act) -> None:
        """Click or choose, after entering what else was typed."""
        self.enter(deed)
        surface = self.surface(deed)
        found = _still_at(surface, deed.chosen)
        if found.kind == "button":
            chosen = None
        elif found.kind == "overflow":
            chosen = _option(str(deed.chosen.value), found.element["options"])
        else:
            chosen = self._value(found, surface, deed.person, deed.chosen)
        interactions.act(self._workspace.sender, deed.person, surface, found, chosen)

    def submit(self, deed: Deed) -> None:
        """Enter what was typed and send the modal off, if it is the top one."""
        self.enter(deed)
        seat = self._workspace.seat(deed.person, patience=0)
        if seat.view is None or seat.view.id != deed.view:
            raise LookupError(GONE)
        try:
            seat.submit()
        except Trouble:
            return  # the modal says so itself

    def close(self, closing: Closing) -> None:
        """Close the top modal, or all."""
        self._workspace.seat(closing.person, patience=0).close(everything=closing.everything)

    def suggest(self, deed: Ask) -> list[dict[str, Any]]:
        """The options the bot offers for what was typed."""
        surface = self.surface(deed)
        found = _at(surface, deed.block, deed.action)
        options = interactions.suggest(self._workspace.sender, deed.person, surface, found, deed.query)
        self._suggested.setdefault(found.key, {}).update({option["value"]: option for option in options})
        return options

    def surface(self, deed: Deed) -> Surface:
        """The view or message meant."""
        if deed.view:
            open_now = [*self._workspace.modals.get(deed.person, []), self._workspace.homes.get(deed.person)]
            views = [view for view in open_now if view and view.id == deed.view]
            if views:
                return views[0]
        for message in self._workspace.messages:
            here = (message.channel, message.ts) == (deed.channel, deed.ts)
            if here and message.only_for in (None, deed.person):
                return message
        raise LookupError(GONE)

    def _value(self, found: Placed, surface: Surface, person: str, router: Entry) -> Any:
        """Return what the element will hold; options are echoed exactly as the bot offered them."""
        given, key = router.value, STATE_KEY[found.kind]
        if key in {"selected_option", "selected_options"}:
            known = self._known(found, surface, person)
            if key == "selected_options":
                return [_option(value, known) for value in given or []]
            return _option(str(given), known) if given else None
        if key.endswith("s"):
            return list(given or [])
        if key == "selected_date_time" and given:
            return int(datetime.fromisoformat(str(given)).replace(tzinfo=self._zone).timestamp())
        return given or None

    def _known(self, found: Placed, surface: Surface, person: str) -> list[dict[str, Any]]:
        entered = surface.entered if isinstance(surface, View) else surface.entered.get(person, {})
        held = found.value(entered)
        before = held if isinstance(held, list) else [held] if held else []
        return [*offered(found.element), *before, *self._suggested.get(found.key, {}).values()]


def _at(surface: Surface, block_id: str, action_id: str) -> Placed:
    for found in placed(surface.blocks):
        if found.key == (block_id, action_id):
            return found
    raise LookupError(GONE)


def _still_at(surface: Surface, chosen: Entry) -> Placed:
    """Return the element by its ids, or the one just like it: a screen drawn again has other ids."""

    def alike(found: Placed) -> bool:
        same = found.element.get("value") == chosen.value or found.kind != "button"
        return found.element["action_id"] == chosen.action and same

    try:
        return _at(surface, chosen.block, chosen.action)
    except LookupError:
        found = [each for each in placed(surface.blocks) if alike(each)]
        if len(found) != 1:
            raise
        return found[0]


def _option(value: str, known: list[dict[str, Any]]) -> dict[str, Any]:
    for option in known:
        if option["value"] == value:
            return option
    raise LookupError("This choice is no longer offered.")
