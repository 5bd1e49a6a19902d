"""A self-harm item above 0, or a Safety Risk flag raised by hand: the psychiatrists are told at once."""

import logging
from collections.abc import Sequence
from functools import partial

from cocm_bot.operations.alarms import psychiatrists
from cocm_bot.operations.recommendations import Letter
from cocm_bot.registry.patient import Patient
from cocm_bot.registry.vocabulary import Role
from cocm_bot.slack import patient
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.screens.safety import OPEN_CARD, flag_message, risk_message
from cocm_bot.slack.telling import Redraw, delivered, named, own_up
from cocm_bot.slack.visit import Visit

TELLING = "safety-risk"
"""What the log calls it."""
BEING_TOLD = "The psychiatrist is being told now, by direct message."
NOBODY = "⚠️ This registry has no psychiatrist I could tell: please call one now."

logger = logging.getLogger(__name__)


def register(entry: Entry) -> None:
    """The message's button."""
    entry.opens(OPEN_CARD, "Patient", lambda visit: patient.card(visit, visit.value))


def tell(visit: Visit, about: Patient, measures: Sequence[str], done: str, redraw: Redraw) -> str:
    """See to it that the psychiatrists are told of the answer in a contact that was saved.

    Each but the actor is, once Slack has its answer; returns that in words. One may be told twice, but never
    less than once while Slack answers. Whom it does not reach is told to the actor: by direct message, and in
    what they look at, by what `redraw` makes of the sentence.
    """
    return _soon(visit, about, risk_message(visit.actor, about, measures, done), "contact", redraw)


def tell_flag(visit: Visit, about: Patient, reason: str, redraw: Redraw) -> str:
    """The same for a Safety Risk flag that was raised by hand."""
    return _soon(visit, about, flag_message(visit.actor, about, reason), "flag", redraw)


def _soon(visit: Visit, about: Patient, message: Payload, saved: str, redraw: Redraw) -> str:
    letters = psychiatrists(visit.desk, visit.actor)
    if letters:
        visit.later.append(partial(_tell, visit, letters, about, message, saved, redraw))
        return BEING_TOLD
    return "" if visit.actor.role is Role.PSYCHIATRIST else NOBODY


def _tell(
    visit: Visit,
    letters: Sequence[Letter],
    about: Patient,
    message: Payload,
    saved: str,
    redraw: Redraw,
) -> None:
    missed = [letter.name for letter in letters if not delivered(visit, letter, about, message, TELLING)]
    if missed:
        logger.error("missed doing=%s count=%d ref=%s", TELLING, len(missed), visit.reference)
        sentence = f"The {saved} is saved, but I could not tell {named(missed)}. Please call now."
        own_up(visit, about, sentence, redraw, TELLING)
