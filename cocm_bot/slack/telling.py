"""Direct messages that are not lost in silence: tried a few times, and owned up to when they fail."""

import time
from collections.abc import Callable, Sequence

from cocm_bot.operations.recommendations import Letter, record_sending
from cocm_bot.registry.errors import CocmError
from cocm_bot.registry.patient import Patient
from cocm_bot.slack import errors
from cocm_bot.slack.gateway import Sent
from cocm_bot.slack.kit import Payload, escape
from cocm_bot.slack.screens.notices import notice_message
from cocm_bot.slack.screens.words import discreet
from cocm_bot.slack.visit import Visit

PAUSES = (0.0, 1.0, 3.0)
"""Seconds before each try to tell somebody."""

Redraw = Callable[[str], Payload]
"""The screen the person looks at, with a sentence (markup) added."""


def delivered(visit: Visit, letter: Letter, about: Patient, message: Payload, doing: str) -> Sent | None:
    """Tell one person about a patient; None when it did not come through or they have no account.

    One may be told twice, but never less than once while Slack answers. `doing` is what the log calls it.
    """
    for pause in PAUSES:
        time.sleep(pause)
        try:
            person = visit.gateway.member_with(letter.email) if letter.email else None
            if person is None:
                return None
            record_sending(visit.desk, visit.actor, letter, person.id, about)
            return visit.gateway.tell(person.id, message, visit.actor.registry.id)
        except CocmError as error:
            errors.sentence(error, visit.reference, doing)
    return None


def own_up(visit: Visit, about: Patient, sentence: str, redraw: Redraw, doing: str) -> None:
    """Tell the actor what did not work: by direct message, and in the modal they look at."""
    try:
        note = notice_message(f"{discreet(about)}: {sentence}")
        visit.gateway.tell(visit.actor.slack_user_id, note, visit.actor.registry.id)
    except CocmError as error:
        errors.sentence(error, visit.reference, doing)
    shown = visit.body["view"]
    view = redraw(f"⚠️ {escape(sentence)}")
    visit.gateway.update_view(str(shown.get("previous_view_id") or shown["id"]), view)


def named(people: Sequence[str]) -> str:
    """Names in a sentence: `Ada, Bo and Cy`."""
    return " and ".join(filter(None, (", ".join(people[:-1]), *people[-1:])))
