"""A self-harm item above 0: the psychiatrists of the registry are told at once."""

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
from cocm_bot.slack.screens.safety import OPEN_CARD, risk_message
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
    """See to it that each psychiatrist but the actor is told, once Slack has its answer; says so in words.

    One may be told twice, but never less than once while Slack answers. Whom it does not reach is told to the
    actor: by direct message, and in what they look at, by what `redraw` makes of the sentence.
    """
    letters = psychiatrists(visit.desk, visit.actor)
    if letters:
        message = risk_message(visit.actor, about, measures, done)
        visit.later.append(partial(_tell, visit, letters, about, message, redraw))
        return BEING_TOLD
    return "" if visit.actor.role is Role.PSYCHIATRIST else NOBODY


def _tell(
    visit: Visit,
    letters: Sequence[Letter],
    about: Patient,
    message: Payload,
    redraw: Redraw,
) -> None:
    missed = [letter.name for letter in letters if not delivered(visit, letter, about, message, TELLING)]
    if missed:
        logger.error("missed doing=%s count=%d ref=%s", TELLING, len(missed), visit.reference)
        sentence = f"The contact is saved, but I could not tell {named(missed)}. Please call now."
        own_up(visit, about, sentence, redraw, TELLING)
