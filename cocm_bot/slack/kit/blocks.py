"""The blocks a screen is made of, each text clipped to the limit of its place."""

from collections.abc import Iterable, Sequence
from typing import Literal

from cocm_bot.slack.kit.elements import at_most, present, within
from cocm_bot.slack.kit.fitting import Size, and_more, fitting
from cocm_bot.slack.kit.text import Block, Element, TextObject, clip, length, mrkdwn, one_line, plain

Align = Literal["left", "center", "right"]

MOST_FIELDS = 10
MOST_CONTEXT = 10
MOST_ACTIONS = 25
MOST_TABLE_ROWS = 100
MOST_TABLE_COLUMNS = 20
LONGEST_HEAD = 75
LONGEST_CELL = 300
LONGEST_TABLE = 10_000


def header(text: str) -> Block:
    """A heading, on one line."""
    return {"type": "header", "text": plain(text, 150)}


def section(
    text: str | None = None,
    *,
    fields: Sequence[str] = (),
    accessory: Element | None = None,
    block_id: str | None = None,
) -> Block:
    """Formatted text, up to ten fields in two columns, and one element at the side.

    The tenth of more than ten fields says how many are left out.
    """
    if text is None and not fields:
        text = ""
    return {
        "type": "section",
        **present(
            text=None if text is None else mrkdwn(text, 3000),
            fields=_capped(fields, MOST_FIELDS, 2000) or None,
            accessory=accessory,
            block_id=within(255, block_id, "block_id") if block_id else None,
        ),
    }


def context(*texts: str) -> Block:
    """Small grey text: up to ten pieces, the tenth of more saying how many are left out."""
    return {"type": "context", "elements": _capped(texts or ("",), MOST_CONTEXT, 3000)}


def _capped(texts: Sequence[str], most: int, limit: int) -> list[TextObject]:
    if len(texts) > most:
        texts = (*texts[: most - 1], and_more(len(texts) - most + 1))
    return [mrkdwn(text, limit) for text in texts]


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def actions(*elements: Element, block_id: str | None = None) -> Block:
    """A row of buttons and menus; ValueError without any, or with more than 25."""
    return {
        "type": "actions",
        "elements": at_most(MOST_ACTIONS, elements, "actions"),
        **present(block_id=within(255, block_id, "block_id") if block_id else None),
    }


def image(url: str, alt_text: str, title: str | None = None) -> Block:
    """A picture, with the words that replace it when it is not seen."""
    return {
        "type": "image",
        "image_url": within(3000, url, "image_url"),
        "alt_text": clip(one_line(alt_text), 2000),
        **present(title=plain(title, 2000) if title else None),
    }


def uploaded_image(file_id: str, alt_text: str) -> Block:
    """A picture that was given to Slack as a file, with the words that replace it when it is not seen."""
    return {
        "type": "image",
        "slack_file": {"id": file_id},
        "alt_text": clip(one_line(alt_text), 2000),
    }


def resent(block: Block) -> Block:
    """Return a block as Slack gave it back, to be shown again: Slack adds to a picture what it takes from
    nobody.
    """
    if block["type"] != "image" or "slack_file" not in block:
        return block
    kept: Block = {name: block[name] for name in ("type", "block_id", "alt_text") if name in block}
    return {**kept, "slack_file": {"id": block["slack_file"]["id"]}}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, align: Sequence[Align] = ()) -> Block:
    """A table under its column heads: one per message, and never in a modal.

    Columns past 20 are left out; rows past 99, or past 10,000 characters, are counted in a last row. A short
    row is filled up.
    """
    width = min(max(len(columns), 1), MOST_TABLE_COLUMNS)
    head = _cells(columns, width, LONGEST_HEAD)
    body = [_cells(row, width, LONGEST_CELL) for row in rows]
    room = Size(MOST_TABLE_ROWS, LONGEST_TABLE) - _size(head)
    shown = fitting([_size(row) for row in body], room, closing=Size(1, LONGEST_HEAD + width))
    if shown < len(body):
        body[shown:] = [_cells((and_more(len(body) - shown),), width, LONGEST_CELL)]
    settings = [{"align": side, "is_wrapped": True} for side in align[:width]]
    return {"type": "table", "rows": [head, *body], **present(column_settings=settings or None)}


def _cells(texts: Sequence[str], width: int, limit: int) -> list[Block]:
    filled = [*texts[:width], *[""] * (width - len(texts))]
    return [{"type": "raw_text", "text": clip(one_line(text), limit)} for text in filled]


def _size(cells: list[Block]) -> Size:
    return Size(1, sum(length(cell["text"]) for cell in cells))
