"""Block Kit's elements as Slack accepts them: what each may hold."""

from collections.abc import Iterator
from typing import Any

from cocm_bot.playground.blocks.shapes import (
    Check,
    anything,
    by_type,
    complaint,
    exactly_one,
    flag,
    items,
    matching,
    one_of,
    shape,
    string,
    whole_number,
)

ID = string(255)
URL = string(3000)
_decimal = matching(r"-?\d+(\.\d+)?", "a number")
_date = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date as YYYY-MM-DD")
_time = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")


def _text(most: int, *kinds: str) -> Check:
    content = {"text": string(most)}
    known = {
        "plain_text": shape(content, {"emoji": flag}),
        "mrkdwn": shape(content, {"verbatim": flag}),
    }
    return by_type({kind: known[kind] for kind in kinds})


def plain(most: int) -> Check:
    """A plain_text object of at most so many characters."""
    return _text(most, "plain_text")


def rich(most: int) -> Check:
    """A plain_text or mrkdwn object of at most so many characters."""
    return _text(most, "plain_text", "mrkdwn")


CONFIRM = shape(
    {"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
_RICH_OPTION = shape({"text": rich(75), "value": string(150)}, {"description": rich(75)})
_OVERFLOW_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTIONS = items(OPTION, 100)
OPTION_GROUPS = items(shape({"label": plain(75), "options": OPTIONS}, {}), 100)


def _options_of(element: dict[str, Any]) -> list[Any]:
    groups = element.get("option_groups") or []
    return (element.get("options") or []) + [o for group in groups for o in group.get("options", [])]


def _initial_among_options(element: Any, pointer: str) -> Iterator[str]:
    # A value is what makes an option the same; the wording is compared too, as a stale label is refused.
    offered = [(o.get("value"), (o.get("text") or {}).get("text")) for o in _options_of(element)]
    chosen = [("initial_option", element["initial_option"])] if "initial_option" in element else []
    chosen += [("initial_options", option) for option in element.get("initial_options", [])]
    for name, option in chosen:
        if (option.get("value"), (option.get("text") or {}).get("text")) not in offered:
            yield complaint(f"{name} must be one of the options", f"{pointer}/{name}")


def _unique_values(element: Any, pointer: str) -> Iterator[str]:
    values = [option.get("value") for option in _options_of(element)]
    if len(set(values)) < len(values):
        yield complaint("options must have unique values", f"{pointer}/options")


def _fits_its_length(element: Any, pointer: str) -> Iterator[str]:
    initial = element.get("initial_value", "")
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        yield complaint("min_length must not exceed max_length", f"{pointer}/min_length")
    if initial and not least <= len(initial) <= element.get("max_length", len(initial)):
        yield complaint("initial_value must fit min_length and max_length", f"{pointer}/initial_value")


def guarded(rule: Check) -> Check:
    """A rule that assumes well-formed fields: left out where they are not, as that is a complaint already."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        try:
            found = list(rule(value, pointer))
        except (AttributeError, TypeError):
            return
        yield from found

    return check


_ACTION = {"action_id": ID}
_ASKS = _ACTION | {"confirm": CONFIRM}
_FOCUS = {"focus_on_load": flag}
_PICKER = _ASKS | _FOCUS | {"placeholder": plain(150)}
_DISPATCH = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)})
_TYPED = _ACTION | _FOCUS | {"placeholder": plain(150), "dispatch_action_config": _DISPATCH}
_MANY = {"max_selected_items": whole_number(1, 100)}
_STATIC = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_ONE_SOURCE = exactly_one("options", "option_groups")
_LEGAL_CHOICE = (guarded(_initial_among_options), guarded(_unique_values))
_FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_WHOM = {"filter": _FILTER, "default_to_current_conversation": flag}


def _choices(option: Check, most: int) -> dict[str, Check]:
    return {"options": items(option, most)}


IMAGE = shape(
    {"alt_text": string(2000)},
    {"image_url": URL, "slack_file": anything},
    exactly_one("image_url", "slack_file"),
)

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        _ASKS
        | {
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "static_select": shape({}, _PICKER | _STATIC | {"initial_option": OPTION}, _ONE_SOURCE, *_LEGAL_CHOICE),
    "multi_static_select": shape(
        {},
        _PICKER | _STATIC | _MANY | {"initial_options": items(OPTION, 100)},
        _ONE_SOURCE,
        *_LEGAL_CHOICE,
    ),
    "external_select": shape(
        {}, _PICKER | {"min_query_length": whole_number(0, 100), "initial_option": OPTION}
    ),
    "multi_external_select": shape(
        {},
        _PICKER | _MANY | {"min_query_length": whole_number(0, 100), "initial_options": items(OPTION, 100)},
    ),
    "users_select": shape({}, _PICKER | {"initial_user": ID}),
    "multi_users_select": shape({}, _PICKER | _MANY | {"initial_users": items(ID, 100)}),
    "conversations_select": shape(
        {}, _PICKER | _WHOM | {"initial_conversation": ID, "response_url_enabled": flag}
    ),
    "multi_conversations_select": shape(
        {}, _PICKER | _WHOM | _MANY | {"initial_conversations": items(ID, 100)}
    ),
    "channels_select": shape({}, _PICKER | {"initial_channel": ID, "response_url_enabled": flag}),
    "multi_channels_select": shape({}, _PICKER | _MANY | {"initial_channels": items(ID, 100)}),
    "overflow": shape(_choices(_OVERFLOW_OPTION, 5), _ASKS, guarded(_unique_values)),
    "checkboxes": shape(
        _choices(_RICH_OPTION, 10),
        _ASKS | _FOCUS | {"initial_options": items(_RICH_OPTION, 10)},
        *_LEGAL_CHOICE,
    ),
    "radio_buttons": shape(
        _choices(_RICH_OPTION, 10), _ASKS | _FOCUS | {"initial_option": _RICH_OPTION}, *_LEGAL_CHOICE
    ),
    "datepicker": shape({}, _PICKER | {"initial_date": _date}),
    "timepicker": shape({}, _PICKER | {"initial_time": _time, "timezone": string(100)}),
    "datetimepicker": shape(
        {}, _ASKS | _FOCUS | {"initial_date_time": whole_number(1_000_000_000, 9_999_999_999)}
    ),
    "plain_text_input": shape(
        {},
        _TYPED
        | {
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": whole_number(0, 3000),
            "max_length": whole_number(1, 3000),
        },
        guarded(_fits_its_length),
    ),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        _TYPED | {"initial_value": _decimal, "min_value": _decimal, "max_value": _decimal},
    ),
    "email_text_input": shape({}, _TYPED | {"initial_value": string(3000)}),
    "url_text_input": shape({}, _TYPED | {"initial_value": string(3000)}),
    "image": IMAGE,
}
