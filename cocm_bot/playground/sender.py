"""Slack's requests to the bot: signed, timed, redelivered where Slack redelivers, and put on record."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from cocm_bot.playground import cast
from cocm_bot.playground.state import Call, Refused, State

REDELIVERIES = 3


@dataclass(frozen=True)
class Reply:
    """The bot's answer; `failure` is Slack's word for why there is none (None when it answered 200)."""

    status: int
    text: str
    headers: Mapping[str, str]
    failure: str | None

    @property
    def json(self) -> Any:
        """The body as JSON, None when it is empty; ValueError when it is neither."""
        return json.loads(self.text) if self.text.strip() else None


def signature(secret: str, timestamp: str, body: str) -> str:
    """The X-Slack-Signature of a body sent at a time (epoch seconds, as text)."""
    signed = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    return f"v0={signed.hexdigest()}"


class Sender:
    """Sends to `bot_url` (the whole URL of the events endpoint), signed with the app's secret.

    Timestamps are real time whatever the workspace's clock says, as the bot checks them against its own.
    """

    def __init__(self, state: State, bot_url: str, signing_secret: str) -> None:
        self.state = state
        self.bot_url = bot_url
        self.signing_secret = signing_secret
        self._pool = urllib3.PoolManager(retries=False, maxsize=8)

    def command(self, arguments: dict[str, str]) -> Reply:
        """A slash command's form."""
        return self._deliver(arguments["command"], arguments, urlencode(arguments))

    def interact(self, payload: dict[str, Any]) -> Reply:
        """An interaction: a form with one JSON field."""
        return self._deliver(payload["type"], payload, urlencode({"payload": json.dumps(payload)}))

    def event(self, event: dict[str, Any], *, event_id: str | None = None, shared: bool = False) -> Reply:
        """An event in its envelope, sent again up to three times while the bot fails to take it.

        The same `event_id` may be given again, as Slack does when it repeats itself.
        """
        envelope = {
            "type": "event_callback",
            "token": "unused",
            "team_id": self.state.team_id,
            "api_app_id": cast.APP,
            "event": event,
            "event_id": event_id or self.state.fresh("Ev"),
            "event_time": int(self.state.now()),
            "is_ext_shared_channel": shared,
            "authorizations": [
                {
                    "enterprise_id": self.state.enterprise_id,
                    "team_id": self.state.team_id,
                    "user_id": cast.BOT,
                    "is_bot": True,
                    "is_enterprise_install": self.state.org_install,
                }
            ],
        }
        if self.state.enterprise_id:
            envelope["enterprise_id"] = self.state.enterprise_id
        body = json.dumps(envelope)
        extra: dict[str, str] = {}
        for attempt in range(1, REDELIVERIES + 2):
            reply = self._deliver(event["type"], envelope, body, "application/json", extra)
            if reply.failure is None or reply.headers.get("X-Slack-No-Retry") == "1":
                return reply
            extra = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reply.failure}
        return reply

    def _deliver(
        self,
        name: str,
        shown: Any,
        body: str,
        content_type: str = "application/x-www-form-urlencoded",
        extra: Mapping[str, str] | None = None,
    ) -> Reply:
        call = Call("bot", name, shown, time.time())
        with self.state.change():
            self.state.calls.append(call)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (playground)",
            # The bot may close an idle connection just as it is used again: that would be nobody's fault.
            "Connection": "close",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.signing_secret, timestamp, body),
            **(extra or {}),
        }
        reply = self._post(body, headers)
        with self.state.change():
            call.status, call.answer, call.seconds = reply.status, reply.text, time.time() - call.started
        if reply.failure:
            self.state.refuse(name, Refused(reply.failure), shown)
        return reply

    def _post(self, body: str, headers: Mapping[str, str]) -> Reply:
        if not self.bot_url:
            # A page that was left open asks before the bot has started.
            return Reply(0, "", {}, "connection_failed")
        patience = urllib3.Timeout(total=self.state.ack_seconds)
        try:
            answer = self._pool.request(
                "POST", self.bot_url, body=body.encode(), headers=headers, timeout=patience, redirect=False
            )
        except urllib3.exceptions.NewConnectionError:
            return Reply(0, "", {}, "connection_failed")
        except urllib3.exceptions.TimeoutError:
            return Reply(0, "", {}, "http_timeout")
        except urllib3.exceptions.HTTPError:
            return Reply(0, "", {}, "connection_failed")
        failure = None if answer.status == 200 else "http_error"
        return Reply(answer.status, answer.data.decode(errors="replace"), answer.headers, failure)
