"""Every limit on both sides: at the limit Slack takes it, one over (or under) it refuses, and says where."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot.playground.blocks.limits import (
    Surface,
    problems,
    refusal_of,
    suggestion_problems,
    unknown_block,
)
from tests.playground.blocks import (
    CONFIRM,
    actions,
    alert,
    button,
    data_table,
    entry,
    home,
    message,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    section,
    select,
    table,
    typed,
)

Build = Callable[[int], dict[str, Any]]


def in_section(element: dict[str, Any]) -> dict[str, Any]:
    return message(section(accessory=element))


def boxes(kind: str) -> Build:
    return lambda n: in_section({"type": kind, "action_id": "a", "options": options(n)})


def groups(count: int, each: int) -> list[dict[str, Any]]:
    return [
        {"label": plain(f"Group {g}"), "options": [option(f"{g}.{n}") for n in range(each)]}
        for g in range(count)
    ]


def grouped(label: int) -> dict[str, Any]:
    group = {"label": plain("x" * label), "options": options(1)}
    return in_section({"type": "static_select", "action_id": "a", "option_groups": [group]})


def confirming(**more: Any) -> dict[str, Any]:
    return message(actions(button(confirm=CONFIRM | more)))


def image(**more: Any) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A picture", **more}


def raw(words: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": words}


def of_bytes(size: int) -> dict[str, Any]:
    """A modal that is so many bytes of JSON."""
    view = modal(*[section("x" * 3000)] * 81, section("x"))
    view["blocks"][-1] = section("x" * (size - len(json.dumps(view)) + 1))
    return view


def of_kind(kind: str, **parts: Any) -> dict[str, Any]:
    """A menu of this kind with one option, some of whose parts are given."""
    return in_section({"type": kind, "action_id": "a", "options": [option("x", "v") | parts]})


def option_limits(kind: str) -> dict[str, tuple[int, Surface, Build, str]]:
    at = "/blocks/0/accessory/options/0"
    return {
        f"option text, {kind}": (
            75,
            "message",
            lambda n: of_kind(kind, text=plain("x" * n)),
            f"{at}/text/text",
        ),
        f"option value, {kind}": (150, "message", lambda n: of_kind(kind, value="v" * n), f"{at}/value"),
        f"option description, {kind}": (
            75,
            "message",
            lambda n: of_kind(kind, description=plain("x" * n)),
            f"{at}/description/text",
        ),
    }


AT_MOST: dict[str, tuple[int, Surface, Build, str]] = {
    "blocks in a message": (50, "message", lambda n: message(*[section()] * n), "/blocks"),
    "blocks in a modal": (100, "modal", lambda n: modal(*[section()] * n), "/view/blocks"),
    "blocks in App Home": (100, "home", lambda n: home(*[section()] * n), "/view/blocks"),
    "a message's text": (40_000, "message", lambda n: {"text": "x" * n}, "/text"),
    "section text": (3000, "message", lambda n: message(section("x" * n)), "/blocks/0/text/text"),
    "section fields": (
        10,
        "message",
        lambda n: message(section(fields=[mrkdwn("x")] * n)),
        "/blocks/0/fields",
    ),
    "a section field": (
        2000,
        "message",
        lambda n: message(section(fields=[mrkdwn("x" * n)])),
        "/blocks/0/fields/0/text",
    ),
    "header": (
        150,
        "message",
        lambda n: message({"type": "header", "text": plain("x" * n)}),
        "/blocks/0/text/text",
    ),
    "input label": (2000, "modal", lambda n: modal(entry("x" * n)), "/view/blocks/0/label/text"),
    "input hint": (
        2000,
        "modal",
        lambda n: modal(entry("Name", hint=plain("x" * n))),
        "/view/blocks/0/hint/text",
    ),
    "placeholder of a text input": (
        150,
        "modal",
        lambda n: modal(entry("Name", typed(placeholder=plain("x" * n)))),
        "/view/blocks/0/element/placeholder/text",
    ),
    "placeholder of a select": (
        150,
        "message",
        lambda n: in_section(select(placeholder=plain("x" * n))),
        "/blocks/0/accessory/placeholder/text",
    ),
    "elements in actions": (
        25,
        "message",
        lambda n: message(actions(*[button(action_id=f"a{i}") for i in range(n)])),
        "/blocks/0/elements",
    ),
    "elements in context": (
        10,
        "message",
        lambda n: message({"type": "context", "elements": [mrkdwn("x")] * n}),
        "/blocks/0/elements",
    ),
    "button text": (
        75,
        "message",
        lambda n: message(actions(button("x" * n))),
        "/blocks/0/elements/0/text/text",
    ),
    "button value": (
        2000,
        "message",
        lambda n: message(actions(button(value="x" * n))),
        "/blocks/0/elements/0/value",
    ),
    "button accessibility_label": (
        75,
        "message",
        lambda n: message(actions(button(accessibility_label="x" * n))),
        "/blocks/0/elements/0/accessibility_label",
    ),
    "button url": (
        3000,
        "message",
        lambda n: message(actions(button(url="x" * n))),
        "/blocks/0/elements/0/url",
    ),
    "options of a select": (100, "message", lambda n: in_section(select(n)), "/blocks/0/accessory/options"),
    "option groups": (
        100,
        "message",
        lambda n: in_section({"type": "static_select", "action_id": "a", "option_groups": groups(n, 1)}),
        "/blocks/0/accessory/option_groups",
    ),
    "options in a group": (
        100,
        "message",
        lambda n: in_section({"type": "static_select", "action_id": "a", "option_groups": groups(1, n)}),
        "/blocks/0/accessory/option_groups/0/options",
    ),
    "label of a group": (75, "message", grouped, "/blocks/0/accessory/option_groups/0/label/text"),
    "radio buttons": (10, "message", boxes("radio_buttons"), "/blocks/0/accessory/options"),
    "checkboxes": (10, "message", boxes("checkboxes"), "/blocks/0/accessory/options"),
    "overflow": (5, "message", boxes("overflow"), "/blocks/0/accessory/options"),
    "max_length": (
        3000,
        "modal",
        lambda n: modal(entry("Name", typed(max_length=n))),
        "/view/blocks/0/element/max_length",
    ),
    "initial value": (
        3000,
        "modal",
        lambda n: modal(entry("Name", typed(initial_value="x" * n))),
        "/view/blocks/0/element/initial_value",
    ),
    "view title": (24, "modal", lambda n: modal(title=plain("x" * n)), "/view/title/text"),
    "view submit": (24, "modal", lambda n: modal(submit=plain("x" * n)), "/view/submit/text"),
    "view close": (24, "modal", lambda n: modal(close=plain("x" * n)), "/view/close/text"),
    "private_metadata": (3000, "modal", lambda n: modal(private_metadata="x" * n), "/view/private_metadata"),
    "private_metadata of home": (
        3000,
        "home",
        lambda n: home(private_metadata="x" * n),
        "/view/private_metadata",
    ),
    "callback_id": (255, "modal", lambda n: modal(callback_id="x" * n), "/view/callback_id"),
    "external_id": (255, "modal", lambda n: modal(external_id="x" * n), "/view/external_id"),
    "block_id": (255, "message", lambda n: message(section(block_id="x" * n)), "/blocks/0/block_id"),
    "action_id": (
        255,
        "message",
        lambda n: message(actions(button(action_id="x" * n))),
        "/blocks/0/elements/0/action_id",
    ),
    "confirm title": (
        100,
        "message",
        lambda n: confirming(title=plain("x" * n)),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "confirm text": (
        300,
        "message",
        lambda n: confirming(text=plain("x" * n)),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "confirm button": (
        30,
        "message",
        lambda n: confirming(confirm=plain("x" * n)),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "confirm's other button": (
        30,
        "message",
        lambda n: confirming(deny=plain("x" * n)),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    "alt_text of an image block": (
        2000,
        "message",
        lambda n: message(image(alt_text="x" * n)),
        "/blocks/0/alt_text",
    ),
    "alt_text of an image beside text": (
        2000,
        "message",
        lambda n: in_section(image(alt_text="x" * n)),
        "/blocks/0/accessory/alt_text",
    ),
    "table rows": (100, "message", lambda n: message(table(n, 1)), "/blocks/0/rows"),
    "table columns": (20, "message", lambda n: message(table(1, n)), "/blocks/0/rows/0"),
    "column settings": (
        20,
        "message",
        lambda n: message(table(column_settings=[{"align": "right"}] * n)),
        "/blocks/0/column_settings",
    ),
    "data table rows": (101, "message", lambda n: message(data_table(n - 1, 1)), "/blocks/0/rows"),
    "data table page": (100, "message", lambda n: message(data_table(page_size=n)), "/blocks/0/page_size"),
    "characters in a data table": (
        10_000,
        "message",
        lambda n: message(data_table(1, 1, "x" * (n - 1))),
        "/blocks/0/rows",
    ),
    "alert text": (3000, "modal", lambda n: modal(alert("x" * n)), "/view/blocks/0/text/text"),
    "tables in a message": (1, "message", lambda n: message(*[table()] * n), "/blocks"),
    "characters in a table": (
        10_000,
        "message",
        lambda n: message({"type": "table", "rows": [[raw("x" * (n - 1)), raw("y")]]}),
        "/blocks/0/rows",
    ),
    "characters in all blocks": (
        13_000,
        "message",
        lambda n: message(*[section("x" * 2600)] * 4, section("x" * (n - 10_400))),
        "/blocks",
    ),
    "markdown": (
        12_000,
        "message",
        lambda n: message({"type": "markdown", "text": "x" * n}),
        "/blocks/0/text",
    ),
    "markdown blocks together": (
        12_000,
        "message",
        lambda n: message({"type": "markdown", "text": "x" * (n - 1)}, {"type": "markdown", "text": "y"}),
        "/blocks",
    ),
    "bytes of a view": (250_000, "modal", of_bytes, "/view"),
    "attachments": (
        100,
        "message",
        lambda n: {"text": "x", "attachments": [{"text": "x"}] * n},
        "/attachments",
    ),
    "event_type of metadata": (
        255,
        "message",
        lambda n: {"text": "x", "metadata": {"event_type": "x" * n, "event_payload": {}}},
        "/metadata/event_type",
    ),
    "claims to focus": (
        1,
        "modal",
        lambda n: modal(*[entry("Name", typed(focus_on_load=True))] * n),
        "/view/blocks",
    ),
}


KINDS = ("static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow")
AT_MOST |= {what: limit for kind in KINDS for what, limit in option_limits(kind).items()}


@pytest.mark.parametrize("what", AT_MOST)
def test_at_the_limit_it_is_taken_and_one_over_it_is_refused_there(what: str) -> None:
    most, surface, build, pointer = AT_MOST[what]
    assert problems(surface, build(most)) == []
    over = problems(surface, build(most + 1))
    assert len(over) == 1
    assert over[0].endswith(f"[json-pointer:{pointer}]")
    if told := re.search(r"less than (\d+) characters|no more than (\d+) items", over[0]):
        assert int(told[1] or 0) == most + 1 or int(told[2] or 0) == most


# Not less than one of each: an empty text, list or id is refused.
EMPTY: dict[str, tuple[Surface, dict[str, Any], str]] = {
    "section text": ("message", message(section("")), "/blocks/0/text/text"),
    "section fields": ("message", message(section(fields=[])), "/blocks/0/fields"),
    "button text": ("message", message(actions(button(""))), "/blocks/0/elements/0/text/text"),
    "action_id": ("message", message(actions(button(action_id=""))), "/blocks/0/elements/0/action_id"),
    "block_id": ("message", message(section(block_id="")), "/blocks/0/block_id"),
    "actions": ("message", message(actions()), "/blocks/0/elements"),
    "context": ("message", message({"type": "context", "elements": []}), "/blocks/0/elements"),
    "options": ("message", in_section(select(0)), "/blocks/0/accessory/options"),
    "overflow": ("message", boxes("overflow")(0), "/blocks/0/accessory/options"),
    "title": ("modal", modal(title=plain("")), "/view/title/text"),
    "placeholder": (
        "modal",
        modal(entry("Name", typed(placeholder=plain("")))),
        "/view/blocks/0/element/placeholder/text",
    ),
    "table": ("message", message({"type": "table", "rows": []}), "/blocks/0/rows"),
    "table cell": ("message", message({"type": "table", "rows": [[raw("")]]}), "/blocks/0/rows/0/0/text"),
}


@pytest.mark.parametrize("what", EMPTY)
def test_nothing_may_be_empty(what: str) -> None:
    surface, payload, pointer = EMPTY[what]
    found = problems(surface, payload)
    assert len(found) == 1
    assert found[0].endswith(f"[json-pointer:{pointer}]")


def without(payload: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key != name}


def choosing(kind: str, *initial: dict[str, Any], many: bool = False) -> dict[str, Any]:
    offered = [option("Yes"), option("No")]
    chosen = {"initial_options": list(initial)} if many else {"initial_option": initial[0]}
    return in_section({"type": kind, "action_id": "a", "options": offered, **chosen})


WRONG: dict[str, tuple[Surface, dict[str, Any], str]] = {
    "unknown block": ("message", message({"type": "carousel"}), "unsupported type: carousel"),
    "block without type": ("message", message({"text": plain("x")}), "missing required field: type"),
    "block that is no object": ("message", message("words"), "must provide an object"),  # type: ignore[arg-type]  # that is the case
    "unknown element": ("message", message(actions({"type": "slider"})), "unsupported type: slider"),
    "unknown field": ("message", message(section(colour="red")), "invalid additional property: colour"),
    "section without words": ("message", message({"type": "section"}), "text or fields"),
    "header in mrkdwn": (
        "message",
        message({"type": "header", "text": mrkdwn("x")}),
        "unsupported type: mrkdwn",
    ),
    "button in mrkdwn": ("message", message(actions(button(text=mrkdwn("x")))), "unsupported type: mrkdwn"),
    "title in mrkdwn": ("modal", modal(title=mrkdwn("x")), "unsupported type: mrkdwn"),
    "text that is null": ("message", message(section(text=None)), "must provide an object"),
    "initial_option that is null": (
        "message",
        in_section(select(initial_option=None)),
        "must provide an object",
    ),
    "button style": ("message", message(actions(button(style="warning"))), "valid enum value"),
    "button in an input": ("modal", modal(entry("x", button())), "unsupported type: button"),
    "button in context": (
        "message",
        message({"type": "context", "elements": [button()]}),
        "unsupported type: button",
    ),
    "text input in actions": ("message", message(actions(typed())), "unsupported type: plain_text_input"),
    "text input beside text": ("message", in_section(typed()), "unsupported type: plain_text_input"),
    "image in actions": ("message", message(actions(image())), "unsupported type: image"),
    "date and time beside text": (
        "message",
        in_section({"type": "datetimepicker"}),
        "unsupported type: datetimepicker",
    ),
    "table in a modal": ("modal", modal(table()), "unsupported type: table"),
    "data table in a modal": ("modal", modal(data_table()), "unsupported type: data_table"),
    "data table in App Home": ("home", home(data_table()), "unsupported type: data_table"),
    "alert in a message": ("message", message(alert()), "unsupported type: alert"),
    "alert in App Home": ("home", home(alert()), "unsupported type: alert"),
    "alert of no level": ("modal", modal(alert(level="loud")), "must be a valid enum value"),
    "a number in a table": (
        "message",
        message({"type": "table", "rows": [[{"type": "raw_number", "value": 1, "text": "1"}]]}),
        "unsupported type: raw_number",
    ),
    "table in App Home": ("home", home(table()), "unsupported type: table"),
    "markdown in a modal": (
        "modal",
        modal({"type": "markdown", "text": "x"}),
        "unsupported type: markdown",
    ),
    "number input in a message": (
        "message",
        message(entry("Minutes", typed("number_input", is_decimal_allowed=False))),
        "unsupported type: number_input",
    ),
    "e-mail input in App Home": (
        "home",
        home(entry("E-mail", typed("email_text_input"))),
        "unsupported type: email_text_input",
    ),
    "number input without is_decimal_allowed": (
        "modal",
        modal(entry("Minutes", typed("number_input"))),
        "missing required field: is_decimal_allowed",
    ),
    "number input with a number": (
        "modal",
        modal(entry("Minutes", typed("number_input", is_decimal_allowed=True, min_value=0))),
        "must be a number",
    ),
    "input without element": (
        "modal",
        modal(without(entry("x"), "element")),
        "missing required field: element",
    ),
    "modal with inputs without submit": ("modal", modal(entry("x"), submit=None), "must define `submit`"),
    "modal without title": ("modal", modal(title=None), "missing required field: title"),
    "modal without blocks": ("modal", without(modal(), "blocks"), "missing required field: blocks"),
    "modal that says home": ("modal", home(), "valid enum value"),
    "home with a title": ("home", home(title=plain("x")), "invalid additional property: title"),
    "home with submit": ("home", home(submit=plain("x")), "invalid additional property: submit"),
    "initial_option not offered": (
        "message",
        choosing("static_select", option("Maybe")),
        "initial_option must be one of the options",
    ),
    "initial_option with another text": (
        "message",
        choosing("static_select", option("Yes!", "yes")),
        "initial_option must be one of the options",
    ),
    "radio's initial_option not offered": (
        "message",
        choosing("radio_buttons", option("Maybe")),
        "initial_option must be one of the options",
    ),
    "one initial_option of several not offered": (
        "message",
        choosing("checkboxes", option("Yes"), option("Maybe"), many=True),
        "initial_options must be one of the options",
    ),
    "options and groups": (
        "message",
        in_section(select(option_groups=groups(1, 1))),
        "exactly one of: options, option_groups",
    ),
    "neither options nor groups": (
        "message",
        in_section(without(select(), "options")),
        "exactly one of: options, option_groups",
    ),
    "option without value": (
        "message",
        in_section(select(options=[{"text": plain("x")}])),
        "missing required field: value",
    ),
    "two options with one value": (
        "message",
        in_section(select(options=[option("A", "v"), option("B", "v")])),
        "unique values",
    ),
    "repeated block_id": (
        "message",
        message(section(block_id="twice"), section(block_id="twice")),
        "`block_id` `twice` already exists",
    ),
    "repeated action_id in a block": (
        "message",
        message(actions(button("A"), button("B"))),
        "`action_id` `go` already exists",
    ),
    "image without alt_text": (
        "message",
        message(without(image(), "alt_text")),
        "missing required field: alt_text",
    ),
    "image without a source": (
        "message",
        message(without(image(), "image_url")),
        "exactly one of: image_url, slack_file",
    ),
    "confirm without text": (
        "message",
        message(actions(button(confirm=without(CONFIRM, "text")))),
        "missing required field: text",
    ),
    "a date that is none": (
        "message",
        in_section({"type": "datepicker", "action_id": "a", "initial_date": "2026-13-01"}),
        "must be a date",
    ),
    "a time that is none": (
        "message",
        in_section({"type": "timepicker", "action_id": "a", "initial_time": "24:00"}),
        "must be a time",
    ),
    "a menu where none may be chosen": (
        "message",
        in_section({"type": "multi_users_select", "max_selected_items": 0}),
        "between 1 and 100",
    ),
    "max_length of nothing": ("modal", modal(entry("x", typed(max_length=0))), "between 1 and 3000"),
    "initial value too long for its input": (
        "modal",
        modal(entry("x", typed(max_length=2, initial_value="abc"))),
        "must fit min_length and max_length",
    ),
    "shortest longer than longest": (
        "modal",
        modal(entry("x", typed(min_length=3, max_length=2))),
        "must not exceed max_length",
    ),
    "a flag that is a word": ("modal", modal(entry("x", optional="yes")), "must provide a boolean"),
    "message without anything": ("message", {"text": "", "blocks": []}, "no text"),
    "metadata without payload": (
        "message",
        message(section(), metadata={"event_type": "x"}),
        "missing required field: event_payload",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_slack_does_not_take(what: str) -> None:
    surface, payload, reason = WRONG[what]
    assert any(reason in found for found in problems(surface, payload))


CODES: dict[str, tuple[str, Surface, dict[str, Any]]] = {
    "blocks of a message": ("invalid_blocks", "message", message(section(""))),
    "blocks of an attachment": (
        "invalid_attachments",
        "message",
        {"text": "x", "attachments": [{"blocks": [section("")]}]},
    ),
    "an attachment that is no object": (
        "invalid_attachments",
        "message",
        {"text": "x", "attachments": ["x"]},
    ),
    "blocks that are no list": ("invalid_blocks", "message", {"text": "x", "blocks": {"type": "divider"}}),
    "text that is no text": ("invalid_arguments", "message", {"text": 7}),
    "a table and a data table": ("invalid_attachments", "message", message(table(), data_table())),
    "two tables": ("invalid_attachments", "message", message(table(), table())),
    "blocks too long together": ("msg_blocks_too_long", "message", message(*[section("x" * 3000)] * 5)),
    "text too long": ("msg_too_long", "message", {"text": "x" * 40_001}),
    "nothing": ("no_text", "message", {}),
    "metadata": ("invalid_metadata_format", "message", message(section(), metadata=[])),
    "a view": ("invalid_arguments", "modal", modal(title=plain(""))),
    "a view of more than 250 kB": ("view_too_large", "modal", modal(*[section("x" * 3000)] * 84)),
}


@pytest.mark.parametrize("what", CODES)
def test_the_error_code_slack_answers_with(what: str) -> None:
    code, surface, payload = CODES[what]
    refusal = refusal_of(surface, payload)
    assert refusal is not None
    assert refusal[0] == code


FINE: dict[str, tuple[Surface, dict[str, Any]]] = {
    "text alone": ("message", {"text": "words"}),
    "blocks alone": ("message", {"blocks": [section()]}),
    "blocks in an attachment, and metadata": (
        "message",
        {
            "attachments": [{"blocks": [section()]}, {"text": "old style"}],
            "metadata": {"event_type": "digest", "event_payload": {}},
        },
    ),
    "empty ids and metadata": ("modal", modal(private_metadata="", callback_id="", external_id="")),
    "an empty modal": ("modal", modal(submit=None)),
    "an empty home": ("home", home()),
    "the same action_id in two blocks": ("message", message(actions(button()), actions(button()))),
    "a multi-select in actions": (
        "message",
        message(actions({"type": "multi_static_select", "action_id": "a", "options": options(2)})),
    ),
    "an external select without options": ("message", in_section({"type": "external_select"})),
    "a search from the first": ("message", in_section({"type": "external_select", "min_query_length": 0})),
    "a menu of several where one may be chosen": (
        "message",
        in_section({"type": "multi_users_select", "max_selected_items": 1}),
    ),
    "an initial option in a group": (
        "message",
        in_section({"type": "static_select", "option_groups": groups(2, 2), "initial_option": option("1.1")}),
    ),
    "an input in a message": ("message", message(entry("Note"))),
    "every modal input": (
        "modal",
        modal(
            entry("Text", typed(multiline=True, min_length=0, max_length=3000)),
            entry("Number", typed("number_input", is_decimal_allowed=False, min_value="0", max_value="27")),
            entry("E-mail", typed("email_text_input")),
            entry("Link", typed("url_text_input")),
            entry("Date", typed("datepicker", initial_date="2028-02-29")),
            entry("Time", typed("timepicker", initial_time="23:59")),
            entry("Moment", typed("datetimepicker", initial_date_time=1_780_000_000)),
            entry("Member", typed("users_select")),
            entry("Members", typed("multi_users_select", max_selected_items=3)),
            entry("Place", typed("conversations_select", filter={"include": ["public", "private"]})),
        ),
    ),
    "a table with rich text and no wrapping": (
        "message",
        message(
            {
                "type": "table",
                "rows": [
                    [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}]
                ],
                "column_settings": [{"is_wrapped": False}],
            }
        ),
    ),
}


@pytest.mark.parametrize("what", FINE)
def test_what_slack_takes(what: str) -> None:
    assert problems(*FINE[what]) == []


def test_every_complaint_is_told_not_only_the_first() -> None:
    found = problems("message", message(section(""), {"type": "carousel"}, actions()))
    assert [line.rsplit(":", 1)[-1] for line in found] == [
        "/blocks/0/text/text]",
        "/blocks/1/type]",
        "/blocks/2/elements]",
    ]


UNEVEN: dict[str, list[list[dict[str, Any]]]] = {
    "only a head": [[raw("a")]],
    "too many columns": [[raw("a")] * 21] * 2,
    "a row that is too short": [[raw("a"), raw("b")], [raw("1")]],
    "a head of rich text": [[{"type": "rich_text", "elements": [{}]}], [raw("1")]],
    "a number without words": [[raw("a")], [{"type": "raw_number", "value": 1}]],
    "a number that is none": [[raw("a")], [{"type": "raw_number", "value": "1", "text": "1"}]],
    "an empty cell": [[raw("a")], [raw("")]],
}


@pytest.mark.parametrize("what", UNEVEN)
def test_a_data_table_that_slack_refuses(what: str) -> None:
    assert problems("message", message({**data_table(), "rows": UNEVEN[what]}))


def test_a_block_that_a_workspace_does_not_have_yet() -> None:
    shown = message(section(), data_table())
    assert unknown_block("message", shown, {"alert"}) is None
    refusal = unknown_block("message", shown, {"data_table"})
    assert refusal is not None
    assert refusal[0] == "invalid_blocks"
    assert "unsupported type: data_table [json-pointer:/blocks/1/type]" in refusal[1][0]
    refused = unknown_block("modal", modal(alert()), {"alert"})
    assert refused is not None
    assert refused[0] == "invalid_arguments"


SUGGESTIONS: dict[str, tuple[Any, bool]] = {
    "none": ({"options": []}, True),
    "a hundred": ({"options": options(100)}, True),
    "too many": ({"options": options(101)}, False),
    "groups": ({"option_groups": groups(2, 2)}, True),
    "a hundred groups": ({"option_groups": groups(100, 1)}, True),
    "too many groups": ({"option_groups": groups(101, 1)}, False),
    "no groups": ({"option_groups": []}, True),
    "an empty group": ({"option_groups": [{"label": plain("x"), "options": []}]}, False),
    "both": ({"options": [], "option_groups": []}, False),
    "neither": ({}, False),
    "nothing": (None, False),
    "an option without text": ({"options": [{"value": "v"}]}, False),
}


@pytest.mark.parametrize("what", SUGGESTIONS)
def test_answers_to_a_search(what: str) -> None:
    answer, fine = SUGGESTIONS[what]
    assert (suggestion_problems(answer) == []) is fine
