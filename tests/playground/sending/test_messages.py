"""The uses of a response_url, and how long it is good for."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import actions, button, message, section
from tests.playground.bot import TinyBot
from tests.playground.conftest import Clock


@pytest.fixture
def link(bot: TinyBot, maya: Seat) -> WebhookClient:
    """The response_url of a command typed in a channel the bot is not in."""
    maya.command("/cocm help", channel="lobby")
    return WebhookClient(bot.last("/cocm")["response_url"])


def clicked(bot: TinyBot, maya: Seat, client: WebClient, **ephemeral: Any) -> WebhookClient:
    """The response_url of a click on a message."""
    post = client.chat_postEphemeral if ephemeral else client.chat_postMessage
    post(channel=cast.TEAM_CHANNEL, **message(actions(button("Go"))), **ephemeral)
    maya.press("Go")
    return WebhookClient(bot.last("block_actions")["response_url"])


def test_an_answer_is_for_the_person_alone_unless_it_says_otherwise(
    link: WebhookClient, maya: Seat, workspace: Workspace
) -> None:
    link.send(text="For you")
    link.send(text="For all", response_type="in_channel")
    assert [m.text for m in maya.messages()] == ["For you", "For all"]
    other = workspace.seat(cast.PCP)
    other.go("lobby")
    assert [m.text for m in other.messages()] == ["For all"]


def test_five_uses(link: WebhookClient, maya: Seat) -> None:
    for _ in range(5):
        assert link.send(text="x").status_code == 200
    sixth = link.send(text="x")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
    assert len(maya.messages()) == 5


@pytest.mark.parametrize(("seconds", "status"), [(1800, 200), (1801, 404)])
def test_thirty_minutes(link: WebhookClient, clock: Clock, seconds: float, status: int) -> None:
    clock.pass_(seconds)
    assert link.send(text="x").status_code == status


def test_an_unlawful_answer_is_refused_and_put_on_record(link: WebhookClient, workspace: Workspace) -> None:
    assert link.send(text="x", blocks=[section("")]).status_code == 400
    assert link.send(text="x", response_type="everywhere").status_code == 400
    assert [refusal.error for refusal in workspace.refusals] == ["invalid_blocks", "invalid_arguments"]


def test_a_click_s_link_replaces_all_of_its_message(bot: TinyBot, maya: Seat, client: WebClient) -> None:
    link = clicked(bot, maya, client)
    link.send(text="Done", replace_original=True)
    [kept] = maya.messages()
    assert (kept.text, kept.blocks, kept.edited) == ("Done", [], True)


def test_a_click_s_link_replaces_an_ephemeral_message(bot: TinyBot, maya: Seat, client: WebClient) -> None:
    clicked(bot, maya, client, user=cast.MAYA).send(text="Done", replace_original=True)
    assert [(m.text, m.only_for) for m in maya.messages()] == [("Done", cast.MAYA)]


def test_a_click_s_link_deletes_its_message(bot: TinyBot, maya: Seat, client: WebClient) -> None:
    clicked(bot, maya, client).send(text="", delete_original=True)
    assert maya.messages() == []


def test_a_command_s_link_has_no_message_to_replace(link: WebhookClient, maya: Seat) -> None:
    link.send(text="First")
    link.send(text="Second", replace_original=True)
    assert [m.text for m in maya.messages()] == ["First", "Second"]
    assert link.send(text="", delete_original=True).status_code == 400


def test_a_link_nobody_gave(workspace: Workspace) -> None:
    assert WebhookClient(f"{workspace.base_url}/respond/made-up").send(text="x").status_code == 404
