"""Small legal pieces of Block Kit to build cases from; keyword arguments override or add fields."""

from typing import Any

Block = dict[str, Any]


def plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": words}


def section(words: str = "words", **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(words), **more}


def button(words: str = "Go", action_id: str = "go", **more: Any) -> Block:
    return {"type": "button", "text": plain(words), "action_id": action_id, **more}


def option(words: str, value: str | None = None, **more: Any) -> Block:
    return {"text": plain(words), "value": value or words.lower(), **more}


def options(count: int) -> list[Block]:
    return [option(f"Option {n}", f"o{n}") for n in range(count)]


def select(count: int = 2, **more: Any) -> Block:
    return {"type": "static_select", "action_id": "pick", "options": options(count), **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def typed(kind: str = "plain_text_input", **more: Any) -> Block:
    return {"type": kind, "action_id": "value", **more}


def entry(label: str, element: Block | None = None, block_id: str | None = None, **more: Any) -> Block:
    named = {} if block_id is None else {"block_id": block_id}
    return {"type": "input", "label": plain(label), "element": element or typed(), **named, **more}


def table(rows: int = 2, columns: int = 2, **more: Any) -> Block:
    cells = [[{"type": "raw_text", "text": "x"} for _ in range(columns)] for _ in range(rows)]
    return {"type": "table", "rows": cells, **more}


def data_table(rows: int = 1, columns: int = 2, text: str = "x", **more: Any) -> Block:
    head = [{"type": "raw_text", "text": "x"} for _ in range(columns)]
    cells = [[{"type": "raw_number", "value": n, "text": text} for n in range(columns)] for _ in range(rows)]
    return {"type": "data_table", "caption": "x", "rows": [head, *cells], **more}


def alert(text: str = "x", **more: Any) -> Block:
    return {"type": "alert", "text": plain(text), **more}


def modal(*blocks: Block, **more: Any) -> Block:
    """A modal with a submit button; `submit=None` leaves it out."""
    view = {"type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": list(blocks), **more}
    return {name: value for name, value in view.items() if value is not None}


def home(*blocks: Block, **more: Any) -> Block:
    return {"type": "home", "blocks": list(blocks), **more}


def message(*blocks: Block, **more: Any) -> Block:
    return {"text": "A notice", "blocks": list(blocks), **more}


CONFIRM: Block = {
    "title": plain("Sure?"),
    "text": plain("It will be gone."),
    "confirm": plain("Yes, remove"),
    "deny": plain("Keep"),
}
