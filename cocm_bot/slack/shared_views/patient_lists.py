"""The worklist and the caseload, as messages: of each patient what the registry allows."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.caseload.work import Work
from cocm_bot.operations.caseload.caseload import Page, Whose
from cocm_bot.operations.caseload.rows import Row, Show, Sort
from cocm_bot.operations.contacts.drafts import Unsaved
from cocm_bot.slack import kit
from cocm_bot.slack.kit import (
    Block,
    Payload,
    context,
    escape,
    header,
    message,
    section,
)
from cocm_bot.slack.shared_views.caseload_table import caseload_table, patient_options
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.identity import named, names_shown, told_apart
from cocm_bot.slack.shared_views.list_lines import patients_told, registry_line
from cocm_bot.slack.shared_views.unsaved import nothing_due, unsaved_blocks
from cocm_bot.slack.shared_views.work_rows import (
    PATIENT_PICK,
    count_buttons,
    in_menu,
    more_menu,
    patients_needing,
    reasons_in_messages,
    work_groups,
)

MOST_UNSAVED = 3
TODAY_PAGE = "today-page"
CASELOAD_PAGE = "caseload-page"
WORK_PAGE = "work-page"
SNOOZED = "snoozed"
"""The word that asks for those whom the worklist leaves out."""
CHOOSE_SEVERAL = "caseload-several"
NO_PATIENTS = "There are no patients in this registry yet."


def worklist_message(
    actor: Actor,
    page: Page,
    whose: Whose,
    *,
    snoozed: bool = False,
    work: Work | None = None,
    unsaved: Sequence[Unsaved] = (),
) -> Payload:
    """Return what is due today, by kind of work; or what is `snoozed` of it, or one kind of `work`.

    Above it the forms the person closed without saving.
    """
    view = " ".join(["today", whose, *([SNOOZED] if snoozed else []), *([work] if work else [])])
    behind = f"{view} {page.place.number}"
    name, reasons = partial(told_apart, registry=actor.registry), reasons_in_messages(actor)
    groups = work_groups(actor, page, name, behind, whole=True, reasons=reasons)
    return message(
        "Your worklist",
        [
            header("Snoozed" if snoozed else work.heading if work else "Today"),
            *unsaved_blocks(actor, unsaved[:MOST_UNSAVED], behind),
            *_more_unsaved(len(unsaved) - MOST_UNSAVED),
            section(
                _in_numbers(page, snoozed=snoozed)
                if page.matched
                else nothing_due(_nothing_due(actor, page), unsaved)
            ),
            *count_buttons(page, TODAY_PAGE, lambda each: f"today {whose} {each}"),
            *own_line(page),
            *_show_all(page, TODAY_PAGE, "today all"),
            *snoozed_line(page),
            *([] if actor.registry.active_patients else _first_step(actor)),
            *(block for group in groups for block in group),
            *more_menu(actor, (row.summary for row in page.rows), name, behind),
            *_bar(page, TODAY_PAGE, view),
            *gap_lines(page.gaps),
            registry_line(actor),
        ],
    )


def worklist_view(actor: Actor, page: Page, work: Work) -> Payload:
    """One kind of work as a window, which may show names: from a digest or App Home, and over them."""
    behind, name = f"today {work} {page.place.number}", partial(named, registry=actor.registry)
    groups = work_groups(actor, page, name, behind, whole=True, reasons=names_shown(actor.registry))
    foot = [
        *more_menu(actor, (row.summary for row in page.rows), in_menu(actor), behind),
        *kit.page_bar(page.place, WORK_PAGE, lambda number: f"today {work} {number}"),
        *gap_lines(page.gaps),
        registry_line(actor),
    ]
    none = [section(all_clear("Nothing of this is due for your patients today.", page.gaps))]
    blocks = kit.fit_view(groups, head=[] if page.rows else none, foot=foot)
    return kit.modal(work.heading, blocks, "worklist")


def suggestion_message(actor: Actor, sentence: str, meant: str | None) -> Payload:
    """For a word that names no list. It is not repeated: a message shows no name, and it may be one."""
    action_id = CASELOAD_PAGE if (meant or "").startswith(CommandName.CASELOAD) else TODAY_PAGE
    asked = f" Did you mean `/cocm {meant}`?" if meant else ""
    show = [kit.actions(kit.button(f"Show {meant}", f"{action_id}:meant", meant))] if meant else []
    return message(
        "cocm_bot does not know this list", [section(sentence + asked), *show, registry_line(actor)]
    )


def _more_unsaved(count: int) -> list[Block]:
    return [context(f"{kit.and_more(count)} not saved: see my App Home.")] if count > 0 else []


def caseload_message(
    actor: Actor, page: Page, whose: Whose, show: Show, sort: Sort, now: datetime
) -> Payload:
    """One page of the caseload as a table, with a menu to open a patient of it."""
    view = " ".join(["caseload", whose, *([] if show is Show.ALL else [show]), sort])
    found = f"{page.matched} patient{'' if page.matched == 1 else 's'}"
    what = found if show is Show.ALL else f"{found} · {show}"
    body = (
        [caseload_table(actor, page.rows, now), _pick(actor, page.rows, f"{view} {page.place.number}")]
        if page.rows
        else [section(_no_match(actor, page, show))]
    )
    return message(
        "The caseload",
        [
            header("Caseload"),
            context(f"{what}, sorted by {sort}"),
            *own_line(page),
            *_show_all(page, CASELOAD_PAGE, f"caseload all {show} {sort}"),
            *body,
            *([] if actor.registry.active_patients else _first_step(actor)),
            *_bar(page, CASELOAD_PAGE, view),
            *([kit.actions(kit.button("Choose several…", CHOOSE_SEVERAL, view))] if page.rows else []),
            *gap_lines(page.gaps),
            registry_line(actor),
        ],
    )


def _pick(actor: Actor, rows: Sequence[Row], behind: str) -> Block:
    choices = patient_options(actor, rows, behind)
    return kit.actions(kit.select(PATIENT_PICK, choices, placeholder="Open a patient…"))


def snoozed_line(page: Page) -> list[Block]:
    """Return how many are left out, and how to see them."""
    return [context(f"💤 {page.snoozed} snoozed. `/cocm today snoozed` shows them.")] if page.snoozed else []


def _in_numbers(page: Page, *, snoozed: bool) -> str:
    if snoozed:
        return f"*{patients_told(page.matched)} snoozed with something due.*"
    return patients_needing(page)


def own_line(page: Page) -> list[Block]:
    """Return whose patients a care manager's own list shows."""
    own = page.own
    if own is None or not (own.unassigned or own.covered or own.everyone > page.matched):
        return []
    nobodys = f", {own.unassigned} unassigned included" if own.unassigned else ""
    covering = f" You cover {escape(' and '.join(own.covered))}." if own.covered else ""
    return [context(f"Yours{nobodys}: {page.matched} of {own.everyone}.{covering}")]


def _show_all(page: Page, action_id: str, value: str) -> list[Block]:
    """The button to everybody's patients, where a care manager sees fewer."""
    if page.own is None or page.own.everyone <= page.matched:
        return []
    return [kit.actions(kit.button("Show all", f"{action_id}:all", value))]


def _nothing_due(actor: Actor, page: Page) -> str:
    if page.own and page.own.everyone:
        return all_clear("Nothing is due for your patients today.", page.gaps)
    if actor.registry.active_patients:
        return all_clear("Nothing is due today.", page.gaps)
    return all_clear(NO_PATIENTS, page.gaps)


def _no_match(actor: Actor, page: Page, show: Show) -> str:
    if not actor.registry.active_patients:
        return all_clear(NO_PATIENTS, page.gaps)
    if page.own and page.own.everyone and show is Show.ALL:
        return all_clear(f"You have no patients yet; the registry has {page.own.everyone}.", page.gaps)
    patient = "No patient I can see" if page.gaps else "No patient"
    whose = " of yours" if page.own else ""
    return f"{patient}{whose} is under “{show}” right now."


def _first_step(actor: Actor) -> list[Block]:
    if not may(actor.role, Action.ENROL_PATIENT):
        return []
    return [kit.actions(kit.button("Add the first patient", CommandName.ADD.action_id, style="primary"))]


def _bar(page: Page, action_id: str, command: str) -> list[Block]:
    return kit.page_bar(page.place, action_id, lambda number: f"{command} {number}")
