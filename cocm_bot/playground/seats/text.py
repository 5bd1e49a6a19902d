"""Messages, modals and App Homes drawn for a terminal, in colour or as plain text."""

import io
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cocm_bot.playground import cast
from cocm_bot.playground.elements import Entered, Placed
from cocm_bot.playground.seats import widgets
from cocm_bot.playground.seats.markup import drawn
from cocm_bot.playground.state import Message, State, View

WIDTH = 100


def of(state: State, surface: View | Message, viewer: str, width: int = WIDTH) -> str:
    """A message, modal or App Home as plain text, as `viewer` sees it."""
    return plain(drawing(state, surface, viewer), width)


def plain(picture: RenderableType, width: int = WIDTH) -> str:
    """Any picture as text without colours or trailing blanks."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(picture)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def drawing(state: State, surface: View | Message, viewer: str) -> RenderableType:
    """A message, modal or App Home as something rich can print."""
    if isinstance(surface, Message):
        return _message(state, surface, viewer)
    if surface.payload["type"] == "home":
        page = _blocks(state, surface.blocks, surface.entered, {})
        return Panel(page, title=Text("Home", "bold"), box=box.ROUNDED, padding=(1, 2))
    return _modal(state, surface)


def dialog(confirm: dict[str, Any]) -> RenderableType:
    """A confirm dialog as something rich can print."""
    words = Text(confirm["text"]["text"])
    buttons = Text(f"[ {confirm['deny']['text']} ]  [ {confirm['confirm']['text']} ]", justify="right")
    return Panel(Group(words, Text(), buttons), title=confirm["title"]["text"], box=box.DOUBLE, width=64)


def _modal(state: State, view: View) -> RenderableType:
    given = view.payload
    parts: list[RenderableType] = []
    if view.trouble:
        parts += [Text(f"⚠ {view.trouble}", "red"), Text()]
    parts.append(_blocks(state, view.blocks, view.entered, view.errors))
    names = [given.get("close", {}).get("text", "Cancel" if "submit" in given else "Close")]
    names += [given["submit"]["text"]] if "submit" in given else []
    parts += [Rule(style="dim"), Text("  ".join(f"[ {name} ]" for name in names), justify="right")]
    return Panel(Group(*parts), title=Text(given["title"]["text"], "bold"), box=box.ROUNDED, padding=(1, 2))


def _message(state: State, message: Message, viewer: str) -> RenderableType:
    author = state.people.get(message.author)
    head = Text(author.name if author else "Slackbot", "bold")
    if author is None or author.is_bot:
        head.append("  APP", "dim")
    head.append(f"  {datetime.fromtimestamp(float(message.ts), UTC):%H:%M}", "dim")
    if message.thread_ts:
        head.append("  in a thread", "dim")
    if message.edited:
        head.append("  (edited)", "dim")
    note: list[RenderableType] = [Text("👁 Only visible to you", "dim")] if message.only_for else []
    parts: list[RenderableType] = []
    body = message.blocks + [block for each in message.attachments for block in each.get("blocks", [])]
    if body:
        parts.append(_blocks(state, body, message.entered.get(viewer, {}), {}))
    else:
        parts.append(drawn(state, {"type": "mrkdwn", "text": message.text}))
    parts += [Text(f"📎 {file['title']} ({file['name']}, {file['size']} bytes)") for file in message.files]
    return Group(*note, head, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def _blocks(
    state: State, blocks: list[dict[str, Any]], entered: Entered, errors: dict[str, str]
) -> RenderableType:
    parts: list[RenderableType] = []
    for block in blocks:
        roomy = block["type"] in {"header", "input"} and parts
        parts += [Text()] if roomy else []
        parts.append(_block(state, block, entered, errors.get(block["block_id"])))
    return Group(*parts)


def _block(  # noqa: PLR0911  (one way out for each type of block)
    state: State, block: dict[str, Any], entered: Entered, error: str | None
) -> RenderableType:
    match block["type"]:
        case "header":
            return drawn(state, block["text"], "bold underline")
        case "divider":
            return Rule(style="dim")
        case "section":
            return _section(state, block, entered)
        case "context":
            return _context(state, block)
        case "actions":
            placed = [Placed(block, element) for element in block["elements"]]
            return Text("  ").join(widgets.control(state, each, entered) for each in placed)
        case "input":
            return _input(state, block, entered, error)
        case "table" | "data_table":
            return _table(state, block)
        case "alert":
            return Panel(drawn(state, block["text"]), box=box.HEAVY)
        case "data_visualization":
            return _chart(block)
        case _:
            return _words(state, block)


def _words(state: State, block: dict[str, Any]) -> RenderableType:
    match block["type"]:
        case "image":
            return Text(f"▣ {block['alt_text']}", "dim")
        case "markdown":
            return Text(block["text"])
        case _:
            return Text(widgets.rich_text(state, block))


def _chart(block: dict[str, Any]) -> RenderableType:
    """Return a chart as the table of its values."""
    chart = block["chart"]
    grid = Table(title=block["title"])
    grid.add_column("")
    for each in chart["series"]:
        grid.add_column(each["name"], justify="right")
    for place, label in enumerate(chart["axis_config"]["categories"]):
        grid.add_row(label, *(f"{each['data'][place]['value']:g}" for each in chart["series"]))
    return grid


def _section(state: State, block: dict[str, Any], entered: Entered) -> RenderableType:
    parts: list[RenderableType] = [drawn(state, block["text"])] if "text" in block else []
    if fields := block.get("fields"):
        grid = Table.grid(padding=(0, 3), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        for left, right in zip_longest(fields[::2], fields[1::2]):
            grid.add_row(drawn(state, left), drawn(state, right) if right else "")
        parts.append(grid)
    if "accessory" not in block:
        return Group(*parts)
    accessory = block["accessory"]
    if accessory["type"] == "image":
        beside = Text(f"▣ {accessory['alt_text']}", "dim")
    else:
        beside = widgets.control(state, Placed(block, accessory), entered)
    row = Table.grid(padding=(0, 2), expand=True)
    row.add_column(ratio=1)
    row.add_column(justify="right")
    row.add_row(Group(*parts), beside)
    return row


def _context(state: State, block: dict[str, Any]) -> RenderableType:
    pieces = [
        Text(f"▣ {each['alt_text']}") if each["type"] == "image" else drawn(state, each)
        for each in block["elements"]
    ]
    line = Text("  ").join(pieces)
    line.stylize("dim")
    return line


def _input(state: State, block: dict[str, Any], entered: Entered, error: str | None) -> RenderableType:
    label = drawn(state, block["label"], "bold")
    if block.get("optional"):
        label.append(" (optional)", "dim not bold")
    held = widgets.control(state, Placed(block, block["element"]), entered)
    parts: list[RenderableType] = [label, Padding(held, (0, 0, 0, 2))]
    if error:
        parts.append(Padding(Text(f"✗ {error}", "red"), (0, 0, 0, 2)))
    if hint := block.get("hint"):
        parts.append(Padding(drawn(state, hint, "dim"), (0, 0, 0, 2)))
    return Group(*parts)


def _table(state: State, block: dict[str, Any]) -> RenderableType:
    rows = [[_cell(state, cell) for cell in row] for row in block["rows"]]
    settings = block.get("column_settings", [])
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index in range(max(map(len, rows))):
        heading = rows[0][index] if index < len(rows[0]) else ""
        align = (settings[index] if index < len(settings) else {}).get("align", "left")
        table.add_column(heading, justify=align)
    for row in rows[1:]:
        table.add_row(*row)
    return Padding(table, (1, 0))


def _cell(state: State, cell: dict[str, Any]) -> Text:
    if cell["type"] in {"raw_text", "raw_number"}:
        return drawn(state, {"type": "plain_text", "text": cell["text"]})
    return Text(widgets.rich_text(state, cell))


def timeline(state: State, viewer: str, channel: str = cast.TEAM_CHANNEL) -> RenderableType:
    """All messages of a place that `viewer` sees, oldest first, as something rich can print."""
    seen = [m for m in state.messages if m.channel == channel and m.only_for in (None, viewer)]
    return Group(*(Padding(_message(state, message, viewer), (0, 0, 1, 0)) for message in seen))
