"""Let in whom the gate lets in, and do what they asked for; whatever fails becomes a sentence.

So does the question which registry is meant, where nothing else says.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from cocm_bot.domain.errors import CocmError, NotAllowed
from cocm_bot.operations.access.last_seen import (
    known_today,
    note_seen,
)
from cocm_bot.operations.access.registry_choice import RequestedRegistry, Undecided, ask
from cocm_bot.operations.context import Context
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.answering import Place
from cocm_bot.slack.runtime.auth import Authenticator, Origin, origin
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.runtime.display import Display, reference
from cocm_bot.slack.runtime.request import (
    GuestRequest,
    LastWork,
    MemberRequest,
    OpenToGuests,
    Request,
    RunSoon,
)
from cocm_bot.slack.runtime.server.pools import Full, Kind, Pools
from cocm_bot.telemetry.in_hand import in_hand

Body = Mapping[str, Any]
Draw = Callable[[MemberRequest], Payload]
Screen = Draw | OpenToGuests[Payload]
"""The work that draws a screen: for members, or for anybody of the workspace."""
T = TypeVar("T")
Action = Callable[[MemberRequest], T] | OpenToGuests[T]
Modal = tuple[str, list[str | None]]
"""The id of a modal, and its hash once something is drawn in it."""


class Gate:
    """Does what people ask for, for those who may: `auth` decides. All screens go through it."""

    def __init__(
        self, ctx: Context, auth: Authenticator, gateway: Gateway, run_soon: RunSoon, pools: Pools
    ) -> None:
        self.ctx = ctx
        self.auth = auth
        self.gateway = gateway
        self.display = Display(gateway)
        self.run_soon = run_soon
        self.pools = pools

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
            return self.do(work, body, asked, quoted, doing, modal)
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a sentence
            if isinstance(error, Undecided) and place is not None:
                self._ask(error, body, asked.requested.command, place, quoted, doing)
            else:
                words = errors.sentence(error, quoted, doing)
                if place is not None:
                    if isinstance(error, NotAllowed) and place.refusal:
                        place = replace(place, notice=place.refusal)
                    self.display.fail(body, doing, place, words)
            return None

    def _ask(
        self, undecided: Undecided, body: Body, command: str, place: Place, quoted: str, doing: str
    ) -> None:
        try:
            question = place.question(undecided.choices, ask(self.ctx, undecided, command))
        except CocmError as error:
            question = place.notice(errors.sentence(error, quoted, doing))
        self.display.show(body, doing, place, partial(place.put, question))

    def do(
        self, work: Action[T], body: Body, asked: Origin, quoted: str, doing: str, modal: Modal | None = None
    ) -> T:
        """The same, where the caller says what failed: raises what the gate and the work raise."""
        with in_hand(doing, quoted):
            return self._done(work, body, asked, quoted, modal)

    def _done(self, work: Action[T], body: Body, asked: Origin, quoted: str, modal: Modal | None) -> T:
        given: dict[str, Any] = {
            "ctx": self.ctx,
            "body": body,
            "reference": quoted,
            "gateway": self.gateway,
            "run_soon": self.run_soon,
            **({"view_id": modal[0], "hashes": modal[1]} if modal else {}),
            "say": partial(self.display.say, body, asked.surface),
        }
        if isinstance(work, OpenToGuests):
            return work.work(GuestRequest(person=self.auth.identify(asked), surface=asked.surface, **given))
        actor = self.auth.authenticate_member(asked)
        if not known_today(self.ctx, actor):
            self._in_background(partial(note_seen, self.ctx, actor))
        return work(MemberRequest(actor=actor, **given))

    def marked(self, draw: Screen, later: list[Callable[[], object]]) -> Action[Payload]:
        """The screen, remembering its registry; what is to be done after it is added to `later`."""

        def finish(request: Request, view: Payload) -> Payload:
            later.extend([*request.later, *self.last(request)])
            return request.marked(view)

        return then(draw, finish)

    def last(self, request: Request) -> list[Callable[[], None]]:
        """Return the making of the files and pictures that a request asked for, which others go before."""
        return [partial(self._make, work) for work in request.last]

    def _make(self, work: LastWork) -> None:
        try:
            self.pools[Kind.FILE].submit(work.make)
        except Full:
            work.refuse()

    def _in_background(self, work: Callable[[], None]) -> None:
        """Do what nobody waits for, where there is a place for it."""
        with suppress(Full):
            self.pools[Kind.KEEP].submit(work)

    def redraw_all_behind(self, doing: str, later: Iterable[Callable[[], object]]) -> None:
        """Redraw several screens so."""
        for redraw in later:
            self.redraw_behind(doing, redraw)

    def redraw_behind(self, doing: str, redraw: Callable[[], object]) -> None:
        """The work is saved and acknowledged: a screen that can't be redrawn is only out of date."""
        try:
            redraw()
        except CocmError as error:
            errors.sentence(error, reference(), doing)


def then(draw: Screen, finish: Callable[[Request, Payload], T]) -> Action[T]:
    """The screen, and then something with it, for the same people."""
    if isinstance(draw, OpenToGuests):
        return OpenToGuests(lambda request: finish(request, draw.work(request)))
    return lambda request: finish(request, draw(request))


def with_request(request: Request, view: Payload) -> tuple[Request, Payload]:
    """Return the screen, remembering its registry, with the request it was drawn for."""
    return request, request.marked(view)
