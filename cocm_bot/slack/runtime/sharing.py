"""A channel that becomes shared with another company: nothing is posted there, and its admins are told."""

from collections.abc import Mapping
from typing import Any

from cocm_bot.operations.context import Desk
from cocm_bot.operations.registries.admin_notices import channel_shared
from cocm_bot.slack.runtime.router import Entry
from cocm_bot.store.jobs import Waiting


def register(entry: Entry) -> None:
    """Slack tells when it happens; what is not told is seen before each post."""
    entry.heard("channel_shared", shared)


def shared(desk: Desk, event: Mapping[str, Any]) -> list[Waiting]:
    """Tell the admins of the registries whose team channel it is."""
    return channel_shared(desk, str(event.get("channel") or ""))
