import pytest

from cocm_bot.playground.workspace import Workspace
from cocm_bot.slack.runtime.client.gateway import Gateway, web_client
from tests.rig.seats import PATIENCE


@pytest.fixture
def gateway(workspace: Workspace) -> Gateway:
    return Gateway(web_client(workspace.token, workspace.api_url, PATIENCE))


@pytest.fixture
def hasty(workspace: Workspace) -> Gateway:
    """One that waits a second for Slack's answer."""
    return Gateway(web_client(workspace.token, workspace.api_url, 1))
