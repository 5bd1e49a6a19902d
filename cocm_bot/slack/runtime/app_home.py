"""The App Home: put up when it is opened, and again after what its person does."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from cocm_bot.operations.access.last_seen import (
    home_and_timer,
    home_open,
    note_home,
    noted_lately,
)
from cocm_bot.operations.access.registry_choice import RequestedRegistry
from cocm_bot.operations.digests.overview import Known
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.answering import Place
from cocm_bot.slack.runtime.auth import RIGHTS_CHANGED, origin
from cocm_bot.slack.runtime.display import reference
from cocm_bot.slack.runtime.gate import Body, Draw, Gate, Screen, then, with_request
from cocm_bot.slack.runtime.home_redraws import HomeRedraws
from cocm_bot.slack.runtime.registry_question import question_home
from cocm_bot.slack.runtime.request import (
    MemberRequest,
    Request,
    remembered_registry,
)
from cocm_bot.slack.shared_views.notices import (
    notice_home,
)
from cocm_bot.store.digests.homes import Home
from cocm_bot.telemetry.in_hand import in_hand


class AppHome:
    """Draws App Homes; `homes` says when one is drawn again."""

    def __init__(self, gate: Gate, homes: HomeRedraws) -> None:
        self._gate = gate
        self._ctx = gate.ctx
        self._gateway = gate.gateway
        self._homes = homes
        self.draw: Draw | None = None
        """The work that draws one, once a feature offers it."""

    def publish(self, body: Body, draw: Screen) -> None:
        """Put up the App Home of whoever asked, and remember that they have it open."""
        user_id = origin(body, "App Home").user_id

        def put(view: Payload) -> None:
            self._gateway.publish_home(user_id, view)

        place = Place(put, notice_home, question_home)
        with self._homes.alone(user_id):
            home = self._gate.attempt(body, "home", "App Home", then(draw, with_request), place)
            if home is not None:
                request, view = home
                self._gate.display.show(body, "home", place, partial(self._put, user_id, request, view))

    def refresh(self, body: Body, request: MemberRequest | None = None) -> None:
        """Draw the App Home of whoever asked again, if they opened it lately, at whichever replica.

        Not more than once in a few seconds: see `home_redraws`. What follows a request that read the team is
        drawn for the same actor; otherwise who they are is read again.
        """
        if self.draw is None:
            return
        user_id = origin(body, "App Home").user_id
        anew = partial(self._gate.redraw_behind, "home", partial(self._refresh, body, user_id, self.draw))
        now: Callable[[], object] = anew
        if request is not None and request.team:
            now = partial(self._follow, request, user_id, self.draw)
        self._homes.ask(user_id, now, anew)

    def _refresh(self, body: Body, user_id: str, draw: Screen) -> None:
        home = home_open(self._ctx, user_id)
        if home is None:
            return

        def publish(request: Request, view: Payload) -> None:
            self._put(user_id, request, request.marked(view), home)

        self._gate.attempt(
            body, "home", "App Home", then(draw, publish), requested=RequestedRegistry(screen=home.registry)
        )

    def _follow(self, request: MemberRequest, user_id: str, draw: Draw) -> None:
        """Draw an App Home as part of the work that a request did, with what that read."""
        quoted = reference()
        try:
            with in_hand("home", quoted):
                home, timer = home_and_timer(self._ctx, user_id, request.actor.user_id)
                if home is None:
                    return
                if home.registry != request.actor.registry.id:
                    self._refresh(request.body, user_id, draw)
                    return
                actor = replace(request.actor, surface="App Home")
                follows = replace(request, actor=actor, known=Known(request.team, timer), reference=quoted)
                self._put(user_id, follows, follows.marked(draw(follows)), home)
        except Exception as error:  # noqa: BLE001 - the work is saved: the App Home is only out of date
            errors.sentence(error, quoted, "home")

    def _put(self, user_id: str, request: Request, view: Payload, before: Home | None = None) -> None:
        """Put an App Home up, and take it back from who is not by now whom it was drawn for.

        A change that comes after that look has it taken back by the clock. `before` is the one that is known
        to be open.
        """
        self._gateway.publish_home(user_id, view)
        if isinstance(request, MemberRequest) and not self._gate.auth.still(request.actor):
            self._gateway.publish_home(user_id, notice_home(RIGHTS_CHANGED))
            return
        if not noted_lately(self._ctx, before, remembered_registry(view)):
            note_home(self._ctx, user_id, remembered_registry(view))
