"""Slack's answers that did not work, distinguished by what may be done next."""

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.kit import message, section
from cocm_bot.slack.runtime.client.failures import (
    BARRED,
    SILENT,
    UNFIT,
    UNREADABLE,
    WRONG,
    Gone,
    RateLimited,
    Refused,
    SlackFailure,
    Unclear,
    failure,
)
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from tests.rig.servers.standing import running_workspace

pytestmark = pytest.mark.slow

SAID = message("A note", [section("Something")])


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        ("channel_not_found", 200, Gone),
        ("user_disabled", 200, Gone),
        ("account_inactive", 200, Unclear),
        ("ekm_access_denied", 200, Unclear),
        ("user_not_found", 200, Gone),
        ("is_archived", 200, Gone),
        ("cannot_dm_bot", 200, Gone),
        ("not_in_channel", 200, Gone),
        ("invalid_blocks", 200, Refused),
        ("invalid_arguments", 200, Refused),
        ("msg_too_long", 200, Refused),
        ("msg_blocks_too_long", 200, Refused),
        ("message_not_found", 200, Refused),
        ("invalid_auth", 200, Unclear),
        ("token_revoked", 200, Unclear),
        ("internal_error", 500, Unclear),
        ("service_unavailable", 503, Unclear),
        ("fatal_error", 200, Unclear),
        ("a_word_nobody_knows", 200, Unclear),
        ("ratelimited", 429, Unclear),
        ("ratelimited", 200, Unclear),
    ],
)
def test_each_answer_is_of_one_kind(
    gateway: Gateway, workspace: Workspace, error: str, status: int, kind: type[SlackFailure]
) -> None:
    workspace.fail("chat.postMessage", error=error, status=status)
    with pytest.raises(SlackFailure) as raised:
        gateway.tell(cast.MAYA, SAID, "r1")
    said = WRONG if kind is Refused else BARRED if error in UNFIT else SILENT
    assert (type(raised.value), raised.value.reason, str(raised.value)) == (kind, error, said)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "Slack asks me to wait 1 second. Please try again after that."),
        (30, "Slack asks me to wait 30 seconds. Please try again after that."),
    ],
)
def test_who_is_too_fast_is_told_how_long_to_wait(
    gateway: Gateway, workspace: Workspace, seconds: int, said: str
) -> None:
    workspace.fail("chat.postMessage", retry_after=seconds)
    with pytest.raises(RateLimited) as raised:
        gateway.tell(cast.MAYA, SAID, "r1")
    assert (raised.value.retry_after, str(raised.value)) == (seconds, said)
    assert not workspace.messages


@pytest.mark.slow
def test_an_answer_that_comes_too_late_leaves_open_what_became_of_the_call(
    hasty: Gateway, workspace: Workspace
) -> None:
    workspace.fail("chat.postMessage", hang=1.5)
    with pytest.raises(Unclear):
        hasty.tell(cast.MAYA, SAID, "r1")
    workspace.wait_until(lambda: workspace.messages, "the message after all")


def test_a_connection_that_breaks_off_is_unclear(gateway: Gateway, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", broken=True)
    with pytest.raises(Unclear):
        gateway.tell(cast.MAYA, SAID, "r1")


def test_what_is_no_answer_of_slacks_is_not_quoted() -> None:
    page = "Received a response in a non-JSON format: <html>K7Q4</html>"
    with running_workspace() as workspace:
        workspace.fail("auth.test", error=page, status=502)
        gateway = Gateway(web_client(workspace.token, workspace.api_url, 1))
        with pytest.raises(Unclear) as raised:
            gateway.home()
    assert raised.value.reason == UNREADABLE
    assert str(failure(OSError("K7Q4"))) == SILENT
