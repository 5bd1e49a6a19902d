"""Trace a screen to the request that made the bot draw it, and what that request read and called.

A call belongs to the request whose trigger_id it spends, else to the latest request before it; what the
table was asked, to the request it was asked during. With one person clicking that is exact.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cocm_bot.playground.dynamodb import Engine, TableCall
from cocm_bot.playground.seats.finding import Surface
from cocm_bot.playground.state import Call, Message, State

LISTED = 40
LOOKED_AT = 2000
"""The number of latest calls that are searched."""
LATE_SECONDS = 30.0
"""Seconds after the last request from which the bot is taken to act by itself."""
UNTRACED: Mapping[str, Any] = {"sent": None, "by": None, "exchange": None}


class Traces:
    """Reads the workspace's and the engine's records."""

    def __init__(self, state: State, engine: Engine) -> None:
        self._state = state
        self._engine = engine

    def latest(self) -> list[dict[str, Any]]:
        """The latest requests, newest first."""
        exchanges = _exchanges(self._state.calls[-LOOKED_AT:])
        return [self._described(exchange) for exchange in reversed(exchanges[-LISTED:])]

    def of(self, surface: Surface) -> dict[str, Any]:
        """The JSON a message or view was drawn from, how it was sent, and the request that caused it."""
        calls = self._state.calls[-LOOKED_AT:]
        for call in reversed(calls):
            for payload in _payloads(call):
                if _drawn_from(surface, payload):
                    cause = next((each for each in _exchanges(calls) if each.has(call)), None)
                    return {
                        "sent": payload,
                        "by": call.name,
                        "exchange": self._described(cause) if cause else None,
                    }
        return dict(UNTRACED)

    def _described(self, exchange: "_Exchange") -> dict[str, Any]:
        request = exchange.request
        end = max(call.started + (call.seconds or 0) for call in [request, *exchange.caused])
        table = self._engine.between(request.started, end)
        steps = [*map(_slack_step, exchange.caused), *map(_table_step, table)]
        for step in steps:
            step["after"] = _ms(step.pop("started") - request.started)
        return {
            "name": _named(request),
            "who": _person(request, self._state),
            "started": request.started,
            "ms": _ms(request.seconds),
            "status": request.status,
            "asked": request.arguments,
            "answer": request.answer,
            "until": _ms(end - request.started),
            "steps": sorted(steps, key=lambda step: step["after"]),
        }


@dataclass
class _Exchange:
    """A request, and the calls of the bot that it caused."""

    request: Call
    caused: list[Call] = field(default_factory=list)

    def has(self, call: Call) -> bool:
        return any(each is call for each in (self.request, *self.caused))


def _exchanges(calls: list[Call]) -> list[_Exchange]:
    found: list[_Exchange] = []
    by_trigger: dict[Any, _Exchange] = {}
    for call in calls:
        trigger = (call.arguments or {}).get("trigger_id")
        if call.to == "bot":
            found.append(_Exchange(call))
            by_trigger[trigger] = found[-1]
        elif trigger and trigger in by_trigger:
            by_trigger[trigger].caused.append(call)
        elif found and call.started - found[-1].request.started <= LATE_SECONDS:
            found[-1].caused.append(call)
    return found


def _payloads(call: Call) -> Iterator[Any]:
    """Yield what a call may have drawn: a message's or view's JSON."""
    if call.to == "slack":
        yield (call.arguments or {}).get("view") or call.arguments or {}
    elif call.answer:
        try:
            answer = json.loads(call.answer)
        except ValueError:
            answer = {"text": call.answer}
        if isinstance(answer, dict):
            yield answer.get("view") or answer


def _drawn_from(surface: Surface, payload: dict[str, Any]) -> bool:
    if isinstance(surface, Message):
        said = payload.get("text", "") == surface.text and ("blocks" in payload) == bool(surface.blocks)
        return said and _holds(surface.blocks, payload.get("blocks", []))
    return "blocks" in payload and _holds(surface.payload, payload)


def _holds(stored: Any, given: Any) -> bool:
    """Return whether what is stored is what was given: ids and flags that Slack adds count for nothing."""
    if isinstance(given, dict):
        return isinstance(stored, dict) and all(
            name in stored and _holds(stored[name], value) for name, value in given.items()
        )
    if isinstance(given, list):
        same = isinstance(stored, list) and len(stored) == len(given)
        return same and all(map(_holds, stored, given))
    return bool(stored == given)


def _slack_step(call: Call) -> dict[str, Any]:
    answer = call.answer if isinstance(call.answer, dict) else {}
    return {
        "kind": "slack",
        "what": call.name,
        "detail": "",
        "started": call.started,
        "ms": _ms(call.seconds),
        "error": None if answer.get("ok", True) else answer.get("error"),
    }


def _table_step(call: TableCall) -> dict[str, Any]:
    counted = f"{call.items} item" if call.items == 1 else f"{call.items} items"
    return {
        "kind": "table",
        "what": call.operation,
        "detail": f"index {call.index}, {counted}" if call.index else counted,
        "started": call.started,
        "ms": _ms(call.seconds),
        "error": call.error,
    }


def _named(request: Call) -> str:
    arguments = request.arguments
    match request.name:
        case "block_actions":
            return f"block_actions {arguments['actions'][0]['action_id']}"
        case "shortcut":
            return f"shortcut {arguments['callback_id']}"
        case "view_submission" | "view_closed":
            return f"{request.name} {arguments['view']['callback_id']}"
        case "block_suggestion":
            return f"block_suggestion {arguments['action_id']}"
        case _:
            return f"{request.name} {arguments.get('text', '')}".strip()


def _person(request: Call, state: State) -> str:
    arguments = request.arguments
    user = arguments.get("user") or arguments.get("event", {}).get("user") or {}
    user_id = arguments.get("user_id") or (user.get("id") if isinstance(user, dict) else user)
    person = state.people.get(str(user_id))
    return person.name if person else ""


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
