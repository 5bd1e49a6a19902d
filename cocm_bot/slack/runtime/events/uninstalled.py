"""Notice that the app was taken out of the workspace: nothing of the bot's reaches anybody there."""

import logging
from collections.abc import Mapping
from typing import Any

from cocm_bot.operations.context import Context
from cocm_bot.slack.runtime.router import Router
from cocm_bot.store.jobs import JobRef

UNINSTALLED, REVOKED = "app_uninstalled", "tokens_revoked"
"""Slack's events, and its words for what happened."""

logger = logging.getLogger(__name__)


def register(router: Router) -> None:
    """Listen for it; where there are several workspaces, a host hears it before the bot of one."""
    for event in (UNINSTALLED, REVOKED):
        router.heard(event, _noted)


def ends(event: Mapping[str, Any]) -> bool:
    """Return whether an event says that the bot's token is revoked.

    A person's own token that is revoked is none of the bot's.
    """
    tokens = event.get("tokens")
    bots = tokens.get("bot") if isinstance(tokens, Mapping) else None
    return event.get("type") == UNINSTALLED or (event.get("type") == REVOKED and bool(bots))


def _noted(_ctx: Context, event: Mapping[str, Any]) -> list[JobRef]:
    if ends(event):
        logger.error("uninstalled reason=%s: nobody is reached until it is installed again", event["type"])
    return []
