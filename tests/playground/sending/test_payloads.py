"""The bot's payloads: commands, clicks and choices of every element, state values of every input."""

import json
from typing import Any

import pytest
from slack_sdk import WebClient

from cocm_bot.playground import cast
from cocm_bot.playground.seats.seat import Seat
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import (
    actions,
    button,
    entry,
    home,
    message,
    modal,
    option,
    plain,
    section,
    select,
    typed,
)
from tests.playground.bot import TinyBot

# As stored: Slack adds `emoji` to plain text.
FOLLOW_UP = {"text": {"type": "plain_text", "text": "Follow Up", "emoji": True}, "value": "follow-up"}
CLINIC = {"text": {"type": "plain_text", "text": "Clinic", "emoji": True}, "value": "clinic"}
OFFERED = [option("Follow Up", "follow-up"), option("Clinic")]


def show(client: WebClient, workspace: Workspace, *blocks: Any, **more: Any) -> Any:
    trigger = workspace.fresh_trigger(cast.MAYA)
    return client.views_open(trigger_id=trigger, view=modal(*blocks, **more))["view"]


def post(client: WebClient, *blocks: Any, **more: Any) -> Any:
    return client.chat_postMessage(channel=cast.TEAM_CHANNEL, **message(*blocks, **more))


def test_a_slash_command(bot: TinyBot, maya: Seat, workspace: Workspace) -> None:
    maya.command('/cocm log  "K7Q4 & co" ')
    form = bot.last("/cocm")
    link, trigger = form.pop("response_url"), form.pop("trigger_id")
    assert form == {
        "token": "unused",
        "team_id": cast.TEAM,
        "team_domain": "cocm-playground",
        "channel_id": cast.TEAM_CHANNEL,
        "channel_name": "care-team",
        "user_id": cast.MAYA,
        "user_name": "maya.okafor",
        "command": "/cocm",
        "text": 'log  "K7Q4 & co"',
        "api_app_id": cast.APP,
        "is_enterprise_install": "false",
    }
    assert link.startswith(f"{workspace.base_url}/respond/")
    assert workspace.triggers[trigger].user == cast.MAYA


def test_a_command_in_a_direct_message_names_it_so(bot: TinyBot, maya: Seat) -> None:
    maya.command("/cocm", channel=cast.BOT)
    assert (bot.last("/cocm")["channel_name"], bot.last("/cocm")["text"]) == ("directmessage", "")


def test_a_stranger_s_payloads_carry_their_own_team(bot: TinyBot, workspace: Workspace) -> None:
    workspace.seat(cast.EXTERNAL).command("/cocm", channel=cast.SHARED)
    assert bot.last("/cocm")["team_id"] == cast.OTHER_TEAM


INPUTS: dict[str, tuple[dict[str, Any], Any, dict[str, Any], dict[str, Any]]] = {
    "plain_text_input": (typed(), "Words", {"value": None}, {"value": "Words"}),
    "number_input": (
        typed("number_input", is_decimal_allowed=False),
        45,
        {"value": None},
        {"value": "45"},
    ),
    "email_text_input": (
        typed("email_text_input"),
        "a@example.org",
        {"value": None},
        {"value": "a@example.org"},
    ),
    "url_text_input": (
        typed("url_text_input"),
        "https://example.org",
        {"value": None},
        {"value": "https://example.org"},
    ),
    "static_select": (
        typed("static_select", options=OFFERED),
        "Follow Up",
        {"selected_option": None},
        {"selected_option": FOLLOW_UP},
    ),
    "static_select in groups": (
        typed("static_select", option_groups=[{"label": plain("Kinds"), "options": OFFERED}]),
        "clinic",
        {"selected_option": None},
        {"selected_option": CLINIC},
    ),
    "radio_buttons": (
        typed("radio_buttons", options=OFFERED),
        "Clinic",
        {"selected_option": None},
        {"selected_option": CLINIC},
    ),
    "checkboxes": (
        typed("checkboxes", options=OFFERED),
        ["Clinic"],
        {"selected_options": []},
        {"selected_options": [CLINIC]},
    ),
    "multi_static_select": (
        typed("multi_static_select", options=OFFERED),
        ["Follow Up", "Clinic"],
        {"selected_options": []},
        {"selected_options": [FOLLOW_UP, CLINIC]},
    ),
    "external_select": (
        typed("external_select"),
        "Follow",
        {"selected_option": None},
        {"selected_option": FOLLOW_UP},
    ),
    "multi_external_select": (
        typed("multi_external_select"),
        ["Follow", "Clinic"],
        {"selected_options": []},
        {"selected_options": [FOLLOW_UP, CLINIC]},
    ),
    "users_select": (
        typed("users_select"),
        "Iris Lindqvist",
        {"selected_user": None},
        {"selected_user": cast.PSYCHIATRIST},
    ),
    "multi_users_select": (
        typed("multi_users_select"),
        ["Maya Okafor"],
        {"selected_users": []},
        {"selected_users": [cast.MAYA]},
    ),
    "conversations_select": (
        typed("conversations_select"),
        "#care-team",
        {"selected_conversation": None},
        {"selected_conversation": cast.TEAM_CHANNEL},
    ),
    "channels_select": (
        typed("channels_select"),
        "lobby",
        {"selected_channel": None},
        {"selected_channel": cast.LOBBY},
    ),
    "datepicker": (
        typed("datepicker"),
        "2028-02-29",
        {"selected_date": None},
        {"selected_date": "2028-02-29"},
    ),
    "timepicker": (typed("timepicker"), "09:05", {"selected_time": None}, {"selected_time": "09:05"}),
    "timepicker in a zone": (
        typed("timepicker", timezone="America/New_York"),
        "09:05",
        {"selected_time": None, "timezone": "America/New_York"},
        {"selected_time": "09:05", "timezone": "America/New_York"},
    ),
    "datetimepicker": (
        typed("datetimepicker"),
        1_780_000_000,
        {"selected_date_time": None},
        {"selected_date_time": 1_780_000_000},
    ),
}


@pytest.mark.parametrize("what", INPUTS)
def test_state_values_of_each_input(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat, what: str
) -> None:
    element, given, empty, filled = INPUTS[what]
    bot.on("block_suggestion", {"options": OFFERED})
    show(client, workspace, entry("Field", element, "b", optional=True))

    def submitted() -> Any:
        bot.on("view_submission", {"response_action": "errors", "errors": {"b": "Again"}})
        assert maya.submit() == {"Field": "Again"}
        return bot.last("view_submission")["view"]["state"]["values"]

    assert submitted() == {"b": {"value": {"type": element["type"], **empty}}}
    maya.fill({"Field": given})
    assert submitted() == {"b": {"value": {"type": element["type"], **filled}}}
    maya.fill({"Field": None})
    assert submitted() == {"b": {"value": {"type": element["type"], **empty}}}


INITIAL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain_text_input": ({"initial_value": "Words"}, {"value": "Words"}),
    "static_select": (
        {"options": OFFERED, "initial_option": OFFERED[0]},
        {"selected_option": FOLLOW_UP},
    ),
    "radio_buttons": ({"options": OFFERED, "initial_option": OFFERED[1]}, {"selected_option": CLINIC}),
    "checkboxes": ({"options": OFFERED, "initial_options": OFFERED[:1]}, {"selected_options": [FOLLOW_UP]}),
    "external_select": ({"initial_option": OFFERED[0]}, {"selected_option": FOLLOW_UP}),
    "users_select": ({"initial_user": cast.MAYA}, {"selected_user": cast.MAYA}),
    "multi_users_select": ({"initial_users": [cast.MAYA]}, {"selected_users": [cast.MAYA]}),
    "conversations_select": ({"initial_conversation": "C1"}, {"selected_conversation": "C1"}),
    "channels_select": ({"initial_channel": "C1"}, {"selected_channel": "C1"}),
    "datepicker": ({"initial_date": "2026-01-31"}, {"selected_date": "2026-01-31"}),
    "timepicker": ({"initial_time": "08:00"}, {"selected_time": "08:00"}),
    "datetimepicker": ({"initial_date_time": 1_780_000_000}, {"selected_date_time": 1_780_000_000}),
}


@pytest.mark.parametrize("kind", INITIAL)
def test_initial_values_count_as_entered(client: WebClient, workspace: Workspace, kind: str) -> None:
    initial, held = INITIAL[kind]
    view = show(client, workspace, entry("Field", typed(kind, **initial), "b"))
    assert view["state"]["values"] == {"b": {"value": {"type": kind, **held}}}


def test_menus_outside_inputs_are_in_the_state_and_buttons_are_not(
    client: WebClient, workspace: Workspace
) -> None:
    overflow = {"type": "overflow", "action_id": "more", "options": OFFERED}
    view = show(
        client,
        workspace,
        section(accessory=select(), block_id="s"),
        actions(button(), overflow, typed("datepicker"), block_id="a"),
    )
    assert view["state"]["values"] == {
        "s": {"pick": {"type": "static_select", "selected_option": None}},
        "a": {"value": {"type": "datepicker", "selected_date": None}},
    }


ACTIONS: dict[str, tuple[dict[str, Any], Any, dict[str, Any]]] = {
    "static_select": (
        typed("static_select", options=OFFERED, placeholder=plain("Kind")),
        "Clinic",
        {"selected_option": CLINIC, "placeholder": {"type": "plain_text", "text": "Kind", "emoji": True}},
    ),
    "static_select with an initial option": (
        typed("static_select", options=OFFERED, initial_option=OFFERED[0]),
        "Clinic",
        {"selected_option": CLINIC, "initial_option": FOLLOW_UP},
    ),
    "external_select": (
        typed("external_select", min_query_length=1),
        "Clinic",
        {"selected_option": CLINIC},
    ),
    "multi_static_select": (
        typed("multi_static_select", options=OFFERED),
        ["Clinic"],
        {"selected_options": [CLINIC]},
    ),
    "radio_buttons": (typed("radio_buttons", options=OFFERED), "Clinic", {"selected_option": CLINIC}),
    "checkboxes": (
        typed("checkboxes", options=OFFERED),
        ["Follow Up", "Clinic"],
        {"selected_options": [FOLLOW_UP, CLINIC]},
    ),
    "datepicker": (typed("datepicker"), "2026-03-02", {"selected_date": "2026-03-02"}),
    "timepicker": (typed("timepicker"), "14:30", {"selected_time": "14:30"}),
    "users_select": (typed("users_select"), "Maya Okafor", {"selected_user": cast.MAYA}),
    "conversations_select": (
        typed("conversations_select"),
        "care-team",
        {"selected_conversation": cast.TEAM_CHANNEL},
    ),
}


@pytest.mark.parametrize("what", ACTIONS)
def test_the_action_of_each_menu_and_picker(
    bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat, what: str
) -> None:
    element, given, written = ACTIONS[what]
    bot.on("block_suggestion", {"options": OFFERED})
    show(client, workspace, section("Here", accessory=element, block_id="b"))
    maya.choose("Here", given)
    payload = bot.last("block_actions")
    [action] = payload["actions"]
    assert action.pop("action_ts")
    assert action == {"type": element["type"], "action_id": "value", "block_id": "b", **written}
    held = payload["view"]["state"]["values"]["b"]["value"]
    assert {name: held[name] for name in held if name in written} == {
        name: written[name] for name in written if name.startswith("selected")
    }


def test_the_action_of_a_button(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    post(client, actions(button("Open", "open", value="K7Q4", style="primary"), block_id="row"))
    maya.press("Open")
    [action] = bot.last("block_actions")["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "open",
        "block_id": "row",
        "text": {"type": "plain_text", "text": "Open", "emoji": True},
        "value": "K7Q4",
        "style": "primary",
    }


def test_the_action_of_an_overflow_menu(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": OFFERED}
    post(client, section(accessory=menu, block_id="row"))
    maya.press("Clinic")
    [action] = bot.last("block_actions")["actions"]
    assert (action["type"], action["selected_option"]) == ("overflow", CLINIC)


def test_a_click_in_a_message(bot: TinyBot, client: WebClient, maya: Seat, workspace: Workspace) -> None:
    ts = post(client, section(accessory=select()), actions(button()), thread_ts="1.000000")["ts"]
    maya.press("Go")
    payload = bot.last("block_actions")
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": cast.TEAM_CHANNEL,
        "is_ephemeral": False,
        "thread_ts": "1.000000",
    }
    assert payload["channel"] == {"id": cast.TEAM_CHANNEL, "name": "care-team"}
    assert (payload["message"]["ts"], payload["message"]["bot_id"]) == (ts, cast.BOT_ID)
    assert payload["user"] == {
        "id": cast.MAYA,
        "username": "maya.okafor",
        "name": "maya.okafor",
        "team_id": cast.TEAM,
    }
    [values] = payload["state"]["values"].values()
    assert values == {"pick": {"type": "static_select", "selected_option": None}}
    assert payload["response_url"].startswith(workspace.base_url)
    assert workspace.triggers[payload["trigger_id"]].user == cast.MAYA
    assert "view" not in payload


def test_a_click_in_an_ephemeral_message_carries_no_message(
    bot: TinyBot, client: WebClient, maya: Seat
) -> None:
    client.chat_postEphemeral(channel=cast.TEAM_CHANNEL, user=cast.MAYA, **message(actions(button())))
    maya.press("Go")
    payload = bot.last("block_actions")
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload


def test_choices_in_a_message_are_each_person_s_own(
    bot: TinyBot, client: WebClient, workspace: Workspace
) -> None:
    post(client, section("Sort", accessory=select(), block_id="s"), actions(button()))
    workspace.seat(cast.MAYA).choose("Sort", "Option 1")
    workspace.seat(cast.PCP).press("Go")
    assert bot.last("block_actions")["state"]["values"]["s"]["pick"]["selected_option"] is None
    workspace.seat(cast.MAYA).press("Go")
    held = bot.last("block_actions")["state"]["values"]["s"]["pick"]["selected_option"]
    assert held["value"] == "o1"


def test_a_click_in_a_modal(bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat) -> None:
    view = show(client, workspace, entry("Note", block_id="n"), actions(button()), private_metadata="m")
    maya.fill({"Note": "Words"})
    maya.press("Go")
    payload = bot.last("block_actions")
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert (payload["view"]["id"], payload["view"]["private_metadata"]) == (view["id"], "m")
    assert payload["view"]["hash"] == view["hash"]
    assert payload["view"]["state"]["values"]["n"]["value"]["value"] == "Words"
    assert "response_url" not in payload
    assert "message" not in payload


def test_a_click_in_app_home(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    client.views_publish(user_id=cast.MAYA, view=home(actions(button())))
    maya.open_home()
    maya.press("Go")
    assert bot.last("block_actions")["view"]["type"] == "home"


def test_opening_app_home(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    maya.open_home()
    event = bot.last("app_home_opened")["event"]
    assert (event["user"], event["tab"], "view" in event) == (cast.MAYA, "home", False)
    client.views_publish(user_id=cast.MAYA, view=home(section("Hello")))
    maya.open_home()
    assert bot.last("app_home_opened")["event"]["view"]["blocks"][0]["text"]["text"] == "Hello"


def test_a_submission(bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat) -> None:
    show(client, workspace, entry("Note", block_id="n"), callback_id="note", private_metadata="m")
    maya.fill({"Note": "Words"})
    assert maya.submit() is None
    payload = bot.last("view_submission")
    assert payload["user"]["id"] == cast.MAYA
    assert (payload["view"]["callback_id"], payload["response_urls"]) == ("note", [])
    assert workspace.triggers[payload["trigger_id"]].user == cast.MAYA


def test_a_search(bot: TinyBot, client: WebClient, workspace: Workspace, maya: Seat) -> None:
    show(client, workspace, entry("Patient", typed("external_select"), "p"))
    bot.on("block_suggestion", {"options": OFFERED})
    assert maya.suggest("Patient", "Cli") == ["Follow Up", "Clinic"]
    payload = bot.last("block_suggestion")
    assert (payload["block_id"], payload["action_id"], payload["value"]) == ("p", "value", "Cli")
    assert payload["view"]["type"] == "modal"


def test_shortcuts(bot: TinyBot, client: WebClient, workspace: Workspace) -> None:
    workspace.shortcut(cast.MAYA, "log_contact")
    assert bot.last("shortcut")["callback_id"] == "log_contact"
    ts = post(client, section())["ts"]
    workspace.message_shortcut(cast.MAYA, "discuss", workspace.messages[0])
    payload = bot.last("message_action")
    assert (payload["message_ts"], payload["channel"]["id"]) == (ts, cast.TEAM_CHANNEL)
    assert payload["response_url"].startswith(workspace.base_url)


def test_a_message_to_the_bot_is_an_event_with_escaped_text(bot: TinyBot, maya: Seat) -> None:
    maya.say("a < b & c", channel=cast.TEAM_CHANNEL)
    assert bot.heard == []
    maya.say("a < b & c", channel=cast.BOT)
    event = bot.last("message")["event"]
    assert (event["channel_type"], event["user"], event["text"]) == ("im", cast.MAYA, "a &lt; b &amp; c")
    assert "bot_id" not in event


def test_every_payload_is_plain_json(bot: TinyBot, client: WebClient, maya: Seat) -> None:
    post(client, actions(button()))
    maya.press("Go")
    assert json.loads(json.dumps(bot.last("block_actions"))) == bot.last("block_actions")
