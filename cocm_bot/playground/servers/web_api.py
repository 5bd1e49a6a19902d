"""The Web API methods the bot may call: arguments in, answer out; what Slack would refuse raises Refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from cocm_bot.playground import cast, messages, views
from cocm_bot.playground.blocks.shapes import complaint
from cocm_bot.playground.state import Refused, State, Upload, View

Arguments = dict[str, Any]
Method = Callable[[State, Arguments], dict[str, Any]]
T = TypeVar("T")


def auth_test(state: State, _given: Arguments) -> dict[str, Any]:
    """auth.test."""
    organisation = {"enterprise_id": state.enterprise_id} if state.enterprise_id else {}
    return {
        **organisation,
        "url": f"{state.base_url}/",
        "team": "CoCM playground",
        # Of an app that the organisation installed, nothing may depend on the workspace it names.
        "team_id": state.enterprise_id if state.org_install else state.team_id,
        "user": state.people[cast.BOT].handle,
        "user_id": cast.BOT,
        "bot_id": cast.BOT_ID,
        "is_enterprise_install": state.org_install,
    }


def auth_teams_list(state: State, given: Arguments) -> dict[str, Any]:
    """auth.teams.list, in pages: the workspaces that the organisation added the app to."""
    named = [state.team_id, *([cast.SISTER_TEAM] if state.org_install else [])]
    teams, cursor = _page([{"id": each, "name": each} for each in named], given, 100)
    return {"teams": teams, "response_metadata": {"next_cursor": cursor}}


def users_info(state: State, given: Arguments) -> dict[str, Any]:
    """users.info."""
    return {"user": state.person(given.get("user")).as_slack()}


def users_list(state: State, given: Arguments) -> dict[str, Any]:
    """users.list, in pages: everybody the workspace knows, whoever has left among them.

    The token of an organisation's installation has to say of which workspace.
    """
    known = list(state.people.values())
    if state.org_install:
        workspace = given.get("team_id")
        if not workspace:
            raise Refused("missing_argument", [complaint("missing required field: team_id", "")])
        known = [each for each in known if workspace in (each.team_id, *each.teams)]
    everybody, cursor = _page([person.as_slack() for person in known], given, 200)
    return {"members": everybody, "response_metadata": {"next_cursor": cursor}}


def users_lookup_by_email(state: State, given: Arguments) -> dict[str, Any]:
    """users.lookupByEmail: active people only; note that the error is in the plural."""
    wanted = str(given.get("email", "")).lower()
    for person in state.people.values():
        if person.email and person.email.lower() == wanted and not person.deleted:
            return {"user": person.as_slack()}
    raise Refused("users_not_found")


def conversations_open(state: State, given: Arguments) -> dict[str, Any]:
    """conversations.open: by `users` (one to eight, comma-separated) or an existing direct `channel`."""
    if given.get("channel"):
        place = messages.visible(state, given["channel"])
        if not (place.is_im or place.is_mpim):
            raise Refused("channel_not_found")
    else:
        users = [user for user in str(given.get("users") or "").split(",") if user]
        if not users:
            raise Refused("users_list_not_supplied")
        if len(users) > 8:
            raise Refused("too_many_users")
        place = messages.open_direct(state, *users)
    return {"channel": place.as_slack(member=cast.BOT) if given.get("return_im") else {"id": place.id}}


def conversations_info(state: State, given: Arguments) -> dict[str, Any]:
    """conversations.info."""
    return {"channel": messages.visible(state, given.get("channel")).as_slack(member=cast.BOT)}


def conversations_members(state: State, given: Arguments) -> dict[str, Any]:
    """conversations.members, in pages: `limit` at a time, `cursor` from the answer before."""
    place = messages.visible(state, given.get("channel"))
    everyone, cursor = _page(sorted(place.members), given, 100)
    return {"members": everyone, "response_metadata": {"next_cursor": cursor}}


def conversations_history(state: State, given: Arguments) -> dict[str, Any]:
    """conversations.history, in pages, the latest first: what everybody in a place the bot is in can see."""
    place = messages.visible(state, _required(given, "channel"))
    if cast.BOT not in place.members:
        raise Refused("not_in_channel")
    oldest = float(given.get("oldest") or 0)
    said = [m for m in state.messages if (m.channel, m.only_for) == (place.id, None) and float(m.ts) > oldest]
    found, cursor = _page([messages.as_slack(m) for m in reversed(said)], given, 100)
    if str(given.get("include_all_metadata", "")).lower() not in {"1", "true"}:
        found = [{name: value for name, value in m.items() if name != "metadata"} for m in found]
    return {"messages": found, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def chat_post_message(state: State, given: Arguments) -> dict[str, Any]:
    """chat.postMessage."""
    place = messages.reachable(state, _required(given, "channel"))
    message = messages.post(state, place.id, given)
    return {"channel": place.id, "ts": message.ts, "message": messages.as_slack(message)}


def chat_post_ephemeral(state: State, given: Arguments) -> dict[str, Any]:
    """chat.postEphemeral: the person must be in the place."""
    place = messages.reachable(state, _required(given, "channel"))
    user = state.person(_required(given, "user"))
    if user.id not in place.members:
        raise Refused("user_not_in_channel")
    return {"message_ts": messages.post(state, place.id, given, only_for=user.id).ts}


def chat_update(state: State, given: Arguments) -> dict[str, Any]:
    """chat.update: the bot's own messages only."""
    place = messages.visible(state, _required(given, "channel"))
    message = messages.own(state, place.id, _required(given, "ts"), "cant_update_message")
    messages.edit(state, message, given)
    written = messages.as_slack(message)
    return {"channel": place.id, "ts": message.ts, "text": message.text, "message": written}


def chat_delete(state: State, given: Arguments) -> dict[str, Any]:
    """chat.delete: the bot's own messages only."""
    place = messages.visible(state, _required(given, "channel"))
    message = messages.own(state, place.id, _required(given, "ts"), "cant_delete_message")
    messages.delete(state, message)
    return {"channel": place.id, "ts": message.ts}


def views_open(state: State, given: Arguments) -> dict[str, Any]:
    """views.open."""
    return _view(views.open_view(state, given.get("trigger_id"), _required(given, "view")))


def views_push(state: State, given: Arguments) -> dict[str, Any]:
    """views.push."""
    return _view(views.push_view(state, given.get("trigger_id"), _required(given, "view")))


def views_update(state: State, given: Arguments) -> dict[str, Any]:
    """views.update."""
    redrawn = views.update_view(
        state,
        _required(given, "view"),
        view_id=given.get("view_id"),
        external_id=given.get("external_id"),
        given_hash=given.get("hash"),
    )
    return _view(redrawn)


def views_publish(state: State, given: Arguments) -> dict[str, Any]:
    """views.publish."""
    view = _required(given, "view")
    return _view(views.publish_home(state, _required(given, "user_id"), view, given.get("hash")))


def files_get_upload_url(state: State, given: Arguments) -> dict[str, Any]:
    """files.getUploadURLExternal."""
    upload = Upload(state.fresh("F"), _required(given, "filename"), int(_required(given, "length")))
    state.uploads[upload.id] = upload
    return {"file_id": upload.id, "upload_url": f"{state.base_url}/upload/{upload.id}"}


def files_complete_upload(state: State, given: Arguments) -> dict[str, Any]:
    """files.completeUploadExternal: of files uploaded whole, shared in a channel if one is given."""
    listed = _required(given, "files")
    uploads = [state.uploads.get(each.get("id")) for each in listed]
    finished = [u for u in uploads if u and u.content is not None and len(u.content) == u.length]
    if len(finished) < len(listed) or not finished:
        raise Refused("file_not_found")
    for upload, each in zip(finished, listed, strict=True):
        upload.title, upload.shared = each.get("title") or upload.name, True
    files = [{"id": u.id, "name": u.name, "title": u.title, "size": u.length} for u in finished]
    if channel := given.get("channel_id") or given.get("channels"):
        for each in str(channel).split(","):
            place = messages.reachable(state, each)
            comment = given.get("initial_comment") or ""
            messages.share(state, place.id, files, comment, given.get("thread_ts"))
    return {"files": files}


def files_delete(state: State, given: Arguments) -> dict[str, Any]:
    """files.delete: the bot's own files only."""
    upload = state.uploads.get(_required(given, "file"))
    if upload is None:
        raise Refused("file_not_found")
    if upload.owner != cast.BOT:
        raise Refused("cant_delete_file")
    del state.uploads[upload.id]
    return {}


def files_info(state: State, given: Arguments) -> dict[str, Any]:
    """files.info: of the bot's own files, and of those shared where it is."""
    upload = state.uploads.get(_required(given, "file"))
    if upload is None:
        raise Refused("file_not_found")
    return {"file": upload.as_slack(state.base_url)}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "auth.teams.list": auth_teams_list,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": users_lookup_by_email,
    "conversations.open": conversations_open,
    "conversations.info": conversations_info,
    "conversations.members": conversations_members,
    "conversations.history": conversations_history,
    "chat.postMessage": chat_post_message,
    "chat.postEphemeral": chat_post_ephemeral,
    "chat.update": chat_update,
    "chat.delete": chat_delete,
    "views.open": views_open,
    "views.push": views_push,
    "views.update": views_update,
    "views.publish": views_publish,
    "files.getUploadURLExternal": files_get_upload_url,
    "files.completeUploadExternal": files_complete_upload,
    "files.delete": files_delete,
    "files.info": files_info,
}


def _required(given: Arguments, name: str) -> Any:
    if given.get(name) in (None, ""):
        raise Refused("invalid_arguments", [complaint(f"missing required field: {name}", "")])
    return given[name]


def _page(everything: list[T], given: Arguments, usual: int) -> tuple[list[T], str]:
    """`limit` at a time, from where the `cursor` of the answer before points; with the cursor of the next."""
    start = int(given.get("cursor") or 0)
    end = start + min(int(given.get("limit") or usual), 1000)
    return everything[start:end], str(end) if end < len(everything) else ""


def _view(view: View) -> dict[str, Any]:
    return {"view": views.as_slack(view)}
