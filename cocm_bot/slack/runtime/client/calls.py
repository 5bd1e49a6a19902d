"""Call a method of Slack's Web API: turn a bad answer into an error, and call once more what may be."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from cocm_bot.slack.runtime.client.connections import SlackClient
from cocm_bot.slack.runtime.client.failures import (
    INCOMPLETE,
    MALFORMED,
    TROUBLE,
    UNREADABLE,
    RateLimited,
    Unclear,
    failure,
)
from cocm_bot.telemetry.in_hand import counting_calls

T = TypeVar("T")

Hear = Callable[[str | None], None]
"""Takes the Date header of each answer."""


class Calls:
    """Calls through one Web API client.

    A call that Slack answers badly is made once more where a second one does no harm, and a wait that Slack
    asks for is kept, up to `patience` seconds. Without patience nothing is called twice.
    """

    def __init__(self, client: SlackClient, hear: Hear | None, patience: float) -> None:
        self._client = client
        self._hear = hear
        self._patience = patience

    def pages(self, method: str, listed: str, **arguments: Any) -> Iterator[Any]:
        """Yield what all pages of an answer list, each asked for by a call that may be repeated.

        Raises Unclear for a page that lists anything but objects.
        """
        cursor = ""
        while True:
            page = self.repeatable(method, cursor=cursor, **arguments)
            found = part(page, listed)
            if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
                raise Unclear(INCOMPLETE)
            yield from found
            cursor = _cursor(page)
            if not cursor:
                return

    def repeatable(self, method: str, **arguments: Any) -> Any:
        """Return the answer to a call that does the same however often it is made; raises SlackFailure."""
        return self.twice(partial(self.once, method, **arguments))

    def twice(self, call: Callable[[], T]) -> T:
        """Return what a call gives, made once more if the first says nothing and the next may."""
        try:
            return self.kept_waiting(call)
        except Unclear as unclear:
            if not self._patience or not unclear.passing:
                raise
            return call()

    def kept_waiting(self, call: Callable[[], T]) -> T:
        """Return what a call gives, made once more if Slack only asks for a moment; it had no effect then."""
        try:
            return call()
        except RateLimited as limit:
            if limit.retry_after > self._patience or not self._patience:
                raise
            time.sleep(limit.retry_after)
        return call()

    def once(self, method: str, **arguments: Any) -> Any:
        """Return the answer to a call that is made this one time; raises SlackFailure."""
        with counting_calls(method):
            return self._answer(method, arguments)

    def _answer(self, method: str, arguments: Mapping[str, Any]) -> Any:
        try:
            answer = getattr(self._client, method)(**arguments)
        except TROUBLE as error:
            raise failure(error) from error
        except MALFORMED as error:
            raise Unclear(UNREADABLE) from error
        if answer["ok"] is not True:
            raise Unclear(INCOMPLETE)
        if self._hear:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            self._hear(headers.get("date"))
        return answer


def part(answer: Any, *names: str) -> Any:
    """Return a part of Slack's answer, by the names on the way to it; raises Unclear where it has none."""
    for name in names:
        try:
            answer = answer[name]
        except (KeyError, TypeError) as missing:
            raise Unclear(INCOMPLETE) from missing
        if answer is None:
            raise Unclear(INCOMPLETE)
    return answer


def _cursor(page: Any) -> str:
    told = page.get("response_metadata")
    return str(told.get("next_cursor") or "") if isinstance(told, dict) else ""
