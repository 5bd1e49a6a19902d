"""Put in words why a form's model refuses an answer."""

from typing import Any

from pydantic_core import ErrorDetails

from cocm_bot.slack.forms.input import Input

_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def sentence(asked: Input, error: ErrorDetails) -> str:
    """The words a validator of ours raised; else by the kind of error; else what the input wants."""
    details: dict[str, Any] = error.get("ctx", {})
    raised = str(details.get("error", ""))
    if raised:
        return raised
    kind = error["type"]
    if kind == "missing":
        return asked.missing
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"Enter {words} {details[name]}."
    if kind in {"string_too_long", "string_too_short"}:
        words, limit = ("at most", "max_length") if kind == "string_too_long" else ("at least", "min_length")
        return f"Enter {words} {_counted(details[limit], 'character')}."
    if kind in {"too_long", "too_short"}:
        words, limit = ("at most", "max_length") if kind == "too_long" else ("at least", "min_length")
        return f"Choose {words} {details[limit]}."
    return asked.wanted


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"
