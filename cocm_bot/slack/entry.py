"""How requests come in: each passes the gate before its feature sees it, and each failure gets an answer.

A feature registers what it offers: `command` for a slash command, `opens` for a button that opens a modal,
`menu` for a menu of such buttons, `shortcut` for an entry of Slack's own menu, `redraws` for a button that
changes the screen it stands in, `submission` for a modal's answers, `suggestions` for a search, `home` for
the App Home.

The App Home of a person who opened it lately is drawn anew after each submission of theirs, and after what is
registered as one that `changes` something: once, after everything else, and without telling when it fails.
"""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as DeadlinePassed
from typing import Any, TypeVar

from slack_bolt import Ack, App

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.errors import CocmError, InvalidInput
from cocm_bot.slack import errors
from cocm_bot.slack.forms import FormErrors
from cocm_bot.slack.gate import Gate, origin
from cocm_bot.slack.gateway import Gateway
from cocm_bot.slack.kit import Block, Payload, loading, suggestions
from cocm_bot.slack.screens.notices import TITLE, notice_home, notice_message, notice_view
from cocm_bot.slack.visit import OUT_OF_DATE, Visit

Body = Mapping[str, Any]
Draw = Callable[[Visit], Payload]
Report = Callable[[str], None]
T = TypeVar("T")

SUBMISSION_SECONDS = 2.3
"""Slack waits 3 s for the answer to a submission; what takes longer is asked to be tried again."""
HOME_SECONDS = 8 * 3600
"""How long an App Home that was opened is kept true; opening it draws it anew in any case."""
HOMES_REMEMBERED = 10_000
SLOW = (
    "The registry is slow to answer. What you typed is still here: press the button again in a moment. "
    "Nothing is saved twice."
)

logger = logging.getLogger(__name__)


class Entry:
    """Registers what features offer with Bolt, and runs it."""

    def __init__(self, app: App, desk: Desk, gate: Gate, gateway: Gateway, pool: Executor) -> None:
        self._app = app
        self._desk = desk
        self._gate = gate
        self._gateway = gateway
        self._pool = pool
        self._opened: dict[str, tuple[str, Draw]] = {}
        self._home: Draw | None = None
        self._homes: dict[str, float] = {}

    def command(self, name: str, choose: Callable[[str], tuple[str | None, Draw]]) -> None:
        """A slash command; `choose` reads its text into a screen, and a title if the screen is a modal."""

        def typed(ack: Ack, body: Body) -> None:
            ack()
            title, draw = choose(str(body.get("text") or ""))
            if title is None:
                self._answer(body, name, draw, replace=False)
            else:
                self._open(body, name, title, draw)

        self._app.command(name)(typed)

    def opens(self, action_id: str, title: str, draw: Draw, *, changes: bool = False) -> None:
        """A button or menu that opens a modal, on top of the modal it stands in if it does."""
        self._opened[action_id] = (title, draw)

        def pressed(ack: Ack, body: Body) -> None:
            ack()
            self._open(body, action_id, title, draw)
            if changes:
                self._refresh_home(body)

        self._app.action(action_id)(pressed)

    def shortcut(self, callback_id: str, title: str, draw: Draw) -> None:
        """An entry of the menu that Slack offers anywhere; it opens a modal."""

        def chosen(ack: Ack, body: Body) -> None:
            ack()
            self._open(body, callback_id, title, draw)

        self._app.global_shortcut(callback_id)(chosen)

    def menu(self, action_id: str) -> None:
        """A modal's menu whose options stand for buttons that open modals, with values like `card-log K7Q4`.

        Each is registered by `opens`, and sees what a button with that action and value would send.
        """

        def chosen(ack: Ack, body: Body) -> None:
            ack()
            wanted, _, value = str(body["actions"][0]["selected_option"]["value"]).partition(" ")
            title, draw = self._opened.get(wanted, (TITLE, _out_of_date))
            self._open({**body, "actions": [{"action_id": wanted, "value": value}]}, wanted, title, draw)
            self._redraw_behind(action_id, lambda: self._unchoose(body))

        self._app.action(action_id)(chosen)

    def redraws(self, action_id: str | re.Pattern[str], draw: Draw, *, changes: bool = False) -> None:
        """A button or menu that changes the message, modal or App Home it stands in."""
        doing = action_id if isinstance(action_id, str) else action_id.pattern

        def pressed(ack: Ack, body: Body) -> None:
            ack()
            kind = body["view"]["type"] if "view" in body else "message"
            if kind == "home":
                self._publish(body, draw)
            elif kind == "modal":
                self._update(body, doing, draw)
            else:
                self._answer(body, doing, draw, replace=True)
            if changes:
                self._refresh_home(body)

        self._app.action(action_id)(pressed)

    def submission(self, callback_id: str, save: Draw) -> None:
        """A modal's answers: `save` returns what to show next, in its place or on the modal below it.

        A view with the same callback id is the modal itself, to be answered again: it stays where it is.
        """

        def submitted(ack: Ack, body: Body) -> None:
            work = self._pool.submit(self._save, body, callback_id, save)
            try:
                answer, later = work.result(timeout=SUBMISSION_SECONDS)
            except DeadlinePassed:
                logger.warning("slow doing=%s", callback_id)
                ack(**_refused(body, SLOW))
                # What is saved in the end is also told: nobody may press the button again.
                answer, later = work.result()
            else:
                ack(**answer)
            for redraw in later:
                self._redraw_behind(callback_id, redraw)
            if answer.get("response_action") != "errors":
                self._refresh_home(body)

        self._app.view(callback_id)(submitted)

    def suggestions(self, action_id: str, find: Callable[[Visit], list[Block]]) -> None:
        """What a search menu offers for what was typed; nothing at all to whom the gate refuses."""

        def searched(ack: Ack, body: Body) -> None:
            found = self._attempt(body, action_id, "search", find, lambda _sentence: None)
            ack(**suggestions(found or []))

        self._app.options(action_id)(searched)

    def home(self, draw: Draw) -> None:
        """The App Home, drawn when a person opens it."""
        self._home = draw

        def opened(body: Body, event: Mapping[str, Any]) -> None:
            # The same event tells of the tab with the messages.
            if event.get("tab") == "home":
                self._publish(body, draw)

        self._app.event("app_home_opened")(opened)

    def _publish(self, body: Body, draw: Draw) -> None:
        user_id = origin(body, "App Home").user_id

        def publish(view: Payload) -> None:
            self._gateway.publish_home(user_id, view)

        home = self._attempt(body, "home", "App Home", draw, lambda words: publish(notice_home(words)))
        if home is not None:
            publish(home)
            if len(self._homes) >= HOMES_REMEMBERED:
                self._homes.clear()
            self._homes[user_id] = self._desk.now().timestamp()

    def _refresh_home(self, body: Body) -> None:
        """Draw the App Home of whoever asked anew, if they opened it lately, at this replica."""
        user_id, draw = origin(body, "App Home").user_id, self._home
        opened = self._homes.get(user_id)
        if draw is None or opened is None or self._desk.now().timestamp() - opened > HOME_SECONDS:
            return

        def publish(visit: Visit) -> None:
            self._gateway.publish_home(user_id, draw(visit))

        self._attempt(body, "home", "App Home", publish, lambda _words: None)

    def _open(self, body: Body, doing: str, title: str, draw: Draw) -> None:
        try:
            view_id = self._gateway.open_view(
                str(body["trigger_id"]), loading(title), on_top=body.get("view", {}).get("type") == "modal"
            )
        except CocmError as error:
            words = errors.sentence(error, _reference(), doing)
            if "response_url" in body:
                self._gateway.answer(str(body["response_url"]), notice_message(words))
            return
        later: list[Callable[[], None]] = []

        def drawn(visit: Visit) -> Payload:
            view = visit.marked(draw(visit))
            later.extend(visit.later)
            return view

        view = self._attempt(
            body,
            doing,
            "modal",
            drawn,
            lambda words: self._gateway.update_view(view_id, notice_view(title, words)),
            view_id,
        )
        if view is not None:
            self._gateway.update_view(view_id, view)
            for redraw in later:
                self._redraw_behind(doing, redraw)

    def _update(self, body: Body, doing: str, draw: Draw) -> None:
        shown = body["view"]
        title = str(shown["title"]["text"])

        def redraw(view: Payload) -> None:
            self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))

        def drawn(visit: Visit) -> Payload:
            return visit.marked(draw(visit))

        view = self._attempt(body, doing, "modal", drawn, lambda words: redraw(notice_view(title, words)))
        if view is not None:
            redraw(view)

    def _answer(self, body: Body, doing: str, draw: Draw, *, replace: bool) -> None:
        url = str(body["response_url"])
        message = self._attempt(
            body, doing, "message", draw, lambda words: self._gateway.answer(url, notice_message(words))
        )
        if message is not None:
            self._gateway.answer(url, message, replace=replace)

    def _attempt(
        self,
        body: Body,
        doing: str,
        surface: str,
        work: Callable[[Visit], T],
        report: Report,
        view_id: str = "",
    ) -> T | None:
        reference = _reference()
        try:
            return work(self._visit(body, surface, reference, view_id))
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a sentence
            report(errors.sentence(error, reference, doing))
            return None

    def _visit(self, body: Body, surface: str, reference: str, view_id: str = "") -> Visit:
        actor = self._gate.admit(origin(body, surface))
        visit = Visit(actor, self._desk, body, reference, self._gateway, view_id=view_id)
        visit.check_registry()
        return visit

    def _save(self, body: Body, doing: str, save: Draw) -> tuple[dict[str, Any], list[Callable[[], None]]]:
        """What to answer a submission, and what to redraw after."""
        reference = _reference()
        try:
            visit = self._visit(body, "modal", reference)
            view = visit.marked(save(visit))
        except FormErrors as wrong:
            return {"response_action": "errors", "errors": wrong.errors}, []
        except Exception as error:  # noqa: BLE001 - whatever fails, the modal stays open with what was typed
            field = error.field if isinstance(error, InvalidInput) else None
            return _refused(body, errors.sentence(error, reference, doing), field), []
        below = body["view"].get("previous_view_id")
        if below and view["callback_id"] != doing:
            return {}, [lambda: self._gateway.update_view(str(below), view), *visit.later]
        return {"response_action": "update", "view": view}, visit.later

    def _unchoose(self, body: Body) -> None:
        """Draw a menu anew, nothing chosen: Slack does not tell of the same option chosen twice in a row."""
        shown, menu = body["view"], body["actions"][0]["block_id"]
        view = {name: shown[name] for name in ("type", "title", "close", "callback_id", "private_metadata")}
        fresh = {"block_id": _reference()}
        view["blocks"] = [block | fresh if block["block_id"] == menu else block for block in shown["blocks"]]
        self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))

    def _redraw_behind(self, doing: str, redraw: Callable[[], None]) -> None:
        """The work is saved and acknowledged: a screen that can't be redrawn is only out of date."""
        try:
            redraw()
        except CocmError as error:
            errors.sentence(error, _reference(), doing)


def _out_of_date(_visit: Visit) -> Payload:
    raise InvalidInput(OUT_OF_DATE)


def _refused(body: Body, sentence: str, field: str | None = None) -> dict[str, Any]:
    """The sentence at the field it is about, else at the modal's first input."""
    inputs = [str(block["block_id"]) for block in body["view"]["blocks"] if block["type"] == "input"]
    place = field if field in inputs else inputs[0]
    return {"response_action": "errors", "errors": {place: sentence}}


def _reference() -> str:
    return secrets.token_hex(3).upper()
