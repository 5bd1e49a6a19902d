"""Register features with Bolt: every request is authenticated before its feature sees it.

`command` is for a slash command, `opens` for a button that opens a modal, `menu` for a menu of such buttons,
`shortcut` for an entry of Slack's own menu, `redraws` for a button that changes the screen it is on,
`follows` for an input that sends each change, `answers` for a button that is answered beside its message,
`submission` for a modal's answers, `closed` for a modal that was left without them, `suggestions` for a
search, `home` for the App Home, `written` for what people write to the bot, `saved` for what follows every
submission, `finished` for what follows one that left its modal, `heard` for what Slack tells unasked. What
anybody of the workspace may do, member of a registry or not, is wrapped in `OpenToGuests`.

Nothing here waits but for the answer to a submission or a search, and for that not long: what Slack calls
only acknowledges, and hands the work to the pool of its kind.

The App Home of a person who opened it lately is drawn again after each submission of theirs, and after what
is registered as one that `changes` something: once, after everything else, and silent when it fails.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlinePassed
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import Any, NamedTuple

from slack_bolt import Ack, App

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access.registry_choice import RequestedRegistry
from cocm_bot.operations.context import Context
from cocm_bot.slack.kit import Block, Payload, suggestions
from cocm_bot.slack.runtime.answering import refused
from cocm_bot.slack.runtime.gate import Action, Body, Draw, Gate, Screen
from cocm_bot.slack.runtime.listeners import Listeners, Offer
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.responder import Responder
from cocm_bot.slack.runtime.server.pools import Full, Kind
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.notices import BUSY, TITLE
from cocm_bot.store.jobs import JobRef

ANSWER_SECONDS = 2.3
"""Slack waits 3 s for the answer to a submission or a search; what takes longer is asked to be tried again.

An answer that comes later than Slack waits is also one that Bolt calls unhandled, and logs whole.
"""
SLOW = (
    "The registry is slow to answer. What you typed is still here: press the button again in a moment. "
    "Nothing is saved twice."
)

WRITTEN = "message"
"""The name in the log of an answer to a direct message."""

logger = logging.getLogger(__name__)


class Chosen(NamedTuple):
    """The screen a command asks for."""

    draw: Screen
    title: str | None = None
    """Of the modal the screen is; None for a message."""
    registry: str | None = None
    """The name of the registry it is asked of, where it gives one."""
    kind: str = ""
    """The command's own word, for the log."""


@dataclass(frozen=True)
class Submission:
    """Links the thread that acknowledges a submission with the one that saves it."""

    answer: "Future[dict[str, Any]]" = field(default_factory=Future)
    acknowledged: threading.Event = field(default_factory=threading.Event)


class Router:
    """Registers what features offer, and hands each request to the stage."""

    def __init__(self, app: App, gate: Gate, responder: Responder) -> None:
        self._listeners = Listeners(app)
        self._responder = responder
        self._gate = gate
        self._opened: dict[str, tuple[str, Screen]] = {}

    def command(self, name: str, choose: Callable[[str], Chosen]) -> None:
        """A slash command; `choose` reads its text into what it asks for."""

        def typed(ack: Ack, body: Body) -> None:
            text = str(body.get("text") or "help")
            chosen = choose(text)
            requested = RequestedRegistry(
                name=chosen.registry, channel_id=body.get("channel_id"), command=text
            )
            doing = f"{name} {chosen.kind}".rstrip()
            if chosen.title is None:
                kind = Kind.SCREEN
                work = partial(self._responder.answer, body, doing, chosen.draw, requested, replace=False)
            else:
                kind = Kind.OPEN
                work = partial(self._responder.open, body, doing, chosen.title, chosen.draw, requested)
            try:
                self._gate.pools[kind].submit(work)
            except Full:
                # Here the acknowledgement itself is shown.
                logger.warning("full doing=%s", doing)
                ack(BUSY)
            else:
                ack()

        self._listeners.add(Offer.COMMAND, name, typed)

    def opens(
        self, action_id: str | re.Pattern[str], title: str, draw: Screen, *, changes: bool = False
    ) -> None:
        """Register a button or menu that opens a modal, on top of the modal it is in if there is one."""
        doing = action_id if isinstance(action_id, str) else action_id.pattern
        self._opened[doing] = (title, draw)

        def pressed(ack: Ack, body: Body) -> None:
            ack()
            after = partial(self._responder.home.refresh, body) if changes else None
            self._open(body, doing, title, draw, after=after)

        self._listeners.add(Offer.ACTION, action_id, pressed)

    def shortcut(self, callback_id: str, title: str, draw: Screen, command: str) -> None:
        """An entry of the menu that Slack offers anywhere; it opens the modal of a command."""

        def chosen(ack: Ack, body: Body) -> None:
            ack()
            self._open(body, callback_id, title, draw, RequestedRegistry(command=command))

        self._listeners.add(Offer.SHORTCUT, callback_id, chosen)

    def menu(self, action_id: str) -> None:
        """Register a modal's menu whose options open modals like buttons, with values like `card-log K7Q4`.

        Each is registered by `opens`, and sees what a button with that action and value would send.
        """

        def chosen(ack: Ack, body: Body) -> None:
            ack()
            option = body["actions"][0].get("selected_option") or {}
            wanted, _, value = str(option.get("value", "")).partition(" ")
            title, draw = self._opened.get(wanted, (TITLE, _out_of_date))
            pressed = {**body, "actions": [{"action_id": wanted, "value": value}]}
            unchoose = partial(self._responder.unchoose, body)
            after = partial(self._gate.redraw_behind, action_id, unchoose)
            self._open(pressed, wanted, title, draw, after=after)

        self._listeners.add(Offer.ACTION, action_id, chosen)

    def redraws(self, action_id: str | re.Pattern[str], draw: Screen, *, changes: bool = False) -> None:
        """Register a button or menu that changes the message, modal or App Home it is in."""
        doing = action_id if isinstance(action_id, str) else action_id.pattern

        def redraw(body: Body) -> None:
            kind = body["view"]["type"] if "view" in body else "message"
            if kind == "home":
                self._responder.home.publish(body, draw)
            elif kind == "modal":
                self._responder.update(body, doing, draw)
            else:
                self._responder.answer(body, doing, draw, replace=True)
            if changes:
                self._responder.home.refresh(body)

        def pressed(ack: Ack, body: Body) -> None:
            ack()
            self._responder.take(Kind.SCREEN, body, doing, partial(redraw, body))

        self._listeners.add(Offer.ACTION, action_id, pressed)

    def follows(
        self, action_id: str | re.Pattern[str], work: Callable[[MemberRequest], Payload | None]
    ) -> None:
        """Register an input that sends each change; the modal is redrawn only where `work` gives a screen."""
        doing = action_id if isinstance(action_id, str) else action_id.pattern

        def entered(ack: Ack, body: Body) -> None:
            ack()
            self._responder.take(Kind.KEEP, body, doing, partial(self._responder.follow, body, doing, work))

        self._listeners.add(Offer.ACTION, action_id, entered)

    def answers(self, action_id: str, draw: Screen) -> None:
        """A button of a message that is answered beside it, privately."""

        def pressed(ack: Ack, body: Body) -> None:
            ack()
            answer = partial(self._responder.answer, body, action_id, draw, replace=False)
            self._responder.take(Kind.SCREEN, body, action_id, answer)

        self._listeners.add(Offer.ACTION, action_id, pressed)

    def submission(self, callback_id: str, save: Screen) -> None:
        """A modal's answers: `save` returns what to show next, in its place or on the modal below it.

        A view with the same callback id is the modal itself, to be answered again: it stays where it is.
        """

        def submitted(ack: Ack, body: Body) -> None:
            submission = Submission()
            work = partial(self._save, body, callback_id, save, submission)
            try:
                begun = self._gate.pools[Kind.ANSWER].submit(work)
            except Full:
                logger.warning("full doing=%s", callback_id)
                ack(**refused(body, BUSY))
                return
            try:
                ack(**submission.answer.result(timeout=ANSWER_SECONDS))
            except DeadlinePassed:
                # One that has not begun is left to the next press; what is saved in the end is also shown.
                begun.cancel()
                logger.warning("slow doing=%s", callback_id)
                ack(**refused(body, SLOW))
            finally:
                submission.acknowledged.set()

        self._listeners.add(Offer.SUBMISSION, callback_id, submitted)

    def _save(self, body: Body, callback_id: str, save: Screen, submission: "Submission") -> None:
        """Save what was sent off, and redraw what it changed once Slack has its answer."""
        try:
            answer, later = self._responder.save(body, callback_id, save)
        except BaseException as error:
            submission.answer.set_exception(error)
            raise
        submission.answer.set_result(answer)
        submission.acknowledged.wait(ANSWER_SECONDS)
        for redraw in later:
            self._gate.redraw_behind(callback_id, redraw)

    def suggestions(self, action_id: str, find: Action[list[Block]]) -> None:
        """Offer what a search finds for what was typed: nothing to whom the gate refuses, or in time."""

        def searched(ack: Ack, body: Body) -> None:
            search = partial(self._responder.search, body, action_id, find)
            found: list[Block] = []
            try:
                work = self._gate.pools[Kind.ANSWER].submit(search)
            except Full:
                logger.warning("full doing=%s", action_id)
            else:
                try:
                    found = work.result(timeout=ANSWER_SECONDS)
                except DeadlinePassed:
                    # The next letter typed asks again: one that has not begun need not.
                    work.cancel()
                    logger.warning("slow doing=%s", action_id)
            ack(**suggestions(found))

        self._listeners.add(Offer.SUGGESTIONS, action_id, searched)

    def closed(self, callback_id: str | re.Pattern[str], follow: Callable[[MemberRequest], None]) -> None:
        """Register the closing of a modal by its person, not sent off, where it asked for `view_closed`."""

        def left_behind(body: Body) -> None:
            self._gate.attempt(body, "closed", "modal", follow)
            self._responder.home.refresh(body)

        def left(ack: Ack, body: Body) -> None:
            ack()
            self._responder.take(Kind.KEEP, body, "closed", partial(left_behind, body))

        self._listeners.add(Offer.CLOSED, callback_id, left)

    def finished(self, follow: Callable[[MemberRequest], None]) -> None:
        """Register work after a submission that left its modal, once Slack has its answer."""
        self._responder.finished = follow

    def saved(self, follow: Callable[[MemberRequest], None]) -> None:
        """Register work after every submission of a member, once Slack has its answer."""
        self._responder.saved = follow

    def heard(
        self, event_type: str, follow: Callable[[Context, Mapping[str, Any]], Iterable[JobRef]]
    ) -> None:
        """Register an event of Slack; `follow` adds the work that comes of it, which is done at once."""

        def deliver(body: Body, event: Mapping[str, Any]) -> None:
            self._responder.take(Kind.KEEP, body, event_type, partial(self._responder.hear, event, follow))

        self._listeners.add(Offer.EVENT, event_type, deliver)

    def written(self, choose: Callable[[str], Chosen]) -> None:
        """Register direct messages to the bot; each is answered there, by a message."""

        def wrote(body: Body, event: Mapping[str, Any]) -> None:
            shared = event.get("files") if event.get("subtype") == "file_share" else None
            foreign = event.get("channel_type") != "im" or event.get("bot_id")
            if foreign or (event.get("subtype") and not shared):
                return
            text = _of_files(shared) if shared else unescape(str(event.get("text") or ""))
            chosen = choose(text)
            requested = RequestedRegistry(name=chosen.registry, command=text)
            reply = partial(self._responder.reply, body, WRITTEN, chosen.draw, requested)
            self._responder.take(Kind.SCREEN, body, WRITTEN, reply)

        self._listeners.add(Offer.EVENT, "message", wrote)

    def home(self, draw: Draw) -> None:
        """The App Home, drawn when a person opens it."""
        home = self._responder.home
        home.draw = draw

        def opened(body: Body, event: Mapping[str, Any]) -> None:
            # The same event is sent for the tab with the messages.
            if event.get("tab") == "home":
                self._responder.take(Kind.SCREEN, body, "home", partial(home.publish, body, draw))

        self._listeners.add(Offer.EVENT, "app_home_opened", opened)

    def _open(
        self,
        body: Body,
        doing: str,
        title: str,
        draw: Screen,
        requested: RequestedRegistry | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        work = partial(self._responder.open, body, doing, title, draw, requested, after)
        self._responder.take(Kind.OPEN, body, doing, work)


def _of_files(shared: Iterable[Mapping[str, Any]]) -> str:
    """Return the command that files ask for, shared with the bot without one."""
    return " ".join([CommandName.IMPORT, *(str(each.get("id")) for each in shared)])


def _out_of_date(_request: MemberRequest) -> Payload:
    raise InvalidInput(OUT_OF_DATE)
