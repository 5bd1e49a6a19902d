"""The lists: today's worklist and the caseload, page by page."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cocm_bot.domain.caseload.list_words import nearest, read_words
from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.errors import InvalidInput
from cocm_bot.operations.caseload import caseload as operation
from cocm_bot.operations.caseload.caseload import ROWS_PER_PAGE, Whose
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.contacts.drafts import unsaved
from cocm_bot.slack.digests import digest
from cocm_bot.slack.digests.digest_view import ASKED, WORKLIST
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.shared_views.caseload_table import ALWAYS_FIT, rows_per_page
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.patient_lists import (
    CASELOAD_PAGE,
    SNOOZED,
    TODAY_PAGE,
    WORK_PAGE,
    caseload_message,
    suggestion_message,
    worklist_message,
    worklist_view,
)
from cocm_bot.slack.shared_views.work_rows import WORK_LIST

SHOWN = list(dict.fromkeys((*Whose, *Show)))
"""Everything that can be said to be shown: `all` means everybody's patients."""
LISTS = f"I can show: {', '.join(SHOWN)}. I can sort by: {', '.join(Sort)}."
TODAY_WORDS = (*Whose, *Work, SNOOZED)
CASELOAD_WORDS = (*Whose, *Show, *Sort)
WORK_ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "follow-up": Work.FOLLOW_UPS,
        "contacts": Work.FOLLOW_UPS,
        "consultations": Work.CONSULTS,
        "flags": Work.SAFETY,
        "risk": Work.SAFETY,
        "scores": Work.MEASURES,
        "to discuss": Work.DISCUSS,
        "answers": Work.RECOMMENDATIONS,
        "everyone": Whose.ALL,
        "my": Whose.MINE,
    }
)
CASELOAD_ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "worsening": Show.WORSE,
        "worst": Show.WORSE,
        "stuck": Show.NOT_IMPROVING,
        "unscored": Show.UNMEASURED,
        "no scores": Show.UNMEASURED,
        "flags": Show.FLAGGED,
        "better": Show.IMPROVING,
        "improved": Show.IMPROVING,
        "relapse prevention": Show.PREVENTION,
        "last seen": Sort.LAST_CONTACT,
        "contact": Sort.LAST_CONTACT,
        "everyone": Whose.ALL,
        "my": Whose.MINE,
    }
)


class CaseloadList(NamedTuple):
    """A list of the caseload: its patients, filter and order."""

    whose: Whose
    show: Show
    sort: Sort


def register(router: Router) -> None:
    """The buttons that turn the pages, whose values are the lists' names, and the ways on from a digest."""
    for action_id in (TODAY_PAGE, CASELOAD_PAGE):
        router.redraws(re.compile(f"^{action_id}:"), lambda request: redrawn(request, request.value))
    router.answers(WORKLIST, lambda request: today(request, []))
    router.opens(re.compile(f"^{WORK_LIST}:"), "Today", window)
    router.redraws(re.compile(f"^{WORK_PAGE}:"), window)


def today(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The worklist; the words are whose (`mine` or `all`), a kind of work, `snoozed` and a page's number."""
    said = read_words(words, TODAY_WORDS, WORK_ALIKE)
    if said.unknown:
        kinds = ", ".join(TODAY_WORDS)
        return _suggestion(
            request, CommandName.TODAY, said.unknown, f"I can show: {kinds}.", TODAY_WORDS, WORK_ALIKE
        )
    whose, snoozed, work = _whose(request, said.known), SNOOZED in said.known, _work(said.known)
    page = worklist(request.ctx, request.actor, _number(words), whose, snoozed=snoozed, work=work)
    kept = unsaved(request.ctx, request.actor)
    return worklist_message(request.actor, page, whose, snoozed=snoozed, work=work, unsaved=kept)


def window(request: MemberRequest) -> Payload:
    """One kind of the actor's own work, as a window; the value is the list's name."""
    words = request.value.split()
    work = _work(read_words(words, Work, {}).known) or Work.SAFETY
    page = worklist(request.ctx, request.actor, _number(words), work=work)
    return worklist_view(request.actor, page, work)


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """The caseload; the words say whose patients, which, in which order and the page, in any order."""
    said = read_words(words, CASELOAD_WORDS, CASELOAD_ALIKE)
    if said.unknown:
        return _suggestion(request, CommandName.CASELOAD, said.unknown, LISTS, CASELOAD_WORDS, CASELOAD_ALIKE)
    wanted = _wanted(request, said.known)
    now = request.ctx.now()
    # Where Slack takes no table that it pages itself, the pages are ours, and short.
    ours = request.gateway.newer.refused("data_table")
    page = operation.caseload(
        request.ctx,
        request.actor,
        wanted.show,
        wanted.sort,
        _number(words),
        wanted.whose,
        size=ROWS_PER_PAGE if ours else ALWAYS_FIT,
        fits=None if ours else lambda rows: rows_per_page(request.actor, rows, now),
    )
    return caseload_message(request.actor, page, wanted.whose, wanted.show, wanted.sort, now)


def asked(request: MemberRequest, words: Sequence[str]) -> CaseloadList:
    """Return which list of the caseload its name means; raises InvalidInput for none."""
    said = read_words(words, CASELOAD_WORDS, CASELOAD_ALIKE)
    if said.unknown:
        raise InvalidInput(LISTS)
    return _wanted(request, said.known)


def redrawn(request: MemberRequest, name: str) -> Payload:
    """A list as it is now, by its name: `today 2`, `caseload flagged score 3`, `digest`."""
    first, *words = name.split() or ["today"]
    if first == ASKED:
        return digest.show(request, words)
    return show(request, words) if first == "caseload" else today(request, words)


def _suggestion(
    request: MemberRequest,
    command: CommandName,
    unknown: str,
    lists: str,
    names: Sequence[str],
    alike: Mapping[str, str],
) -> Payload:
    meant = nearest(unknown, names, alike)
    sentence = f"I don't know one of these words. {'' if meant else lists}"
    return suggestion_message(request.actor, sentence.rstrip(), f"{command} {meant}" if meant else None)


def _wanted(request: MemberRequest, known: Sequence[str]) -> CaseloadList:
    showing = next((Show(word) for word in known if word in {*Show} - {Show.ALL}), Show.ALL)
    sort = next((Sort(word) for word in known if word in list(Sort)), Sort.URGENCY)
    return CaseloadList(_whose(request, known), showing, sort)


def _work(known: Sequence[str]) -> Work | None:
    return next((Work(word) for word in known if word in list(Work)), None)


def _whose(request: MemberRequest, known: Sequence[str]) -> Whose:
    said = (Whose(word) for word in known if word in list(Whose))
    return next(said, operation.usual(request.actor))


def _number(words: Sequence[str]) -> int:
    return next((int(word) for word in words if word.isdecimal() and len(word) < 6), 1)
