"""Single controls drawn as text: `[ Save ]`, `‹ Follow Up ▾ ›`, `▏typed words`, ☑ and ◉."""

from typing import Any

from rich.emoji import Emoji
from rich.text import Text

from cocm_bot.playground.elements import STATE_KEY, Entered, Placed
from cocm_bot.playground.seats.markup import drawn
from cocm_bot.playground.state import State

_BUTTON_STYLES = {"primary": "bold green", "danger": "bold red"}
_PICKERS = {"datepicker": "📅", "timepicker": "🕒", "datetimepicker": "📅"}
_UNSET = {"datepicker": "Select a date", "timepicker": "Select a time", "datetimepicker": "Select a time"}


def control(state: State, found: Placed, entered: Entered) -> Text:
    """An interactive element with what it holds now."""
    element, kind = found.element, found.kind
    if kind == "button":
        style = _BUTTON_STYLES.get(element.get("style", ""), "bold")
        return Text("[ ", style).append_text(drawn(state, element["text"])).append(" ]")
    if kind == "overflow":
        return Text("‹ ⋯ " + " · ".join(option["text"]["text"] for option in element["options"]) + " ›")
    value = found.value(entered)
    if kind in {"checkboxes", "radio_buttons"}:
        return _boxes(state, element, value if isinstance(value, list) else [value])
    if STATE_KEY[kind] == "value":
        return _typed(found, value)
    if kind in _PICKERS:
        return Text(f"‹ {_PICKERS[kind]} {value or _placeholder(found) or _UNSET[kind]} ›")
    return Text(f"‹ {_shown(state, value) or _placeholder(found) or 'Select…'} ▾ ›")


def rich_text(state: State, block: Any) -> str:
    """The words of a rich_text block, lists one item a line."""
    if not isinstance(block, dict):
        return ""
    parts = [rich_text(state, part) for part in block.get("elements", [])]
    match block.get("type"):
        case "rich_text_list":
            return "\n".join(f"• {part}" for part in parts)
        case "rich_text":
            return "\n".join(parts)
        case "user":
            return f"@{_shown(state, block['user_id'])}"
        case "emoji":
            return Emoji.replace(f":{block['name']}:")
        case _:
            return str(block.get("text") or block.get("url") or "") + "".join(parts)


def _boxes(state: State, element: dict[str, Any], chosen: list[Any]) -> Text:
    on, off = ("☑", "☐") if element["type"] == "checkboxes" else ("◉", "○")
    values = [option["value"] for option in chosen if option]
    lines = []
    for option in element["options"]:
        line = Text(f"{on if option['value'] in values else off} ").append_text(drawn(state, option["text"]))
        if description := option.get("description"):
            line.append(" – ").append_text(drawn(state, description, "dim"))
        lines.append(line)
    return Text("\n").join(lines)


def _typed(found: Placed, value: str | None) -> Text:
    if value:
        return Text("\n").join([Text(f"▏{line}") for line in value.splitlines()])
    return Text(f"▏{_placeholder(found)}", "dim")


def _shown(state: State, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(state, each) for each in value)
    if isinstance(value, dict):
        return str(value["text"]["text"])
    if value in state.people:
        return state.people[value].name
    if value in state.places:
        return f"#{state.places[value].name}"
    return str(value or "")


def _placeholder(found: Placed) -> str:
    return str(found.element.get("placeholder", {}).get("text", ""))
