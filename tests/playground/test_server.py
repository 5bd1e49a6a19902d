"""The address a workspace answers at."""

import socket
import threading
import time
from urllib.parse import urlparse

import pytest
from slack_sdk import WebClient

from cocm_bot.playground.servers.server import running_workspace


def test_it_answers_on_this_machine_only_and_is_gone_afterwards() -> None:
    with running_workspace() as workspace:
        address = urlparse(workspace.api_url)
        assert (address.hostname, address.path) == ("127.0.0.1", "/api/")
        assert WebClient(token=workspace.token, base_url=workspace.api_url).auth_test()["ok"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(address.port or 0)), timeout=1)


def test_a_port_can_be_asked_for_and_is_not_shared() -> None:
    with running_workspace() as first:
        port = int(urlparse(first.base_url).port or 0)
        with pytest.raises(OSError, match="in use"), running_workspace(port=port):
            pass
    with running_workspace(port=port) as again:
        assert again.base_url == first.base_url


def test_calls_kept_waiting_do_not_hold_up_the_end() -> None:
    with running_workspace() as workspace:
        workspace.fail("auth.test", hang=60)
        client = WebClient(token=workspace.token, base_url=workspace.api_url)
        caller = threading.Thread(target=client.auth_test)
        caller.start()
        workspace.wait_until(lambda: workspace.calls, "the call")
        started = time.monotonic()
    caller.join()
    assert time.monotonic() - started < 3
