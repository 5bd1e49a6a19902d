"""Help: what the bot can do for a role, by when it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.slack.kit import (
    Block,
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
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.list_lines import registry_line

MOST_LINES = 12
NOT_TYPED = str.maketrans("", "", '"`')
"""Takes what ends a quoted name, and the example around it, away."""
LINE_EXAMPLES = (
    'K7Q4 phone 20m phq9 12 item9 0 gad7 8 next 2w "sleeping better"',
    "K7Q4 clinic 30m phq9 213201100 yesterday",
    "K7Q4 outreach 5m!",
)
"""Contacts as they are typed in one line; the last is saved at once."""


@dataclass(frozen=True)
class HelpLine:
    """One line of help: a command as it is typed, and what it does."""

    typed: str
    does: str
    needs: Action | None = None
    """The permission a line is shown for; None for everybody."""
    admins: bool = False
    """True when it is for the admins of a registry."""


HELP = {
    "Every morning": (
        HelpLine(
            "/cocm today",
            "who needs you, and why; `today followups`, `consults`, `measures`, `safety` … for one kind",
            Action.VIEW_CASELOAD,
        ),
        HelpLine(
            "/cocm caseload worse by last-contact",
            "everyone, in the list and order you say",
            Action.VIEW_CASELOAD,
        ),
        HelpLine("/cocm review", "the caseload review, one patient at a time", Action.REVIEW_CASELOAD),
        HelpLine("/cocm billing", "the month's minutes and the codes they would give", Action.VIEW_BILLING),
        HelpLine("/cocm registry stats", "the program's figures", Action.VIEW_FIGURES),
    ),
    "A patient": (
        HelpLine("/cocm patient K7Q4", "open a card, by handle, MRN or name", Action.SEARCH),
        HelpLine(
            "/cocm log K7Q4 phone 20m",
            "log a contact in one line; with `!` at the end it is saved at once",
            Action.LOG_CONTACT,
        ),
        HelpLine("/cocm add", "add a patient", Action.ENROL_PATIENT),
    ),
    "The team": (
        HelpLine("/cocm away", "say that you are away, until when, and who covers you", Action.BE_AWAY),
        HelpLine("/cocm handover", "hand a care manager's patients over", Action.HAND_OVER),
        HelpLine("/cocm remind", "when your digest comes; `/cocm digest` shows it now"),
        HelpLine("/cocm team · /cocm registry", "who is in the team; your registries"),
        HelpLine("/cocm measures · audit · status", "settings, access log and clock", admins=True),
    ),
}
"""All lines, by when they are needed."""


def help_lines(actor: Actor) -> dict[str, list[HelpLine]]:
    """The lines of what the actor can do, by when they are needed; groups without any are left out."""
    shown = {title: [line for line in lines if _is_for(actor, line)] for title, lines in HELP.items()}
    return {title: lines for title, lines in shown.items() if lines}


def help_message(actor: Actor, buttons: Sequence[Element], others: Sequence[str] = ()) -> Payload:
    """Return what the actor can do, with buttons for the common things.

    `others` are the names of the further registries they are in.
    """
    groups = [
        section(f"*{title}*\n" + "\n".join(f"`{line.typed}`  {line.does}" for line in lines))
        for title, lines in help_lines(actor).items()
    ]
    return message(
        "What cocm_bot can do",
        [
            header(f"Hello {actor.first_name}, this is your patient registry"),
            *groups,
            *([actions(*buttons)] if buttons else []),
            *line_examples(actor),
            *_elsewhere(others),
            registry_line(actor),
        ],
    )


def _elsewhere(others: Sequence[str]) -> list[Block]:
    """Return how to work in another registry, for whoever is in several."""
    if not others:
        return []
    name = escape(others[0].translate(NOT_TYPED))
    return [context(f'In another of your registries: say which one first, like `/cocm in "{name}" today`')]


def line_examples(actor: Actor) -> list[Block]:
    """Lines that log a contact, for whoever may."""
    if not may(actor.role, Action.LOG_CONTACT):
        return []
    lines = "\n".join(f"`{each}`" for each in LINE_EXAMPLES)
    return [context(f"A contact in one line, after `/cocm log` or in a message to me:\n{lines}")]


def unknown_message(meant: CommandName | None) -> Payload:
    """For a word that is no command. It is not repeated: a message shows no name, and it may be one."""
    hint = f"Did you mean `/cocm {meant}`?" if meant else "These are what I can do:"
    show = meant or CommandName.HELP
    return message(
        "cocm_bot does not know this command",
        [
            section(f"I don't know this command. {hint}"),
            actions(button(f"/cocm {show}", show.action_id)),
        ],
    )


def _is_for(actor: Actor, line: HelpLine) -> bool:
    allowed = line.needs is None or may(actor.role, line.needs)
    return allowed and (actor.is_admin or not line.admins)
