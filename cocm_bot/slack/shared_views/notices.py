"""A sentence where a screen would stand."""

from cocm_bot.slack.kit import Payload, escape, home, message, modal, section

TITLE = "cocm_bot"


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
