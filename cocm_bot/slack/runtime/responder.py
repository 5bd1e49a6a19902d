"""Puts what a feature draws where the person is; whatever fails becomes a sentence in the same place.

So does the question which registry is meant, where nothing else tells.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from cocm_bot.domain.errors import CocmError, InvalidInput
from cocm_bot.operations.access.last_seen import home_open, known_today, note_home, note_seen
from cocm_bot.operations.access.registry_choice import RequestedRegistry, Undecided, ask
from cocm_bot.operations.context import Context
from cocm_bot.slack.forms import FormErrors
from cocm_bot.slack.kit import Payload, loading
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.answering import Place, inputs, refused
from cocm_bot.slack.runtime.auth import Authenticator, Origin, origin
from cocm_bot.slack.runtime.gateway import Gateway
from cocm_bot.slack.runtime.registry_question import question_home, question_message, question_view
from cocm_bot.slack.runtime.request import (
    OUT_OF_DATE,
    GuestRequest,
    MemberRequest,
    OpenToGuests,
    Request,
    RunSoon,
    remembered_registry,
)
from cocm_bot.slack.shared_views.notices import notice_home, notice_message, notice_view
from cocm_bot.store.jobs import JobRef

Body = Mapping[str, Any]
Draw = Callable[[MemberRequest], Payload]
Screen = Draw | OpenToGuests[Payload]
"""What draws a screen: for members, or for anybody of the workspace."""
T = TypeVar("T")
Action = Callable[[MemberRequest], T] | OpenToGuests[T]


class Responder:
    """Where screens are put up: messages, modals and App Homes; the gate decides who gets one."""

    def __init__(
        self,
        ctx: Context,
        auth: Authenticator,
        gateway: Gateway,
        run_soon: RunSoon,
        run_in_background: Callable[[Callable[[], None]], object],
    ) -> None:
        """`run_in_background` does what nobody waits for, and does it later."""
        self._ctx = ctx
        self._auth = auth
        self._gateway = gateway
        self._run_soon = run_soon
        self._run_in_background = run_in_background
        self.home: Draw | None = None
        """What draws an App Home, once a feature offers it."""
        self.saved: Callable[[MemberRequest], None] | None = None
        """What follows every submission of a member that was saved."""
        self.finished: Callable[[MemberRequest], None] | None = None
        """What follows one whose modal is left; one that asks again is not finished."""

    def publish(self, body: Body, draw: Screen) -> None:
        """Put up the App Home of whoever asked, and remember that they have it open."""
        user_id = origin(body, "App Home").user_id

        def put(view: Payload) -> None:
            self._gateway.publish_home(user_id, view)

        home = self.attempt(
            body, "home", "App Home", _marked(draw, []), Place(put, notice_home, question_home)
        )
        if home is not None:
            put(home)
            note_home(self._ctx, user_id, remembered_registry(home))

    def refresh_home(self, body: Body) -> None:
        """Draw the App Home of whoever asked anew, if they opened it lately, at whichever replica."""
        if self.home is not None:
            self.redraw_behind("home", partial(self._refresh_home, body, self.home))

    def _refresh_home(self, body: Body, draw: Screen) -> None:
        user_id = origin(body, "App Home").user_id
        registry_id = home_open(self._ctx, user_id)
        if registry_id is None:
            return

        def publish(request: Request, view: Payload) -> None:
            self._gateway.publish_home(user_id, request.marked(view))

        self.attempt(
            body, "home", "App Home", _then(draw, publish), requested=RequestedRegistry(screen=registry_id)
        )

    def open(
        self, body: Body, doing: str, title: str, draw: Screen, requested: RequestedRegistry | None = None
    ) -> None:
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
        view = self.attempt(
            body,
            doing,
            "modal",
            _marked(draw, later),
            Place(
                lambda view: self._gateway.update_view(view_id, view),
                partial(notice_view, title),
                partial(question_view, title),
            ),
            requested=requested,
            view_id=view_id,
        )
        if view is not None:
            self._gateway.update_view(view_id, view)
            for redraw in later:
                self.redraw_behind(doing, redraw)

    def update(self, body: Body, doing: str, draw: Screen) -> None:
        """Redraw the modal the request came from."""
        shown = body["view"]
        title = str(shown["title"]["text"])
        later: list[Callable[[], None]] = []

        def redraw(view: Payload) -> None:
            self._gateway.update_view(str(shown["id"]), view, str(shown["hash"]))

        place = Place(redraw, partial(notice_view, title), partial(question_view, title))
        view = self.attempt(body, doing, "modal", _marked(draw, later), place)
        if view is not None:
            redraw(view)
            for redraw_below in later:
                self.redraw_behind(doing, redraw_below)

    def follow(self, body: Body, doing: str, work: Callable[[MemberRequest], Payload | None]) -> None:
        """Take note of what is entered in a modal, and redraw it where the work returns how it looks now.

        What fails is said nowhere: a sentence in the modal's place would lose what is being typed.
        """

        def marked(request: MemberRequest) -> Payload | None:
            view = work(request)
            return view and request.marked(view)

        view = self.attempt(body, doing, "modal", marked)
        if view is not None:
            shown = body["view"]
            self.redraw_behind(
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
        place = Place(lambda said: self._gateway.answer(url, said), notice_message, question_message)
        later: list[Callable[[], None]] = []
        message = self.attempt(body, doing, "message", _marked(draw, later), place, requested=requested)
        if message is not None:
            self._gateway.answer(url, message, replace=replace)
            for redraw in later:
                self.redraw_behind(doing, redraw)

    def attempt(
        self,
        body: Body,
        doing: str,
        surface: str,
        work: Action[T],
        place: Place | None = None,
        *,
        requested: RequestedRegistry | None = None,
        view_id: str = "",
    ) -> T | None:
        """The work's result for whom the gate lets in; None once a failure has been reported in words.

        `requested` is what a command says of the registry it is for. Without a place nothing is said.
        """
        reference, asked = _reference(), origin(body, surface, requested)
        try:
            return self._do(work, body, asked, reference, view_id)
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a sentence
            if isinstance(error, Undecided) and place is not None:
                self._ask(error, asked.requested.command, place, reference, doing)
            else:
                words = errors.sentence(error, reference, doing)
                if place is not None:
                    place.put(place.notice(words))
            return None

    def _ask(self, undecided: Undecided, command: str, place: Place, reference: str, doing: str) -> None:
        try:
            question = place.question(undecided.choices, ask(self._ctx, undecided, command))
        except CocmError as error:
            question = place.notice(errors.sentence(error, reference, doing))
        place.put(question)

    def _do(self, work: Action[T], body: Body, asked: Origin, reference: str, view_id: str = "") -> T:
        given: dict[str, Any] = {
            "desk": self._ctx,
            "body": body,
            "reference": reference,
            "gateway": self._gateway,
            "wake": self._run_soon,
            "view_id": view_id,
        }
        if isinstance(work, OpenToGuests):
            return work.work(GuestRequest(person=self._auth.identify(asked), surface=asked.surface, **given))
        actor = self._auth.authenticate_member(asked)
        if not known_today(self._ctx, actor):
            self._run_in_background(partial(note_seen, self._ctx, actor))
        return work(MemberRequest(actor=actor, **given))

    def save(self, body: Body, doing: str, save: Screen) -> tuple[dict[str, Any], list[Callable[[], None]]]:
        """What to answer a submission, and what to redraw after."""
        reference = _reference()

        def saved(request: Request, view: Payload) -> tuple[Request, Payload]:
            return request, request.marked(view)

        try:
            request, view = self._do(_then(save, saved), body, origin(body, "modal"), reference)
        except FormErrors as wrong:
            if not wrong.errors.keys() <= set(inputs(body)):
                # Slack shows an error only at an input of the modal: this one is not as it was drawn.
                return refused(body, OUT_OF_DATE), []
            return {"response_action": "errors", "errors": wrong.errors}, []
        except Exception as error:  # noqa: BLE001 - whatever fails, the modal stays open with what was typed
            field = error.field if isinstance(error, InvalidInput) else None
            return refused(body, errors.sentence(error, reference, doing), field), []
        later = [*request.later, *self._following(request)]
        if self.finished and isinstance(request, MemberRequest) and view["callback_id"] != doing:
            later.append(partial(self.finished, request))
        below = body["view"].get("previous_view_id")
        if below and view["callback_id"] != doing:
            return {}, [lambda: self._gateway.update_view(str(below), view), *later]
        return {"response_action": "update", "view": view}, later

    def _following(self, request: Request) -> list[Callable[[], None]]:
        follow = self.saved
        return [lambda: follow(request)] if follow and isinstance(request, MemberRequest) else []

    def hear(
        self, event: Mapping[str, Any], follow: Callable[[Context, Mapping[str, Any]], Iterable[JobRef]]
    ) -> None:
        """Have the work done that comes of what Slack tells."""
        for waiting in follow(self._ctx, event):
            self._run_soon(*waiting)

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


def _then(draw: Screen, finish: Callable[[Request, Payload], T]) -> Action[T]:
    """The screen, and then something with it, for the same people."""
    if isinstance(draw, OpenToGuests):
        return OpenToGuests(lambda request: finish(request, draw.work(request)))
    return lambda request: finish(request, draw(request))


def _marked(draw: Screen, later: list[Callable[[], None]]) -> Action[Payload]:
    """The screen, remembering its registry; what is to be done after it is added to `later`."""

    def finish(request: Request, view: Payload) -> Payload:
        later.extend(request.later)
        return request.marked(view)

    return _then(draw, finish)


def _reference() -> str:
    return secrets.token_hex(3).upper()
