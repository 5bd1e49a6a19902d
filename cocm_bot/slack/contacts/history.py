"""Looking back on a patient from the card: every contact, and every change."""

import re

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.contacts import history as operation
from cocm_bot.slack.contacts.history_view import CHANGES_PAGE, HISTORY_PAGE, changes_view, history_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.card_actions import CHANGES, HISTORY


def register(router: Router) -> None:
    """The card's entries, and the buttons that turn the pages."""
    router.opens(HISTORY, "History", history)
    router.opens(CHANGES, "Changes", changes)
    router.redraws(re.compile(f"^{HISTORY_PAGE}:"), history)
    router.redraws(re.compile(f"^{CHANGES_PAGE}:"), changes)


def history(request: MemberRequest) -> Payload:
    """A page of the contacts."""
    handle, number = _wanted(request)
    found = operation.contacts(request.ctx, request.actor, handle)
    return history_view(found, request.actor.registry, number)


def changes(request: MemberRequest) -> Payload:
    """A page of the audit trail."""
    handle, number = _wanted(request)
    trail = operation.changes(request.ctx, request.actor, handle)
    return changes_view(trail, request.actor.registry, number)


def _wanted(request: MemberRequest) -> tuple[str, int]:
    """The handle, and the page if one is named."""
    match request.value.split():
        case [handle]:
            return handle, 1
        case [handle, number] if number.isdecimal() and len(number) < 6:
            return handle, int(number)
    raise InvalidInput(OUT_OF_DATE)
