"""A member whom Slack makes a guest, deactivates or calls external: everything they had is taken back."""

from collections.abc import Mapping
from typing import Any

from cocm_bot.operations.access.clearing import became_outsider
from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.client.people import homes_of, is_outsider
from cocm_bot.slack.runtime.router import Router
from cocm_bot.store.jobs import JobRef


def register(router: Router) -> None:
    """Slack reports when it happens; what it does not report is seen at the next request."""
    router.heard("user_change", changed)


def changed(ctx: Context, event: Mapping[str, Any]) -> list[JobRef]:
    """Take everything back from an outsider who was a user; all other changes of people are none of ours."""
    user = event.get("user") or {}
    if not is_outsider(user):
        return []
    return became_outsider(ctx, str(user.get("id") or ""), homes_of(user))
