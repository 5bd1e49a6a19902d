"""Looking back on a patient from the card: every contact, and every change."""

import re

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.contacts import history as operation
from cocm_bot.slack.contacts.history_view import CHANGES_PAGE, HISTORY_PAGE, changes_view, history_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import OUT_OF_DATE, Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.shared_views.card_actions import CHANGES, HISTORY


def register(entry: Entry) -> None:
    """The card's entries, and the buttons that turn the pages."""
    entry.opens(HISTORY, "History", history)
    entry.opens(CHANGES, "Changes", changes)
    entry.redraws(re.compile(f"^{HISTORY_PAGE}:"), history)
    entry.redraws(re.compile(f"^{CHANGES_PAGE}:"), changes)


def history(visit: Visit) -> Payload:
    """A page of the contacts."""
    handle, number = _wanted(visit)
    found = operation.contacts(visit.desk, visit.actor, handle)
    return history_view(found, visit.actor.registry.policy, number)


def changes(visit: Visit) -> Payload:
    """A page of the audit trail."""
    handle, number = _wanted(visit)
    trail = operation.changes(visit.desk, visit.actor, handle)
    return changes_view(trail, visit.actor.registry.policy, number)


def _wanted(visit: Visit) -> tuple[str, int]:
    """The handle, and the page if one is named."""
    match visit.value.split():
        case [handle]:
            return handle, 1
        case [handle, number] if number.isdecimal() and len(number) < 6:
            return handle, int(number)
    raise InvalidInput(OUT_OF_DATE)
