"""Show the clock's state to a registry's admins."""

from collections.abc import Sequence

from cocm_bot.operations.access.checkpoints import newest
from cocm_bot.operations.clock_status import seen_by_admin
from cocm_bot.slack.clock_status_view import status_message
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.runtime.request import MemberRequest


def show(request: MemberRequest, words: Sequence[str]) -> Payload:
    """Return what the clock did lately, and what it does next."""
    del words
    clock_health, days = seen_by_admin(request.ctx, request.actor)
    latest = newest(request.ctx)
    return status_message(clock_health, days, latest.copy_for_people if latest else "")
