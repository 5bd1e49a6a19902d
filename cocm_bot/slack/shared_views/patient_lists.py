"""The worklist and the caseload, as messages: of each patient what the registry allows."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.caseload.snoozes import never_snoozed
from cocm_bot.domain.due.rules import Due, Reason
from cocm_bot.domain.patient import PatientSummary
from cocm_bot.operations.caseload.caseload import Page, Row, Show, Sort, Whose
from cocm_bot.operations.contacts.drafts import Unsaved
from cocm_bot.slack import kit
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    context,
    escape,
    header,
    message,
    option,
    section,
)
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.formatting import discreet, flag_mark, responder, score
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.list_lines import patients_told, registry_line
from cocm_bot.slack.shared_views.unsaved import nothing_due, unsaved_blocks

MOST_UNSAVED = 3
PATIENT_MENU = "patient-menu"
PATIENT_PICK = "patient-pick"
TODAY_PAGE = "today-page"
CASELOAD_PAGE = "caseload-page"
SNOOZED = "snoozed"
"""The word that asks for those whom the worklist leaves out."""
CHOOSE_SEVERAL = "caseload-several"
NO_PATIENTS = "There are no patients in this registry yet."


def worklist_message(
    actor: Actor, page: Page, whose: Whose, *, snoozed: bool = False, unsaved: Sequence[Unsaved] = ()
) -> Payload:
    """Return what is due today, under the reason that is gravest for each patient; or what is `snoozed`
    of it.

    Above it the forms the person closed without saving.
    """
    view = f"today {whose} {SNOOZED}" if snoozed else f"today {whose}"
    behind = f"{view} {page.place.number}"
    rows = [block for rows in _by_reason(page.rows) for block in _group(actor, *rows, behind)]
    return message(
        "Your worklist",
        [
            header("Snoozed" if snoozed else "Today"),
            *unsaved_blocks(actor, unsaved[:MOST_UNSAVED], behind),
            *_more_unsaved(len(unsaved) - MOST_UNSAVED),
            section(
                in_numbers(page, page.counts.items(), snoozed=snoozed)
                if page.matched
                else nothing_due(_nothing_due(actor, page), unsaved)
            ),
            *own_line(page, "today"),
            *snoozed_line(page),
            *([] if actor.registry.active_patients else _first_step(actor)),
            *rows,
            *_bar(page, TODAY_PAGE, view),
            *gap_lines(page.gaps),
            registry_line(actor),
        ],
    )


def _more_unsaved(count: int) -> list[Block]:
    return [context(f"{kit.and_more(count)} not saved: see my App Home.")] if count > 0 else []


def caseload_message(actor: Actor, page: Page, whose: Whose, show: Show, sort: Sort) -> Payload:
    """One page of the caseload as a table, with a menu to open a patient of it."""
    view = " ".join(["caseload", whose, *([] if show is Show.ALL else [show]), sort])
    found = f"{page.matched} patient{'' if page.matched == 1 else 's'}"
    what = found if show is Show.ALL else f"{found} · {show}"
    body = (
        [caseload_table(actor, page.rows), _pick(actor, page.rows, f"{view} {page.place.number}")]
        if page.rows
        else [section(_no_match(actor, page, show))]
    )
    return message(
        "The caseload",
        [
            header("Caseload"),
            context(f"{what}, sorted by {sort}"),
            *own_line(page, "caseload"),
            *body,
            *([] if actor.registry.active_patients else _first_step(actor)),
            *_bar(page, CASELOAD_PAGE, view),
            *([kit.actions(kit.button("Choose several…", CHOOSE_SEVERAL, view))] if page.rows else []),
            *gap_lines(page.gaps),
            registry_line(actor),
        ],
    )


def caseload_table(actor: Actor, rows: Sequence[Row]) -> Block:
    """The rows as a table, a column for each measure of the registry."""
    measures = [measure.name for measure in actor.registry.policy.measures][:8]
    columns = ["Patient", "Status", "Week", *measures, "Min", "Flag", "Due"]
    return kit.table(columns, [_cells(actor, row, measures) for row in rows])


def _cells(actor: Actor, row: Row, measures: Iterable[str]) -> list[str]:
    scores = row.summary.course.scores
    return [
        name_in_messages(actor, row),
        row.summary.status,
        "" if row.weeks is None else str(row.weeks),
        *(score(scores[name]) if name in scores else "" for name in measures),
        f"{row.summary.minutes_this_month or 0}",
        row.summary.patient_flag or "",
        _due_cell(row.due),
    ]


def name_in_messages(actor: Actor, row: Row) -> str:
    """Return what the actor's registry lets a private message show of a patient."""
    return discreet(row.summary, actor.registry)


def _due_cell(due: Sequence[Due]) -> str:
    if not due:
        return ""
    return due[0].reason if len(due) == 1 else f"{due[0].reason} +{len(due) - 1}"


def _by_reason(rows: Iterable[Row]) -> list[tuple[Reason, list[Row]]]:
    return [(reason, list(group)) for reason, group in groupby(rows, key=lambda row: row.due[0].reason)]


def _group(actor: Actor, reason: Reason, rows: Sequence[Row], behind: str) -> list[Block]:
    return [
        context(f"*{reason}*"),
        *(worklist_row(actor, row, name_in_messages(actor, row), behind) for row in rows),
    ]


def worklist_row(actor: Actor, row: Row, name: str, behind: str) -> Block:
    """One patient with why, and a menu to open or log; `name` is what this place may show."""
    return section(row_text(row, name), accessory=row_menu(actor, row.summary, behind))


def row_text(row: Row, name: str) -> str:
    """A patient with something due, and why; `name` is what this place may show."""
    first, *others = row.due
    also = f"\n_Also: {'; '.join(due.reason.lower() for due in others)}_" if others else ""
    mark = flag_mark(row.summary)
    shown = f"*{escape(name)}*  {responder(row.summary, row.weeks)}{'  ' + mark if mark else ''}"
    return f"{shown}\n{escape(first.why)}{also}"


def row_menu(actor: Actor, summary: PatientSummary, behind: str, *, asked: bool = False) -> Element:
    """Return what can be done about a patient of a list; `behind` names the list.

    `asked` is a patient with a recommendation that waits for the actor's answer.
    """
    handle = summary.handle
    entries = [option("Open the card", f"open {handle} {behind}")]
    if asked:
        entries.append(option("Answer…", f"answer {handle} {behind}"))
    if may(actor.role, Action.LOG_CONTACT):
        entries.append(option("Log a contact", f"log {handle} {behind}"))
    if may(actor.role, Action.SNOOZE) and not never_snoozed(summary):
        entries.append(option("Snooze…", f"snooze {handle} {behind}"))
    return kit.overflow(PATIENT_MENU, entries)


def _pick(actor: Actor, rows: Sequence[Row], behind: str) -> Block:
    choices = [option(name_in_messages(actor, row), f"open {row.summary.handle} {behind}") for row in rows]
    return kit.actions(kit.select(PATIENT_PICK, choices, placeholder="Open a patient…"))


def snoozed_line(page: Page) -> list[Block]:
    """Return how many are left out, and how to see them."""
    return [context(f"💤 {page.snoozed} snoozed. `/cocm today snoozed` shows them.")] if page.snoozed else []


def in_numbers(page: Page, counts: Iterable[tuple[str, int]], *, snoozed: bool = False) -> str:
    """Return how many patients need the person, or in everybody's list the team; then a line per reason."""
    one = page.matched == 1
    needed = "you" if page.own else "the team"
    what = f"{'is' if one else 'are'} snoozed" if snoozed else f"{'needs' if one else 'need'} {needed} today"
    lines = [f"• {count} {reason.lower()}" for reason, count in counts]
    return "\n".join([f"*{patients_told(page.matched)} {what}*", *lines])


def own_line(page: Page, command: str) -> list[Block]:
    """Return whose patients a care manager's own list shows, and how to see everybody's."""
    own = page.own
    if own is None or not (own.unassigned or own.covered or own.everyone > page.matched):
        return []
    nobodys = f", {own.unassigned} unassigned included" if own.unassigned else ""
    covering = f" You cover {escape(' and '.join(own.covered))}." if own.covered else ""
    everyone = f" `/cocm {command} all` shows everyone's." if own.everyone > page.matched else ""
    return [context(f"Yours{nobodys}: {page.matched} of {own.everyone}.{covering}{everyone}")]


def _nothing_due(actor: Actor, page: Page) -> str:
    if page.own and page.own.everyone:
        return all_clear("Nothing is due for your patients today.", page.gaps)
    if actor.registry.active_patients:
        return all_clear("Nothing is due today. Everyone is up to date.", page.gaps)
    return all_clear(NO_PATIENTS, page.gaps)


def _no_match(actor: Actor, page: Page, show: Show) -> str:
    if not actor.registry.active_patients:
        return all_clear(NO_PATIENTS, page.gaps)
    patient = "No patient I can see" if page.gaps else "No patient"
    return f"{patient} is under “{show}” right now. `/cocm caseload all` shows everyone."


def _first_step(actor: Actor) -> list[Block]:
    if not may(actor.role, Action.ENROL_PATIENT):
        return []
    return [kit.actions(kit.button("Add the first patient", CommandName.ADD.action_id, style="primary"))]


def _bar(page: Page, action_id: str, command: str) -> list[Block]:
    return kit.page_bar(page.place, action_id, lambda number: f"{command} {number}")
