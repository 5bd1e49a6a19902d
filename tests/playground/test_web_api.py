"""Slack's own client against the stand-in: its answers and its refusals."""

from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from cocm_bot.playground import cast
from cocm_bot.playground.workspace import Workspace
from tests.playground.blocks import message, section


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_auth_test_says_who_the_bot_is(client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (cast.TEAM, cast.BOT, cast.BOT_ID)


@pytest.mark.parametrize(("token", "error"), [("xoxb-other", "invalid_auth"), ("", "not_authed")])
def test_another_token_is_refused(workspace: Workspace, token: str, error: str) -> None:
    assert refused(WebClient(token=token, base_url=workspace.api_url).auth_test) == error


def test_unknown_methods(client: WebClient) -> None:
    assert refused(client.api_call, api_method="chat.shout") == "unknown_method"


FLAGS: dict[str, dict[str, bool]] = {
    cast.MAYA: {},
    cast.GUEST: {"is_restricted": True},
    cast.CHANNEL_GUEST: {"is_restricted": True, "is_ultra_restricted": True},
    cast.EXTERNAL: {"is_stranger": True},
    cast.DEACTIVATED: {"deleted": True},
    cast.OTHER_BOT: {"is_bot": True},
}


@pytest.mark.parametrize("user", FLAGS)
def test_users_info_tells_the_kinds_of_people_apart(client: WebClient, user: str) -> None:
    told: dict[str, Any] = client.users_info(user=user)["user"]
    names = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted", "is_bot")
    assert {name: told[name] for name in names if told[name]} == FLAGS[user]
    assert told["team_id"] == (cast.OTHER_TEAM if user == cast.EXTERNAL else cast.TEAM)


def test_a_person_changed_while_running_is_told_as_changed(client: WebClient, workspace: Workspace) -> None:
    workspace.people[cast.MAYA].deleted = True
    told: dict[str, Any] = client.users_info(user=cast.MAYA)["user"]
    assert told["deleted"]
    assert "email" not in told["profile"]


def test_nobody_of_that_id(client: WebClient) -> None:
    assert refused(client.users_info, user="U0NOBODY") == "user_not_found"


def test_lookup_by_email(client: WebClient, workspace: Workspace) -> None:
    assert client.users_lookupByEmail(email="Maya.Okafor@example.org")["user"]["id"] == cast.MAYA
    assert refused(client.users_lookupByEmail, email="nobody@example.org") == "users_not_found"
    assert refused(client.users_lookupByEmail, email="daria.petrov@example.org") == "users_not_found"
    assert workspace.refusals == [], "to be told that nobody has an address is no fault"


def test_a_direct_message_is_opened_once(client: WebClient) -> None:
    first = client.conversations_open(users=cast.MAYA)["channel"]["id"]
    assert client.conversations_open(users=[cast.MAYA])["channel"]["id"] == first
    told: dict[str, Any] = client.conversations_open(channel=first, return_im=True)["channel"]
    assert (told["is_im"], told["user"]) == (True, cast.MAYA)


def test_a_direct_message_of_several(client: WebClient) -> None:
    group = client.conversations_open(users=[cast.MAYA, cast.PCP])["channel"]["id"]
    assert client.conversations_info(channel=group)["channel"]["is_mpim"]
    assert client.conversations_members(channel=group)["members"] == sorted([cast.BOT, cast.MAYA, cast.PCP])


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("U0NOBODY", "user_not_found"),
        (cast.DEACTIVATED, "user_disabled"),
        ("", "users_list_not_supplied"),
        (",".join([cast.MAYA] * 9), "too_many_users"),
    ],
)
def test_direct_messages_that_cannot_be(client: WebClient, users: str, error: str) -> None:
    assert refused(client.conversations_open, users=users) == error


def test_channels_as_the_bot_sees_them(client: WebClient, workspace: Workspace) -> None:
    def told(channel: str) -> Any:
        return client.conversations_info(channel=channel)["channel"]

    assert told(cast.TEAM_CHANNEL)["is_member"]
    assert not told(cast.LOBBY)["is_member"]
    assert told(cast.SHARED)["is_ext_shared"]
    assert told(cast.ARCHIVED)["is_archived"]
    assert refused(client.conversations_info, channel=cast.PRIVATE) == "channel_not_found"
    workspace.places[cast.TEAM_CHANNEL].is_pending_ext_shared = True
    assert told(cast.TEAM_CHANNEL)["is_pending_ext_shared"]


def test_members_come_in_pages(client: WebClient, workspace: Workspace) -> None:
    seen: list[str] = []
    cursor = None
    while cursor != "":
        page = client.conversations_members(channel=cast.TEAM_CHANNEL, limit=3, cursor=cursor)
        assert len(page["members"]) <= 3
        seen += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == sorted(workspace.places[cast.TEAM_CHANNEL].members)


UNREACHABLE = {
    "C0NOWHERE": "channel_not_found",
    cast.PRIVATE: "channel_not_found",
    cast.LOBBY: "not_in_channel",
    cast.ARCHIVED: "is_archived",
    cast.DEACTIVATED: "user_disabled",
}


@pytest.mark.parametrize("channel", UNREACHABLE)
def test_places_the_bot_cannot_post_to(client: WebClient, channel: str) -> None:
    error = UNREACHABLE[channel]
    assert refused(client.chat_postMessage, channel=channel, text="Hello") == error
    assert refused(client.chat_postEphemeral, channel=channel, user=cast.MAYA, text="Hello") == error


def test_a_message_keeps_all_that_was_said(client: WebClient, workspace: Workspace) -> None:
    metadata = {"event_type": "digest", "event_payload": {"day": "2026-03-02"}}
    answer = client.chat_postMessage(
        channel=cast.TEAM_CHANNEL, **message(section("Hello", block_id="b"), metadata=metadata)
    )
    [kept] = workspace.messages
    assert (kept.channel, kept.ts, kept.text) == (cast.TEAM_CHANNEL, answer["ts"], "A notice")
    assert (kept.author, kept.only_for, kept.metadata) == (cast.BOT, None, metadata)
    assert kept.blocks[0]["text"] == {"type": "mrkdwn", "text": "Hello", "verbatim": False}


def test_posting_to_a_person_lands_in_their_direct_message(client: WebClient) -> None:
    channel = client.chat_postMessage(channel=cast.MAYA, text="Hello")["channel"]
    assert channel == client.conversations_open(users=cast.MAYA)["channel"]["id"]


def test_timestamps_differ_even_when_the_clock_stands(client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel=cast.TEAM_CHANNEL, text="x")["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))


def test_an_ephemeral_message_is_for_one_member(client: WebClient, workspace: Workspace) -> None:
    client.chat_postEphemeral(channel=cast.TEAM_CHANNEL, user=cast.MAYA, text="Only you")
    assert [m.text for m in workspace.seat(cast.MAYA).messages()] == ["Only you"]
    assert workspace.seat(cast.PCP).messages() == []
    outsider = refused(
        client.chat_postEphemeral, channel=cast.TEAM_CHANNEL, user=cast.CHANNEL_GUEST, text="x"
    )
    assert outsider == "user_not_in_channel"


def test_update_keeps_what_it_is_not_given(client: WebClient, workspace: Workspace) -> None:
    posted = client.chat_postMessage(channel=cast.TEAM_CHANNEL, **message(section("Old", block_id="b")))
    channel, ts = posted["channel"], posted["ts"]
    client.chat_update(channel=channel, ts=ts, text="New words")
    [kept] = workspace.messages
    assert (kept.text, kept.edited, kept.blocks[0]["text"]["text"]) == ("New words", True, "Old")
    client.chat_update(channel=channel, ts=ts, text="Only words", blocks=[])
    assert kept.blocks == []


def test_only_own_lasting_messages_are_changed(client: WebClient, workspace: Workspace) -> None:
    ephemeral = client.chat_postEphemeral(channel=cast.TEAM_CHANNEL, user=cast.MAYA, text="x")["message_ts"]
    said = workspace.seat(cast.MAYA).say("Mine").ts
    for ts, updating, deleting in (
        (ephemeral, "message_not_found", "message_not_found"),
        (said, "cant_update_message", "cant_delete_message"),
    ):
        assert refused(client.chat_update, channel=cast.TEAM_CHANNEL, ts=ts, text="y") == updating
        assert refused(client.chat_delete, channel=cast.TEAM_CHANNEL, ts=ts) == deleting


def test_delete(client: WebClient, workspace: Workspace) -> None:
    ts = client.chat_postMessage(channel=cast.TEAM_CHANNEL, text="x")["ts"]
    client.chat_delete(channel=cast.TEAM_CHANNEL, ts=ts)
    assert workspace.messages == []
    assert refused(client.chat_delete, channel=cast.TEAM_CHANNEL, ts=ts) == "message_not_found"


def test_bad_blocks_are_refused_with_reasons_and_put_on_record(
    client: WebClient, workspace: Workspace
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=cast.TEAM_CHANNEL, **message(section("")))
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    reasons = ["[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"] == reasons
    [refusal] = workspace.refusals
    assert (refusal.where, refusal.error, refusal.messages) == ("chat.postMessage", "invalid_blocks", reasons)
    assert workspace.messages == []


def test_arguments_may_come_as_a_form(client: WebClient, workspace: Workspace) -> None:
    blocks = '[{"type": "divider"}]'
    client.api_call("chat.postMessage", data={"channel": cast.TEAM_CHANNEL, "text": "x", "blocks": blocks})
    assert workspace.messages[0].blocks[0]["type"] == "divider"
    bad = {"channel": cast.TEAM_CHANNEL, "text": "x", "blocks": "[{"}
    assert refused(client.api_call, api_method="chat.postMessage", data=bad) == "invalid_blocks_format"


def test_a_file_is_uploaded_whole_and_shared(client: WebClient, workspace: Workspace) -> None:
    shared = client.files_upload_v2(
        channel=cast.TEAM_CHANNEL,
        content="handle,score\nK7Q4,18\n",
        filename="export.csv",
        title="Export",
        initial_comment="Here it is",
    )
    upload = workspace.uploads[shared["file"]["id"]]
    assert upload.content == b"handle,score\nK7Q4,18\n"
    [kept] = workspace.messages
    assert kept.text == "Here it is"
    assert kept.files == [{"id": upload.id, "name": "export.csv", "title": "Export", "size": 21}]


def test_a_file_that_was_not_uploaded_cannot_be_completed(client: WebClient) -> None:
    asked = client.files_getUploadURLExternal(filename="a.csv", length=3)
    files = [{"id": asked["file_id"], "title": "A"}]
    assert refused(client.files_completeUploadExternal, files=files) == "file_not_found"


def test_every_call_is_on_record(client: WebClient, workspace: Workspace) -> None:
    client.chat_postMessage(channel=cast.TEAM_CHANNEL, text="For the record")
    [call] = [call for call in workspace.calls if call.name == "chat.postMessage"]
    assert (call.to, call.status, call.answer["ok"]) == ("slack", 200, True)
    assert call.arguments["text"] == "For the record"
    assert call.seconds is not None
    assert "For the record" in workspace.written_by_bot()


def test_messages_come_back_as_slack_writes_them(client: WebClient) -> None:
    plain: dict[str, Any] = client.chat_postMessage(channel=cast.TEAM_CHANNEL, text="x")["message"]
    bare = {"type": "message", "user": cast.BOT, "bot_id": cast.BOT_ID, "app_id": cast.APP, "team": cast.TEAM}
    assert plain == bare | {"ts": plain["ts"], "text": "x"}
    blocks = [section("Hello", block_id="b")]
    full: dict[str, Any] = client.chat_postMessage(
        channel=cast.TEAM_CHANNEL, text="x", blocks=blocks, thread_ts=plain["ts"]
    )["message"]
    assert (full["thread_ts"], full["blocks"][0]["block_id"]) == (plain["ts"], "b")
    edited: dict[str, Any] = client.chat_update(channel=cast.TEAM_CHANNEL, ts=plain["ts"], text="y")[
        "message"
    ]
    assert edited["edited"]["user"] == cast.BOT


def fetched(address: str, token: str) -> tuple[int, str, bytes]:
    asked = Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310 - ours
    with urlopen(asked, timeout=5) as answer:  # noqa: S310 - an address of the stand-in
        return answer.status, answer.headers.get_content_type(), answer.read()


def test_a_persons_file_is_fetched_with_the_bots_token_alone(workspace: Workspace, client: WebClient) -> None:
    shared = workspace.seat("Maya Okafor").upload("Efua Adu.csv", b"MRN\n1\n", cast.BOT)
    [file_id] = [each["id"] for each in shared.files]
    told = client.files_info(file=file_id)["file"]
    assert (told["user"], told["size"], told["mode"]) == (cast.MAYA, 6, "hosted")
    assert fetched(told["url_private_download"], client.token or "")[2] == b"MRN\n1\n"
    for token in ("", "xoxb-other"):
        status, kind, page = fetched(told["url_private_download"], token)
        assert (status, kind, b"Sign in" in page) == (200, "text/html", True)


def test_a_bot_deletes_its_own_files_alone(workspace: Workspace, client: WebClient) -> None:
    shared = workspace.seat("Maya Okafor").upload("a.csv", b"1", cast.BOT)
    assert refused(client.files_delete, file=shared.files[0]["id"]) == "cant_delete_file"
    assert refused(client.files_info, file="F0") == "file_not_found"
