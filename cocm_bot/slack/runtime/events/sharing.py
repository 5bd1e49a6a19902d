"""Stop posting to a channel that becomes shared with another company, and notify its admins."""

from collections.abc import Mapping
from typing import Any

from cocm_bot.operations.admin_notices import channel_shared
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.router import Router
from cocm_bot.store.jobs import JobRef


def register(router: Router) -> None:
    """Slack reports when it happens; what it does not report is seen before each post."""
    router.heard("channel_shared", shared)


def shared(ctx: Context, event: Mapping[str, Any]) -> list[JobRef]:
    """Notify the admins of the registries whose team channel it is."""
    return channel_shared(ctx, str(event.get("channel") or ""))
