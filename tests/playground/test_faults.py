"""Failures on demand, as the real client meets them."""

import time
from http.client import HTTPException
from urllib.error import HTTPError, URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from cocm_bot.playground import cast
from cocm_bot.playground.workspace import Workspace
from tests.playground.test_web_api import refused


def post(client: WebClient) -> None:
    client.chat_postMessage(channel=cast.TEAM_CHANNEL, text="x")


def test_the_next_calls_fail_and_then_go_well_again(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", times=2, error="fatal_error")
    for _ in range(2):
        assert refused(client.chat_postMessage, channel=cast.TEAM_CHANNEL, text="x") == "fatal_error"
    post(client)
    assert len(workspace.messages) == 1


def test_an_ordered_failure_is_no_refusal_of_the_bot(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("auth.test", error="fatal_error")
    refused(client.auth_test)
    assert workspace.refusals == []


def test_only_the_named_method_fails(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("views.open", error="fatal_error")
    post(client)


def test_a_rate_limit_says_how_long_to_wait(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", retry_after=30)
    with pytest.raises(SlackApiError) as caught:
        post(client)
    answer = caught.value.response
    assert (answer.status_code, answer.headers["Retry-After"], answer["error"]) == (429, "30", "ratelimited")


def test_a_server_error_takes_no_effect(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", status=500)
    with pytest.raises(SlackApiError) as caught:
        post(client)
    assert caught.value.response.status_code == 500
    assert workspace.messages == []


def test_a_lost_answer_took_effect(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", status=503, applied=True)
    with pytest.raises(SlackApiError):
        post(client)
    assert len(workspace.messages) == 1


def test_a_call_may_be_answered_late(workspace: Workspace) -> None:
    patient = WebClient(token=workspace.token, base_url=workspace.api_url, retry_handlers=[])
    workspace.fail("auth.test", hang=0.2)
    started = time.monotonic()
    assert patient.auth_test()["ok"]
    assert time.monotonic() - started >= 0.2


def test_a_call_may_never_be_answered(workspace: Workspace) -> None:
    hasty = WebClient(token=workspace.token, base_url=workspace.api_url, timeout=1, retry_handlers=[])
    workspace.fail("auth.test", hang=60)
    with pytest.raises((TimeoutError, URLError)):
        hasty.auth_test()


def test_response_urls_fail_too(workspace: Workspace) -> None:
    workspace.fail("response_url", status=500)
    url = f"{workspace.base_url}/respond/any"
    answer = WebhookClient(url, retry_handlers=[]).send(text="x")
    assert answer.status_code == 500


def test_failures_can_be_called_off(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("chat.postMessage", times=5, error="fatal_error")
    workspace.faults.clear()
    post(client)


def test_a_fault_is_used_up_even_by_a_call_refused_for_another_reason(
    client: WebClient, workspace: Workspace
) -> None:
    workspace.fail("users.info", error="fatal_error")
    assert refused(client.users_info, user="U0NOBODY") == "fatal_error"
    assert refused(client.users_info, user="U0NOBODY") == "user_not_found"


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_may_come_where_json_is_due(client: WebClient, workspace: Workspace, status: int) -> None:
    workspace.fail("auth.test", page="<html>Bad gateway</html>", status=status)
    with pytest.raises(SlackApiError, match="non-JSON"):
        client.auth_test()
    assert client.auth_test()["ok"]


@pytest.mark.parametrize("applied", [False, True])
def test_a_connection_may_break_off(client: WebClient, workspace: Workspace, applied: bool) -> None:
    workspace.fail("chat.postMessage", broken=True, applied=applied)
    with pytest.raises((OSError, HTTPException)):
        post(client)
    assert len(workspace.messages) == applied
    post(client)


def test_uploads_fail_too(client: WebClient, workspace: Workspace) -> None:
    workspace.fail("upload", status=500)
    with pytest.raises(HTTPError):
        client.files_upload_v2(filename="a.png", content=b"x")
    assert [each.content for each in workspace.uploads.values()] == [None]
