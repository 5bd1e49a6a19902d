"""Slack's text as rich text: mrkdwn, mentions, links, dates and emoji."""

import re
from datetime import UTC, datetime

from rich.emoji import Emoji
from rich.text import Text

from cocm_bot.playground.state import State

_ENTITY = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_STYLED = re.compile(
    r"```(?P<block>.+?)```|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
    r"|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])",
    re.DOTALL,
)
_STYLES = {"block": "cyan", "code": "cyan", "bold": "bold", "italic": "italic", "strike": "strike"}


def drawn(state: State, text_object: dict[str, str], style: str = "") -> Text:
    """A plain_text or mrkdwn object as rich text."""
    words = Emoji.replace(text_object["text"])
    if text_object["type"] != "mrkdwn":
        return Text(words, style)
    return _styled(_unescape(_ENTITY.sub(lambda match: _entity(state, match), words)), style)


def _styled(words: str, style: str) -> Text:
    text, end = Text(style=style), 0
    for match in _STYLED.finditer(words):
        text.append(words[end : match.start()])
        kind = str(match.lastgroup)
        text.append_text(
            _styled(match[kind], _STYLES[kind]) if kind == "bold" else Text(match[kind], _STYLES[kind])
        )
        end = match.end()
    text.append(words[end:])
    return text


def _entity(state: State, match: re.Match[str]) -> str:
    sign, target, label = match.groups()
    if sign == "@":
        return f"@{state.people[target].name}" if target in state.people else f"@{target}"
    if sign == "#":
        return f"#{state.places[target].name}" if target in state.places else f"#{label or target}"
    if sign == "!" and target.startswith("date^"):
        return _date(target, label or "")
    if sign == "!":
        return f"@{label or target}"
    return label or target.removeprefix("mailto:")


def _date(target: str, fallback: str) -> str:
    """A date in UTC: the playground's readers have no zone of their own."""
    _, seconds, form, *_ = [*target.split("^"), ""]
    moment = datetime.fromtimestamp(int(seconds), UTC)
    known = {
        "date_num": f"{moment:%Y-%m-%d}",
        "date": f"{moment:%B} {moment.day}, {moment.year}",
        "date_short": f"{moment:%b} {moment.day}, {moment.year}",
        "date_long": f"{moment:%A, %B} {moment.day}, {moment.year}",
        "time": f"{moment:%H:%M}",
    }
    known |= {f"{name}_pretty": words for name, words in known.items() if name != "time"}
    return re.sub(r"\{(\w+)\}", lambda field: known.get(field[1], fallback), form) or fallback


def _unescape(words: str) -> str:
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
