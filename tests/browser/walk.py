"""Walking through everything the bot shows: each command, then each button and menu of each screen once."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cocm_bot.playground import cast, interactions
from cocm_bot.playground.elements import Placed, placed
from cocm_bot.playground.seats.finding import Surface
from cocm_bot.playground.state import View
from cocm_bot.playground.workspace import Workspace

DEEPEST = 3
"""Clicks from a command or the App Home that the walk goes."""
LOADING = "loading"
QUIET = 0.15
"""Seconds without a call after which a click has had its effect."""
OPTIONS = 12
"""Options of one menu that are tried."""
KEPT = ("modals", "messages", "homes")
"""The parts of a workspace that a person sees."""

Kept = Mapping[str, Any]
"""They as they were at some moment."""


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

    def screens(self, starts: list[str]) -> Iterator[tuple[str, Surface, Kept]]:
        """Every screen with the way to it and all that is seen with it, breadth first, from the Home,
        commands and shortcuts.
        """
        ways: list[tuple[str, ...]] = [("home",), *((start,) for start in starts)]
        before: dict[tuple[str, ...], tuple[Kept, Click]] = {}
        while ways:
            way = ways.pop(0)
            surface = self._pressed(way[0], *before.pop(way)) if way in before else self._begun(way[0])
            kept = self._kept()
            yield " → ".join(way), surface, kept
            if len(way) > DEEPEST:
                continue
            for click, _, _ in _clicks(surface):
                if click not in self._clicked:
                    self._clicked.add(click)
                    further = (*way, click.option or click.words)
                    ways.append(further)
                    before[further] = kept, click

    def _begun(self, start: str) -> Surface:
        """The first screen of a way."""
        workspace = self._workspace
        self.clear()
        if start == "home":
            interactions.open_home(workspace.sender, self._person)
        elif start.startswith("shortcut:"):
            workspace.shortcut(self._person, start)
        else:
            place = workspace.direct(self._person, cast.BOT).id
            interactions.command(workspace.sender, self._person, place, start)
        return self._front(start)

    def _pressed(self, start: str, kept: Kept, click: Click) -> Surface:
        """The screen after a click, made where the screen with it is still as it was."""
        self.put_back(kept)
        surface = self._shown(start)
        assert surface is not None
        here = {each: (found, chosen) for each, found, chosen in _clicks(surface)}
        interactions.act(self._workspace.sender, self._person, surface, *here[click])
        return self._front(start)

    def _kept(self) -> Kept:
        return {name: copy.deepcopy(getattr(self._workspace, name)) for name in KEPT}

    def clear(self) -> None:
        """Show nothing."""
        self.put_back({name: type(getattr(self._workspace, name))() for name in KEPT})

    def put_back(self, kept: Kept) -> None:
        """Show all that was kept."""
        with self._workspace.change():
            for name, value in kept.items():
                setattr(self._workspace, name, copy.deepcopy(value))

    def _front(self, start: str) -> Surface:
        self._workspace.settled(quiet=QUIET)
        screen = self._workspace.wait_until(lambda: self._shown(start), f"a screen after {start}")
        assert screen is not None
        return screen

    def _shown(self, start: str) -> Surface | None:
        workspace = self._workspace
        if stack := workspace.modals.get(self._person):
            return None if stack[-1].payload["callback_id"] == LOADING else stack[-1]
        if start == "home":
            return workspace.homes.get(self._person)
        return next(reversed(workspace.messages), None)


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
