"""Whole payloads: messages, modals and the App Home, each kept within what Slack takes of it."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from cocm_bot.domain.pages import Page
from cocm_bot.slack.kit.blocks import actions, context, section
from cocm_bot.slack.kit.drafts import sent_as_typed
from cocm_bot.slack.kit.elements import button, present, within
from cocm_bot.slack.kit.fitting import Size, and_more, fitting
from cocm_bot.slack.kit.text import Block, Payload, clip_mrkdwn, length, plain, shown

Row = Block | Sequence[Block]
"""A row of a list: a block, or some that belong together and are never parted."""

MESSAGE = Size(50, 12_000)
"""Blocks, and characters of text in them: Slack refuses "about" 13,000."""
VIEW = Size(100, 240_000)
"""Blocks, and bytes of JSON: Slack refuses a view of more than 250 kB."""
LONGEST_NOTIFICATION = 3000


def fit_message(
    rows: Sequence[Row],
    *,
    head: Sequence[Block] = (),
    foot: Sequence[Block] = (),
    more: str = "",
    beyond: int = 0,
) -> list[Block]:
    """Head, as many whole rows as a message holds, "…and N more" where some are left out, and foot.

    `more` is a sentence added to that note (how to see the rest), `beyond` the number of rows that exist but
    were not given.
    """
    return _fit(rows, head, foot, more, beyond, MESSAGE, _text_size)


def fit_view(
    rows: Sequence[Row],
    *,
    head: Sequence[Block] = (),
    foot: Sequence[Block] = (),
    more: str = "",
    beyond: int = 0,
) -> list[Block]:
    """As `fit_message`, for a modal or the App Home."""
    return _fit(rows, head, foot, more, beyond, VIEW, _byte_size)


def _fit(
    rows: Sequence[Row],
    head: Sequence[Block],
    foot: Sequence[Block],
    more: str,
    beyond: int,
    place: Size,
    size: Callable[[Sequence[Block]], Size],
) -> list[Block]:
    kept_together = [[row] if isinstance(row, dict) else list(row) for row in rows]
    room = place - size([*head, *foot])
    closing = size([_closing(len(rows) + beyond, more)])
    fit = fitting([size(row) for row in kept_together], room, closing, closed=beyond > 0)
    left_out = len(rows) - fit + beyond
    note = [_closing(left_out, more)] if left_out else []
    return [*head, *(block for row in kept_together[:fit] for block in row), *note, *foot]


def _closing(count: int, more: str) -> Block:
    return context(f"{and_more(count)}. {more}" if more else and_more(count))


def _text_size(blocks: Sequence[Block]) -> Size:
    return Size(len(blocks), _text_length(blocks))


def _text_length(part: Any) -> int:
    if isinstance(part, dict):
        return sum(
            length(value) if name in {"text", "alt_text"} and isinstance(value, str) else _text_length(value)
            for name, value in part.items()
        )
    return sum(map(_text_length, part)) if isinstance(part, list | tuple) else 0


def _byte_size(blocks: Sequence[Block]) -> Size:
    return Size(len(blocks), len(json.dumps(blocks)))


def page_bar(page: Page[Any], action_id: str, value: Callable[[int], str] = str) -> list[Block]:
    """Return the page's position and the buttons to the pages beside it; nothing when there is one page
    only.

    The buttons' ids are `<action_id>:previous` and `<action_id>:next`; `value` turns a page's number into
    a button's value (the number alone by default).
    """
    if page.pages == 1:
        return []
    steps = []
    if page.number > 1:
        steps.append(button("‹ Previous", f"{action_id}:previous", value(page.number - 1)))
    if page.number < page.pages:
        steps.append(button("Next ›", f"{action_id}:next", value(page.number + 1)))
    return [context(page.place), actions(*steps)]


def message(text: str, blocks: Sequence[Block]) -> Payload:
    """A message: `text` is what notifications and screen readers say, so it holds no health data."""
    return {
        "text": clip_mrkdwn(shown(text), LONGEST_NOTIFICATION),
        "blocks": fit_message(blocks or [section(text)]),
    }


def modal(
    title: str,
    blocks: Sequence[Block],
    callback_id: str,
    *,
    submit: str | None = None,
    close: str = "Close",
    private_metadata: str = "",
    draft: bool = False,
) -> Payload:
    """A modal view; ValueError when it has inputs and no `submit`, which Slack refuses.

    A `draft` sends what is typed as it is typed, and notifies the bot when it is closed.
    """
    if submit is None and any(block["type"] == "input" for block in blocks):
        raise ValueError("a modal with inputs needs a submit button")
    return {
        "type": "modal",
        "title": plain(title, 24),
        "blocks": _body(list(map(sent_as_typed, blocks)) if draft else blocks),
        "close": plain(close, 24),
        "callback_id": within(255, callback_id, "callback_id"),
        **present(
            submit=plain(submit, 24) if submit is not None else None,
            private_metadata=within(3000, private_metadata, "private_metadata") if private_metadata else None,
            notify_on_close=draft or None,
        ),
    }


def loading(title: str, callback_id: str = "loading") -> Payload:
    """The modal shown at once, while what it will hold is being read."""
    return modal(title, [section("Loading…")], callback_id)


def home(blocks: Sequence[Block]) -> Payload:
    """The App Home of one person."""
    return {"type": "home", "blocks": _body(blocks)}


def _body(blocks: Sequence[Block]) -> list[Block]:
    return fit_view(blocks or [section("")])
