"""The lists: today's worklist and the caseload, page by page."""

import re
from collections.abc import Sequence

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.caseload import caseload as operation
from cocm_bot.operations.caseload.caseload import Show, Sort, Whose
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.contacts.drafts import unsaved
from cocm_bot.slack.digests import digest
from cocm_bot.slack.digests.digest_view import ASKED, WORKLIST
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.patient_lists import (
    CASELOAD_PAGE,
    SNOOZED,
    TODAY_PAGE,
    caseload_message,
    worklist_message,
)

SHOWN = list(dict.fromkeys((*Whose, *Show)))
"""Everything that can be said to be shown: `all` means everybody's patients."""


def register(router: Router) -> None:
    """The buttons that turn the pages, whose values are the lists' names, and the way on from a digest."""
    for action_id in (TODAY_PAGE, CASELOAD_PAGE):
        router.redraws(re.compile(f"^{action_id}:"), lambda request: redrawn(request, request.value))
    router.answers(WORKLIST, lambda request: today(request, []))


def today(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The worklist, or who is snoozed; the words are whose (`mine` or `all`) and a page's number."""
    whose, snoozed = _whose(request, words), SNOOZED in words
    page = worklist(request.ctx, request.actor, _number(words), whose, snoozed=snoozed)
    kept = unsaved(request.ctx, request.actor)
    return worklist_message(request.actor, page, whose, snoozed=snoozed, unsaved=kept)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The caseload; the words say whose patients, which, in which order and the page, in any order."""
    whose, showing, sort = asked(request, words)
    page = operation.caseload(request.ctx, request.actor, showing, sort, _number(words), whose)
    return caseload_message(request.actor, page, whose, showing, sort)


def asked(request: MemberRequest, words: Sequence[str]) -> tuple[Whose, Show, Sort]:
    """Return which list of the caseload the words mean: whose patients, which part of them, in which
    order.
    """
    named = [word.lower() for word in words if word.lower() != "by"]
    for word in named:
        if word not in {*Whose, *Show, *Sort} and not word.isdecimal():
            # The word is not repeated: a message shows no name, and it may be one.
            raise InvalidInput(
                f"I can show one of: {', '.join(SHOWN)}. I can sort by one of: {', '.join(Sort)}."
            )
    showing = next((Show(word) for word in named if word in {*Show} - {Show.ALL}), Show.ALL)
    sort = next((Sort(word) for word in named if word in list(Sort)), Sort.URGENCY)
    return _whose(request, named), showing, sort


def redrawn(request: MemberRequest, name: str) -> Payload:
    """A list as it is now, by its name: `today 2`, `caseload flagged score 3`, `digest`."""
    first, *words = name.split() or ["today"]
    if first == ASKED:
        return digest.show(request, words)
    return show(request, words) if first == "caseload" else today(request, words)


def _whose(request: MemberRequest, words: Sequence[str]) -> Whose:
    said = (Whose(word.lower()) for word in words if word.lower() in list(Whose))
    return next(said, operation.usual(request.actor))


def _number(words: Sequence[str]) -> int:
    return next((int(word) for word in words if word.isdecimal() and len(word) < 6), 1)
