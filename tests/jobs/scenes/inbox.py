"""Read the clock's messages as a recipient sees them, for the tests that look at them."""

from cocm_bot.playground.state import Message
from tests.rig.clinic import Clinic


def later(clinic: Clinic, minutes: int) -> None:
    """Let time pass, then let the clock tick."""
    clinic.clock.forward(minutes=minutes)
    clinic.tick()


def words(message: Message) -> str:
    """All a message says, as one line."""
    texts: list[str] = []
    for block in message.blocks:
        parts = [block.get("text"), *block.get("elements", ())]
        for part in filter(None, parts):
            text = part.get("text", "")
            texts.append(text["text"] if isinstance(text, dict) else text)
    return " ".join(" ".join(texts).split())
