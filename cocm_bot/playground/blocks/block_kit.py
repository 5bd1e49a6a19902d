"""Block Kit's blocks as Slack accepts them: their contents, and the elements each may hold."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from cocm_bot.playground.blocks.element_kit import ELEMENTS, ID, IMAGE, URL, guarded, plain, rich
from cocm_bot.playground.blocks.shapes import (
    Check,
    a_number,
    anything,
    by_type,
    complaint,
    exactly_one,
    flag,
    items,
    one_of,
    shape,
    string,
    whole_number,
)

TABLE_CHARACTERS = 10_000
MARKDOWN_CHARACTERS = 12_000

_SELECTS = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_MULTI_SELECTS = {f"multi_{kind}" for kind in _SELECTS}
_CHOICES = _SELECTS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
_TYPING = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}


def _elements(*kinds: str) -> Check:
    return by_type({kind: ELEMENTS[kind] for kind in kinds})


def _text_or_fields(block: Any, pointer: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield complaint("missing required field: text or fields", pointer)


def _unique_action_ids(block: Any, pointer: str) -> Iterator[str]:
    ids = [element["action_id"] for element in block["elements"] if "action_id" in element]
    for repeated in sorted({name for name in ids if ids.count(name) > 1}):
        yield complaint(f"`action_id` `{repeated}` already exists in this block", f"{pointer}/elements")


def _table_size(block: Any, pointer: str) -> Iterator[str]:
    if sum(len(str(cell.get("text", ""))) for row in block["rows"] for cell in row) > TABLE_CHARACTERS:
        yield complaint(f"a table holds no more than {TABLE_CHARACTERS} characters", f"{pointer}/rows")


def _chart_agrees(chart: Any, pointer: str) -> Iterator[str]:
    """Each series has a name of its own, and one finite value for each category, in their order."""
    categories = chart["axis_config"]["categories"]
    names = [each["name"] for each in chart["series"]]
    if len(set(names)) < len(names) or len(set(categories)) < len(categories):
        yield complaint("series names and categories must be unique", f"{pointer}/series")
    for index, each in enumerate(chart["series"]):
        if [point["label"] for point in each["data"]] != categories:
            yield complaint("labels must match the categories", f"{pointer}/series/{index}/data")


def _finite(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        yield complaint("must provide a finite number", pointer)


CHART_POINTS, CHART_SERIES = 20, 6
_SERIES = items(
    shape(
        {
            "name": string(20),
            "data": items(shape({"label": string(20), "value": _finite}, {}), CHART_POINTS),
        },
        {},
    ),
    CHART_SERIES,
)
_AXIS = shape({"categories": items(string(20), CHART_POINTS)}, {"x_label": string(50), "y_label": string(50)})
_CHART = shape(
    {"type": one_of("bar", "line", "area"), "series": _SERIES, "axis_config": _AXIS},
    {},
    guarded(_chart_agrees),
)


def _even_rows(block: Any, pointer: str) -> Iterator[str]:
    if len({len(row) for row in block["rows"]}) > 1:
        yield complaint("all rows must have the same number of cells", f"{pointer}/rows")
    if any(cell["type"] == "rich_text" for cell in block["rows"][0]):
        yield complaint("a header cell can't be rich text", f"{pointer}/rows/0")


_BLOCK = {"block_id": ID}
_RICH_TEXT = shape({"elements": items(anything, 1000)}, _BLOCK)
_CELLS: dict[str, Check] = {
    "raw_text": shape({"text": string(TABLE_CHARACTERS)}, {}),
    "rich_text": _RICH_TEXT,
}
_CELL = by_type(_CELLS)
_NUMBER = shape({"value": a_number, "text": string(TABLE_CHARACTERS)}, {})
_DATA_CELL = by_type({**_CELLS, "raw_number": _NUMBER})
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})

BLOCKS: dict[str, Check] = {
    "section": shape(
        {},
        _BLOCK
        | {
            "text": rich(3000),
            "fields": items(rich(2000), 10),
            "accessory": _elements("button", "overflow", "image", *_CHOICES, *_MULTI_SELECTS),
            "expand": flag,
        },
        _text_or_fields,
    ),
    "header": shape({"text": plain(150)}, _BLOCK),
    "divider": shape({}, _BLOCK),
    "image": shape(
        {"alt_text": string(2000)},
        _BLOCK | {"image_url": URL, "slack_file": anything, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "context": shape(
        {"elements": items(by_type({"image": IMAGE, "plain_text": plain(3000), "mrkdwn": rich(3000)}), 10)},
        _BLOCK,
    ),
    "actions": shape(
        {
            "elements": items(
                _elements("button", "overflow", "datetimepicker", *_CHOICES, *_MULTI_SELECTS), 25
            )
        },
        _BLOCK,
        guarded(_unique_action_ids),
    ),
    "input": shape(
        {
            "label": plain(2000),
            "element": _elements("datetimepicker", *_CHOICES, *_MULTI_SELECTS, *_TYPING),
        },
        _BLOCK | {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": _RICH_TEXT,
    "markdown": shape({"text": string(MARKDOWN_CHARACTERS)}, _BLOCK),
    "data_visualization": shape({"title": string(50), "chart": _CHART}, _BLOCK),
    "table": shape(
        {"rows": items(items(_CELL, 20), 100)},
        _BLOCK | {"column_settings": items(_COLUMN, 20)},
        guarded(_table_size),
    ),
    "data_table": shape(
        {"caption": string(TABLE_CHARACTERS), "rows": items(items(_DATA_CELL, 20), 101, 2)},
        _BLOCK | {"page_size": whole_number(1, 100), "row_header_column_index": whole_number(0, 19)},
        guarded(_even_rows),
        guarded(_table_size),
    ),
    "alert": shape(
        {"text": rich(3000)},
        _BLOCK | {"level": one_of("default", "info", "warning", "error", "success")},
    ),
}

MESSAGE_ONLY = frozenset({"data_table", "data_visualization", "markdown", "table"})
"""Blocks allowed in messages, never in a modal or the App Home."""

BLOCKS_OF_MODALS = frozenset({"alert"})
"""Blocks allowed in modals, never in a message or the App Home."""

MODAL_ONLY = frozenset({"number_input", "email_text_input", "url_text_input"})
"""Elements allowed in modals, never in a message or the App Home."""
