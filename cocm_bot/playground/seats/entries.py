"""Convert a person's typing or picking to an element's value, with Slack's checks before it sends a form."""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Any, TypeVar

from cocm_bot.playground.elements import Placed, offered
from cocm_bot.playground.state import State

P = TypeVar("P", date, time)

REQUIRED = "Please complete this required field."


def entry(state: State, found: Placed, given: Any, options: list[dict[str, Any]] | None = None) -> Any:
    """The value an element holds when a person enters `given`; LookupError if nobody could.

    Options are named by their text (or value), people and channels by name (or id), several by a list; dates
    are dates or "YYYY-MM-DD". `options` are an external select's suggestions. None or "" empties the element.
    """
    kind = found.kind
    if kind.startswith("multi_") or kind == "checkboxes":
        each = given if isinstance(given, list | tuple | set) else [] if given in (None, "") else [given]
        if len(each) > found.element.get("max_selected_items", len(each)):
            raise LookupError(f"no more than {found.element['max_selected_items']} can be chosen")
        return [_single(state, found, kind.removeprefix("multi_"), item, options) for item in each]
    return None if given in (None, "") else _single(state, found, kind, given, options)


def _single(state: State, found: Placed, kind: str, given: Any, options: list[dict[str, Any]] | None) -> Any:
    match kind:
        case "users_select" | "conversations_select" | "channels_select":
            known = state.people if kind == "users_select" else state.places
            return _named(given, ((each.id, each.name) for each in known.values()))
        case "static_select" | "external_select" | "radio_buttons" | "checkboxes" | "overflow":
            return option_named(str(given), options if options is not None else offered(found.element))
        case "datepicker":
            return _picked(date, given, "date").isoformat()
        case "timepicker":
            return f"{_picked(time, given, 'time'):%H:%M}"
        case "datetimepicker":
            return int(given)
        case _:
            return str(given)


def _picked(kind: type[P], given: Any, what: str) -> P:
    try:
        return given if isinstance(given, kind) else kind.fromisoformat(str(given))
    except ValueError:
        raise LookupError(f"the picker has no {what} {given!r}") from None


def option_named(words: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    """The option with this text or value, else the only one whose text contains it; LookupError otherwise."""
    exact = [o for o in options if words in (o["text"]["text"], o.get("value"))]
    near = exact or [o for o in options if words.lower() in o["text"]["text"].lower()]
    if len({o.get("value") for o in near}) == 1:
        return near[0]
    known = ", ".join(o["text"]["text"] for o in options[:20])
    raise LookupError(f"{len(near) or 'no'} options say “{words}”; offered: {known or 'none'}")


def _named(words: Any, known: Iterable[tuple[str, str]]) -> str:
    for known_id, name in known:
        if str(words).removeprefix("#") in (known_id, name):
            return known_id
    raise LookupError(f"nobody and no channel is called “{words}”")


def complaint_before_sending(found: Placed, value: Any) -> str | None:
    """The error Slack itself shows under an input and does not send the form; None when it would send."""
    element = found.element
    if value in (None, "", []):
        return None if found.block.get("optional") else REQUIRED
    match found.kind:
        case "plain_text_input":
            return _length_complaint(element, value)
        case "number_input":
            return _number_complaint(element, value)
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            return "Please enter a valid email address."
        case "url_text_input" if not re.match(r"https?://\S+$", value):
            return "Please enter a valid URL."
    return None


def _length_complaint(element: dict[str, Any], value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter no more than {element.get('max_length', 3000)} characters."
    return None


def _number_complaint(element: dict[str, Any], value: str) -> str | None:
    decimal = element["is_decimal_allowed"]
    if not re.fullmatch(r"-?\d+(\.\d+)?" if decimal else r"-?\d+", value):
        return "Please enter a valid number." if decimal else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number no less than {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number no greater than {element['max_value']}."
    return None
