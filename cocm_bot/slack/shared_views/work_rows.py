"""Patients with something due, under each kind of work: the digest, App Home, the worklist and its window."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import groupby
from types import MappingProxyType

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.caseload.snoozes import never_snoozed
from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.records.patient import PatientSummary
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.caseload.caseload import Page
from cocm_bot.operations.caseload.rows import Row
from cocm_bot.operations.caseload.worklist import first_work
from cocm_bot.slack import kit
from cocm_bot.slack.kit import Block, Element, and_more, button, context, escape, option, section
from cocm_bot.slack.shared_views.identity import named_option
from cocm_bot.slack.shared_views.lines.formatting import day, flag_mark, responder

PATIENT_MENU = "patient-menu"
PATIENT_PICK = "patient-pick"
WORK_LIST = "work-list"
MORE = "More for a patient…"
REASON_SHOWN = 200
LONGEST_IN_MENU = 40
LONGEST_ENTRY = 75
"""Characters that a menu's entry holds."""
_FLAGS = MappingProxyType(
    {
        Reason.SAFETY_RISK: Flag.SAFETY_RISK,
        Reason.FLAGGED: Flag.REVIEW,
        Reason.TO_DISCUSS: Flag.NEEDS_DISCUSSION,
    }
)
"""The reasons that are a flag's."""

Name = Callable[[PatientSummary], str]
"""Returns the name that a place may show for a patient; as entered, not escaped."""


def patients_needing(page: Page) -> str:
    """Return how many patients need the reader today; of a list of everybody's, the team."""
    whom = "you" if page.own else "the team"
    return (
        f"*1 patient needs {whom} today*"
        if page.matched == 1
        else f"*{page.matched} patients need {whom} today*"
    )


def count_buttons(page: Page, action_id: str, value: Callable[[Work], str]) -> list[Block]:
    """Return the number of patients with each kind of work, each a button to the list of them."""
    counts = [
        button(f"{work.heading}: {count}", f"{action_id}:{work}", value(work))
        for work, count in page.counts.items()
    ]
    return [kit.actions(*counts)] if counts else []


def work_groups(
    actor: Actor, page: Page, name: Name, behind: str, *, whole: bool, reasons: bool
) -> list[list[Block]]:
    """The rows under each kind of work, each of them with its heading first.

    `reasons` tells whether the place may show a flag's reason, in which the team's words can name a patient.

    Unless the list is the `whole`, the heading has a button to those of the kind who are not shown.
    """
    groups = []
    for work, rows in groupby(page.rows, key=first_work):
        shown = [patient_row(each, name(each.summary), behind, reasons=reasons) for each in rows]
        left = page.counts.get(work, 0) - len(shown)
        opening = button(and_more(left), f"{WORK_LIST}:{work}", f"today {work}") if left > 0 else None
        groups.append([_heading(work, opening if not whole else None), *shown])
    return groups


def patient_row(row: Row, name: str, behind: str, *, reasons: bool) -> Block:
    """One patient with why, and the button that opens the card; `name` is what this place may show."""
    return section(row_text(row, name, reasons=reasons), accessory=open_button(row.summary.handle, behind))


def open_button(handle: str, behind: str) -> Element:
    """The button of a row: one press opens the card."""
    return button("Open", PATIENT_MENU, f"open {handle} {behind}", accessibility_label=f"Open {handle}")


def row_text(row: Row, name: str, *, reasons: bool) -> str:
    """A patient with something due, and why.

    `name` is what this place may show, and `reasons` whether it may show a flag's.
    """
    first, *others = row.due
    also = f"\n_Also: {'; '.join(due.reason.lower() for due in others)}_" if others else ""
    mark = flag_mark(row.summary)
    shown = f"*{escape(name)}*  {responder(row.summary, row.weeks)}{'  ' + mark if mark else ''}"
    kind = first.reason.partition(": ")[2]
    why = f"{f'{kind.capitalize()}: ' if kind else ''}{escape(first.why)}"
    flag = _FLAGS.get(first.reason)
    reason = row.summary.course.flag_reasons.get(flag, "") if flag and reasons else ""
    why += f": {escape(reason)}" if reason else ""
    return "\n".join(filter(None, (shown, snoozed_until(row.summary), f"{why}{also}")))


def reasons_in_messages(actor: Actor) -> bool:
    """Return whether the registry's private messages may show a flag's reason: where they may name names."""
    return actor.registry.disclosure.in_messages is Shown.NAME


def in_menu(actor: Actor) -> Name:
    """Return what the menu of a window or App Home may show for a patient, beside what is to be done."""
    return partial(named_option, registry=actor.registry, longest=LONGEST_IN_MENU)


def snoozed_until(summary: PatientSummary) -> str:
    """Return until when a patient is left out of the lists, and why; empty for one who is not."""
    if summary.snoozed is None:
        return ""
    why = escape(kit.clip(" ".join(summary.snoozed.reason.split()), REASON_SHOWN))
    return f"💤 Until {day(date.fromisoformat(summary.snoozed.until))}: {why}"


def more_menu(
    actor: Actor, summaries: Iterable[PatientSummary], name: Name, behind: str, *, asked: bool = False
) -> list[Block]:
    """Return one menu below a list with further actions for its patients; `behind` names the list, and `name`
    returns what the place may show.

    `asked` are patients with a recommendation that waits for the actor's answer.
    """
    entries = [
        entry for each in summaries for entry in _entries(actor, each, name(each), behind, asked=asked)
    ]
    return [kit.actions(kit.select(PATIENT_PICK, entries, placeholder=MORE))] if entries else []


def _entries(actor: Actor, summary: PatientSummary, name: str, behind: str, *, asked: bool) -> list[Block]:
    handle = summary.handle
    entries = [option(_entry("Answer", name), f"answer {handle} {behind}")] if asked else []
    if may(actor.role, Action.LOG_CONTACT):
        entries.append(option(_entry("Log a contact", name), f"log {handle} {behind}"))
    if may(actor.role, Action.SNOOZE) and not never_snoozed(summary):
        entries.append(option(_entry("Snooze", name), f"snooze {handle} {behind}"))
    return entries


def _entry(what: str, name: str) -> str:
    return kit.clip(f"{what}: {name}", LONGEST_ENTRY)


def _heading(work: Work, opening: Element | None) -> Block:
    return section(f"*{work.heading}*", accessory=opening) if opening else context(f"*{work.heading}*")
