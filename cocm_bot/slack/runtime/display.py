"""Shows a person what they asked for, or why not: in its place, else in one private message."""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

from cocm_bot.domain.errors import CocmError
from cocm_bot.slack.runtime import errors
from cocm_bot.slack.runtime.answering import Place
from cocm_bot.slack.runtime.auth import origin
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.shared_views.notices import BUSY, UNSHOWN, notice_message

Body = Mapping[str, Any]

logger = logging.getLogger(__name__)


class Display:
    """Puts screens up through one gateway. Nothing here raises what Slack answers: somebody is shown it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def show(
        self, body: Body, doing: str, place: Place, put: Callable[[], object], unshown: str = UNSHOWN
    ) -> bool:
        """Put a screen up and return True, or notify the person why it is not there and return False.

        `unshown` is what a private message says when not even that can be shown in the screen's place.
        """
        try:
            put()
        except CocmError as error:
            self.fail(body, doing, place, errors.sentence(error, reference(), doing), unshown)
            return False
        return True

    def fail(self, body: Body, doing: str, place: Place, words: str, unshown: str = UNSHOWN) -> None:
        """Say what failed where the screen would be, else in one private message."""
        try:
            place.put(place.notice(words))
        except CocmError as error:
            errors.sentence(error, reference(), doing)
            self.say(body, doing, unshown.format(why=words), linked=not place.by_link)

    def say(self, body: Body, doing: str, words: str, *, linked: bool = True) -> None:
        """Say something privately to whoever asked: by the request's link, else by direct message.

        `linked` is False where the link is what failed.
        """
        said = notice_message(words)
        ways: list[Callable[[], object]] = [
            partial(self._gateway.tell, origin(body, "message").user_id, said, "")
        ]
        if linked and "response_url" in body:
            ways.insert(0, partial(self._gateway.answer, str(body["response_url"]), said))
        for way in ways:
            try:
                way()
            except CocmError as error:
                errors.sentence(error, reference(), doing)
            else:
                return
        logger.error("unsaid doing=%s", doing)


class Busy:
    """Tells people that there was no place for what they asked: one sentence at a time for each of them."""

    def __init__(self, display: Display, executor: Executor) -> None:
        """`executor` does nothing else, so that the sentence waits behind no work."""
        self._display = display
        self._executor = executor
        self._lock = threading.Lock()
        self._being_told: set[str] = set()

    def tell(self, body: Body, doing: str) -> None:
        """Have the sentence sent to the person, unless one is on its way to them. Does not wait."""
        user_id = origin(body, "message").user_id
        logger.warning("full doing=%s", doing)
        with self._lock:
            # Of some events Slack names nobody.
            if not user_id or user_id in self._being_told:
                return
            self._being_told.add(user_id)
        self._executor.submit(self._tell, body, doing, user_id)

    def _tell(self, body: Body, doing: str, user_id: str) -> None:
        try:
            self._display.say(body, doing, BUSY)
        finally:
            with self._lock:
                self._being_told.discard(user_id)


def reference() -> str:
    """Return what a person may quote and the log names: new, and of no meaning."""
    return secrets.token_hex(3).upper()
