"""Puts what a feature draws where the person is; whatever fails becomes a sentence in the same place."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cocm_bot.operations.desk import Desk
from cocm_bot.registry.errors import CocmError, InvalidInput
from cocm_bot.slack import errors
from cocm_bot.slack.forms import FormErrors
from cocm_bot.slack.gate import Gate, origin
from cocm_bot.slack.gateway import Gateway
from cocm_bot.slack.kit import Payload, loading
from cocm_bot.slack.screens.notices import notice_home, notice_message, notice_view
from cocm_bot.slack.visit import OUT_OF_DATE, Arrival, ForAnyone, Request, Visit, Wake

Body = Mapping[str, Any]
Draw = Callable[[Visit], Payload]
Screen = Draw | ForAnyone[Payload]
"""What draws a screen: for members, or for anybody of the workspace."""
Report = Callable[[str], None]
T = TypeVar("T")
Work = Callable[[Visit], T] | ForAnyone[T]

HOME_SECONDS = 8 * 3600
"""How long an App Home that was opened is kept true; opening it draws it anew in any case."""
HOMES_REMEMBERED = 10_000


class Stage:
    """Where screens are put up: messages, modals and App Homes; the gate decides who gets one."""

    def __init__(self, desk: Desk, gate: Gate, gateway: Gateway, wake: Wake) -> None:
        self._desk = desk
        self._gate = gate
        self._gateway = gateway
        self._wake = wake
        self.home: Draw | None = None
        """What draws an App Home, once a feature offers it."""
        self._homes: dict[str, float] = {}

    def publish(self, body: Body, draw: Screen) -> None:
        """Put up the App Home of whoever asked, and remember that they have it open."""
        user_id = origin(body, "App Home").user_id

        def publish(view: Payload) -> None:
            self._gateway.publish_home(user_id, view)

        home = self.attempt(body, "home", "App Home", draw, lambda words: publish(notice_home(words)))
        if home is not None:
            publish(home)
            if len(self._homes) >= HOMES_REMEMBERED:
                self._homes.clear()
            self._homes[user_id] = self._desk.now().timestamp()

    def refresh_home(self, body: Body) -> None:
        """Draw the App Home of whoever asked anew, if they opened it lately, at this replica."""
        user_id, draw = origin(body, "App Home").user_id, self.home
        opened = self._homes.get(user_id)
        if draw is None or opened is None or self._desk.now().timestamp() - opened > HOME_SECONDS:
            return

        def publish(visit: Visit) -> None:
            self._gateway.publish_home(user_id, draw(visit))

        self.attempt(body, "home", "App Home", publish, lambda _words: None)

    def open(self, body: Body, doing: str, title: str, draw: Screen) -> None:
        """Open a modal at once, while its trigger lives, and draw it when what it shows has been read."""
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

        def drawn(request: Request, view: Payload) -> Payload:
            later.extend(request.later)
            return request.marked(view)

        view = self.attempt(
            body,
            doing,
            "modal",
            _then(draw, drawn),
            lambda words: self._gateway.update_view(view_id, notice_view(title, words)),
            view_id,
        )
        if view is not None:
            self._gateway.update_view(view_id, view)
            for redraw in later:
                self.redraw_behind(doing, redraw)

    def update(self, body: Body, doing: str, draw: Screen) -> None:
        """Redraw the modal the request came from."""
        shown = body["view"]
        title = str(shown["title"]["text"])

        def redraw(view: Payload) -> None:
            self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))

        view = self.attempt(
            body, doing, "modal", _then(draw, _marked), lambda words: redraw(notice_view(title, words))
        )
        if view is not None:
            redraw(view)

    def answer(self, body: Body, doing: str, draw: Screen, *, replace: bool) -> None:
        """Answer with a private message, or in the place of the one the request came from."""
        url = str(body["response_url"])
        message = self.attempt(
            body, doing, "message", draw, lambda words: self._gateway.answer(url, notice_message(words))
        )
        if message is not None:
            self._gateway.answer(url, message, replace=replace)

    def attempt(
        self,
        body: Body,
        doing: str,
        surface: str,
        work: Work[T],
        report: Report,
        view_id: str = "",
    ) -> T | None:
        """The work's result for whom the gate lets in; None once a failure has been reported in words."""
        reference = _reference()
        try:
            return self._do(work, body, surface, reference, view_id)
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a sentence
            report(errors.sentence(error, reference, doing))
            return None

    def _do(self, work: Work[T], body: Body, surface: str, reference: str, view_id: str = "") -> T:
        asked = origin(body, surface)
        given: dict[str, Any] = {
            "desk": self._desk,
            "body": body,
            "reference": reference,
            "gateway": self._gateway,
            "wake": self._wake,
            "view_id": view_id,
        }
        if isinstance(work, ForAnyone):
            return work.work(Arrival(person=self._gate.vouch(asked), surface=surface, **given))
        visit = Visit(actor=self._gate.admit(asked), **given)
        visit.check_registry()
        return work(visit)

    def save(self, body: Body, doing: str, save: Screen) -> tuple[dict[str, Any], list[Callable[[], None]]]:
        """What to answer a submission, and what to redraw after."""
        reference = _reference()

        def saved(request: Request, view: Payload) -> tuple[Request, Payload]:
            return request, request.marked(view)

        try:
            request, view = self._do(_then(save, saved), body, "modal", reference)
        except FormErrors as wrong:
            if not wrong.errors.keys() <= set(_inputs(body)):
                # Slack shows an error only at an input of the modal: this one is not as it was drawn.
                return refused(body, OUT_OF_DATE), []
            return {"response_action": "errors", "errors": wrong.errors}, []
        except Exception as error:  # noqa: BLE001 - whatever fails, the modal stays open with what was typed
            field = error.field if isinstance(error, InvalidInput) else None
            return refused(body, errors.sentence(error, reference, doing), field), []
        below = body["view"].get("previous_view_id")
        if below and view["callback_id"] != doing:
            return {}, [lambda: self._gateway.update_view(str(below), view), *request.later]
        return {"response_action": "update", "view": view}, request.later

    def unchoose(self, body: Body) -> None:
        """Draw a menu anew, nothing chosen: Slack does not tell of the same option chosen twice in a row."""
        shown, menu = body["view"], body["actions"][0]["block_id"]
        view = {name: shown[name] for name in ("type", "title", "close", "callback_id", "private_metadata")}
        fresh = {"block_id": _reference()}
        view["blocks"] = [block | fresh if block["block_id"] == menu else block for block in shown["blocks"]]
        self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))

    def redraw_behind(self, doing: str, redraw: Callable[[], None]) -> None:
        """The work is saved and acknowledged: a screen that can't be redrawn is only out of date."""
        try:
            redraw()
        except CocmError as error:
            errors.sentence(error, _reference(), doing)


def _then(draw: Screen, finish: Callable[[Request, Payload], T]) -> Work[T]:
    """The screen, and then something with it, for the same people."""
    if isinstance(draw, ForAnyone):
        return ForAnyone(lambda arrival: finish(arrival, draw.work(arrival)))
    return lambda visit: finish(visit, draw(visit))


def _marked(request: Request, view: Payload) -> Payload:
    return request.marked(view)


def refused(body: Body, sentence: str, field: str | None = None) -> dict[str, Any]:
    """The sentence at the field it is about, else at the first input, else in the modal's place."""
    inputs = _inputs(body)
    if not inputs:
        title = str(body["view"]["title"]["text"])
        return {"response_action": "update", "view": notice_view(title, sentence)}
    place = field if field in inputs else inputs[0]
    return {"response_action": "errors", "errors": {place: sentence}}


def _inputs(body: Body) -> list[str]:
    return [str(block["block_id"]) for block in body["view"]["blocks"] if block["type"] == "input"]


def _reference() -> str:
    return secrets.token_hex(3).upper()
