"""A self-harm item above 0: the psychiatrists of the registry are told at once."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from cocm_bot.operations.alarms import psychiatrists
from cocm_bot.operations.recommendations import Letter, record_sending
from cocm_bot.registry.errors import CocmError
from cocm_bot.registry.patient import Patient
from cocm_bot.registry.vocabulary import Role
from cocm_bot.slack import errors, patient
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.screens.notices import notice_message
from cocm_bot.slack.screens.safety import OPEN_CARD, risk_message
from cocm_bot.slack.screens.words import discreet
from cocm_bot.slack.visit import Visit

PAUSES = (0.0, 1.0, 3.0, 9.0)
"""Seconds before each try to tell somebody."""
TELLING = "safety-risk"
"""What the log calls it."""
BEING_TOLD = "The psychiatrist is being told now, by direct message."
NOBODY = "⚠️ This registry has no psychiatrist I could tell: please call one now."

logger = logging.getLogger(__name__)


def register(entry: Entry) -> None:
    """The message's button."""
    entry.opens(OPEN_CARD, "Patient", lambda visit: patient.card(visit, visit.value))


def tell(
    visit: Visit, about: Patient, measures: Sequence[str], done: str, redraw: Callable[[str], Payload]
) -> str:
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
    redraw: Callable[[str], Payload],
) -> None:
    missed = [letter.name for letter in letters if not _reached(visit, letter, about, message)]
    if not missed:
        return
    logger.error("missed doing=%s count=%d ref=%s", TELLING, len(missed), visit.reference)
    sentence = f"The contact is saved, but I could not tell {' and '.join(missed)}. Please call now."
    try:
        visit.gateway.tell(visit.actor.slack_user_id, notice_message(f"{discreet(about)}: {sentence}"))
    except CocmError as error:
        errors.sentence(error, visit.reference, TELLING)
    shown = visit.body["view"]
    view = redraw(f"⚠️ {escape(sentence)}")
    visit.gateway.update_view(str(shown.get("previous_view_id") or shown["id"]), view)


def _reached(visit: Visit, letter: Letter, about: Patient, message: Payload) -> bool:
    """Tell one person, trying a few times; False when it did not come through or they have no account."""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            person = visit.gateway.member_with(letter.email) if letter.email else None
            if person is None:
                return False
            record_sending(visit.desk, visit.actor, letter, person.id, about)
            visit.gateway.tell(person.id, message)
        except CocmError as error:
            errors.sentence(error, visit.reference, TELLING)
        else:
            return True
    return False
