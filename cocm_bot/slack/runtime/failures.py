"""What Slack's answer to a call that did not work means for what may be done next.

All are Unavailable: a person who waits is asked to try again, whichever it is. Who calls unasked tells them
apart.
"""

import re
from http.client import HTTPException

from slack_sdk.errors import SlackApiError, SlackClientError

from cocm_bot.domain.errors import Unavailable

TROUBLE = (SlackClientError, OSError, HTTPException)
"""What a call to Slack may raise."""

SILENT = "Slack does not answer right now. Please try again in a moment."

GONE = frozenset(
    {
        "account_inactive",
        "cannot_dm_bot",
        "channel_not_found",
        "ekm_access_denied",
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
"""Who or what was to be written to is not there any more, or is closed to the bot."""

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
"""What was sent is at fault; so are all that begin with `invalid_`, but for the token's."""
OF_THE_TOKEN = frozenset({"invalid_auth", "invalid_token"})

TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})

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
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Gone(SlackFailure):
    """The person or channel can't be written to: nor could they be later, until somebody mends it."""


class Refused(SlackFailure):
    """What was sent is at fault: the same will be refused again."""


class Unclear(SlackFailure):
    """No answer, or one that says nothing: the call may have taken effect, and may work later."""


def failure(error: Exception) -> SlackFailure:
    """What Slack's library raised, as one of these."""
    if not isinstance(error, SlackApiError):
        return Unclear()
    reason = _reason(error)
    if (seconds := _retry_after(error)) is not None:
        return RateLimited(seconds)
    if reason in TOO_LATE:
        return TooLate(reason, "Slack gave up waiting before the window could open. Please try once more.")
    if reason in GONE:
        return Gone(reason)
    if reason in REFUSED or (reason.startswith("invalid_") and reason not in OF_THE_TOKEN):
        return Refused(reason)
    return Unclear(reason)


def _reason(error: SlackApiError) -> str:
    # Where Slack's answer is no JSON, the library puts a piece of it here: that goes no further.
    reason = str(error.response.get("error") or "")
    return reason if _WORD.fullmatch(reason) else ""


def _retry_after(error: SlackApiError) -> float | None:
    """Seconds to wait, if Slack says that it is called too often and for how long."""
    headers = {str(name).lower(): value for name, value in error.response.headers.items()}
    given = str(headers.get("retry-after", ""))
    return float(given) if error.response.status_code == 429 and given.isdigit() else None
