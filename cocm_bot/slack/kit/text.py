"""Text as Slack takes it: cleaned, escaped, and clipped where a reader would not see a broken character."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]
TextObject = dict[str, Any]
Payload = dict[str, Any]

NOTHING = "–"
"""The text shown where there is none: Slack refuses an empty one."""
ELLIPSIS = "…"

_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
# Control characters but the newline, lone surrogates, and what overrides the direction of writing.
_UNSHOWABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_JOINER = "\N{ZERO WIDTH JOINER}"
_ATOM = re.compile(r"&(?:amp|lt|gt);|<[^<>\n]*>")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A marker formats only at the edge of a word, so e-mail addresses and the like keep their own characters.
_MARKERS = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`")
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_QUOTE = re.compile(r"^(\s*)>", re.MULTILINE)
_SHORTCODE = re.compile(r"(?<!\d):(?=[a-z0-9_+'-]+:)")


def clean(text: str) -> str:
    """The text without what cannot be shown: control characters, lone surrogates, direction overrides.

    Line ends become newlines, tabs spaces; spaces around the whole are dropped. The controls that
    override direction go because one right-to-left name could turn the words beside it around.
    """
    return _UNSHOWABLE.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " ")).strip()


def _visible(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] not in "MZ" and category not in {"Cc", "Cf", "Cs"}


def shown(text: str) -> str:
    """The cleaned text, or `–` when nothing of it can be seen."""
    cleaned = clean(text)
    return cleaned if any(map(_visible, cleaned)) else NOTHING


def one_line(text: str) -> str:
    """The shown text with its line breaks and runs of spaces turned into single spaces."""
    return " ".join(shown(text).split())


def escape(text: str) -> str:
    """Escape data so that it is safe inside mrkdwn: it reads as it was entered and does nothing.

    `&`, `<` and `>` become entities, so no mention, link or date can be formed. Slack offers no escape
    for its other marks, so those that would format (`*_~` at the edge of a word, a backquote, `>` opening a
    line, a `:shortcode:`) become lookalikes. That bare addresses and @names stay plain is up to `verbatim`
    in `mrkdwn`; a client may still offer to open one.
    """
    quotes = _QUOTE.sub(r"\1›", clean(text))
    plain_marks = _MARKERS.sub(lambda mark: _LOOKALIKES[mark[0]], quotes)
    return _SHORTCODE.sub("∶", plain_marks).translate(_ENTITIES)


def length(text: str) -> int:
    """Length in UTF-16 units: Slack does not say what it counts, and no other count is larger."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """The text cut to `limit` units with a closing `…`, never inside what a reader sees as one character."""
    return _clip(text, limit, _characters(text))


def clip_mrkdwn(text: str, limit: int) -> str:
    """As `clip`, and never inside an entity or a `<…>` sequence.

    A `*` or `_` opened before the cut stays open: clip long data before decorating it.
    """
    return _clip(text, limit, _atoms(text))


def _clip(text: str, limit: int, pieces: Iterator[str]) -> str:
    if length(text) <= limit:
        return text
    kept, room = [], limit - length(ELLIPSIS)
    for piece in pieces:
        room -= length(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS


def _atoms(text: str) -> Iterator[str]:
    start = 0
    for atom in _ATOM.finditer(text):
        yield from _characters(text[start : atom.start()])
        yield atom[0]
        start = atom.end()
    yield from _characters(text[start:])


def _characters(text: str) -> Iterator[str]:
    """Yield what a reader sees as single characters, as near as the character database knows."""
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(cluster: str, character: str) -> bool:
    return (
        cluster[-1] == _JOINER
        or unicodedata.category(character)[0] == "M"
        or character == _JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags, which spell regional flags
        or "\u1160" <= character <= "\u11ff"  # Hangul vowels and finals
        or (_is_flag_letter(character) and len(cluster) == 1 and _is_flag_letter(cluster))
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def plain(text: str, limit: int) -> TextObject:
    """A plain text object on one line; shortcodes in it stay as written."""
    return {"type": "plain_text", "text": clip(one_line(text), limit), "emoji": False}


def mrkdwn(text: str, limit: int = 3000) -> TextObject:
    """A formatted text object; data in it must have passed `escape`. Bare addresses and @names stay plain."""
    return {"type": "mrkdwn", "text": clip_mrkdwn(shown(text), limit), "verbatim": True}
