"""Carry a person's actions to the bot, and apply its answers; unlawful answers are put on record."""

from typing import Any

from cocm_bot.playground import cast, messages, payloads, views
from cocm_bot.playground.blocks import limits
from cocm_bot.playground.elements import STATE_KEY, Placed, offered, stored
from cocm_bot.playground.sender import Reply, Sender
from cocm_bot.playground.state import Message, Refused, State, Upload, View

SLACKBOT = "USLACKBOT"
TROUBLE = "We had some trouble connecting. Try again?"


def command(sender: Sender, user: str, channel: str, line: str) -> None:
    """Type a slash command ("/cocm today"); what the acknowledgement says is shown at once."""
    state = sender.state
    name, _, text = line.strip().partition(" ")
    reply = sender.command(payloads.command(state, user, channel, name, text.strip()))
    if reply.failure:
        reason = "operation_timeout" if reply.failure == "http_timeout" else "dispatch_failed"
        _slackbot(state, user, channel, f"{name} failed with the error “{reason}”")
    elif reply.text.strip():
        try:
            messages.answer(state, user, channel, _as_message(reply))
        except Refused as refused:
            state.refuse(name, refused, reply.text)


def act(sender: Sender, user: str, surface: View | Message, found: Placed, chosen: Any) -> None:
    """Click a button, or choose in a menu or picker outside an input; `chosen` as in `elements.action`."""
    state = sender.state
    if found.kind in STATE_KEY:
        enter(state, user, surface, found, chosen)
    reply = sender.interact(payloads.block_actions(state, user, surface, found, chosen))
    if not reply.failure and reply.text.strip():
        state.refuse(
            "block_actions", Refused("answer_ignored", ["Slack shows no answer to a click"]), reply.text
        )


def enter(state: State, user: str, surface: View | Message, found: Placed, value: Any) -> None:
    """Put a value into an element; nothing is sent."""
    with state.change():
        entered = surface.entered if isinstance(surface, View) else surface.entered.setdefault(user, {})
        entered[found.key] = value
        if isinstance(surface, View):
            surface.errors.pop(found.key[0], None)


def submit(sender: Sender, view: View) -> None:
    """Send a modal off and do what the answer says: close, clear, update, push, or errors at fields."""
    state = sender.state
    with state.change():
        view.errors, view.trouble = {}, None
    reply = sender.interact(payloads.view_submission(state, view))
    try:
        if not reply.failure:
            _follow(state, view, _answer_of(reply))
            return
    except Refused as refused:
        state.refuse("view_submission", refused, reply.text)
    with state.change():
        view.trouble = TROUBLE


def close(sender: Sender, user: str, *, everything: bool = False) -> None:
    """Cancel the top modal, or all; the bot hears of those that asked for `view_closed`."""
    state = sender.state
    top = state.modals[user][-1]
    cleared = everything or bool(top.payload.get("clear_on_close"))
    for view in views.close_top(state, user, everything=cleared):
        if view.payload.get("notify_on_close"):
            sender.interact(payloads.view_closed(state, view, is_cleared=cleared))


def suggest(
    sender: Sender, user: str, surface: View | Message, found: Placed, query: str
) -> list[dict[str, Any]]:
    """The options the bot offers for a query, groups unfolded; none when its answer is unlawful.

    LookupError for a query shorter than the menu's min_query_length (3 if unset): Slack would not ask.
    """
    state = sender.state
    least = found.element.get("min_query_length", 3)
    if len(query) < least:
        raise LookupError(f"Slack asks the bot only from {least} characters on, not for “{query}”")
    reply = sender.interact(payloads.block_suggestion(state, user, surface, found, query))
    if reply.failure:
        return []
    try:
        answer = _suggestions(reply)
    except Refused as refused:
        state.refuse("block_suggestion", refused, reply.text)
        return []
    return offered(stored(answer))


def event(sender: Sender, event: dict[str, Any], *, event_id: str | None = None) -> Reply:
    """Send any event; its `channel` decides whether the envelope says that the place is shared."""
    place = sender.state.places.get(str(event.get("channel")))
    return sender.event(event, event_id=event_id, shared=bool(place and place.is_ext_shared))


def open_home(sender: Sender, user: str) -> Reply:
    """Turn to the App Home; the bot gets app_home_opened."""
    state = sender.state
    with state.change():
        channel = state.direct(user, cast.BOT).id
    opened: dict[str, Any] = {"type": "app_home_opened", "user": user, "channel": channel, "tab": "home"}
    if home := state.homes.get(user):
        opened["view"] = views.as_slack(home)
    return event(sender, opened | {"event_ts": f"{state.now():.6f}"})


def upload(sender: Sender, user: str, channel: str, files: dict[str, bytes], words: str = "") -> Message:
    """Share files of a person by name, in one message, perhaps with words; the bot hears of it."""
    state = sender.state
    with state.change():
        made = [
            Upload(state.fresh("F"), name, len(content), content, shared=True, owner=user)
            for name, content in files.items()
        ]
        state.uploads |= {each.id: each for each in made}
        shown = [each.as_slack(state.base_url) for each in made]
        message = Message(state.fresh_ts(), channel, user, words, [], files=shown)
        state.messages.append(message)
    share(sender, message)
    return message


def share(sender: Sender, message: Message) -> None:
    """Have the bot hear of a message with files, as often as it is called."""
    place = sender.state.places[message.channel]
    if place.is_im and cast.BOT in place.members:
        heard = messages.as_slack(message) | {
            "subtype": "file_share",
            "channel": message.channel,
            "channel_type": "im",
            "event_ts": message.ts,
        }
        event(sender, heard)


def say(sender: Sender, user: str, channel: str, words: str) -> Message:
    """Post a person's plain message; the bot hears of it in their direct message only (message.im)."""
    state = sender.state
    place = state.places[channel]
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    with state.change():
        message = Message(state.fresh_ts(), channel, user, escaped, [])
        state.messages.append(message)
    if place.is_im and cast.BOT in place.members:
        heard = messages.as_slack(message) | {
            "channel": channel,
            "channel_type": "im",
            "event_ts": message.ts,
        }
        event(sender, heard)
    return message


def _follow(state: State, view: View, answer: Any) -> None:
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if answer in (None, {}):
        _leave(state, view)
    elif action == "clear":
        views.close_top(state, view.user, everything=True)
    elif action == "update":
        views.update_view(state, answer.get("view"), view_id=view.id)
    elif action == "push":
        views.stack_answered(state, view.user, answer.get("view"))
    elif action == "errors":
        _show_errors(state, view, answer.get("errors"))
    else:
        raise Refused("invalid_response_action", [f"response_action {action!r} is unknown"])


def _leave(state: State, view: View) -> None:
    with state.change():
        stack = state.modals.get(view.user, [])
        if view in stack:
            stack.remove(view)


def _show_errors(state: State, view: View, errors: Any) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refused("invalid_response_action", ["errors must name at least one block"])
    if strangers := sorted(set(errors) - inputs):
        raise Refused("invalid_response_action", [f"no input block has these ids: {', '.join(strangers)}"])
    if not all(isinstance(error, str) and error for error in errors.values()):
        raise Refused("invalid_response_action", ["an error must be a sentence"])
    with state.change():
        view.errors = dict(errors)


def _answer_of(reply: Reply) -> Any:
    try:
        return reply.json
    except ValueError:
        raise Refused("invalid_json", ["the answer is neither empty nor JSON"]) from None


def _suggestions(reply: Reply) -> Any:
    answer = _answer_of(reply)
    if found_wrong := limits.suggestion_problems(answer):
        raise Refused("invalid_options", found_wrong)
    return answer


def _as_message(reply: Reply) -> dict[str, Any]:
    """A command's answer: JSON, or plain text to show as it is."""
    if "json" not in reply.headers.get("Content-Type", ""):
        return {"text": reply.text}
    answer = _answer_of(reply)
    if not isinstance(answer, dict):
        raise Refused("json_not_object")
    return answer


def _slackbot(state: State, user: str, channel: str, text: str) -> None:
    with state.change():
        state.messages.append(Message(state.fresh_ts(), channel, SLACKBOT, text, [], only_for=user))
