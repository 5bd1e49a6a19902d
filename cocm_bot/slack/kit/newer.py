"""Blocks that Slack brings to workspaces by and by, and the older blocks that show the same.

A payload is drawn with the newer ones. Where a workspace refuses one, `older` draws it without.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from cocm_bot.slack.kit.blocks import (
    LONGEST_HEAD,
    LONGEST_TABLE,
    MOST_TABLE_COLUMNS,
    MOST_TABLE_ROWS,
    section,
    table,
)
from cocm_bot.slack.kit.text import Block, Payload, clip, length, mrkdwn, one_line

Level = Literal["default", "info", "warning", "error", "success"]

LONGEST_CELL = 80
MOST_PAGE = 100


class Number(NamedTuple):
    """A cell that is sorted by its value, and the words that show it."""

    value: float
    text: str


Cell = str | Number


def alert(text: str, level: Level = "error") -> Block:
    """A banner across a modal: modals only."""
    return {"type": "alert", "text": mrkdwn(text, 3000), "level": level}


def data_table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], page_size: int = 15
) -> Block:
    """A table that Slack sorts, filters and pages: one per message, and never in a modal.

    ValueError without rows, with more than 100 of them or 20 columns, with a row of another length, or with
    more than 10,000 characters in all: a row left out of a table that is sorted would not be missed.
    """
    if not 0 < len(rows) <= MOST_TABLE_ROWS or not 0 < len(columns) <= MOST_TABLE_COLUMNS:
        raise ValueError(f"a data table can't hold {len(rows)} rows of {len(columns)} columns")
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("every row of a data table has a cell for each column")
    head = [_cell(name, LONGEST_HEAD) for name in columns]
    body = [[_cell(each, LONGEST_CELL) for each in row] for row in rows]
    size = sum(length(cell["text"]) for row in (head, *body) for cell in row)
    if size > LONGEST_TABLE:
        raise ValueError(f"a data table can't hold {size} characters")
    return {
        "type": "data_table",
        "caption": one_line(caption),
        "rows": [head, *body],
        "page_size": min(max(page_size, 1), MOST_PAGE),
        "row_header_column_index": 0,
    }


def newer_types(payload: Payload) -> frozenset[str]:
    """Return the types of the newer blocks that a message or view holds."""
    return frozenset(block["type"] for block in payload.get("blocks", ()) if block["type"] in _OLDER)


def older(payload: Payload, refused: frozenset[str]) -> Payload:
    """Return the message or view with older blocks in the place of those of the refused types."""
    if not newer_types(payload) & refused:
        return payload
    return {**payload, "blocks": list(_replaced(payload["blocks"], refused))}


def _cell(cell: Cell, limit: int) -> Block:
    if isinstance(cell, Number):
        return {"type": "raw_number", "value": cell.value, "text": clip(one_line(cell.text), limit)}
    return {"type": "raw_text", "text": clip(one_line(cell), limit)}


def _replaced(blocks: Sequence[Block], refused: frozenset[str]) -> Iterator[Block]:
    for block in blocks:
        made = _OLDER[block["type"]](block) if block["type"] in refused and block["type"] in _OLDER else block
        yield {**made, "block_id": block["block_id"]} if "block_id" in block else made


def _as_table(block: Block) -> Block:
    head, *rows = ([str(cell["text"]) for cell in row] for row in block["rows"])
    numbers = [any(row[at]["type"] == "raw_number" for row in block["rows"]) for at in range(len(head))]
    return table(head, rows, align=["right" if number else "left" for number in numbers])


def _as_section(block: Block) -> Block:
    return section(block["text"]["text"])


_OLDER: Mapping[str, Callable[[Block], Block]] = {"data_table": _as_table, "alert": _as_section}
