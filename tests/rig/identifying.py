"""The identity of a patient, in every form it could leak in, and the places where it must never be."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from cocm_bot.playground.state import Call

ZEPHYRINE: dict[str, Any] = {
    "MRN": "QX-77310",
    "First name": "Zephyrine",
    "Last name": "Muñoz-Kvåle",
    "Birth date": "1984-02-29",
    "Phone": "(212) 555-0187",
    "E-mail": "zephyrine.mk@example.org",
}
NOTE = "Sister Wilhelmina drives her"
"""A note holds whatever was said; it is no less private than the name."""

OF_ZEPHYRINE = (
    "zephyrine",
    "munoz",
    "kvale",
    "qx-77310",
    "qx77310",
    "zephyrine.mk",
    "555-0187",
    "2125550187",
    "1984-02-29",
    "29 feb",
    "feb 1984",
    "wilhelmina",
)
"""Folded: lower case, without accents."""

NUMBER = re.compile(r"(?<![0-9a-z])77310(?![0-9a-z])")
"""The MRN's number by itself: within an id drawn at random it occurs by chance."""

HIDDEN = frozenset(
    {"callback_id", "action_id", "block_id", "private_metadata", "value", "external_id", "filename"}
)
"""Fields of a payload that nobody sees, and that Slack keeps and hands around."""

MESSAGES = frozenset({"response_url", "chat.postMessage", "chat.postEphemeral", "chat.update"})
"""Calls whose whole content can be in a channel or on a lock screen."""


def traces(text: str) -> list[str]:
    """Return what in this text identifies Zephyrine, however it is written, spaced or escaped."""
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    decomposed = unicodedata.normalize("NFKD", plain.casefold()).replace("ø", "o")
    folded = "".join(character for character in decomposed if not unicodedata.combining(character))
    digits = re.sub(r"[\s().-]", "", folded)
    found = [word for word in OF_ZEPHYRINE if word in folded or word in digits]
    return [*found, *NUMBER.findall(folded)]


def hidden(payload: Any) -> Iterator[str]:
    """The text of every field that nobody sees, at any depth."""
    if isinstance(payload, list):
        for inner in payload:
            yield from hidden(inner)
    elif isinstance(payload, dict):
        for name, value in payload.items():
            if name in HIDDEN:
                yield json.dumps(value)
            else:
                yield from hidden(value)


def exposed(calls: Iterable[Call]) -> Iterator[str]:
    """Everything the bot sent where no patient may be named: messages whole, of the rest what is hidden."""
    for call in calls:
        if call.to == "bot":
            yield from hidden(_json(call.answer))
        elif call.name in MESSAGES:
            yield json.dumps(call.arguments)
        else:
            yield from hidden(call.arguments)


def _json(answer: Any) -> Any:
    return json.loads(answer) if isinstance(answer, str) and answer.startswith("{") else answer
