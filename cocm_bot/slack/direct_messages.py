"""Answer direct messages to the bot: a contact as one line, a command, or anything else.

Nothing written goes unanswered. A message can open no window: where one is needed there is a button for it.
"""

from functools import partial

from cocm_bot.domain.contacts.line import ContactLine, asks_at_once
from cocm_bot.domain.handles import is_handle
from cocm_bot.operations.contacts import typed_lines
from cocm_bot.slack import commands
from cocm_bot.slack.contacts import contact_line
from cocm_bot.slack.direct_messages_view import friendly_message, patient_message
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Chosen, Router


def register(router: Router) -> None:
    """Register direct messages."""
    router.written(choose)


def choose(text: str) -> Chosen:
    """Return what is meant: a command that is answered by a message, else what `answer` makes of it."""
    typed = text.strip().removeprefix(commands.ROOT).strip()
    if commands.answers_by_message(typed):
        return commands.choose(typed)
    logged = commands.LOGGED.match(typed)
    line = logged["line"] if logged else typed
    return Chosen(partial(answer, text=line))


def answer(request: MemberRequest, text: str) -> Payload:
    """Return the answer to a line about a contact, to a handle, or to anything else."""
    line = typed_lines.read(request.ctx, request.actor, text)
    if _is_contact(line):
        if asks_at_once(text):
            return contact_line.save_at_once(request, text, _delivery(request))
        return contact_line.to_open(request, text)
    if is_handle(text):
        return patient_message(request.actor, text.upper())
    return friendly_message(request.actor, commands.buttons_for(request.actor))


def _is_contact(line: ContactLine) -> bool:
    """Return whether a line says something of a contact with a patient that a sentence would not."""
    told = line.scores or line.answers or line.self_harm or line.items_not_known or line.minutes is not None
    named = any(character.isdecimal() for character in line.patient) or is_handle(line.patient)
    what = line.visit_type or line.contact_type or line.next_appointment or line.no_show
    return bool(told or (named and what))


def _delivery(request: MemberRequest) -> str | None:
    """Return a name for this very message: Slack may deliver it again, and it is saved once."""
    event = request.body.get("event") or {}
    return f"written-{event['channel']}-{event['ts']}" if event else None
