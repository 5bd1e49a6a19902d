"""Lines that people typed to log a contact, kept until they are looked at or the patient is chosen.

A line may name a patient and holds health data: it stays in the table, Slack gets an id.
"""

from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.contacts.line import ContactLine, read_line
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.patients.card import Matches, find
from cocm_bot.store import questions
from cocm_bot.store.questions import Question

OVER = "What you typed was kept for an hour. Please type it again."


@dataclass(frozen=True)
class Meant:
    """The patients a line can mean."""

    found: Matches
    exact: DirectoryEntry | None
    """The one whose handle or MRN it gives, and nobody else's name; None where somebody must choose."""


def read(ctx: Context, actor: Actor, text: str) -> ContactLine:
    """Read a line as typed now in the actor's registry."""
    policy = actor.registry.policy
    return read_line(text, policy.measures, policy.local_date(ctx.now().timestamp()))


def patient_meant(ctx: Context, actor: Actor, line: ContactLine) -> Meant:
    """Find whom a line means. Raises NotAllowed, TooOften or Unavailable."""
    if not line.patient:
        return Meant(Matches.of([]), None)
    found = find(ctx, actor, line.patient)
    given = [
        each
        for each in found.shown
        if line.patient == each.patient_mrn or line.patient.upper() == each.handle
    ]
    return Meant(found, given[0] if found.total == len(given) == 1 else None)


def keep(ctx: Context, actor: Actor, text: str) -> str:
    """Keep a line for an hour, and return the id it is found by. Raises NotAllowed or Unavailable."""
    authorise(ctx, actor, Action.LOG_CONTACT)
    line_id = new_id()
    question = Question(user_id=actor.user_id, command=text)
    questions.keep(ctx.table, line_id, question, ctx.now().timestamp())
    return line_id


def kept(ctx: Context, actor: Actor, line_id: str) -> str:
    """Return a line of the actor's that was kept.

    Raises NotAllowed, InvalidInput once it is gone, or Unavailable.
    """
    authorise(ctx, actor, Action.LOG_CONTACT)
    question = questions.get(ctx.table, line_id) if line_id else None
    if question is None or question.user_id != actor.user_id:
        raise InvalidInput(OVER)
    return question.command
