"""One person's place at the workspace: what they see, and all they can do, by the words on the screen."""

from dataclasses import replace
from functools import partial
from typing import Any

from cocm_bot.playground import interactions
from cocm_bot.playground.seats import entries, finding
from cocm_bot.playground.seats.finding import Spot, Surface
from cocm_bot.playground.seats.sight import Sight
from cocm_bot.playground.sender import Sender
from cocm_bot.playground.state import Message, State, View


class Trouble(Exception):
    """The bot failed a submission, so Slack shows "We had some trouble connecting" over the modal."""


class Seat(Sight):
    """One person's view of the workspace, and their actions in it.

    Every action waits up to `patience` seconds for what it names to appear, as the bot may still be drawing;
    LookupError says what was there instead. Actions return when the bot has acknowledged.
    """

    def __init__(self, workspace: State, sender: Sender, person: str, patience: float = 15.0) -> None:
        super().__init__(workspace, person, patience)
        self.sender = sender

    def go(self, channel: str) -> None:
        """Look at a channel (id or name), or at the direct message of a person or the bot (by id)."""
        self.place, self.at_home = self.place_of(channel), False

    def command(self, line: str, channel: str | None = None) -> None:
        """Type a slash command, "/cocm today", in the current place or another."""
        if channel:
            self.go(channel)
        self.at_home = False
        interactions.command(self.sender, self.person.id, self.place, line)

    def say(self, words: str, channel: str | None = None) -> Message:
        """Post a plain message; in the bot's direct message the bot hears of it."""
        if channel:
            self.go(channel)
        return interactions.say(self.sender, self.person.id, self.place, words)

    def upload(self, name: str, content: bytes, channel: str | None = None) -> Message:
        """Share a file in the current place or another; the bot hears of it in its direct message."""
        if channel:
            self.go(channel)
        return interactions.upload(self.sender, self.person.id, self.place, {name: content})

    def open_home(self) -> None:
        """Turn to the App Home; the bot is notified."""
        self.at_home = True
        interactions.open_home(self.sender, self.person.id)

    def press(self, words: str, *, near: str | None = None, on: Surface | None = None) -> None:
        """Click a button or an overflow menu's option, named by its text or action_id.

        `near` is text of the same block, or of the blocks above a row of buttons. An element that asks
        first only raises its dialog (see `screen`): then press one of the dialog's words.
        """
        if self.asked:
            self._answer_dialog(self.asked, words)
            return
        spot = self.wait(lambda: finding.pressable(self.surfaces(on), words, near))
        self._ask_or_act(spot, spot.option)

    def choose(self, menu: str, choice: Any, *, near: str | None = None, on: Surface | None = None) -> None:
        """Choose in a menu or picker outside an input, by placeholder, the text beside it, or action_id.

        One that asks first only raises its dialog, as with `press`.
        """
        spot = self.wait(lambda: finding.menu(self.surfaces(on), menu, near))
        self._ask_or_act(spot, self._entry(spot, choice))

    def fill(self, values: dict[str, Any]) -> None:
        """Fill inputs of the front screen, by label, block_id or action_id; options and people by words.

        An input that dispatches its changes notifies the bot at once, as if Enter were pressed.
        """
        for words, given in values.items():
            spot = self.wait(partial(self._input, words))
            value = self._entry(spot, given)
            if spot.found.block.get("dispatch_action"):
                self._act(spot, value)
            else:
                interactions.enter(self.workspace, self.person.id, spot.surface, spot.found, value)

    def submit(self) -> dict[str, str] | None:
        """Send the top modal off; errors by label if any show, else None. Trouble if the bot failed.

        Like Slack, checks required fields, numbers, e-mails and lengths first; if one fails nothing is sent.
        """
        view = self.wait(self._submittable)
        early = self._checked(view)
        if early:
            with self.workspace.change():
                view.errors = early
        else:
            interactions.submit(self.sender, view)
        if view.trouble:
            raise Trouble(f"{view.trouble} ({self.workspace.refusals[-1].error})")
        if view not in self.workspace.modals.get(self.person.id, []):
            return None
        return self.errors(view) or None

    def close(self, *, everything: bool = False) -> None:
        """Cancel the top modal, or with `everything` close the whole stack by its ×."""
        self.wait(self._open_modal)
        interactions.close(self.sender, self.person.id, everything=everything)

    def suggest(self, menu: str, query: str) -> list[str]:
        """The texts offered when typing into an external select, named by label, placeholder or action_id."""
        spot = self.wait(lambda: self._external(menu))
        return [option["text"]["text"] for option in self._suggestions(spot, query)]

    def _ask_or_act(self, spot: Spot, chosen: Any) -> None:
        if "confirm" in spot.found.element:
            self.asked = replace(spot, option=chosen)
        else:
            self._act(spot, chosen)

    def _act(self, spot: Spot, chosen: Any) -> None:
        interactions.act(self.sender, self.person.id, spot.surface, spot.found, chosen)

    def _answer_dialog(self, spot: Spot, words: str) -> None:
        dialog = spot.found.element["confirm"]
        if words not in (dialog["confirm"]["text"], dialog["deny"]["text"]):
            raise LookupError(f"the dialog has no “{words}”:\n{self.screen}")
        self.asked = None
        if words == dialog["confirm"]["text"]:
            self._act(spot, spot.option)

    def _entry(self, spot: Spot, given: Any) -> Any:
        options = None
        if "external" in spot.found.kind and given not in (None, "", []):
            queries = given if isinstance(given, list | tuple | set) else [given]
            options = [option for query in queries for option in self._suggestions(spot, str(query))]
        return entries.entry(self.workspace, spot.found, given, options)

    def _suggestions(self, spot: Spot, query: str) -> list[dict[str, Any]]:
        return interactions.suggest(self.sender, self.person.id, spot.surface, spot.found, query)

    def _input(self, words: str) -> Spot:
        return finding.input_of(self.front(), words)

    def _external(self, menu: str) -> Spot:
        try:
            return self._input(menu)
        except LookupError:
            return finding.menu(self.surfaces(None), menu)

    def _open_modal(self) -> View:
        if self.view is None:
            raise LookupError("no modal is open")
        return self.view

    def _submittable(self) -> View:
        view = self._open_modal()
        if "submit" not in view.payload:
            raise LookupError("this modal has nothing to submit")
        return view

    def _checked(self, view: View) -> dict[str, str]:
        """Slack's own complaints before sending, by block_id."""
        found = {
            spot.found.key[0]: entries.complaint_before_sending(spot.found, spot.found.value(view.entered))
            for spot in finding.inputs(view)
        }
        return {block_id: error for block_id, error in found.items() if error}
