"""The whole workspace: its memory, the way to the bot, and a seat for each person."""

import time
from collections.abc import Callable
from typing import Any

from cocm_bot.playground import cast, interactions, payloads
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.sender import Reply, Sender
from cocm_bot.playground.state import ACK_SECONDS, Message, State

SIGNING_SECRET = "playground-signing-secret"  # noqa: S105  (signs synthetic requests on this machine only)


class Workspace(State):
    """A Slack workspace on this machine.

    `bot_url` is the whole URL of the bot's events endpoint and may be given later (`connect`), as the bot
    needs this workspace's address first. `now` is the workspace's clock in epoch seconds.
    """

    def __init__(
        self,
        *,
        bot_url: str = "",
        signing_secret: str = SIGNING_SECRET,
        now: Callable[[], float] = time.time,
        ack_seconds: float = ACK_SECONDS,
        token: str = "xoxb-playground",  # noqa: S107  (opens nothing but this stand-in)
        team_id: str = cast.TEAM,
    ) -> None:
        super().__init__(now, token, ack_seconds, team_id)
        self.sender = Sender(self, bot_url, signing_secret)

    @property
    def api_url(self) -> str:
        """The base URL for a Web API client, with its final slash."""
        return f"{self.base_url}/api/"

    @property
    def signing_secret(self) -> str:
        """Return what requests to the bot are signed with."""
        return self.sender.signing_secret

    def connect(self, bot_url: str) -> None:
        """Say where the bot listens."""
        self.sender.bot_url = bot_url

    def seat(self, person: str, *, patience: float = 15.0) -> Seat:
        """The seat of someone, by id or name; each call gives a fresh one, looking at the team's channel."""
        for known in self.people.values():
            if person in (known.id, known.name):
                return Seat(self, self.sender, known.id, patience)
        raise LookupError(f"nobody is called “{person}”")

    def fail(self, method: str, **fault: Any) -> None:
        """Make the next calls of a Web API method, of "response_url" or "upload", fail: see `Faults.fail`."""
        self.faults.fail(method, **fault)

    def event(self, event: dict[str, Any], *, event_id: str | None = None) -> Reply:
        """Send any event, in the envelope its `channel` calls for."""
        return interactions.event(self.sender, event, event_id=event_id)

    def shortcut(self, user: str, callback_id: str) -> None:
        """A person uses a global shortcut."""
        self.sender.interact(payloads.shortcut(self, user, callback_id))

    def message_shortcut(self, user: str, callback_id: str, message: Message) -> None:
        """A person uses a shortcut on a message."""
        self.sender.interact(payloads.message_shortcut(self, user, callback_id, message))

    def written_by_bot(self) -> str:
        """Everything the bot sent, calls and answers, as one text to scan for what must not be there."""
        return "\n".join(repr(call.arguments if call.to == "slack" else call.answer) for call in self.calls)
