"""The App Home: what to do next on top. It belongs to one person, so it may show names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.figures.counts import Figures, Numbers
from cocm_bot.domain.vocabulary import GRAVEST_FIRST
from cocm_bot.operations.billing.month_list import Shown
from cocm_bot.operations.digests.overview import Awaited, Day
from cocm_bot.operations.gaps import Gaps
from cocm_bot.slack.billing.billing_view import (
    PROPOSED,
    bill_row,
    billing_gap_lines,
    billing_head,
    totals_lines,
)
from cocm_bot.slack.contacts.timer_view import running_blocks
from cocm_bot.slack.figures.figures_view import IN_PROGRAM, NOTE, figures_blocks
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    fit_view,
    header,
    home,
    option,
    section,
    select,
)
from cocm_bot.slack.shared_views.card_actions import ANSWER
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.identity import named, names_shown
from cocm_bot.slack.shared_views.lines.formatting import FLAG_MARKS, day_of
from cocm_bot.slack.shared_views.list_lines import patients_told
from cocm_bot.slack.shared_views.patient_lists import snoozed_line
from cocm_bot.slack.shared_views.unsaved import HOME, nothing_due, unsaved_blocks
from cocm_bot.slack.shared_views.work_rows import (
    WORK_LIST,
    count_buttons,
    in_menu,
    more_menu,
    patients_needing,
    work_groups,
)

SWITCH = "home-registry"
MOST_REGISTRIES = 100
TEXT_SHOWN = 200

Registries = Sequence[tuple[str, str]]
"""Id and name of each registry the person belongs to."""


def day_view(actor: Actor, day: Day, registries: Registries, top: Sequence[Block], now: datetime) -> Payload:
    """A clinician's day: the timer, what waits for them, what is due by reason, the caseload in numbers."""
    page, name = day.page, partial(named, registry=actor.registry)
    groups = work_groups(actor, page, name, HOME, whole=False, reasons=names_shown(actor.registry))
    head = [
        *top,
        *(running_blocks(actor, day.timer, now) if day.timer else []),
        *unsaved_blocks(actor, day.unsaved, HOME),
        *_awaiting(actor, day.awaited),
        section(f"*My day*\n{_due(actor, day)}"),
        *count_buttons(page, WORK_LIST, lambda work: f"today {work}"),
        *snoozed_line(page),
    ]
    foot = [
        *more_menu(actor, (row.summary for row in page.rows), in_menu(actor), HOME),
        divider(),
        section(f"*{_whose(day)}*\n{_numbers(day.numbers)}"),
        *gap_lines(page.gaps),
        *_foot(actor, registries, now),
    ]
    return home(fit_view(groups, head=head, foot=foot, more="`/cocm today` shows everyone."))


def billing_home(
    actor: Actor, shown: Shown, registries: Registries, top: Sequence[Block], now: datetime
) -> Payload:
    """The month's billing."""
    month, registry = shown.month, actor.registry
    head = [*top, section(f"*Billing*\n{billing_head(month, shown.gaps)}"), *totals_lines(month)]
    foot = [*billing_gap_lines(shown.gaps), context(PROPOSED), *_foot(actor, registries, now)]
    rows = [bill_row(row, registry) for row in shown.page.rows]
    beyond = shown.page.total - len(rows)
    more = "`/cocm billing` shows every page, earlier months and the file."
    return home(fit_view(rows, head=head, foot=foot, more=more, beyond=beyond))


def figures_home(
    actor: Actor,
    figures: Figures,
    names: Mapping[str, str],
    gaps: Gaps,
    registries: Registries,
    top: Sequence[Block],
    now: datetime,
) -> Payload:
    """The program's figures: counts only."""
    return home(
        fit_view(
            figures_blocks(figures, names, gaps),
            head=top,
            foot=[context(NOTE), *_foot(actor, registries, now)],
        )
    )


def greeting(actor: Actor, buttons: Sequence[Element]) -> list[Block]:
    """Return the top of every App Home."""
    return [header(f"Hello {actor.first_name}"), *([actions(*buttons)] if buttons else [])]


def _awaiting(actor: Actor, awaited: Sequence[Awaited]) -> list[Block]:
    if not awaited:
        return []
    return [
        section("*Waiting for your answer*"),
        *(
            section(
                f"*{escape(named(each.patient, actor.registry))}*\n"
                f"{', '.join(each.recommendation.kinds)}: "
                f"{escape(clip(' '.join(each.recommendation.text.split()), TEXT_SHOWN))}\n"
                f"Recommended {day_of(each.recommendation.at, actor.registry.policy)}",
                accessory=button(
                    "Answer",
                    ANSWER,
                    each.patient.handle,
                    accessibility_label=f"Answer for {each.patient.handle}",
                ),
            )
            for each in awaited
        ),
    ]


def _due(actor: Actor, day: Day) -> str:
    if not day.numbers.patients:
        return all_clear(_nobody(actor, day), day.page.gaps)
    if not day.page.matched:
        clear = all_clear(
            "Nothing is due for your patients today." if day.page.own else "Nothing is due today.",
            day.page.gaps,
        )
        return nothing_due(clear, day.unsaved)
    return patients_needing(day.page)


def _nobody(actor: Actor, day: Day) -> str:
    if day.page.own and day.page.own.everyone:
        others = day.page.own.everyone
        return f"You have no patients yet; the registry has {others}. `/cocm caseload all` shows everyone."
    first = " Add the first one with the button above." if may(actor.role, Action.ENROL_PATIENT) else ""
    return f"There are no patients here yet.{first}"


def _whose(day: Day) -> str:
    own = day.page.own
    if own is None:
        return "The caseload"
    covered = f", {escape(' and '.join(own.covered))}'s (covered)" if own.covered else ""
    return f"My caseload{covered}, and patients without a care manager"


def _numbers(numbers: Numbers) -> str:
    status = " · ".join(f"{numbers.by_status.get(status, 0)} {status}" for status in IN_PROGRAM)
    flags = " · ".join(
        f"{FLAG_MARKS[flag]} {numbers.flagged[flag]} {flag}"
        for flag in GRAVEST_FIRST
        if numbers.flagged.get(flag)
    )
    return "\n".join(
        [
            f"{patients_told(numbers.patients)}: {status}",
            f"{numbers.due} due · {flags or 'no flag open'}",
            f"Improved: {numbers.judged.told}",
        ]
    )


def _foot(actor: Actor, registries: Registries, now: datetime) -> list[Block]:
    updated = now.astimezone(actor.registry.policy.zone)
    place = f"{escape(actor.registry.name)} · you are {escape(actor.role)}"
    return [
        *_switcher(actor, registries),
        context(f"{place} · Updated at {updated:%H:%M}, {updated.day} {updated:%b}"),
    ]


def _switcher(actor: Actor, registries: Registries) -> list[Block]:
    if len(registries) < 2:
        return []
    options = [option(name, registry_id) for registry_id, name in registries[:MOST_REGISTRIES]]
    here = next((each for each in options if each["value"] == actor.registry.id), None)
    return [section("Registry", accessory=select(SWITCH, options, placeholder="Work in…", initial=here))]
