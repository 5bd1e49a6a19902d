"""A sentence in place of a screen, or above one that must stay."""

from collections.abc import Mapping
from typing import Any

from cocm_bot.slack.kit import Block, Payload, escape, home, message, modal, option, section

TITLE = "cocm_bot"
UNSHOWN = "I could not show you what you asked for. Nothing you typed or saved is lost. {why}"
UNSHOWN_SAVED = (
    "What you sent is saved, but I could not show it. Close the window and open it again to see it."
)
BUSY = (
    "Too many people need me at this moment, so I did not start on this. Please try again in a few seconds. "
    "Nothing you typed or saved is lost."
)
UNSEARCHED = "I can't search right now. Please type it again in a moment."
NOTHING_FOUND = "unavailable"
"""The value of the option that says so: nobody's handle, and no zone."""
NOTICE_BLOCK = "notice"
MOST_BLOCKS = 100
KEPT = ("type", "title", "submit", "close", "callback_id", "private_metadata")


def notice_message(sentence: str) -> Payload:
    """A private message that says one thing."""
    return message("A note from cocm_bot", [section(escape(sentence))])


def notice_view(title: str, sentence: str) -> Payload:
    """A modal that says one thing."""
    return modal(title, [section(escape(sentence))], "notice")


def notice_home(sentence: str) -> Payload:
    """An App Home that says one thing."""
    return home([section(escape(sentence))])


def said_view(title: str, sentence: str) -> Payload:
    """One thing that was done."""
    return modal(title, [section(f"✅ {escape(sentence)}")], "outcome")


def notice_above(shown: Mapping[str, Any], sentence: str) -> Payload:
    """The modal as it is shown, with one thing said at its top: what was typed in it stays.

    `shown` is the view as Slack hands it over. Where there is no room the last block goes.
    """
    kept = [block for block in shown["blocks"] if block["block_id"] != NOTICE_BLOCK]
    said = {**section(f"⚠️ {escape(sentence)}"), "block_id": NOTICE_BLOCK}
    view = {name: shown[name] for name in KEPT if shown.get(name)}
    return {**view, "blocks": [said, *kept][:MOST_BLOCKS]}


def unsearched() -> list[Block]:
    """The one option of a search that failed: an empty list would say that nothing matches."""
    return [option(UNSEARCHED, NOTHING_FOUND)]
