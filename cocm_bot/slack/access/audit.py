"""The access log, for the registry's admins."""

import re
from collections.abc import Sequence

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access import audit as operation
from cocm_bot.operations.access.audit import Wanted
from cocm_bot.slack.access.audit_view import AUDIT_PAGE, audit_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import OUT_OF_DATE, Visit
from cocm_bot.slack.runtime.router import Entry

PLACE = re.compile(
    r"(?P<kind>[pu-]) (?P<subject>[\w-]{1,64}) (?P<days>\d{1,2}) (?P<until>\d{1,12}\.\d{1,6}) "
    r"(?P<number>\d{1,3})"
)
"""A page, as the buttons name it."""


def register(entry: Entry) -> None:
    """The buttons that turn the pages."""
    entry.redraws(re.compile(f"^{AUDIT_PAGE}:"), turn)


def show(visit: Visit, words: Sequence[str]) -> Payload:
    """The latest entries of what the words ask for."""
    asked = operation.wanted(visit.desk, visit.actor, words)
    return _page(visit, asked, 1)


def turn(visit: Visit) -> Payload:
    """Another page of the same entries: what was added since does not move them."""
    place = PLACE.fullmatch(visit.value)
    if place is None:
        raise InvalidInput(OUT_OF_DATE)
    subject = {"p": "patient_id", "u": "user_id"}.get(place["kind"])
    about = {subject: place["subject"]} if subject else {}
    asked = Wanted(int(place["days"]), float(place["until"]), **about)
    return _page(visit, asked, int(place["number"]))


def _page(visit: Visit, asked: Wanted, number: int) -> Payload:
    accesses = operation.read(visit.desk, visit.actor, asked, number)
    return audit_view(accesses, visit.actor.registry.policy)
