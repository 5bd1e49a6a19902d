"""Build Slack's answer for a view that somebody submits without touching it."""

from typing import Any

from cocm_bot.slack import kit

_TYPED = {
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "multi_users_select": ("initial_users", "selected_users"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "radio_buttons": ("initial_option", "selected_option"),
    "multi_static_select": ("initial_options", "selected_options"),
    "checkboxes": ("initial_options", "selected_options"),
}


def untouched(blocks: list[kit.Block]) -> dict[str, Any]:
    """`view.state.values` of the inputs as they were drawn."""
    return {block["block_id"]: {block["element"]["action_id"]: _entry(block["element"])} for block in blocks}


def _entry(element: kit.Element) -> dict[str, Any]:
    initial, entered = _TYPED.get(element["type"], ("initial_value", "value"))
    nothing: list[Any] | None = [] if entered in {"selected_options", "selected_users"} else None
    return {"type": element["type"], entered: element.get(initial, nothing)}
