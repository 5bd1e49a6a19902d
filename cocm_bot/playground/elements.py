"""Interactive elements: their blocks, their values, and the form in which Slack sends them to the bot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Entered = dict[tuple[str, str], Any]
"""The values a person entered, by block_id and action_id, as under the element's state key."""

STATE_KEY: Final[Mapping[str, str]] = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
"""The field of `state.values` that holds an element's value; buttons, overflow menus and images hold none."""

_INITIAL_KEY: Final[Mapping[str, str]] = {
    kind: "initial_value" if key == "value" else key.replace("selected", "initial")
    for kind, key in STATE_KEY.items()
}
INTERACTIVE: Final = frozenset(STATE_KEY) | {"button", "overflow"}


@dataclass(frozen=True)
class Placed:
    """An interactive element in its block."""

    block: dict[str, Any]
    element: dict[str, Any]

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    @property
    def key(self) -> tuple[str, str]:
        """block_id and action_id."""
        return self.block["block_id"], self.element["action_id"]

    @property
    def is_input(self) -> bool:
        """Return whether it is in an input block: entered silently, required unless optional."""
        return bool(self.block["type"] == "input")

    @property
    def label(self) -> str:
        """The words a person knows it by: an input's label, a button's text, or a menu's placeholder."""
        if self.is_input:
            return str(self.block["label"]["text"])
        words = self.element.get("text") or self.element.get("placeholder") or {}
        return str(words.get("text", ""))

    def value(self, entered: Entered) -> Any:
        """Return what the element holds now: as entered, else its initial value, else None (or an empty
        list).
        """
        initial = self.element.get(_INITIAL_KEY[self.kind])
        if initial is None and STATE_KEY[self.kind].endswith("s"):
            initial = []
        return entered.get(self.key, initial)


def placed(blocks: list[dict[str, Any]]) -> Iterator[Placed]:
    """Every interactive element of a surface, top to bottom."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        for element in inside:
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                yield Placed(block, element)


def with_ids(blocks: list[dict[str, Any]], fresh: Iterator[str]) -> list[dict[str, Any]]:
    """A copy as Slack stores it: every block with a block_id, every interactive element an action_id."""
    filled: list[dict[str, Any]] = stored(blocks)
    for block in filled:
        block.setdefault("block_id", next(fresh))
    for found in placed(filled):
        found.element.setdefault("action_id", next(fresh))
    return filled


def stored(value: Any) -> Any:
    """A deep copy in which text objects carry the flag Slack adds, so that options echo as Slack's do."""
    if isinstance(value, list):
        return [stored(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    added: dict[str, Any] = {}
    if isinstance(value.get("text"), str):
        added = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}.get(str(value.get("type")), {})
    return added | {name: stored(inner) for name, inner in value.items()}


def state_values(blocks: list[dict[str, Any]], entered: Entered) -> dict[str, dict[str, Any]]:
    """`state.values`: by block_id and action_id, with nulls and empty lists for what nobody filled."""
    values: dict[str, dict[str, Any]] = {}
    for found in placed(blocks):
        if found.kind in STATE_KEY:
            held = {"type": found.kind, STATE_KEY[found.kind]: found.value(entered)}
            if found.kind == "timepicker" and "timezone" in found.element:
                held["timezone"] = found.element["timezone"]
            values.setdefault(found.key[0], {})[found.key[1]] = held
    return values


def surviving(blocks: list[dict[str, Any]], entered: Entered) -> Entered:
    """Return what stays entered when a view is redrawn: values whose block_id and action_id are still
    there.
    """
    keys = {found.key for found in placed(blocks)}
    return {key: value for key, value in entered.items() if key in keys}


def action(found: Placed, chosen: Any, at: str) -> dict[str, Any]:
    """One entry of `actions` in a block_actions payload.

    `chosen` is the value now held, or the option picked from an overflow menu; buttons ignore it.
    """
    written = {"type": found.kind, "action_id": found.key[1], "block_id": found.key[0], "action_ts": at}
    element = found.element
    if found.kind == "button":
        written |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    elif found.kind == "overflow":
        written["selected_option"] = chosen
    else:
        written[STATE_KEY[found.kind]] = chosen
        initial = _INITIAL_KEY[found.kind]
        written |= {name: element[name] for name in ("placeholder", initial) if name in element}
    return written


def offered(element: dict[str, Any]) -> list[dict[str, Any]]:
    """The options an element (or the answer to a search) carries, those of its groups included."""
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(option for group in groups for option in group["options"])]
