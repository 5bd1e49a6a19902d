"""Check that messages name their registry, wherever something can be pressed in them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from cocm_bot.playground.state import Call
from cocm_bot.slack.kit import registry_of
from cocm_bot.slack.runtime.request import remembered_registry

NEWCOMERS = frozenset({"registry-create"})
"""Modals of people who need be in no registry."""


def unmarked(calls: Iterable[Call]) -> list[str]:
    """The screens in which a press or a submission would lead nowhere."""
    return [shown for call in calls for shown in _unmarked(call)]


def _unmarked(call: Call) -> Iterator[str]:
    sent = call.arguments if call.to == "slack" else _json(call.answer)
    if not isinstance(sent, dict):
        return
    view = sent.get("view")
    if isinstance(view, dict) and not remembered_registry(view):
        loose = [block for block in view["blocks"] if _loose(block)]
        if loose or (view.get("submit") and view.get("callback_id") not in NEWCOMERS):
            yield f"{call.name}: {view.get('callback_id', view['type'])}"
    if call.to == "slack" and view is None:
        yield from (f"{call.name}: {sent.get('text')}" for block in sent.get("blocks", []) if _loose(block))


def _loose(block: dict[str, Any]) -> bool:
    pressable = block["type"] == "actions" or "accessory" in block
    return pressable and registry_of(str(block.get("block_id", ""))) is None


def _json(answer: Any) -> Any:
    return json.loads(answer) if isinstance(answer, str) and answer.startswith("{") else answer
