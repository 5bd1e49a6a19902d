"""What the bot can do."""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Actor
from cocm_bot.slack.kit import (
    Element,
    Payload,
    actions,
    button,
    context,
    escape,
    header,
    message,
    section,
)
from cocm_bot.slack.shared_views.list_lines import registry_line


@dataclass(frozen=True)
class CommandHelp:
    """One line of help; `button` is the label of the button that stands for the command, if it has one."""

    usage: str
    summary: str
    button: str | None
    action_id: str


def help_message(actor: Actor, commands: Sequence[CommandHelp]) -> Payload:
    """Every command with its usage, and buttons for the common ones."""
    lines = "\n".join(f"`{escape(command.usage)}`  {command.summary}" for command in commands)
    return message(
        "What cocm_bot can do",
        [
            header(f"Hello {actor.first_name}, this is your patient registry"),
            section(lines),
            actions(*command_buttons(commands)),
            context('In several registries? Say which one first: `/cocm in "Riverside Clinic" today`'),
            registry_line(actor),
        ],
    )


def unknown_message(requested: str | None) -> Payload:
    """For a word that is no command. It is not repeated: a message shows no name, and it may be one."""
    hint = f"Did you mean `/cocm {requested}`?" if requested else "Type `/cocm help` to see what I can do."
    return message("cocm_bot does not know this command", [section(f"I don't know this command. {hint}")])


def command_buttons(commands: Sequence[CommandHelp]) -> list[Element]:
    """The buttons of the commands that have one."""
    return [button(command.button, command.action_id) for command in commands if command.button]
