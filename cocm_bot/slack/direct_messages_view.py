"""Answers to direct messages: what the bot can do, with buttons that do it."""

from collections.abc import Sequence

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.slack.kit import Element, Payload, actions, button, escape, message, section
from cocm_bot.slack.shared_views.card_actions import LOG_CONTACT, OPEN_CARD
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.help import line_examples
from cocm_bot.slack.shared_views.list_lines import registry_line


def friendly_message(actor: Actor, buttons: Sequence[Element]) -> Payload:
    """Return the greeting with buttons, for words that are neither a command nor a contact."""
    helping = button("Help", CommandName.HELP.action_id)
    said = f"Hello {escape(actor.first_name)}. I did not understand that, and nothing was changed."
    return message(
        "A note from cocm_bot",
        [section(said), actions(*buttons, helping), *line_examples(actor), registry_line(actor)],
    )


def patient_message(actor: Actor, handle: str) -> Payload:
    """Return the buttons for the patient with a handle, whether there is one or not."""
    logged = [button("Log a contact", LOG_CONTACT, handle)] if may(actor.role, Action.LOG_CONTACT) else []
    return message(
        "A note from cocm_bot",
        [
            section(f"*{escape(handle)}*"),
            actions(button("Open the card", OPEN_CARD, handle), *logged),
            registry_line(actor),
        ],
    )
