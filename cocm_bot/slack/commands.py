"""`/cocm`: one table of commands that drives dispatch, help and the buttons for the common ones."""

import difflib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.contacts.line import asks_at_once
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.registries.names import QUOTES
from cocm_bot.operations.access.registry_choice import own_registries
from cocm_bot.operations.caseload.caseload import Whose
from cocm_bot.operations.caseload.rows import Sort
from cocm_bot.operations.exchange.export_files import ExportFormat
from cocm_bot.slack import clock_status
from cocm_bot.slack.access import audit
from cocm_bot.slack.access.audit_view import TITLE as AUDIT_TITLE
from cocm_bot.slack.billing import billing
from cocm_bot.slack.caseload import caseload
from cocm_bot.slack.contacts import contact_line
from cocm_bot.slack.contacts.log_contact import TITLE as LOG_TITLE
from cocm_bot.slack.digests import digest
from cocm_bot.slack.exchange import export, imports
from cocm_bot.slack.figures import figures
from cocm_bot.slack.figures.figures_view import TITLE as FIGURES_TITLE
from cocm_bot.slack.kit import Element, Payload, button
from cocm_bot.slack.patients import card, enrolment
from cocm_bot.slack.registries import measures, registries
from cocm_bot.slack.registries.registries_view import TITLE as REGISTRIES_TITLE
from cocm_bot.slack.review import review
from cocm_bot.slack.runtime.gate import Draw, Screen
from cocm_bot.slack.runtime.request import GuestRequest, MemberRequest, OpenToGuests
from cocm_bot.slack.runtime.router import Chosen, Router
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.help import help_message, unknown_message
from cocm_bot.slack.shared_views.patient_lists import SNOOZED
from cocm_bot.slack.team import absence, assignment, remind, team
from cocm_bot.slack.team.absence_view import TITLE as AWAY_TITLE
from cocm_bot.slack.team.remind_view import TITLE as REMIND_TITLE
from cocm_bot.slack.team.team_view import TITLE as TEAM_TITLE

ROOT = "/cocm"
IN = "in"
"""The word before the name of a registry."""
LOGGED = re.compile(
    rf'\s*(?:{IN}\s+(?P<registry>"[^"]*"|\S+)\s+)?{CommandName.LOG}\s+(?P<line>.*\S)',
    re.IGNORECASE | re.DOTALL,
)
"""A contact typed as one line, whose quotation marks and other marks mean something of their own."""
STRAIGHT_QUOTES = str.maketrans(dict.fromkeys(QUOTES, '"'))


@dataclass(frozen=True)
class Command:
    """One sub-command; with a title it opens a modal, without one it answers with a message."""

    name: CommandName
    usage: str
    summary: str
    draw: Callable[[MemberRequest, Sequence[str]], Payload]
    title: str | None = None
    button: str | None = None
    needs: Action | None = None
    """The action that a member offered the button in App Home must be allowed; None for everybody."""
    shortcut: bool = False
    """True if it is, under the button's words, in the menu that Slack offers anywhere."""
    newcomers: Mapping[str, Callable[[GuestRequest], Payload]] | None = None
    """The requests open to anybody of the workspace by the word after it, member of a registry or not."""


def help_screen(request: MemberRequest, words: Sequence[str]) -> Payload:
    """Return what can be done, with buttons for the common things."""
    del words
    own = own_registries(request.ctx, request.actor)
    others = [each.name for each in own if each.id != request.actor.registry.id]
    return help_message(request.actor, buttons_for(request.actor), others)


COMMANDS = (
    Command(CommandName.HELP, "", "what I can do", help_screen),
    Command(
        CommandName.TODAY,
        f"[{'|'.join(Whose)}] [{'|'.join(Work)}] [{SNOOZED}]",
        "your worklist: who needs what, your own work first",
        caseload.today,
        button="Today",
        needs=Action.VIEW_CASELOAD,
    ),
    Command(
        CommandName.CASELOAD,
        f"[{'|'.join(caseload.SHOWN)}] [by {'|'.join(Sort)}]",
        "everyone in the program, page by page",
        caseload.show,
        button="Caseload",
        needs=Action.VIEW_CASELOAD,
    ),
    Command(
        CommandName.PATIENT,
        "[handle, MRN or name]",
        "a patient's card; without words, a search",
        card.find,
        title="Patient",
        button="Find a patient",
        needs=Action.SEARCH,
        shortcut=True,
    ),
    Command(
        CommandName.ADD,
        "",
        "add a patient",
        enrolment.form,
        title="Add a patient",
        button="Add a patient",
        needs=Action.ENROL_PATIENT,
        shortcut=True,
    ),
    Command(
        CommandName.LOG,
        "[handle, MRN or name] [phone 20m phq9 12 …]",
        "log a contact; with `!` at the end it is saved at once",
        contact_line.find,
        title=LOG_TITLE,
        button="Log a contact",
        needs=Action.LOG_CONTACT,
        shortcut=True,
    ),
    Command(
        CommandName.REVIEW,
        "",
        "the caseload review: one patient at a time, gravest first",
        review.begin,
        title="Caseload review",
        button="Caseload review",
        needs=Action.REVIEW_CASELOAD,
    ),
    Command(
        CommandName.DIGEST,
        "",
        "your digest, as of now",
        digest.show,
    ),
    Command(
        CommandName.REMIND,
        "[on|off|time 07:30|days mon wed|quiet on]",
        "when your digest comes; `default` instead of a time or days follows the registry",
        remind.show,
        title=REMIND_TITLE,
    ),
    Command(
        CommandName.AWAY,
        "",
        "say that you are away, until when, and who covers you",
        absence.form,
        title=AWAY_TITLE,
        needs=Action.BE_AWAY,
    ),
    Command(
        CommandName.HANDOVER,
        "",
        "hand a care manager's patients over",
        assignment.form,
        title="Hand over",
        button="Hand over",
        needs=Action.HAND_OVER,
    ),
    Command(
        CommandName.BILLING,
        "[last|2026-10|October] [ready|not ready|changed] [payer name]",
        "a month's minutes, the codes they would give, what is missing, and the list as a file",
        billing.show,
        title="Billing",
        button="Billing",
        needs=Action.VIEW_BILLING,
    ),
    Command(
        CommandName.FIGURES,
        f"[{figures.PERIODS}]",
        "the program's figures of any month or range (Clinical Ops, admins)",
        figures.show,
        title=FIGURES_TITLE,
        button="Figures",
        needs=Action.VIEW_FIGURES,
    ),
    Command(
        CommandName.EXPORT,
        f"[handle, MRN or name] [{'|'.join(ExportFormat)}]",
        "a patient as a file, or as a summary to print; for admins the whole registry",
        export.show,
        needs=Action.EXPORT_PATIENT,
    ),
    Command(
        CommandName.IMPORT,
        "",
        "take patients over from a file that you share with me (admins)",
        imports.show,
    ),
    Command(
        CommandName.REGISTRY,
        f"[{'|'.join([registries.NEW_WORD, *registries.WORDS])}]",
        "your registries: switch, set one up; admins rename it, change its settings, see its figures",
        registries.show,
        title=REGISTRIES_TITLE,
        newcomers={registries.NEW_WORD: registries.new},
    ),
    Command(
        CommandName.MEASURES,
        "",
        "which measures a contact asks for (admins)",
        measures.show,
        title="Measures",
    ),
    Command(
        CommandName.TEAM,
        "[roles]",
        "the team and what each member may do; admins invite, change and remove members",
        team.show,
        title=TEAM_TITLE,
    ),
    Command(
        CommandName.AUDIT,
        "[handle or name] [days]",
        "who saw or changed what, of all, a patient or a member (admins)",
        audit.show,
        title=AUDIT_TITLE,
    ),
    Command(
        CommandName.STATUS,
        "",
        "whether the clock runs, and whether the digests arrived (admins)",
        clock_status.show,
    ),
)


def register(router: Router) -> None:
    """Register the command itself, and the buttons and shortcuts of its sub-commands."""
    router.command(ROOT, choose)
    for command in COMMANDS:
        draw = _bound(command, ())
        if command.title is None:
            router.redraws(command.name.action_id, draw)
        else:
            router.opens(command.name.action_id, command.title, draw)
            if command.shortcut:
                router.shortcut(command.name.shortcut_id, command.title, draw, command.name)


def choose(text: str) -> Chosen:
    """Return what was asked for after `/cocm`: a command with its words, perhaps `in` a registry named
    before it.
    """
    line = LOGGED.match(text.translate(STRAIGHT_QUOTES))
    if line:
        return _log_line(line["line"], line["registry"])
    try:
        words = split(text)
    except ValueError:
        return Chosen(
            _refuse("A quotation mark is not closed. Put quotes around the whole name, or leave them out.")
        )
    registry = None
    if words and words[0].lower() == IN:
        registry, words = " ".join(words[1:2]), words[2:]
    first, *rest = words or [CommandName.HELP]
    command = next((command for command in COMMANDS if command.name == first.lower()), None)
    if command is None:
        return Chosen(lambda _request: unknown_message(nearest(first)), registry=registry)
    return Chosen(_bound(command, rest), command.title, registry, command.name)


def _log_line(line: str, registry: str | None) -> Chosen:
    """Return what a typed contact asks for: the filled modal, or to be saved at once."""
    named = None if registry is None else registry.strip('"')
    if asks_at_once(line):
        return Chosen(lambda request: contact_line.save_at_once(request, line), None, named, CommandName.LOG)
    return Chosen(lambda request: contact_line.typed(request, line), LOG_TITLE, named, CommandName.LOG)


def split(text: str) -> list[str]:
    """The words of a command; "quoted words" stay together, apostrophes are part of names.

    Raises ValueError when a quotation mark is not closed.
    """
    lexer = shlex.shlex(text.translate(STRAIGHT_QUOTES), posix=True)
    lexer.whitespace_split = True
    lexer.quotes = '"'
    lexer.escape = ""
    lexer.commenters = ""
    return list(lexer)


def nearest(word: str) -> CommandName | None:
    """The sub-command that was probably meant."""
    found = difflib.get_close_matches(word.lower(), [command.name for command in COMMANDS], 1)
    return CommandName(found[0]) if found else None


def _bound(command: Command, words: Sequence[str]) -> Screen:
    greeting = command.newcomers.get(words[0].lower()) if command.newcomers and words else None
    return OpenToGuests(greeting) if greeting else lambda request: command.draw(request, words)


def _refuse(sentence: str) -> Draw:
    def draw(_request: MemberRequest) -> Payload:
        raise InvalidInput(sentence)

    return draw


def answers_by_message(text: str) -> bool:
    """Return whether a text is a command that needs no window; one that may be a sentence is none."""
    first = text.split(maxsplit=1)[:1]
    command = next((each for each in COMMANDS if [each.name] == [word.lower() for word in first]), None)
    return command is not None and command.title is None


def buttons_for(actor: Actor) -> list[Element]:
    """The buttons of the common commands that the actor may use."""
    return [button(each.button, each.name.action_id) for each in _allowed(actor) if each.button]


def home_buttons(actor: Actor) -> list[Element]:
    """The buttons for what the actor may do that work where there is no message: those that open a modal."""
    offered = (each for each in _allowed(actor) if each.title)
    return [button(each.button, each.name.action_id) for each in offered if each.button]


def _allowed(actor: Actor) -> list[Command]:
    return [each for each in COMMANDS if each.needs is None or may(actor.role, each.needs)]
