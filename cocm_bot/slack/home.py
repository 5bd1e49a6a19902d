"""The App Home of a member: by role their day, the month's billing, or the program's figures."""

from dataclasses import replace

from cocm_bot.domain.access import Action, may
from cocm_bot.operations.access.registry_choice import own_registries, switch_registry
from cocm_bot.operations.digests import overview
from cocm_bot.operations.team.joining import invitations_of
from cocm_bot.slack.commands import home_buttons
from cocm_bot.slack.home_view import SWITCH, billing_home, day_view, figures_home, greeting
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import Visit
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.slack.team.invites_view import home_invitations


def register(entry: Entry) -> None:
    """Drawn anew whenever it is opened, and when another registry is chosen in it."""
    entry.home(draw)
    entry.redraws(SWITCH, switch)


def draw(visit: Visit) -> Payload:
    """What concerns the person, as of now."""
    desk, actor, now = visit.desk, visit.actor, visit.desk.now()
    registries = own_registries(desk, actor)
    top = [*greeting(actor, home_buttons(actor)), *home_invitations(invitations_of(desk, actor))]
    if may(actor.role, Action.VIEW_BILLING):
        bills, broken = overview.billing(desk, actor)
        return billing_home(actor, bills, broken, registries, top, now)
    if may(actor.role, Action.VIEW_FIGURES):
        figures, names = overview.program(desk, actor)
        return figures_home(actor, figures, names, registries, top, now)
    return day_view(actor, overview.day(desk, actor), registries, top, now)


def switch(visit: Visit) -> Payload:
    """Work in the registry that was chosen, and show what concerns the person there."""
    there = replace(visit, actor=switch_registry(visit.desk, visit.actor, visit.value))
    return there.marked(draw(there))
