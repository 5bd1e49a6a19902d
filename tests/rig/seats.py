"""People who are patient with a busy machine."""

import time
from contextlib import suppress
from typing import Any

from cocm_bot.playground.seats.finding import Spot
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.router import ANSWER_SECONDS, SLOW

PATIENCE = 20
"""Seconds that a seat and Slack wait; only a busy machine, or a failure, takes more than a moment."""


class PatientSeat(Seat):
    """A person who does as they are asked where the bot was too slow for Slack: press again."""

    def command(self, line: str, channel: str | None = None) -> None:
        """Type a command; over an open window, wait for its answer, or the next act would meet that window.

        An answer that never comes is for the test to see.
        """
        covering = self.view
        if covering is None:
            super().command(line, channel)
            return
        if channel:
            self.go(channel)
        before = len(self.messages())
        super().command(line)
        with suppress(TimeoutError):
            self.workspace.wait_until(
                lambda: self.view is not covering or len(self.messages()) > before, "", self.patience
            )

    def submit(self) -> dict[str, str] | None:
        until = time.monotonic() + self.patience
        while (errors := super().submit()) and SLOW in errors.values() and time.monotonic() < until:
            pass
        return errors

    def _suggestions(self, spot: Spot, query: str) -> list[dict[str, Any]]:
        """Return what a search offers; asked again where the bot gave up looking because the machine is
        busy.
        """
        until = time.monotonic() + self.patience
        while True:
            asked = time.monotonic()
            found = super()._suggestions(spot, query)
            if found or time.monotonic() - asked < ANSWER_SECONDS or time.monotonic() > until:
                return found


def seat_of(workspace: Workspace, name: str) -> PatientSeat:
    """Somebody's seat."""
    return PatientSeat(workspace, workspace.sender, workspace.seat(name).person.id, PATIENCE)
