"""The App Home of a member: by role their day, the month's billing, or the program's figures."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.billing.month_words import Asked
from cocm_bot.operations.access.registry_choice import own_registries, switch_registry
from cocm_bot.operations.billing.month_list import month_list
from cocm_bot.operations.digests import overview
from cocm_bot.operations.team.joining import invitations_of
from cocm_bot.slack.commands import home_buttons
from cocm_bot.slack.home_view import SWITCH, billing_home, day_view, figures_home, greeting
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.team import invites
from cocm_bot.slack.team.invites_view import HOME_ACCEPT, HOME_DECLINE, home_invitations


def register(router: Router) -> None:
    """Drawn again whenever it is opened, and when another registry is chosen in it."""
    router.home(draw)
    router.redraws(SWITCH, switch)
    router.redraws(HOME_ACCEPT, partial(_after, invites.accept_at_home))
    router.redraws(HOME_DECLINE, partial(_after, invites.decline_at_home))


def draw(request: MemberRequest) -> Payload:
    """Return what concerns the person, as of now."""
    ctx, actor, now = request.ctx, request.actor, request.ctx.now()
    registries = own_registries(ctx, actor)
    top = [*greeting(actor, home_buttons(actor)), *home_invitations(invitations_of(ctx, actor))]
    if may(actor.role, Action.VIEW_BILLING):
        asked = Asked(actor.registry.policy.month(now.timestamp()))
        return billing_home(actor, month_list(ctx, actor, asked, 1), registries, top, now)
    if may(actor.role, Action.VIEW_FIGURES):
        figures, names, gaps = overview.program(ctx, actor)
        return figures_home(actor, figures, names, gaps, registries, top, now)
    return day_view(actor, overview.day(ctx, actor, request.known), registries, top, now)


def switch(request: MemberRequest) -> Payload:
    """Work in the registry that was chosen, and show what concerns the person there."""
    there = replace(request, actor=switch_registry(request.ctx, request.actor, request.value))
    return there.marked(draw(there))


def _after(change: Callable[[MemberRequest], None], request: MemberRequest) -> Payload:
    """Make a change that was asked for in the App Home, and draw it again."""
    change(request)
    # The registries that the gate knew of are those of before.
    return draw(replace(request, actor=replace(request.actor, registries=())))
