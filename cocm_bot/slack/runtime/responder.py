"""Puts what a feature draws where the person is; whatever fails becomes a sentence in the same place.

So does the question which registry is meant, where nothing else says.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

from cocm_bot.domain.access import DIRECT_MESSAGE
from cocm_bot.domain.errors import CocmError, InvalidInput, Unavailable
from cocm_bot.operations.access.registry_choice import RequestedRegistry
from cocm_bot.operations.context import Context
from cocm_bot.slack.forms import FormErrors
from cocm_bot.slack.kit import Block, Payload, loading, resent
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.answering import Place, in_modal, inputs, refused
from cocm_bot.slack.runtime.app_home import AppHome
from cocm_bot.slack.runtime.auth import origin
from cocm_bot.slack.runtime.display import Busy, reference
from cocm_bot.slack.runtime.gate import Action, Body, Gate, Modal, Screen, then, with_request
from cocm_bot.slack.runtime.registry_question import question_message, question_view
from cocm_bot.slack.runtime.request import (
    OUT_OF_DATE,
    MemberRequest,
    Request,
)
from cocm_bot.slack.runtime.server.pools import Full, Kind
from cocm_bot.slack.shared_views.notices import (
    BUSY,
    UNSHOWN,
    UNSHOWN_SAVED,
    notice_message,
    notice_view,
    unsearched,
)
from cocm_bot.store.jobs import JobRef


class Responder:
    """Puts up screens: messages and modals, for whom the gate lets in, and the App Home behind them."""

    def __init__(self, gate: Gate, home: AppHome, sentences: Executor) -> None:
        """`sentences` tells people that a pool had no place for what they asked."""
        self._gate = gate
        self._gateway = gate.gateway
        self._display = gate.display
        self.home = home
        self._busy = Busy(gate.display, sentences)
        self.saved: Callable[[MemberRequest], None] | None = None
        """The work that follows every submission of a member that was saved."""
        self.finished: Callable[[MemberRequest], None] | None = None
        """The work that follows one whose modal is left; one that asks again is not finished."""

    def take(self, kind: Kind, body: Body, doing: str, work: Callable[[], None]) -> None:
        """Hand work to the pool of its kind, or say at once to the person that there is no place for it."""
        try:
            self._gate.pools[kind].submit(work)
        except Full:
            self._busy.tell(body, doing)

    def open(
        self,
        body: Body,
        doing: str,
        title: str,
        draw: Screen,
        requested: RequestedRegistry | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        """Open a modal at once, while its trigger lives, and have it drawn when what it shows has been read.

        `after` is done once it is drawn, or nothing of it can be.
        """
        try:
            view_id = self._gateway.open_view(
                str(body["trigger_id"]), loading(title), on_top=body.get("view", {}).get("type") == "modal"
            )
        except CocmError as error:
            self._display.say(body, doing, UNSHOWN.format(why=errors.sentence(error, reference(), doing)))
            return
        hashes: list[str | None] = []
        place = Place(
            lambda view: hashes.append(self._gateway.update_view(view_id, view)),
            partial(notice_view, title),
            partial(question_view, title),
        )

        def fill() -> None:
            self._fill(body, doing, draw, place, requested, (view_id, hashes))
            if after is not None:
                after()

        try:
            self._gate.pools[Kind.SCREEN].submit(fill)
        except Full:
            self._display.fail(body, doing, place, BUSY)

    def _fill(
        self,
        body: Body,
        doing: str,
        draw: Screen,
        place: Place,
        requested: RequestedRegistry | None,
        modal: Modal,
    ) -> None:
        later: list[Callable[[], object]] = []
        marked = self._gate.marked(draw, later)
        view = self._gate.attempt(body, doing, "modal", marked, place, requested=requested, modal=modal)
        if view is not None and self._display.show(body, doing, place, partial(place.put, view)):
            self._gate.redraw_all_behind(doing, later)

    def update(self, body: Body, doing: str, draw: Screen) -> None:
        """Redraw the modal the request came from."""
        shown = body["view"]
        view_id = str(shown["id"])
        later: list[Callable[[], object]] = []
        hashes: list[str | None] = []
        place = in_modal(
            body,
            lambda view: hashes.append(self._gateway.update_view(view_id, view, str(shown["hash"]))),
        )
        view = self._gate.attempt(
            body, doing, "modal", self._gate.marked(draw, later), place, modal=(view_id, hashes)
        )
        if view is not None:
            self._display.show(body, doing, place, partial(place.put, view))
            self._gate.redraw_all_behind(doing, later)

    def follow(self, body: Body, doing: str, work: Callable[[MemberRequest], Payload | None]) -> None:
        """Take note of what is entered in a modal, and redraw it where the work returns how it looks now.

        What fails is said nowhere: a sentence in the modal's place would lose what is being typed.
        """

        def marked(request: MemberRequest) -> Payload | None:
            view = work(request)
            return view and request.marked(view)

        view = self._gate.attempt(body, doing, "modal", marked)
        if view is not None:
            shown = body["view"]
            self._gate.redraw_behind(
                doing, lambda: self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))
            )

    def answer(
        self,
        body: Body,
        doing: str,
        draw: Screen,
        requested: RequestedRegistry | None = None,
        *,
        replace: bool,
    ) -> None:
        """Answer with a private message, or in the place of the one the request came from."""
        url = str(body["response_url"])
        place = Place(partial(self._gateway.answer, url), notice_message, question_message, by_link=True)
        later: list[Callable[[], object]] = []
        message = self._gate.attempt(
            body, doing, "message", self._gate.marked(draw, later), place, requested=requested
        )
        if message is not None:
            put = partial(self._gateway.answer, url, message, replace=replace)
            self._display.show(body, doing, place, put)
            self._gate.redraw_all_behind(doing, later)

    def reply(self, body: Body, doing: str, draw: Screen, requested: RequestedRegistry) -> None:
        """Answer what was written to the bot where it was written: in the person's direct messages."""
        user_id = origin(body, "message").user_id

        def put(message: Payload) -> None:
            self._gateway.write(user_id, message)

        place = Place(put, notice_message, question_message)
        later: list[Callable[[], object]] = []
        message = self._gate.attempt(
            body, doing, DIRECT_MESSAGE, self._gate.marked(draw, later), place, requested=requested
        )
        if message is not None:
            self._display.show(body, doing, place, partial(place.put, message))
            self._gate.redraw_all_behind(doing, later)

    def save(self, body: Body, doing: str, save: Screen) -> tuple[dict[str, Any], list[Callable[[], object]]]:
        """Return what to answer a submission, and what to redraw after."""
        quoted = reference()

        try:
            request, view = self._gate.do(
                then(save, with_request), body, origin(body, "modal"), quoted, doing
            )
        except FormErrors as wrong:
            if not wrong.errors.keys() <= set(inputs(body)):
                # Slack shows an error only at an input of the modal: this one is not as it was drawn.
                return refused(body, OUT_OF_DATE), []
            return {"response_action": "errors", "errors": wrong.errors}, []
        except Exception as error:  # noqa: BLE001 - whatever fails, the modal stays open with what was typed
            field = error.field if isinstance(error, InvalidInput) else None
            return refused(body, errors.sentence(error, quoted, doing), field), []
        later = [*request.later, *self._gate.last(request), *self._following(request)]
        if self.finished and isinstance(request, MemberRequest) and view["callback_id"] != doing:
            later.append(partial(self.finished, request))
        if isinstance(request, MemberRequest):
            later.append(partial(self.home.refresh, body, request))
        else:
            later.append(partial(self.home.refresh, body))
        below = body["view"].get("previous_view_id")
        if below and view["callback_id"] != doing:
            return {}, [partial(self._show_below, body, doing, str(below), view), *later]
        return {"response_action": "update", "view": self._gateway.newer.proven(view)}, later

    def _show_below(self, body: Body, doing: str, view_id: str, view: Payload) -> None:
        """Redraw the modal below the one that was sent off; nobody may think that nothing was saved."""
        title = str(view["title"]["text"])
        place = Place(
            partial(self._gateway.update_view, view_id),
            lambda _why: notice_view(title, UNSHOWN_SAVED),
            partial(question_view, title),
        )
        self._display.show(body, doing, place, partial(place.put, view), UNSHOWN_SAVED)

    def _following(self, request: Request) -> list[Callable[[], object]]:
        follow = self.saved
        return [lambda: follow(request)] if follow and isinstance(request, MemberRequest) else []

    def hear(
        self, event: Mapping[str, Any], follow: Callable[[Context, Mapping[str, Any]], Iterable[JobRef]]
    ) -> None:
        """Have the work done that follows from an event of Slack."""
        for waiting in follow(self._gate.ctx, event):
            self._gate.run_soon(*waiting)

    def unchoose(self, body: Body) -> None:
        """Draw a menu again, nothing chosen: Slack does not report the same option chosen twice in a row."""
        if "view" not in body:
            return  # forged: the menu is in a modal
        shown, menu = body["view"], body["actions"][0]["block_id"]
        view = {name: shown[name] for name in ("type", "title", "close", "callback_id", "private_metadata")}
        fresh = {"block_id": reference()}
        view["blocks"] = [
            block | fresh if block["block_id"] == menu else resent(block) for block in shown["blocks"]
        ]
        self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))

    def search(self, body: Body, doing: str, find: Action[list[Block]]) -> list[Block]:
        """Return the options for what was typed: none where the gate refuses, one sentence on a failure."""
        quoted = reference()
        try:
            return self._gate.do(find, body, origin(body, "search"), quoted, doing)
        except Exception as error:  # noqa: BLE001 - whatever fails, the search says that it did not search
            errors.sentence(error, quoted, doing)
            answered = isinstance(error, CocmError) and not isinstance(error, Unavailable)
            return [] if answered else unsearched()
