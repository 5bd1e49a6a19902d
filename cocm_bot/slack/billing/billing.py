"""The month's billing list."""

import re
from collections.abc import Sequence

from cocm_bot.operations.digests import overview
from cocm_bot.slack.billing.billing_view import BILLING_PAGE, billing_view
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.runtime.router import Router


def register(router: Router) -> None:
    """The buttons that turn the pages."""
    router.redraws(re.compile(f"^{BILLING_PAGE}:"), lambda request: show(request, [request.value]))


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """A page of the list; a word is its number."""
    bills, gaps = overview.billing(request.ctx, request.actor)
    number = next((int(word) for word in words if word.isdecimal() and len(word) < 6), 1)
    month = request.actor.registry.policy.month(request.ctx.now().timestamp())
    return billing_view(request.actor, bills, gaps, month, number)
