"""Puts what a feature draws where the person is; whatever fails becomes a sentence in the same place.

So does the question which registry is meant, where nothing else says.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from cocm_bot.domain.access import DIRECT_MESSAGE
from cocm_bot.domain.errors import CocmError, InvalidInput, NotAllowed, Unavailable
from cocm_bot.operations.access.last_seen import (
    home_and_timer,
    home_open,
    known_today,
    note_home,
    note_seen,
    noted_lately,
)
from cocm_bot.operations.access.registry_choice import RequestedRegistry, Undecided, ask
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.overview import Known
from cocm_bot.slack.forms import FormErrors
from cocm_bot.slack.kit import Block, Payload, loading, resent
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.answering import Place, in_modal, inputs, refused
from cocm_bot.slack.runtime.auth import RIGHTS_CHANGED, Authenticator, Origin, origin
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.runtime.display import Busy, Display, reference
from cocm_bot.slack.runtime.home_redraws import HomeRedraws
from cocm_bot.slack.runtime.registry_question import question_home, question_message, question_view
from cocm_bot.slack.runtime.request import (
    OUT_OF_DATE,
    GuestRequest,
    LastWork,
    MemberRequest,
    OpenToGuests,
    Request,
    RunSoon,
    remembered_registry,
)
from cocm_bot.slack.runtime.server.pools import Full, Kind, Pools
from cocm_bot.slack.shared_views.notices import (
    BUSY,
    UNSHOWN,
    UNSHOWN_SAVED,
    notice_home,
    notice_message,
    notice_view,
    unsearched,
)
from cocm_bot.store.digests.homes import Home
from cocm_bot.store.jobs import JobRef
from cocm_bot.telemetry.in_hand import in_hand

Body = Mapping[str, Any]
Draw = Callable[[MemberRequest], Payload]
Screen = Draw | OpenToGuests[Payload]
"""The work that draws a screen: for members, or for anybody of the workspace."""
T = TypeVar("T")
Action = Callable[[MemberRequest], T] | OpenToGuests[T]
Modal = tuple[str, list[str | None]]
"""The id of a modal, and its hash once something is drawn in it."""


class Responder:
    """Puts up screens: messages, modals and App Homes; `auth` decides who gets one."""

    def __init__(
        self,
        ctx: Context,
        auth: Authenticator,
        gateway: Gateway,
        run_soon: RunSoon,
        pools: Pools,
        sentences: Executor,
        homes: HomeRedraws,
    ) -> None:
        """`sentences` tells people that a pool had no place for what they asked; `homes` says when an App
        Home is drawn again.
        """
        self._homes = homes
        self._ctx = ctx
        self._auth = auth
        self._gateway = gateway
        self._display = Display(gateway)
        self._run_soon = run_soon
        self._pools = pools
        self._busy = Busy(self._display, sentences)
        self.home: Draw | None = None
        """The work that draws an App Home, once a feature offers it."""
        self.saved: Callable[[MemberRequest], None] | None = None
        """The work that follows every submission of a member that was saved."""
        self.finished: Callable[[MemberRequest], None] | None = None
        """The work that follows one whose modal is left; one that asks again is not finished."""

    def take(self, kind: Kind, body: Body, doing: str, work: Callable[[], None]) -> None:
        """Hand work to the pool of its kind, or say at once to the person that there is no place for it."""
        try:
            self._pools[kind].submit(work)
        except Full:
            self._busy.tell(body, doing)

    def publish(self, body: Body, draw: Screen) -> None:
        """Put up the App Home of whoever asked, and remember that they have it open."""
        user_id = origin(body, "App Home").user_id

        def put(view: Payload) -> None:
            self._gateway.publish_home(user_id, view)

        place = Place(put, notice_home, question_home)
        with self._homes.alone(user_id):
            home = self.attempt(body, "home", "App Home", _then(draw, _with_request), place)
            if home is not None:
                request, view = home
                self._display.show(body, "home", place, partial(self._put_home, user_id, request, view))

    def refresh_home(self, body: Body, request: MemberRequest | None = None) -> None:
        """Draw the App Home of whoever asked again, if they opened it lately, at whichever replica.

        Not more than once in a few seconds: see `home_redraws`. What follows a request that read the team is
        drawn for the same actor; otherwise who they are is read again.
        """
        if self.home is None:
            return
        user_id = origin(body, "App Home").user_id
        anew = partial(self.redraw_behind, "home", partial(self._refresh_home, body, user_id, self.home))
        now: Callable[[], object] = anew
        if request is not None and request.team:
            now = partial(self._follow_home, request, user_id, self.home)
        self._homes.ask(user_id, now, anew)

    def _refresh_home(self, body: Body, user_id: str, draw: Screen) -> None:
        home = home_open(self._ctx, user_id)
        if home is None:
            return

        def publish(request: Request, view: Payload) -> None:
            self._put_home(user_id, request, request.marked(view), home)

        self.attempt(
            body, "home", "App Home", _then(draw, publish), requested=RequestedRegistry(screen=home.registry)
        )

    def _follow_home(self, request: MemberRequest, user_id: str, draw: Draw) -> None:
        """Draw an App Home as part of the work that a request did, with what that read."""
        quoted = reference()
        try:
            with in_hand("home", quoted):
                home, timer = home_and_timer(self._ctx, user_id, request.actor.user_id)
                if home is None:
                    return
                if home.registry != request.actor.registry.id:
                    self._refresh_home(request.body, user_id, draw)
                    return
                actor = replace(request.actor, surface="App Home")
                follows = replace(request, actor=actor, known=Known(request.team, timer), reference=quoted)
                self._put_home(user_id, follows, follows.marked(draw(follows)), home)
        except Exception as error:  # noqa: BLE001 - the work is saved: the App Home is only out of date
            errors.sentence(error, quoted, "home")

    def _put_home(self, user_id: str, request: Request, view: Payload, before: Home | None = None) -> None:
        """Put an App Home up, and take it back from who is not by now whom it was drawn for.

        A change that comes after that look has it taken back by the clock. `before` is the one that is known
        to be open.
        """
        self._gateway.publish_home(user_id, view)
        if isinstance(request, MemberRequest) and not self._auth.still(request.actor):
            self._gateway.publish_home(user_id, notice_home(RIGHTS_CHANGED))
            return
        if not noted_lately(self._ctx, before, remembered_registry(view)):
            note_home(self._ctx, user_id, remembered_registry(view))

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
            self._pools[Kind.SCREEN].submit(fill)
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
        marked = self._marked(draw, later)
        view = self.attempt(body, doing, "modal", marked, place, requested=requested, modal=modal)
        if view is not None and self._display.show(body, doing, place, partial(place.put, view)):
            self._redraw_behind(doing, later)

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
        view = self.attempt(body, doing, "modal", self._marked(draw, later), place, modal=(view_id, hashes))
        if view is not None:
            self._display.show(body, doing, place, partial(place.put, view))
            self._redraw_behind(doing, later)

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
        place = Place(partial(self._gateway.answer, url), notice_message, question_message, by_link=True)
        later: list[Callable[[], object]] = []
        message = self.attempt(body, doing, "message", self._marked(draw, later), place, requested=requested)
        if message is not None:
            put = partial(self._gateway.answer, url, message, replace=replace)
            self._display.show(body, doing, place, put)
            self._redraw_behind(doing, later)

    def reply(self, body: Body, doing: str, draw: Screen, requested: RequestedRegistry) -> None:
        """Answer what was written to the bot where it was written: in the person's direct messages."""
        user_id = origin(body, "message").user_id

        def put(message: Payload) -> None:
            self._gateway.write(user_id, message)

        place = Place(put, notice_message, question_message)
        later: list[Callable[[], object]] = []
        message = self.attempt(
            body, doing, DIRECT_MESSAGE, self._marked(draw, later), place, requested=requested
        )
        if message is not None:
            self._display.show(body, doing, place, partial(place.put, message))
            self._redraw_behind(doing, later)

    def attempt(
        self,
        body: Body,
        doing: str,
        surface: str,
        work: Action[T],
        place: Place | None = None,
        *,
        requested: RequestedRegistry | None = None,
        modal: Modal | None = None,
    ) -> T | None:
        """The work's result for whom the gate lets in; None once a failure has been reported in words.

        `requested` is what a command says of the registry it is for. Without a place nothing is said.
        """
        quoted, asked = reference(), origin(body, surface, requested)
        try:
            return self._do(work, body, asked, quoted, doing, modal)
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a sentence
            if isinstance(error, Undecided) and place is not None:
                self._ask(error, body, asked.requested.command, place, quoted, doing)
            else:
                words = errors.sentence(error, quoted, doing)
                if place is not None:
                    if isinstance(error, NotAllowed) and place.refusal:
                        place = replace(place, notice=place.refusal)
                    self._display.fail(body, doing, place, words)
            return None

    def _ask(
        self, undecided: Undecided, body: Body, command: str, place: Place, quoted: str, doing: str
    ) -> None:
        try:
            question = place.question(undecided.choices, ask(self._ctx, undecided, command))
        except CocmError as error:
            question = place.notice(errors.sentence(error, quoted, doing))
        self._display.show(body, doing, place, partial(place.put, question))

    def _do(
        self, work: Action[T], body: Body, asked: Origin, quoted: str, doing: str, modal: Modal | None = None
    ) -> T:
        with in_hand(doing, quoted):
            return self._done(work, body, asked, quoted, modal)

    def _done(self, work: Action[T], body: Body, asked: Origin, quoted: str, modal: Modal | None) -> T:
        given: dict[str, Any] = {
            "ctx": self._ctx,
            "body": body,
            "reference": quoted,
            "gateway": self._gateway,
            "run_soon": self._run_soon,
            **({"view_id": modal[0], "hashes": modal[1]} if modal else {}),
            "say": partial(self._display.say, body, asked.surface),
        }
        if isinstance(work, OpenToGuests):
            return work.work(GuestRequest(person=self._auth.identify(asked), surface=asked.surface, **given))
        actor = self._auth.authenticate_member(asked)
        if not known_today(self._ctx, actor):
            self._in_background(partial(note_seen, self._ctx, actor))
        return work(MemberRequest(actor=actor, **given))

    def save(self, body: Body, doing: str, save: Screen) -> tuple[dict[str, Any], list[Callable[[], object]]]:
        """Return what to answer a submission, and what to redraw after."""
        quoted = reference()

        try:
            request, view = self._do(_then(save, _with_request), body, origin(body, "modal"), quoted, doing)
        except FormErrors as wrong:
            if not wrong.errors.keys() <= set(inputs(body)):
                # Slack shows an error only at an input of the modal: this one is not as it was drawn.
                return refused(body, OUT_OF_DATE), []
            return {"response_action": "errors", "errors": wrong.errors}, []
        except Exception as error:  # noqa: BLE001 - whatever fails, the modal stays open with what was typed
            field = error.field if isinstance(error, InvalidInput) else None
            return refused(body, errors.sentence(error, quoted, doing), field), []
        later = [*request.later, *self._last(request), *self._following(request)]
        if self.finished and isinstance(request, MemberRequest) and view["callback_id"] != doing:
            later.append(partial(self.finished, request))
        if isinstance(request, MemberRequest):
            later.append(partial(self.refresh_home, body, request))
        else:
            later.append(partial(self.refresh_home, body))
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
        for waiting in follow(self._ctx, event):
            self._run_soon(*waiting)

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
            return self._do(find, body, origin(body, "search"), quoted, doing)
        except Exception as error:  # noqa: BLE001 - whatever fails, the search says that it did not search
            errors.sentence(error, quoted, doing)
            answered = isinstance(error, CocmError) and not isinstance(error, Unavailable)
            return [] if answered else unsearched()

    def _marked(self, draw: Screen, later: list[Callable[[], object]]) -> Action[Payload]:
        """The screen, remembering its registry; what is to be done after it is added to `later`."""

        def finish(request: Request, view: Payload) -> Payload:
            later.extend([*request.later, *self._last(request)])
            return request.marked(view)

        return _then(draw, finish)

    def _last(self, request: Request) -> list[Callable[[], None]]:
        return [partial(self._make, work) for work in request.last]

    def _make(self, work: LastWork) -> None:
        try:
            self._pools[Kind.FILE].submit(work.make)
        except Full:
            work.refuse()

    def _in_background(self, work: Callable[[], None]) -> None:
        """Do what nobody waits for, where there is a place for it."""
        with suppress(Full):
            self._pools[Kind.KEEP].submit(work)

    def _redraw_behind(self, doing: str, later: Iterable[Callable[[], object]]) -> None:
        for redraw in later:
            self.redraw_behind(doing, redraw)

    def redraw_behind(self, doing: str, redraw: Callable[[], object]) -> None:
        """The work is saved and acknowledged: a screen that can't be redrawn is only out of date."""
        try:
            redraw()
        except CocmError as error:
            errors.sentence(error, reference(), doing)


def _then(draw: Screen, finish: Callable[[Request, Payload], T]) -> Action[T]:
    """The screen, and then something with it, for the same people."""
    if isinstance(draw, OpenToGuests):
        return OpenToGuests(lambda request: finish(request, draw.work(request)))
    return lambda request: finish(request, draw(request))


def _with_request(request: Request, view: Payload) -> tuple[Request, Payload]:
    """Return the screen, remembering its registry, with the request it was drawn for."""
    return request, request.marked(view)
