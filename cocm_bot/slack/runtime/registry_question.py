"""The question which registry is meant, for a person in several."""

from collections.abc import Sequence

from cocm_bot.operations.access.registry_choice import Choice
from cocm_bot.slack.kit import (
    Block,
    Payload,
    block_of,
    button,
    context,
    escape,
    home,
    message,
    modal,
    section,
)

CHOOSE = "registry-choice"
MOST = 40
"""Registries to choose from; a message has room for few more."""

ASKED = "You are in several registries. Which one do you want to work in?"
LATER = "I keep to it from now on. You can change it in my App Home, or ask another once: "
EXAMPLE = '`/cocm in "Riverside" today`'


def question_message(choices: Sequence[Choice], question_id: str) -> Payload:
    """The question in a private message."""
    return message("Which registry?", _question(choices, question_id))


def question_view(title: str, choices: Sequence[Choice], question_id: str) -> Payload:
    """The question in the modal that was opened for what was asked."""
    return modal(title, _question(choices, question_id), "which")


def question_home(choices: Sequence[Choice], question_id: str) -> Payload:
    """The question in the App Home."""
    return home(_question(choices, question_id))


def _question(choices: Sequence[Choice], question_id: str) -> list[Block]:
    offered = [
        section(
            f"*{escape(choice.name)}*",
            accessory=button(
                "Work here", CHOOSE, question_id or None, accessibility_label=f"Work in {choice.name}"
            ),
            block_id=block_of(choice.id, number),
        )
        for number, choice in enumerate(choices[:MOST])
    ]
    return [section(ASKED), *offered, context(f"{LATER}{EXAMPLE}")]
