"""The App Home: what to do next on top."""

from collections.abc import Sequence
from datetime import datetime

from cocm_bot.operations.caseload import Page
from cocm_bot.registry.access import Actor
from cocm_bot.slack.kit import Element, Payload, actions, context, fit_view, header, home, section
from cocm_bot.slack.screens.help import registry_line
from cocm_bot.slack.screens.lists import worklist_row
from cocm_bot.slack.screens.words import full_name


def home_view(actor: Actor, page: Page, buttons: Sequence[Element], now: datetime) -> Payload:
    """My day with the names, and buttons for the common things."""
    updated = now.astimezone(actor.registry.policy.zone)
    rows = [
        worklist_row(actor, row, f"{full_name(row.summary)} · {row.summary.handle}", "home")
        for row in page.rows
    ]
    due = (
        "1 patient needs somebody today"
        if page.matched == 1
        else f"{page.matched} patients need somebody today"
    )
    head = [
        header(f"Hello {actor.first_name}"),
        *([actions(*buttons)] if buttons else []),
        section(f"*{due}*" if page.matched else "Nothing is due today."),
    ]
    foot = [context(f"Updated {updated:%H:%M}, {updated.day} {updated:%b}"), registry_line(actor)]
    more = "`/cocm today` shows everyone."
    return home(fit_view(rows, head=head, foot=foot, more=more, beyond=page.matched - len(rows)))
