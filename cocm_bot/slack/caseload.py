"""The lists: today's worklist and the caseload, page by page."""

import re
from collections.abc import Sequence

from cocm_bot.operations import caseload as operation
from cocm_bot.operations.caseload import Show, Sort
from cocm_bot.registry.errors import InvalidInput
from cocm_bot.slack.entry import Entry
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.screens.lists import CASELOAD_PAGE, TODAY_PAGE, caseload_message, worklist_message
from cocm_bot.slack.visit import Visit


def register(entry: Entry) -> None:
    """The buttons that turn the pages; their values are the lists' own names."""
    for action_id in (TODAY_PAGE, CASELOAD_PAGE):
        entry.redraws(re.compile(f"^{action_id}:"), lambda visit: redrawn(visit, visit.value))


def today(visit: Visit, words: Sequence[str]) -> Payload:
    """The worklist; a word is a page's number."""
    page = operation.worklist(visit.desk, visit.actor, _number(words))
    return worklist_message(visit.actor, page)


def show(visit: Visit, words: Sequence[str]) -> Payload:
    """The caseload; the words are a filter, a sort order and a page's number, in any order."""
    named = [word.lower() for word in words if word.lower() != "by"]
    showing = next((Show(word) for word in named if word in list(Show)), Show.ALL)
    sort = next((Sort(word) for word in named if word in list(Sort)), Sort.URGENCY)
    for word in named:
        if word not in {*Show, *Sort} and not word.isdecimal():
            # The word is not repeated: a message shows no name, and it may be one.
            raise InvalidInput(
                f"I can show one of: {', '.join(Show)}. I can sort by one of: {', '.join(Sort)}."
            )
    page = operation.caseload(visit.desk, visit.actor, showing, sort, _number(named))
    return caseload_message(visit.actor, page, showing, sort)


def redrawn(visit: Visit, name: str) -> Payload:
    """A list as it is now, by its name: `today 2`, `caseload flagged score 3`."""
    first, *words = name.split() or ["today"]
    return show(visit, words) if first == "caseload" else today(visit, words)


def _number(words: Sequence[str]) -> int:
    return next((int(word) for word in words if word.isdecimal() and len(word) < 6), 1)
