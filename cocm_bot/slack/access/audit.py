"""The access log, for the registry's admins."""

import re
from collections.abc import Sequence

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.access import audit as operation
from cocm_bot.operations.access.audit import Wanted
from cocm_bot.slack.access.audit_view import AUDIT_PAGE, audit_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import OUT_OF_DATE, MemberRequest
from cocm_bot.slack.runtime.router import Router

PLACE = re.compile(
    r"(?P<kind>[pu-]) (?P<subject>[\w-]{1,64}) (?P<days>\d{1,2}) (?P<until>\d{1,12}\.\d{1,6}) "
    r"(?P<number>\d{1,3})"
)
"""A page, as the buttons name it."""


def register(router: Router) -> None:
    """The buttons that turn the pages."""
    router.redraws(re.compile(f"^{AUDIT_PAGE}:"), turn)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The latest entries of what the words ask for."""
    asked = operation.wanted(request.ctx, request.actor, words)
    return _page(request, asked, 1)


def turn(request: MemberRequest) -> Payload:
    """Another page of the same entries: what was added since does not move them."""
    place = PLACE.fullmatch(request.value)
    if place is None:
        raise InvalidInput(OUT_OF_DATE)
    subject = {"p": "patient_id", "u": "user_id"}.get(place["kind"])
    about = {subject: place["subject"]} if subject else {}
    asked = Wanted(int(place["days"]), float(place["until"]), **about)
    return _page(request, asked, int(place["number"]))


def _page(request: MemberRequest, asked: Wanted, number: int) -> Payload:
    accesses = operation.read(request.ctx, request.actor, asked, number)
    return audit_view(accesses, request.actor.registry)
