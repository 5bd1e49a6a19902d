"""A time that passes only while everybody sleeps, and a Slack that lives in it and keeps to its limits."""

import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from typing import Any

from slack_sdk.errors import SlackApiError

CALL_SECONDS = 0.15
"""Seconds a call to Slack takes."""
PAGE = 1000
PER_MINUTE: Mapping[str, int] = {
    "chat.postMessage": 400,
    "users.info": 100,
    "users.lookupByEmail": 50,
    "users.list": 20,
    "conversations.info": 50,
}
"""Calls of a method that Slack takes in any minute; of posts it says "several hundred"."""


class Time:
    """A clock for several threads: when all of them sleep, it goes on to where the first wakes up."""

    def __init__(self, start: datetime, threads: int) -> None:
        self._seconds = start.timestamp()
        self._awake = threads
        self._sleeping: list[float] = []
        self._changed = threading.Condition()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds, UTC)

    def seconds(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        with self._changed:
            until = self._seconds + seconds
            self._sleeping.append(until)
            self._awake -= 1
            self._continue_later()
            while self._seconds < until:
                self._changed.wait()
            self._sleeping.remove(until)
            self._awake += 1

    def leave(self) -> None:
        """Be one thread less."""
        with self._changed:
            self._awake -= 1
            self._continue_later()

    def _continue_later(self) -> None:
        if self._awake == 0 and self._sleeping:
            self._seconds = min(self._sleeping)
            self._changed.notify_all()


class Slack:
    """The part of slack_sdk's client that the clock calls, with as many people as are wanted."""

    def __init__(self, time: Time, emails: Sequence[str]) -> None:
        self._time = time
        self._people = [_person(number, email) for number, email in enumerate(emails)]
        self._by_email = {each["profile"]["email"]: each for each in self._people}
        self._by_id = {each["id"]: each for each in self._people}
        self._lately: dict[str, deque[float]] = {method: deque() for method in PER_MINUTE}
        self._lock = threading.Lock()
        self.posts: dict[str, list[float]] = {}
        """The times at which each recipient was written to."""
        self.refused = 0
        self.calls: Counter[str] = Counter()

    def auth_test(self) -> dict[str, Any]:
        return {"ok": True, "team_id": "T1"}

    def users_list(self, *, limit: int, cursor: str) -> dict[str, Any]:
        self._take("users.list")
        start = int(cursor or 0)
        end = start + min(limit, PAGE)
        following = str(end) if end < len(self._people) else ""
        return {"members": self._people[start:end], "response_metadata": {"next_cursor": following}}

    def users_info(self, *, user: str) -> dict[str, Any]:
        self._take("users.info")
        return {"user": self._by_id[user]}

    def users_lookupByEmail(self, *, email: str) -> dict[str, Any]:  # noqa: N802 - slack_sdk's name
        self._take("users.lookupByEmail")
        return {"user": self._by_email[email]}

    def chat_postMessage(self, *, channel: str, **_message: Any) -> dict[str, Any]:  # noqa: N802 - slack_sdk's name
        self._take("chat.postMessage")
        with self._lock:
            self.posts.setdefault(channel, []).append(self._time.seconds())
        return {"ok": True, "channel": f"D{channel}", "ts": "1.0"}

    def _take(self, method: str) -> None:
        self._time.sleep(CALL_SECONDS)
        with self._lock:
            now, lately = self._time.seconds(), self._lately[method]
            while lately and lately[0] <= now - 60:
                lately.popleft()
            if len(lately) >= PER_MINUTE[method]:
                self.refused += 1
                refusal = Refusal(60 - int(now - lately[0]))
                raise SlackApiError("ratelimited", refusal)  # type: ignore[no-untyped-call]  # it has no types
            lately.append(now)
            self.calls[method] += 1


class Refusal(dict[str, Any]):
    """Slack's answer to a call too many."""

    status_code = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(ok=False, error="ratelimited")
        self.headers = {"Retry-After": str(seconds)}


class Inline(Executor):
    """Does everything at once, in the thread that asks."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def _person(number: int, email: str) -> dict[str, Any]:
    return {"id": f"U{number}", "team_id": "T1", "profile": {"email": email, "real_name": "Cara Manager"}}
