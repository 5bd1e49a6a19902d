"""Messages: posting, editing and deleting them, who sees them, and what a response_url may do."""

from typing import Any

from cocm_bot.playground import cast
from cocm_bot.playground.blocks import limits
from cocm_bot.playground.blocks.shapes import complaint
from cocm_bot.playground.cast import Place
from cocm_bot.playground.elements import state_values, with_ids
from cocm_bot.playground.state import Message, Refused, ResponseLink, State

LINK_USES = 5
LINK_SECONDS = 30 * 60


def reachable(state: State, channel_id: Any) -> Place:
    """The place the bot may post to under this id: a channel it is in, or a person's direct message.

    Refused: channel_not_found (also for a private channel without the bot), not_in_channel, is_archived.
    """
    if channel_id in state.people:
        return open_direct(state, channel_id)
    place = visible(state, channel_id)
    if place.is_archived:
        raise Refused("is_archived")
    if cast.BOT not in place.members:
        raise Refused("not_in_channel")
    return place


def visible(state: State, channel_id: Any) -> Place:
    """The place of this id, if the bot may know that it exists; else Refused("channel_not_found")."""
    place = state.places.get(channel_id) if isinstance(channel_id, str) else None
    if place is None:
        raise Refused("channel_not_found")
    hidden = place.is_private or place.is_im or place.is_mpim
    if hidden and cast.BOT not in place.members:
        raise Refused("channel_not_found")
    return place


def open_direct(state: State, *users: str) -> Place:
    """conversations.open: the direct message of the bot with these people."""
    for user in users:
        if state.person(user).deleted:
            raise Refused("user_disabled")
    with state.change():
        return state.direct(cast.BOT, *users)


def post(state: State, channel: str, arguments: dict[str, Any], *, only_for: str | None = None) -> Message:
    """A new message of the bot in a place that was found reachable, or by a response_url."""
    check(state, arguments)
    with state.change():
        message = Message(
            ts=state.fresh_ts(),
            channel=channel,
            author=cast.BOT,
            text=arguments.get("text") or "",
            blocks=with_ids(arguments.get("blocks") or [], state.fresh_ids()),
            thread_ts=arguments.get("thread_ts"),
            only_for=only_for,
            metadata=arguments.get("metadata"),
            attachments=arguments.get("attachments") or [],
        )
        state.messages.append(message)
        return message


def backdated(state: State, channel: str, arguments: dict[str, Any], at: float) -> Message:
    """A message of the bot as if posted at an instant (seconds UTC), before anything else was said."""
    check(state, arguments)
    with state.change():
        blocks = with_ids(arguments.get("blocks") or [], state.fresh_ids())
        message = Message(f"{at:.6f}", channel, cast.BOT, arguments.get("text") or "", blocks)
        state.messages.append(message)
    return message


def share(
    state: State, channel: str, files: list[dict[str, Any]], comment: str, thread_ts: str | None
) -> Message:
    """A new message of the bot that carries files, with or without words."""
    with state.change():
        message = Message(state.fresh_ts(), channel, cast.BOT, comment, [], thread_ts=thread_ts, files=files)
        state.messages.append(message)
        return message


def edit(state: State, message: Message, arguments: dict[str, Any]) -> Message:
    """chat.update: blocks and attachments that are not given stay; an empty list takes them away."""
    kept = {name: getattr(message, name) for name in ("blocks", "attachments", "metadata")}
    return replace(state, message, kept | {k: v for k, v in arguments.items() if v is not None})


def replace(state: State, message: Message, arguments: dict[str, Any]) -> Message:
    """Replace all that a message says."""
    check(state, arguments)
    with state.change():
        message.text = arguments.get("text") or ""
        message.blocks = with_ids(arguments.get("blocks") or [], state.fresh_ids())
        message.attachments = arguments.get("attachments") or []
        message.metadata = arguments.get("metadata")
        message.edited, message.entered = True, {}
        return message


def delete(state: State, message: Message) -> None:
    """Take a message away."""
    with state.change():
        state.messages.remove(message)


def own(state: State, channel: str, ts: Any, forbidden: str) -> Message:
    """The bot's own lasting message at this ts; Refused message_not_found, or `forbidden` if not its own."""
    for message in state.messages:
        if (message.channel, message.ts, message.only_for) == (channel, ts, None):
            if message.author != cast.BOT:
                raise Refused(forbidden)
            return message
    raise Refused("message_not_found")


def check(state: State, arguments: dict[str, Any]) -> None:
    """Refused when Slack's limits for messages don't hold, or it does not know a block yet."""
    unknown = state.unknown_blocks
    if refusal := limits.refusal_of("message", arguments) or limits.unknown_block(
        "message", arguments, unknown
    ):
        raise Refused(*refusal)


def fresh_link(state: State, user: str, channel: str, message: Message | None = None) -> str:
    """A response_url for something this person did in a place, good for 5 uses in 30 minutes."""
    link = ResponseLink(state.fresh("R"), user, channel, state.now(), message.ts if message else None)
    state.links[link.token] = link
    return f"{state.base_url}/respond/{link.token}"


def respond(state: State, token: str, arguments: dict[str, Any]) -> None:
    """Handle a POST to a response_url: post, replace or delete.

    Ephemeral unless `response_type` is "in_channel". Refused: expired_url when old, used_url after 5 uses.
    Only the link of a click has an original: a command's link cannot replace what it posted before.
    """
    with state.change():
        link = state.links.get(token)
        if link is None:
            raise Refused("invalid_url")
        if state.now() - link.issued > LINK_SECONDS:
            raise Refused("expired_url")
        if link.uses >= LINK_USES:
            raise Refused("used_url")
        link.uses += 1
        source = next((m for m in state.messages if m.ts == link.message_ts), None)
        if arguments.get("delete_original"):
            if source is None:
                raise Refused("message_not_found")
            delete(state, source)
        elif arguments.get("replace_original") and source is not None:
            replace(state, source, arguments)
        else:
            answer(state, link.user, link.channel, arguments)


def answer(state: State, user: str, channel: str, arguments: dict[str, Any]) -> Message:
    """An answer to a command or a click: for that person only unless it asks to be in the channel."""
    kind = arguments.get("response_type") or "ephemeral"
    if kind not in {"ephemeral", "in_channel"}:
        raise Refused("invalid_arguments", [complaint("must be a valid enum value", "/response_type")])
    return post(state, channel, arguments, only_for=user if kind == "ephemeral" else None)


def as_slack(message: Message) -> dict[str, Any]:
    """The `message` object of answers and payloads."""
    written: dict[str, Any] = {
        "type": "message",
        "user": message.author,
        "ts": message.ts,
        "text": message.text,
        "team": cast.TEAM,
    }
    if message.author == cast.BOT:
        written |= {"bot_id": cast.BOT_ID, "app_id": cast.APP}
    if message.blocks:
        written["blocks"] = message.blocks
    for name in ("thread_ts", "metadata", "attachments", "files"):
        if value := getattr(message, name):
            written[name] = value
    if message.edited:
        written["edited"] = {"user": message.author, "ts": message.ts}
    return written


def values(message: Message, user: str) -> dict[str, Any]:
    """`state.values` of a message's inputs as this person left them."""
    return state_values(message.blocks, message.entered.get(user, {}))
