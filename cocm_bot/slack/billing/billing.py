"""The month's billing list."""

import re
from collections.abc import Sequence

from cocm_bot.operations.digests import overview
from cocm_bot.slack.billing.billing_view import BILLING_PAGE, billing_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import Visit
from cocm_bot.slack.runtime.router import Entry


def register(entry: Entry) -> None:
    """The buttons that turn the pages."""
    entry.redraws(re.compile(f"^{BILLING_PAGE}:"), lambda visit: show(visit, [visit.value]))


def show(visit: Visit, words: Sequence[str]) -> Payload:
    """A page of the list; a word is its number."""
    bills, broken = overview.billing(visit.desk, visit.actor)
    number = next((int(word) for word in words if word.isdecimal() and len(word) < 6), 1)
    month = visit.actor.registry.policy.month(visit.desk.now().timestamp())
    return billing_view(visit.actor, bills, broken, month, number)
