"""Walking through everything the bot shows: each command, then each button and menu of each screen once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cocm_bot.playground import cast, interactions
from cocm_bot.playground.elements import Placed, placed
from cocm_bot.playground.finding import Surface
from cocm_bot.playground.state import View
from cocm_bot.playground.workspace import Workspace

DEEPEST = 3
"""Clicks from a command or the App Home that the walk goes."""
LOADING = "loading"
QUIET = 0.15
"""Seconds without a call after which a click has had its effect."""
OPTIONS = 12
"""Options of one menu that are tried."""


@dataclass(frozen=True)
class Click:
    """An element by its action and words, and the option chosen in it."""

    action: str
    words: str
    option: str | None


class Walk:
    """One person's walk; each click is made once, wherever it is."""

    def __init__(self, workspace: Workspace, person: str) -> None:
        self._workspace = workspace
        self._person = person
        self._clicked: set[Click] = set()

    def screens(self, starts: list[str]) -> Iterator[tuple[str, Surface]]:
        """Every screen with the way to it, breadth first, from the Home, commands and shortcuts."""
        ways: list[tuple[str, ...]] = [("home",), *((start,) for start in starts)]
        clicks: dict[tuple[str, ...], list[Click]] = {way: [] for way in ways}
        while ways:
            way = ways.pop(0)
            surface = self._follow(way[0], clicks[way])
            if surface is None:
                continue
            yield " → ".join(way), surface
            if len(way) > DEEPEST:
                continue
            for click, _, _ in _clicks(surface):
                if click not in self._clicked:
                    self._clicked.add(click)
                    further = (*way, click.option or click.words)
                    ways.append(further)
                    clicks[further] = [*clicks[way], click]

    def _follow(self, start: str, clicks: list[Click]) -> Surface | None:
        """The screen at the end of a way; None where an earlier click took the way's next step away."""
        workspace = self._workspace
        with workspace.change():
            workspace.modals.clear()
            workspace.messages.clear()
            workspace.homes.clear()
        if start == "home":
            interactions.open_home(workspace.sender, self._person)
        elif start.startswith("shortcut:"):
            workspace.shortcut(self._person, start)
        else:
            place = workspace.direct(self._person, cast.BOT).id
            interactions.command(workspace.sender, self._person, place, start)
        surface = self._front(start)
        for click in clicks:
            here = {each: (found, chosen) for each, found, chosen in _clicks(surface)}
            if click not in here:
                return None
            interactions.act(workspace.sender, self._person, surface, *here[click])
            surface = self._front(start)
        return surface

    def _front(self, start: str) -> Surface:
        workspace = self._workspace

        def shown() -> Surface | None:
            if stack := workspace.modals.get(self._person):
                return None if stack[-1].payload["callback_id"] == LOADING else stack[-1]
            if start == "home":
                return workspace.homes.get(self._person)
            return next(reversed(workspace.messages), None)

        workspace.settled(quiet=QUIET)
        screen = workspace.wait_until(shown, f"a screen after {start}")
        assert screen is not None
        return screen


def name_of(surface: Surface) -> str:
    """Return what kind of screen it is, by what does not depend on whose it is."""
    if isinstance(surface, View):
        return str(surface.payload.get("callback_id") or surface.payload["type"])
    return surface.text


def _clicks(surface: Surface) -> Iterator[tuple[Click, Placed, Any]]:
    for found in placed(surface.blocks):
        action = found.key[1]
        if found.kind == "button":
            yield Click(action, found.label, None), found, None
        elif found.kind in {"overflow", "static_select"} and not found.is_input:
            for option in found.element.get("options", [])[:OPTIONS]:
                yield Click(action, found.label, option["text"]["text"]), found, option
