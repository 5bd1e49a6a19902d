"""Modals whose draft is kept: they send each change, and can be drawn with it again."""

from collections.abc import Iterator, Mapping
from typing import Any

from cocm_bot.slack.kit.text import Block, Payload

_WRITTEN = frozenset({"plain_text_input", "number_input", "email_text_input"})
_COUNTS = _WRITTEN | {"radio_buttons"}
"""Inputs somebody would have to write or think of again; a menu and a date are quickly chosen."""
_INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_conversation": "initial_conversation",
    "selected_users": "initial_users",
}
"""The element's field that takes what its state holds."""
_SHOWN = ("type", "title", "close", "submit", "callback_id", "private_metadata", "notify_on_close")


def sent_as_typed(block: Block) -> Block:
    """Return the input with each change sent to the bot; one that does so already as it is."""
    if block["type"] != "input" or block.get("dispatch_action"):
        return block
    element: Block = block["element"]
    if element["type"] in _WRITTEN:
        element = {**element, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    return {**block, "dispatch_action": True, "element": element}


def written(view: Mapping[str, Any]) -> bool:
    """Return whether a modal, as Slack sends it, holds something written or answered since it was drawn."""
    return any(
        value is not None and value != element.get(_INITIAL[name])
        for element, name, value in _entered(view)
        if element["type"] in _COUNTS
    )


def filled(view: Mapping[str, Any]) -> Payload:
    """A modal, as Slack sends it, to be opened again with all that was entered in it."""
    held = {(block_id, action_id): state for block_id, action_id, state in _states(view)}
    blocks = [_with(block, held) for block in view["blocks"]]
    shown = {name: view[name] for name in _SHOWN if view.get(name) is not None}
    return {**shown, "blocks": blocks}


def _with(block: Block, held: Mapping[tuple[str, str], Mapping[str, Any]]) -> Block:
    if block["type"] != "input":
        return block
    element = block["element"]
    state = held.get((block["block_id"], element["action_id"]))
    if state is None:
        return block
    bare = {name: value for name, value in element.items() if not name.startswith("initial_")}
    given = {_INITIAL[name]: value for name, value in state.items() if name in _INITIAL and value}
    return {**block, "element": bare | given}


def _entered(view: Mapping[str, Any]) -> Iterator[tuple[Block, str, Any]]:
    """The element, the name of what it holds, and that, for each input."""
    elements = {
        (block["block_id"], block["element"]["action_id"]): block["element"]
        for block in view["blocks"]
        if block["type"] == "input"
    }
    for block_id, action_id, state in _states(view):
        element = elements.get((block_id, action_id))
        for name in _INITIAL:
            if element is not None and name in state:
                yield element, name, state[name]


def _states(view: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for block_id, actions in (view.get("state") or {}).get("values", {}).items():
        for action_id, state in actions.items():
            yield block_id, action_id, state
