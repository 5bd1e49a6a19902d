"""Check a message, a modal, an App Home or an answer of options against Slack's limits.

Pure: give any payload a screen draws and get the complaints, worded as Slack words them. Sizes are those of
Slack's reference; characters are code points.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any, Literal

from cocm_bot.playground.blocks.block_kit import (
    BLOCKS,
    BLOCKS_OF_MODALS,
    MARKDOWN_CHARACTERS,
    MESSAGE_ONLY,
    MODAL_ONLY,
)
from cocm_bot.playground.blocks.element_kit import OPTION_GROUPS, OPTIONS, plain
from cocm_bot.playground.blocks.shapes import (
    an_object,
    anything,
    by_type,
    complaint,
    exactly_one,
    flag,
    items,
    one_of,
    shape,
    string,
)

Surface = Literal["message", "modal", "home"]
Refusal = tuple[str, list[str]]
"""The error code Slack answers with, and its messages."""

MESSAGE_BLOCKS, VIEW_BLOCKS, CHARTS = 50, 100, 2
MESSAGE_BLOCK_CHARACTERS = 13_000
MESSAGE_TEXT_CHARACTERS = 40_000
VIEW_BYTES = 250_000

_MODAL_BLOCK = by_type({kind: check for kind, check in BLOCKS.items() if kind not in MESSAGE_ONLY})
_HOME_BLOCK = by_type(
    {kind: check for kind, check in BLOCKS.items() if kind not in MESSAGE_ONLY | BLOCKS_OF_MODALS}
)
_MESSAGE_BLOCKS = items(
    by_type({kind: check for kind, check in BLOCKS.items() if kind not in BLOCKS_OF_MODALS}),
    MESSAGE_BLOCKS,
    0,
)
_IDENTITY = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "clear_on_close": flag,
    "notify_on_close": flag,
}
_VIEWS = {
    "modal": shape(
        {"type": one_of("modal"), "title": plain(24), "blocks": items(_MODAL_BLOCK, VIEW_BLOCKS, 0)},
        _IDENTITY | {"submit": plain(24), "close": plain(24), "submit_disabled": flag},
    ),
    "home": shape({"type": one_of("home"), "blocks": items(_HOME_BLOCK, VIEW_BLOCKS, 0)}, _IDENTITY),
}
_ATTACHMENTS = items(an_object, 100, 0)
_METADATA = shape({"event_type": string(255), "event_payload": an_object}, {})
_SUGGESTIONS = shape(
    {},
    {"options": items(anything, 100, 0), "option_groups": items(anything, 100, 0)},
    exactly_one("options", "option_groups"),
)


def problems(surface: Surface, payload: dict[str, Any]) -> list[str]:
    """Return what Slack would refuse in a message's arguments (`text`, `blocks`) or in a view; empty when
    fine.
    """
    refusal = refusal_of(surface, payload)
    return refusal[1] if refusal else []


def refusal_of(surface: Surface, payload: dict[str, Any]) -> Refusal | None:
    """The error code Slack answers with and its messages; None when it would accept the payload."""
    return _message_refusal(payload) if surface == "message" else _view_refusal(surface, payload)


def unknown_block(surface: Surface, payload: dict[str, Any], unknown: Collection[str]) -> Refusal | None:
    """Return how a workspace that does not have some types of block yet refuses a payload with one of them.

    Slack rolls new blocks out by and by.
    """
    code, pointer = ("invalid_blocks", "") if surface == "message" else ("invalid_arguments", "/view")
    found = [
        complaint(f"unsupported type: {block['type']}", f"{pointer}/blocks/{index}/type")
        for index, block in enumerate(payload.get("blocks") or [])
        if block["type"] in unknown
    ]
    return (code, found) if found else None


def suggestion_problems(answer: Any) -> list[str]:
    """Return what is wrong with the answer to a block_suggestion; an empty list of options is fine."""
    found = list(_SUGGESTIONS(answer, ""))
    if not found and answer.get("options"):
        found += OPTIONS(answer["options"], "/options")
    if not found and answer.get("option_groups"):
        found += OPTION_GROUPS(answer["option_groups"], "/option_groups")
    return found


def _view_refusal(surface: str, view: Any) -> Refusal | None:
    found = list(_VIEWS[surface](view, "/view"))
    if not found:
        found += _across_blocks(surface, view["blocks"], "/view/blocks")
        found += _needs_submit(surface, view)
    if found:
        return "invalid_arguments", found
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        return "view_too_large", [complaint(f"must be less than {VIEW_BYTES} bytes", "/view")]
    return None


def _needs_submit(surface: str, view: dict[str, Any]) -> Iterator[str]:
    if surface == "home" or "submit" in view:
        return
    for index, block in enumerate(view["blocks"]):
        if block["type"] == "input":
            yield complaint(
                "bolt-app must define `submit` to use an `input` block in modals",
                f"/view/blocks/{index}/input",
            )


def _message_refusal(message: dict[str, Any]) -> Refusal | None:
    """The first refusal of the steps Slack takes; later steps count on what earlier ones found in order."""
    steps = (_text_refusal, _metadata_refusal, _blocks_refusal, _attachments_refusal, _whole_refusal)
    return next(filter(None, (step(message) for step in steps)), None)


def _text_refusal(message: dict[str, Any]) -> Refusal | None:
    text = message.get("text") or ""
    if not isinstance(text, str):
        return "invalid_arguments", [complaint("must provide a string", "/text")]
    if len(text) > MESSAGE_TEXT_CHARACTERS:
        over = f"must be less than {MESSAGE_TEXT_CHARACTERS + 1} characters"
        return "msg_too_long", [complaint(over, "/text")]
    return None


def _metadata_refusal(message: dict[str, Any]) -> Refusal | None:
    found = list(_METADATA(message["metadata"], "/metadata")) if message.get("metadata") is not None else []
    return ("invalid_metadata_format", found) if found else None


def _blocks_refusal(message: dict[str, Any]) -> Refusal | None:
    found = _message_blocks(message.get("blocks"), "/blocks")
    return ("invalid_blocks", found) if found else None


def _attachments_refusal(message: dict[str, Any]) -> Refusal | None:
    attachments = message.get("attachments") or []
    found = list(_ATTACHMENTS(attachments, "/attachments"))
    for index, attachment in enumerate([] if found else attachments):
        found += _message_blocks(attachment.get("blocks"), f"/attachments/{index}/blocks")
    return ("invalid_attachments", found) if found else None


def _message_blocks(blocks: Any, pointer: str) -> list[str]:
    if not blocks:
        return []
    return list(_MESSAGE_BLOCKS(blocks, pointer)) or _across_blocks("message", blocks, pointer)


def _whole_refusal(message: dict[str, Any]) -> Refusal | None:
    attachments = message.get("attachments") or []
    blocks = list(message.get("blocks") or [])
    blocks += [block for attachment in attachments for block in attachment.get("blocks") or []]
    if not (message.get("text") or blocks or attachments):
        return "no_text", [complaint("no text", "/text")]
    if sum(block["type"] in {"table", "data_table"} for block in blocks) > 1:
        return "invalid_attachments", [complaint("only_one_table_allowed", "/blocks")]
    if sum(block["type"] == "data_visualization" for block in blocks) > CHARTS:
        return "invalid_blocks", [complaint(f"no more than {CHARTS} charts allowed", "/blocks")]
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        return "msg_blocks_too_long", [complaint("markdown blocks are too long together", "/blocks")]
    if _characters(blocks) > MESSAGE_BLOCK_CHARACTERS:
        over = f"must be less than {MESSAGE_BLOCK_CHARACTERS + 1} characters in all"
        return "msg_blocks_too_long", [complaint(over, "/blocks")]
    return None


def _characters(value: Any) -> int:
    """The characters of every string called `text`, at any depth."""
    if isinstance(value, list):
        return sum(_characters(inner) for inner in value)
    if isinstance(value, dict):
        own = value["text"] if isinstance(value.get("text"), str) else ""
        return len(own) + sum(_characters(inner) for inner in value.values())
    return 0


def _across_blocks(surface: str, blocks: list[dict[str, Any]], pointer: str) -> list[str]:
    """Return what shows only across blocks, in their place: repeated ids, claims to focus, misplaced
    inputs.
    """
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    found = [
        complaint(f"`block_id` `{repeated}` already exists", pointer)
        for repeated in sorted({name for name in ids if ids.count(name) > 1})
    ]
    elements = [block["element"] for block in blocks if block["type"] == "input"]
    elements += [element for block in blocks for element in block.get("elements", [])]
    elements += [block["accessory"] for block in blocks if "accessory" in block]
    if sum(element.get("focus_on_load") is True for element in elements if isinstance(element, dict)) > 1:
        found.append(complaint("only one element can have focus_on_load", pointer))
    for index, block in enumerate(blocks):
        kind = block.get("element", {}).get("type")
        if kind in MODAL_ONLY and surface != "modal":
            found.append(complaint(f"unsupported type: {kind}", f"{pointer}/{index}/element/type"))
    return found
