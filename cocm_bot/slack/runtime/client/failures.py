"""Slack's failures as types, by what may be done next.

All are Unavailable: a person who waits is asked to try again, whichever it is. Who calls unasked tries them
apart.
"""

import json
import re
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from cocm_bot.domain.errors import Unavailable
from cocm_bot.slack.runtime.client.connections import Answer, Unanswered

TROUBLE = (SlackClientError, OSError, HTTPException)
"""The errors that a call to Slack may raise."""
MALFORMED = (AttributeError, TypeError, ValueError, RecursionError)
"""The errors of Slack's library over an answer that is JSON, but not of the form Slack answers in."""
INCOMPLETE = "incomplete_answer"
"""The reason of an answer that says it went well, and lacks what was asked for: the bot's own word."""

UNREADABLE = "NoJson"
"""The same of an answer that is not Slack's at all: a proxy's page, or a sign-in."""

SILENT = "Slack does not answer right now. Please try again in a moment."
LATE = "Slack gave up waiting before the window could open. Please try once more."
TOO_OLD = "This is too old to be answered here. Please ask again."
WRONG = "Slack did not accept what I wanted to show. Please tell your admin; trying again will hardly help."

BARRED = "Slack does not let me do this. Please tell your admin; trying again will hardly help."

UNFIT = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "invalid_token",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""Slack answers, and does not take the bot's token for what was asked: nothing that passes by itself."""

GONE = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
"""The recipient or place no longer exists, or is closed to the bot.

`account_inactive` and `ekm_access_denied` are not among them: they are said of the bot's own token.
"""

REFUSED = frozenset(
    {
        "block_mismatch",
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)
"""Error codes that blame what was sent; so do all that begin with `invalid_`, but for the token's."""
OF_THE_TOKEN = frozenset({"invalid_auth", "invalid_token"})

TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})

PASSING = frozenset(
    {"", "fatal_error", INCOMPLETE, "internal_error", "ratelimited", "request_timeout", "service_unavailable"}
)
"""Reasons that are gone in a moment more often than not."""

_WORD = re.compile(r"[a-z_]{1,60}")


class SlackFailure(Unavailable):
    """A call that did not work; `reason` is Slack's own word for it, empty where there is none."""

    def __init__(self, reason: str = "", sentence: str = SILENT) -> None:
        super().__init__(sentence, reason)


class TooLate(SlackFailure):
    """Slack no longer lets the bot open a modal for this click or command."""


class RateLimited(SlackFailure):
    """Slack takes no more calls of this kind for `retry_after` seconds; this one had no effect."""

    def __init__(self, retry_after: float) -> None:
        unit = "second" if retry_after == 1 else "seconds"
        super().__init__(
            "ratelimited", f"Slack asks me to wait {retry_after:g} {unit}. Please try again after that."
        )
        self.retry_after = retry_after


class Gone(SlackFailure):
    """The person, channel or link can't be written to: nor could they be later, until somebody repairs it."""


class Refused(SlackFailure):
    """The content sent is at fault: the same will be refused again."""


class Unclear(SlackFailure):
    """No answer, or one that says nothing: the call may have taken effect, and may work later."""

    @property
    def passing(self) -> bool:
        """Return whether the same call may well work at once."""
        return self.reason in PASSING or not _WORD.fullmatch(self.reason)


def failure(error: Exception) -> SlackFailure:
    """Return what Slack's library raised, as one of these."""
    if not isinstance(error, SlackApiError):
        return Unclear(str(error) if isinstance(error, Unanswered) else type(error).__name__)
    answer = error.response
    said = answer.data if isinstance(answer.data, dict) else {}
    # Where Slack's answer is no JSON, the library puts a piece of it here: that goes no further.
    return _failure(str(said.get("error") or ""), answer.status_code, answer.headers)


def unanswered(answer: Answer) -> SlackFailure | None:
    """The failure in Slack's reply to what was sent to a response_url; None when it was taken."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = {"ok": answer.body.strip() in {"", "ok"}, "error": answer.body}
    found = found if isinstance(found, dict) else {}
    if answer.status_code == 200 and found.get("ok"):
        return None
    reason = str(found.get("error") or "")
    if answer.status_code == 404:
        return Gone(_word(reason), TOO_OLD)
    return _failure(reason, answer.status_code, answer.headers)


def rate_limit(status: int, headers: Mapping[str, Any]) -> RateLimited | None:
    """Return the failure of a call that Slack asks to make later; None where it says nothing of it."""
    seconds = _retry_after(status, headers)
    return None if seconds is None else RateLimited(seconds)


def _failure(reason: str, status: int, headers: Mapping[str, Any]) -> SlackFailure:
    reason = _word(reason)
    if (limited := rate_limit(status, headers)) is not None:
        return limited
    if reason in TOO_LATE:
        return TooLate(reason, LATE)
    if reason in GONE:
        return Gone(reason)
    if reason in REFUSED or (reason.startswith("invalid_") and reason not in OF_THE_TOKEN):
        return Refused(reason, WRONG)
    return Unclear(reason, BARRED if reason in UNFIT else SILENT)


def _word(reason: str) -> str:
    """A reason that is a word of Slack's; the bot's own for anything else, which may quote."""
    return reason if not reason or _WORD.fullmatch(reason) else UNREADABLE


def _retry_after(status: int, headers: Mapping[str, Any]) -> float | None:
    """Seconds to wait, if Slack says that it is called too often and for how long."""
    given = {str(name).lower(): str(value) for name, value in headers.items()}.get("retry-after", "")
    return float(given) if status == 429 and given.isdigit() else None
